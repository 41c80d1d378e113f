"""Addresses and headers that are too large, in the application and, where it is not even asked, by
the server: over real sockets."""

import re
import socket
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from httpx import AsyncClient

from tests.documented import document
from tests.pictures import encoded, noise
from tests.tus import creation
from tests.users import API, Person
from wildlife.web.sizes import MOST_ADDRESS_BYTES, MOST_HEADER_BYTES


async def test_an_address_that_is_too_long_is_told_so_at_every_call(officer: Person) -> None:
    told = 0
    for path, operations in document()["paths"].items():
        if not path.startswith(API):
            continue
        there = re.sub(r"\{\w+\}", str(uuid4()), path)
        long = f"{there}?q=" + "a" * (MOST_ADDRESS_BYTES - len(there) - len("q=") + 1)
        for method in operations:
            answer = await officer.request(method, long.removeprefix(API))
            assert answer.status_code == 414, (method, path)
            if method != "head":
                assert answer.json()["code"] == "address_too_long"
            large = {"X-Large": "a" * MOST_HEADER_BYTES}
            answer = await officer.request(method, there.removeprefix(API), headers=large)
            assert answer.status_code == 431, (method, path)
            told += 1
    assert told > 30


async def test_the_largest_that_may_be_is_read(officer: Person, client: AsyncClient) -> None:
    path = f"{API}/incidents"
    room = MOST_ADDRESS_BYTES - len(path) - len("q=")
    assert (await officer.get(f"/incidents?q={'a' * room}")).status_code != 414
    caption = "鸬" * 4000
    said = {"incident_id": await officer.opened(), "photo_id": str(uuid4()), "caption": caption}
    begun = await officer.request("POST", "/uploads", headers=creation(5, **said))
    assert begun.status_code == 201, begun.text
    sent = await officer.put_photo(
        said["incident_id"], encoded(noise(60, 40)), caption=caption, about="animal:1"
    )
    assert sent.status_code == 201, sent.text


async def test_it_is_told_in_both_languages(officer: Person) -> None:
    long = f"/incidents?q={'a' * MOST_ADDRESS_BYTES}"
    for language, sentence in (("en", "49152 bytes"), ("zh", "最多 49152 字节")):
        answer = await officer.get(long, headers={"Accept-Language": language})
        assert sentence in answer.json()["detail"]
    for language, sentence in (("en", "32768 bytes"), ("zh", "最多 32768 字节")):
        headers = {"Accept-Language": language, "X": "a" * MOST_HEADER_BYTES}
        assert sentence in (await officer.get("/incidents", headers=headers)).json()["detail"]


ADDRESS = b"GET /healthz?%s HTTP/1.1\r\nHost: a\r\n\r\n"
SIGN_IN = b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n"
HEADERS = b"GET /healthz HTTP/1.1\r\nHost: a\r\n%s\r\n"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (ADDRESS % (b"a" * 66_000), 414),
        (HEADERS % b"".join(b"X-%d: 1\r\n" % number for number in range(101)), 431),
        (HEADERS % (b"X: " + b"a" * 900_000 + b"\r\n"), 431),
        (b"GARBAGE\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01", 400),
        (b"GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (b"GET /heal\x00thz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (SIGN_IN % b"Content-Length: x", 400),
        (SIGN_IN % b"Content-Length: 1\r\nContent-Length: 2", 400),
        (SIGN_IN % b"Transfer-Encoding: chunked, x", 400),
    ],
)
def test_what_is_no_http_gets_an_empty_answer_of_the_server_and_no_connection(
    base: str, said: bytes, status: int
) -> None:
    """Nothing in it that a browser could take for anything, and nothing more is read: what comes
    behind it is no request."""
    address = urlsplit(base)
    behind = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), 30) as connection:
        answer = b""
        try:
            connection.sendall(said + behind)
            while piece := connection.recv(65_536):
                answer += piece
        except ConnectionError:
            pass  # it was ended while we still spoke
    assert answer or len(said) > 60_000
    if answer:
        assert answer.startswith(b"HTTP/1.1 %d " % status), answer
        assert answer.lower().endswith(b"\r\n\r\n")
        assert b"content-length: 0" in answer.lower()
        assert answer.count(b"HTTP/1.1 ") == 1
