"""Two pictures that a phone sends in parts under one id: never do their bytes become one photo."""

import os

import pytest

from tests.pictures import encoded, noise
from tests.uploading import Sending, attached, offset, original, refusal, timeline
from tests.users import Person
from wildlife.settings import Settings


@pytest.fixture
async def two(officer: Person) -> tuple[Sending, Sending]:
    """Of one id and one length: a JPEG may have anything behind its end."""
    incident = await officer.opened()
    content = encoded(noise(40, 30))
    first, second = (Sending(officer, incident, content + os.urandom(500)) for _ in range(2))
    second.photo = first.photo
    return first, second


async def test_another_picture_goes_on_with_no_byte_of_the_one_before(
    two: tuple[Sending, Sending],
) -> None:
    first, second = two
    await first.begin()
    await first.send(0, 300)
    assert offset(await second.begin()) == 0
    assert second.location != first.location
    assert refusal(await first.send(300)) == (404, "upload_not_found")
    assert refusal(await second.send(300)) == (409, "wrong_offset")
    assert offset(await second.send()) == len(second.content)
    assert await attached(second)


async def test_of_two_that_say_their_digest_each_goes_on_with_its_own(
    two: tuple[Sending, Sending],
) -> None:
    first, second = two
    for one in two:
        one.said = {"sha256": one.sha256}
        await one.begin()
    await first.send(0, 300)
    assert offset(await second.begin()) == 0
    assert offset(await first.begin()) == 300
    assert offset(await first.send(300)) == len(first.content)
    assert await attached(first)
    assert refusal(await second.send()) == (409, "id_conflict")


@pytest.mark.parametrize("begun", ["before a byte", "when the other was whole"])
async def test_a_picture_is_not_taken_for_sent_because_another_of_its_id_is_whole(
    two: tuple[Sending, Sending], settings: Settings, begun: str
) -> None:
    first, second = two
    if begun == "before a byte":
        await second.begin()
    await first.begin()
    assert offset(await first.send()) == len(first.content)
    if begun == "before a byte":
        assert refusal(await second.send()) == (404, "upload_not_found")
    assert offset(await second.begin()) == 0
    assert refusal(await second.send()) == (409, "id_conflict")
    assert await attached(first)
    held = original(settings, second.content)
    assert held.read_bytes() == second.content, "refused, not lost"


async def test_a_photo_that_came_whole_and_is_begun_again_is_one(
    two: tuple[Sending, Sending],
) -> None:
    sending, _ = two
    await sending.begin(sending.content)
    before = sending.location
    assert offset(await sending.begin()) == 0
    assert offset(await sending.send()) == len(sending.content)
    assert len(await timeline(sending.person, sending.incident)) == 1
    sending.location = before
    assert offset(await sending.ask()) == len(sending.content)
