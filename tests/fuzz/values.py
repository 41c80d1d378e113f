"""What clients send by mistake, and others on purpose: numbers, times, texts, and bytes that are
none of these."""

import json
from typing import Final

NUMBERS: Final = [
    b"0", b"-0", b"-0.0", b"1", b"-1", b"2", b"1.0", b"1.5", b"1e0", b"1E+2", b"3", b"999", b"1000",
    b"100000", b"100001", b"2147483647", b"2147483648", b"-2147483649", b"9007199254740993",
    b"9223372036854775807", b"9223372036854775808", b"-9223372036854775809",
    b"18446744073709551615", b"18446744073709551616", str(2**70).encode(), b"9" * 400,
    b"-" + b"9" * 5000, b"0." + b"0" * 5000 + b"1", b"1e308", b"1e309", b"1e400", b"-1e400",
    b"1e-400", b"5e-324", b"1e9999999999999999999", b"123456789.123456789123456789123456789",
    b"43.318", b"117.542", b"180.0000001", b"-90.0000001", b"89.99999999999999999999",
]  # fmt: skip
"""As they stand in JSON."""

NO_NUMBERS: Final = [
    b"NaN", b"Infinity", b"-Infinity", b"01", b"+1", b".5", b"1.", b"1e", b"0x1F", b"1_000", b"--1",
    b"-", b"1e4000000000000000000000000000", "１".encode(), b"nul", b"True", b"None", b"undefined",
    b"'a'", b"a", b"", b",", b":", b"}", b"]", b'"', b"\x00", b"\xff", b"/* */1",
]  # fmt: skip
"""Where a value should be, and none is JSON."""

TIMES: Final = [
    "2024-07-29T15:20:00+08:00", "2024-08-04T10:30:00Z", "2024-07-29 15:20:00+08:00",
    "1950-01-01T00:00:00+08:00", "1949-12-31T23:59:59Z", "2099-12-31T23:59:59Z", "0000-01-01",
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999999-23:59",
    "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "2024-02-30T00:00:00Z", "2024-07-29",
    "2024-07-29T24:00:00Z", "2024-07-29T23:59:60Z", "2024-07-29T15:20:00+24:00", "infinity",
    "2024-07-29T15:20:00.1234567890123Z", "2024-07-29T15:20:00-00:00", "20240729T152000Z",
    "2024-07-29T15:20:00+08:00:30", "2024-W30-1T00:00:00Z", "2024-07-29T15:20:00", "-infinity",
    "2024-07-29T15:20:00Z\n", "２０２４-07-29T15:20:00Z", "epoch", "now", "allballs", "J2451187",
]  # fmt: skip

TEXTS: Final = [
    "", " ", "\n", "\t", "a", "鸬鹚", "a\nb", "\x00", "a\x00b", "\x07", "\x1b[31m", "\x7f", "\x85",
    "\u200b", "\u200b\u200d\ufeff", "\u202e倒", "\u2067x\u2069", "\ufeff狼", "\u3164", "\u2800",
    "\ufffd", "\ufffe", "\ud7ff", "\ue000", "\U0010ffff", "𩷶" * 200, "👨‍👩‍👧‍👦" * 50, "é" * 50,
    "a" + "\u0301" * 1000, "ﷺ" * 300, "İ" * 300, "ß" * 2001, "ﬀ" * 2001, "x" * 4001, "x" * 100_000,
    "鸬" * 90_000,
    "%", "%%", "%00", "%s%n%x", "%d", "{}", "{0}", "{x!r:>9}", "$1", "${x}", "\\",
    "\\u0000", "'", "''", '"', "'; drop table incident; --", "' or 1=1 --", "<script>", "../..",
    "/etc/passwd", "C:\\photos", "null", "NaN", "true", "[]", "{}", "1", "1.5", "-1", "1e400",
    "１５０４２５", "150425", "1504", "15042", "1504251504251", "999999", "000000", "150425\n",
    "K12+300",
    "K99999999999999999999+999", "k1", "150425001", "LC1504", "admin", "nobody", "animal:1",
    "animal:0", "animal:99", "animal:１", "animal:-1", "animal:" + "9" * 400, "site",
    "phalacrocorax_carbo", "phoenix", "WGS84", "GCJ02", "BD09", "wgs84", "ring", "other", "open",
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "01912F6E000070008000000000000001", "{01912f6e-0000-7000-8000-000000000001}",
    "urn:uuid:01912f6e-0000-7000-8000-000000000001", "01912f6e-0000-7000-8000-00000000000g", "zh",
    "A1234", "a-b", "&", "=", "?", "#", ";", ",", ":", "*", "**", "%E9", "(((((", "a|b&!c", "<->",
    "'a' & 'b'", "~", "^$", ".*", "(a+)+$", "a" * 64, "0" * 64, "e3b0c44298fc1c14" * 4, *TIMES,
]  # fmt: skip
"""For a field, a parameter, a step of a path."""

