"""A body that is no JSON is told why: what was sent in its place, where it breaks off, or what in
it can't be read."""

import gzip
import json
import socket
from uuid import uuid4

import msgspec
import pytest

from tests.bodies import full_hazard, full_rescue
from tests.serving import serving
from tests.users import Person
from wildlife.settings import Settings
from wildlife.web.no_json import CUT_OFF, why
from wildlife.words.sentences import Sentence

# Within `{"a":…}`, by a word of what has to be said of it.
UNREADABLE = {
    "Half of a character": [
        r'"\ud83d"', r'"\ude00"', r'"🙂\ud83dx"', r'"\ud83d\u0041"', r'"\ud83d\n"',
        r'"\ud83d\ud83d"', r'"\\\ud83d"', r'{"\uD83D":1}',
    ],
    "larger than any": ["1e999", "-1e400", "1" * 5000, "-" + "9" * 4300, '["1e999", 1E+999]'],
    "four hexadecimal digits": [r'"\u1"', r'"\u12g4"', r'"\u"', r'"\u123"'],
    "not written as JSON": ["01", "1.}", ".5", "+1", "1e"],
    "A colon": ['{"b" 1}', '{"b",1}'],
    "A comma has": ["[1 2]", '{"b":1 "c":2}', '1 "b":2'],
    "behind the last": ["[1,]", '{"b":1,}'],
    "double quotes": ["{b:1}", "{'b':1}", "'b'"],
    "no such value": ["NaN", "-Infinity", "None", "undefined"],
    "no comments": ["1 // one", "/* */1"],
    "A backslash": [r'"\x"', r'"C:\dir"'],
    "line break or tab": ['"a\tb"', '"a\nb"'],
    "More follows": ['1}}{"b":2'],
    "check quotes": ["tru", "nul", "[,]", "-"],
}  # fmt: skip


def told(body: bytes) -> Sentence:
    try:
        msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        return why(body, str(error))
    pytest.fail(f"{body!r} is JSON")


@pytest.mark.parametrize(
    ("says", "value"), [(says, value) for says, values in UNREADABLE.items() for value in values],
    ids=lambda given: given[:20],
)  # fmt: skip
def test_a_body_that_is_whole_is_told_what_can_not_be_read(says: str, value: str) -> None:
    sentence = told(b'{"a":' + value.encode() + b"}")
    assert sentence != CUT_OFF
    assert says in sentence.en
    assert "(line 1, column " in sentence.en
    assert "（第 1 行第 " in sentence.zh


@pytest.mark.parametrize("full", [full_rescue, full_hazard])
def test_a_body_that_was_cut_anywhere_is_told_that_it_breaks_off(full: object) -> None:
    assert callable(full)
    body = json.dumps(full()).encode()
    for length in range(1, len(body)):
        assert told(body[:length]) == CUT_OFF, body[:length]


def test_what_can_not_be_read_is_pointed_at_by_its_line() -> None:
    sentence = told(b'{\n  "number": "1e999",\n  "\\u4e00": 1e999\n}')
    assert "(line 3, column 13;" in sentence.en
    sentence = told(rb'{"number": "\\ud83d \ud83d\ude00", "emoji": "\ud83d"}')
    assert "column 46;" in sentence.en


async def test_half_an_emoji_and_a_number_without_end_are_told_by_every_call(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    for path in ("/incidents", f"/incidents/{incident_id}/entries", "/receipts", "/session"):
        for says, value in (("Half of a character", rb'"\ud83d"'), ("larger than any", b"1e999")):
            for name in (b"id", b"count", b"kind", b"animals"):
                answer = await officer.request(
                    "POST", path, content=b'{"%s":%s}' % (name, value),
                    headers={"Content-Type": "application/json"},
                )  # fmt: skip
                assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
                assert says in answer.json()["detail"]


async def test_a_compressed_body_is_told_that_no_encoding_is_taken(officer: Person) -> None:
    incident_id = await officer.opened()
    photo = f"/incidents/{incident_id}/photos/{uuid4()}"
    for method, path in (
        ("POST", "/incidents"), ("POST", f"/incidents/{incident_id}/entries"), ("PUT", photo),
        ("POST", "/receipts"), ("POST", "/session"), ("POST", "/uploads"),
    ):  # fmt: skip
        for encoding in ("gzip", "br", "x-unknown"):
            headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
            body = gzip.compress(b"{}")
            answer = await officer.request(method, path, content=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
            assert "Content-Encoding" in answer.json()["detail"]
            headers["Accept-Language"] = "zh"
            answer = await officer.request(method, path, content=body, headers=headers)
            assert "未经压缩的内容" in answer.json()["detail"]
    plain = {"Content-Encoding": "identity"}
    answer = await officer.request("POST", "/incidents", json=full_rescue(), headers=plain)
    assert answer.status_code == 201


async def test_chunks_that_are_none_are_told_in_both_languages(
    officer: Person, settings: Settings
) -> None:
    with serving(settings) as base:
        host, _, port = base.removeprefix("http://").partition(":")
        for language, says in (("en", "The body broke off"), ("zh", "请求内容中断")):
            with socket.create_connection((host, int(port))) as wire:
                wire.settimeout(20)
                wire.sendall(
                    b"POST /api/v1/incidents HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                    b"Authorization: Bearer " + officer.access_token.encode() + b"\r\n"
                    b"Accept-Language: " + language.encode() + b'\r\n\r\n2\r\n{"\r\nzz\r\n'
                )
                answer = b"".join(iter(lambda: wire.recv(65536), b"")).decode()
            assert " 400 " in answer.splitlines()[0]
            assert says in answer
