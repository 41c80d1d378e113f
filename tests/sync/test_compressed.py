"""What comes compressed is read as far as it may be large, whatever it says of itself."""

import gzip
import json
import zlib
from typing import Any

import pytest
from backports import zstd

from tests.sync.outbox import opening
from tests.users import Person, rescue
from wildlife.sync.routes import MOST_BYTES


async def sent(person: Person, content: bytes, encoding: str) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    answer = await person.request("POST", "/sync", content=content, headers=headers)
    return answer.status_code, answer.json()


def body(**changes: Any) -> bytes:
    return json.dumps({"items": [opening(rescue(**changes))]}).encode()


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", gzip.compress),
        ("zstd", zstd.compress),
        ("identity", bytes),
        ("gzip", lambda plain: gzip.compress(plain[:40]) + gzip.compress(plain[40:])),
        ("zstd", lambda plain: zstd.compress(plain[:40]) + zstd.compress(plain[40:])),
    ],
)
async def test_it_is_read_as_it_was_before(officer: Person, encoding: str, compress: Any) -> None:
    status, told = await sent(officer, compress(body()), encoding)
    assert (status, told["items"][0]["outcome"]) == (200, "created")


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
async def test_a_bomb_goes_off_nowhere(officer: Person, compress: Any) -> None:
    encoding = "gzip" if compress is gzip.compress else "zstd"
    blank = b" " * (40 * MOST_BYTES)
    for content in (compress(blank), compress(body()) + compress(blank), compress(compress(blank))):
        status, told = await sent(officer, content, encoding)
        assert (status, told["code"]) in ((413, "body_too_large"), (400, "malformed_json"))
    fitting = body().ljust(MOST_BYTES)
    assert (await sent(officer, compress(fitting), encoding))[0] == 200
    status, told = await sent(officer, compress(fitting + b" "), encoding)
    assert (status, told["code"]) == (413, "body_too_large")


async def test_what_is_not_what_it_says_is_told_so(officer: Person) -> None:
    plain = body()
    window: dict[int, int] = {zstd.CompressionParameter.window_log: 27}
    wide = zstd.compress(body(summary="长" * 4000) * 1000, options=window)
    for encoding, content in {
        "gzip": plain,
        "zstd": plain,
        "gzip ": gzip.compress(plain)[:-4],
        "zstd ": zstd.compress(plain)[:-4],
        " gzip": gzip.compress(plain) + b"x",
        " zstd": wide,
        "  gzip": zlib.compress(plain),
    }.items():
        status, told = await sent(officer, content, encoding)
        assert (status, told["code"]) == (400, "bad_request"), encoding
    for encoding in ("deflate", "br", "gzip, gzip", "utf-8"):
        status, told = await sent(officer, plain, encoding)
        assert (status, told["code"]) == (415, "unsupported_media_type")
        assert "`gzip`, `zstd`" in told["detail"]
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = await officer.request("POST", "/incidents", content=plain, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