NO_TEXTS: Final = [
    rb'"\ud800"', rb'"\udc00\ud800"', rb'"a\ud83d"', rb'"\u12"', rb'"\x41"', rb'"\ "', b'"\n"',
    b'"\x00"', b'"\x1f"', b'"\xed\xa0\x80"', b'"\xc0\x80"', b'"\xc3"', b'"\xf5\x80\x80\x80"',
    b'"\xff\xfe"', '"狼在三道沟"'.encode("gbk"), '"鸬鹚"'.encode("utf-16"), b'"a', b"a'", b'"\\',
]  # fmt: skip
"""Texts as JSON has none, and such as are text in no encoding that it knows."""


def nested(depth: int, opening: bytes, closing: bytes, whole: bool = True) -> bytes:
    """Something that deep in itself."""
    return opening * depth + (b"1" + closing * depth if whole else b"")


# Python's own limit is a thousand calls, of which a request has used some when it comes to this.
DEPTHS: Final = (
    1, 5, 50, 150, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 900, 950, 980, 1000,
)  # fmt: skip

NESTED: Final = [
    *(nested(depth, b"[", b"]") for depth in DEPTHS),
    *(nested(depth, b'{"a":', b"}") for depth in DEPTHS),
    *(nested(depth, b'{"1":', b"}") for depth in (2, 3, 10, 300)),
    *(nested(depth, b'{"point":', b"}") for depth in (2, 3, 10, 300)), nested(10_000, b"[", b"]"),
    nested(10_000, b'{"a":', b"}"), nested(10_000, b"[", b"]", whole=False),
    nested(10_000, b'{"a":', b"}", whole=False), b"[" + b",".join([b"[]"] * 5000) + b"]",
    b"{" + b",".join(b'"k%d":0' % number for number in range(5000)) + b"}",
]  # fmt: skip

JSON_VALUES: Final = [
    b"null", b"true", b"false", b"[]", b"{}", b"[null]", b'{"":null}', b'{"a":1,"a":2}', b"[[]]",
    b'{"1":{}}', b'{"1":null}', b'{"0":{}}', b'{"-1":{}}', b'{"999":null}', b'{"01":{}}',
    b'{"9999999999999999999999":{}}', b'{"1":true}', b'{"1":{"1":{"1":true}}}', b'{"\\u0000":1}',
    *NUMBERS, *NO_NUMBERS, *(json.dumps(text, ensure_ascii=False).encode() for text in TEXTS),
    *(json.dumps(text).encode() for text in TEXTS[:40]), *NO_TEXTS, *NESTED,
]  # fmt: skip
"""In the place of any value of a body, as the bytes that stand there."""

NO_BODIES: Final = [
    b"", b" ", b"\n" * 5000, b"\x00", b"\x00" * 5000, b"\xff\xfe", b"\xef\xbb\xbf{}", b"{}{}",
    b"null", b"true", b"0", b'""', b"[]", b"{}", b"[{}]", b"{", b"}", b'{"', b'{"id"', b'{"id":',
    b"{'kind': 'rescue'}", b"kind=rescue&source=report", b"<a/>", b"--x\r\nContent-Disposition: a",
    b"\x1f\x8b\x08\x00" + b"\x00" * 20, b"PK\x03\x04", b"%PDF-1.7", b"\x80\x04}.", b"\x93\x01",
    *('{"kind": "救护"}'.encode(codec) for codec in ("gbk", "utf-16", "utf-16-le", "utf-32")),
    *(b'{"kind":' + bytes([number]) for number in (0, 9, 10, 127, 128, 255)), *NESTED,
]  # fmt: skip
"""In the place of a whole body."""

