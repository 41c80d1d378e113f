"""A cursor is the service's own: signed with the key that all its processes have, opaque to who
carries it, and refused by name where it was altered."""

import base64
import random
from typing import Any

import pytest

from media.vault import new_key, open_vault, put_keys
from tests.users import Person, rescue
from wildlife.settings import Settings
from wildlife.web.pages import Question, encode_cursor


@pytest.fixture
async def first(officer: Person) -> dict[str, Any]:
    """The first page of three incidents."""
    for day in (1, 2, 3):
        await officer.opened(rescue(found_at=f"2024-07-{day:02}T12:00:00+08:00"))
    page: dict[str, Any] = await officer.read("/incidents", params={"limit": 1})
    return page


async def after(person: Person, cursor: str) -> tuple[int, list[str]]:
    answer = await person.get("/incidents", params={"limit": 1, "cursor": cursor})
    if answer.status_code != 200:
        [error] = answer.json()["errors"]
        return answer.status_code, [error["field"]]
    return 200, [one["found_at"][:10] for one in answer.json()["items"]]


async def test_a_cursor_in_which_anything_was_altered_is_refused_by_name(
    officer: Person, first: dict[str, Any], thorough: bool
) -> None:
    cursor = first["next_cursor"]
    assert await after(officer, cursor) == (200, ["2024-07-02"])
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # The last one of a text in base64 may stand for less than six bits.
    places = range(len(cursor) - 1)
    for at in places if thorough else random.Random(1).sample(places, 12):
        other = letters[(letters.index(cursor[at]) + 1) % 64]
        altered = cursor[:at] + other + cursor[at + 1 :]
        assert await after(officer, altered) == (400, ["cursor"]), at
    for altered in (cursor[:-4], cursor + "AAAA", f" {cursor}", cursor[1:], cursor.swapcase()):
        assert await after(officer, altered) == (400, ["cursor"]), altered
    for language, says in (("en", "altered"), ("zh", "已被改动")):
        asked = {"cursor": cursor.swapcase()}
        headers = {"Accept-Language": language}
        assert says in (await officer.get("/incidents", params=asked, headers=headers)).text


async def test_another_process_goes_on_with_a_cursor_also_while_keys_are_changed(
    officer: Person, first: dict[str, Any], settings: Settings
) -> None:
    cursor, path = first["next_cursor"], settings.key_path
    held = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    _, _, content = held.partition(b'["')
    digest = content[:12].decode()
    key = [first["items"][0]["found_at"], first["items"][0]["id"]]
    before = open_vault(path)
    assert await after(officer, encode_cursor(Question(digest, before), key)) == (
        200,
        ["2024-07-02"],
    )
    stranger = type(before)([new_key()])
    assert await after(officer, encode_cursor(Question(digest, stranger), key)) == (400, ["cursor"])
    put_keys(path, [new_key(), *before.keys])
    # One that a process gave which has the new key already, and one of before.
    assert (await after(officer, encode_cursor(Question(digest, open_vault(path)), key)))[0] == 200
    assert (await after(officer, cursor))[0] == 200
