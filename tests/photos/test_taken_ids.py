"""What comes again under the id of a photo: the same, or another one."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias
from uuid import UUID

import pytest
from httpx import Response

from tests.pictures import encoded, noise
from tests.uploading import Sending, offset
from tests.users import Person

# A JPEG may have anything behind its end.
JPEG: Final = encoded(noise(60, 40))


async def by_put(sending: Sending) -> Response:
    return await sending.person.put_photo(
        sending.incident, sending.content, UUID(sending.photo), **sending.said
    )


async def by_creation(sending: Sending) -> Response:
    return await sending.begin(sending.content)


async def by_parts(sending: Sending) -> Response:
    begun = await sending.begin()
    if begun.is_error or offset(begun) == len(sending.content):
        return begun
    assert offset(await sending.send(0, 500)) == 500
    return await sending.send(500)


Way: TypeAlias = Callable[[Sending], Awaitable[Response]]
WAYS: Final[list[Way]] = [by_put, by_creation, by_parts]


@pytest.mark.parametrize("declared", [False, True])
@pytest.mark.parametrize("again", WAYS)
@pytest.mark.parametrize("first", WAYS)
async def test_by_whatever_way_it_comes_again_a_photo_is_held_by_its_bytes_and_nothing_else(
    officer: Person, first: Way, again: Way, declared: bool
) -> None:
    incident = await officer.opened()
    for end, is_same in ((b"a" * 9, True), (b"b" * 9, False), (b"a" * 10, False)):
        held = Sending(officer, incident, JPEG + b"a" * 9)
        assert (await first(held)).is_success
        other = Sending(officer, incident, JPEG + end, photo=held.photo)
        if declared and again is not by_put:
            other.said = {"sha256": other.sha256}
        answer = await again(other)
        if is_same:
            assert answer.is_success, answer.text
        else:
            assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
            assert answer.json()["differing"] == ["sha256"]
        shown = await officer.read(f"/incidents/{incident}/photos/{held.photo}")
        assert shown["sha256"] == held.sha256
    refused = (await officer.read(f"/incidents/{incident}/refused"))["items"]
    assert len(refused) == 2, "refused, not lost"