HEADER_VALUES: Final = [
    b"", b" ", b"*", b"*/*", b"1", b"0", b"-1", b"a", b"\xe9\xb8\xac", b"\xff\xfe", b"\x80", b"\t",
    b"," * 4000, b'"' * 4000, b";" * 4000, b"a" * 20_000, b"=" * 4000, b"W/" * 2000, b"\xff" * 500,
    b"9" * 400, b"1e400", b"NaN", b"null", "１".encode(), "鸬鹚".encode("gbk"), b"%00", b"\\",
    b"{}",
    b"[", b"]", b"[::1", b"[::1]", b"a@b", b"a:99999", b"a:x", b"a:-1", b":", b"a:b:c", b"//", b"@",
    b"?", b"#", b"a/b", b"http://a/", b"localhost", b"127.0.0.1", b"::1", b"1.1.1.1, 2.2.2.2",
    b"unknown", b"_hidden", b"for=;proto=", b"https", b"ftp", b"https,http", b"HTTPS", b"ws", b"en",
    b"zh-CN,zh;q=0.9", b"zh;q=x", b"en;q=9", b"*;q=0", b"-", b"i-klingon", b"e" * 3000,
    b"application/json", b"application/json; charset=gbk", b"application/json;charset=utf-16",
    b"application/json; charset=\xff", b"multipart/form-data", b"multipart/form-data; boundary=",
    b"application/x-www-form-urlencoded", b"text/csv", b"text/csv;q=0", b"image/webp;q=0.0",
    b"application/geo+json", b"application/json;q=0, */*;q=0", b"a/b;q=1.0000", b"*/json", b"json",
    b"image/webp", b"application/offset+octet-stream", b"application/msgpack", b"image/jpeg",
    b"bytes=0-0", b"bytes=-1", b"bytes=-0", b"bytes=1-0", b"bytes=0-", b"bytes=0-1,3-4", b"bytes=",
    b"bytes=" + b"9" * 18 + b"-", b"bytes=-" + b"9" * 18, b"bytes=0-" + b"9" * 400, b"items=0-1",
    b'"x"', b'W/"x"', b'"', b'""', b'"x', b'*, "x"', b'"' + b"0" * 32 + b'"', b'"\xe9"', b'W/"',
    b"Basic YTpi", b"Bearer", b"Bearer ", b"bearer x", b"Bearer x y", b"Bearer \xff", b"Digest a",
    b"Bearer " + b"a" * 20_000, b"Bearer ..", b"Bearer eyJhbGciOiJub25lIn0.e30.", b"token x",
    b"100-continue", b"200-ok", b"gzip", b"br;q=0", b"identity", b"chunked", b"gzip, chunked",
    b"close", b"keep-alive", b"upgrade", b"websocket", b"h2c", b"trailers", b"Upload-Checksum",
    b"GET", b"POST", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS", b"CONNECT", b"TRACE", b"patch", b"F",
    b"Mon, 29 Jul 2024 15:20:00 GMT", b"Thu, 99 Foo 99999 99:99:99 GMT", b"a=b; c", b"a=\xff;=;;",
    b"1.0.0", b"1.0.1", b"0.2.2", b"partial", b"final;/api/v1/uploads/a /api/v1/uploads/b",
    b"sha1 ", b"sha1 AAAA", b"md5 AAAA", b"sha256 " + b"A" * 43 + b"=", b"sha1 \xff", b"SHA1 x",
    b"crc32 AA==", b"filename", b"filename ", b"filename /w==", b"incident_id AA==",
    b"incident_id MQ==,,", b", ,", b"taken_place W1tbW1s=", b"taken_place " + b"W1tb" * 2000,
    b"about YW5pbWFsOjE=", b"a b c", b"\x7f",
]  # fmt: skip
"""In the place of any header's value; none that would end it."""
