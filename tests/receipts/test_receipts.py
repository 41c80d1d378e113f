"""Receipts: what a phone may delete, because it is held here."""

from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from db.database import Database
from tests.pictures import encoded, noise
from tests.tus import PART, creation
from tests.users import API, Person, entry, road_hazard
from wildlife.settings import Settings


@pytest.fixture
async def incident(officer: Person) -> str:
    """A rescue of 大局子森林派出所."""
    return await officer.opened()


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    return encoded(noise(60, 40))


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def original(settings: Settings, content: bytes) -> Path:
    """Where this content lies when it is held."""
    return settings.media_dir / "originals" / digest(content)[:2] / digest(content)


async def held(person: Person, *ids: str, hashes: list[str] | None = None) -> dict[str, Any]:
    """Which of these the service holds."""
    answer = await person.post("/receipts", {"ids": list(ids), "sha256": hashes or []})
    assert answer.status_code == 200, answer.text
    receipts: dict[str, Any] = answer.json()
    return receipts


async def test_what_is_held_is_told_by_id_and_by_hash_in_the_order_of_the_question(
    officer: Person, incident: str, jpeg: bytes
) -> None:
    photo, note, nothing = str(uuid4()), entry("note", note="羽毛已干"), str(uuid4())
    await officer.put_photo(incident, jpeg, UUID(photo))
    await officer.appended(incident, note)
    unknown = digest(b"never sent")
    for ids in (
        [incident, photo, note["id"]],
        [note["id"], nothing, photo, incident],
        [photo, incident, photo],
    ):
        receipts = await held(officer, *ids, hashes=[unknown, digest(jpeg)])
        assert receipts == {
            "ids": [one for one in ids if one != nothing],
            "sha256": [digest(jpeg)],
        }


async def test_hashes_keep_their_order_too(officer: Person, incident: str) -> None:
    contents = [encoded(noise(9, side)) for side in (7, 8, 9)]
    for content in contents:
        await officer.put_photo(incident, content)
    hashes = [digest(content) for content in contents]
    for asked in (hashes, hashes[::-1], [hashes[1], hashes[1]]):
        assert (await held(officer, hashes=asked))["sha256"] == asked


async def test_who_asks_for_nothing_is_told_nothing(officer: Person, incident: str) -> None:
    questions: list[dict[str, Any]] = [{}, {"ids": []}, {"sha256": []}, {"ids": [], "sha256": []}]
    for question in questions:
        answer = await officer.post("/receipts", question)
        assert (answer.status_code, answer.json()) == (200, {"ids": [], "sha256": []})


async def test_an_id_is_found_however_it_is_written(officer: Person, incident: str) -> None:
    assert (await held(officer, incident.upper()))["ids"] == [incident]


async def test_nothing_is_told_of_incidents_that_one_may_not_see(
    officer: Person,
    other_officer: Person,
    official: Person,
    auditor: Person,
    incident: str,
    jpeg: bytes,
) -> None:
    photo = str(uuid4())
    await officer.put_photo(incident, jpeg, UUID(photo))
    everything = {"ids": [incident, photo], "sha256": [digest(jpeg)]}
    for person in (officer, official, auditor):
        assert await held(person, incident, photo, hashes=[digest(jpeg)]) == everything
    nothing = await held(other_officer, incident, photo, hashes=[digest(jpeg)])
    assert nothing == {"ids": [], "sha256": []}
    # The same picture in an incident of their own is theirs to know.
    mine = await other_officer.opened(road_hazard())
    await other_officer.put_photo(mine, jpeg)
    receipts = await held(other_officer, incident, mine, photo, hashes=[digest(jpeg)])
    assert receipts == {"ids": [mine], "sha256": [digest(jpeg)]}


async def test_an_id_says_nothing_of_a_photo_that_somebody_else_sent_unless_its_hash_does_too(
    officer: Person, official: Person, incident: str, jpeg: bytes
) -> None:
    photo, others = str(uuid4()), digest(b"what the asker has under the same id")
    await officer.put_photo(incident, jpeg, UUID(photo))
    assert await held(officer, photo) == {"ids": [photo], "sha256": []}
    for hashes in ([], [others]):
        assert await held(official, photo, hashes=hashes) == {"ids": [], "sha256": []}
    both = await held(official, photo, hashes=[others, digest(jpeg)])
    assert both == {"ids": [photo], "sha256": [digest(jpeg)]}


@pytest.mark.parametrize(
    "damage",
    [
        """replace(canonical, '"facts":{', '"facts":{"\\u0000":1,')""",
        "left(canonical, 20)",
        """replace(canonical, '"size":', '"size":"much","of":')""",
    ],
    ids=["U+0000", "cut", "no number"],
)
async def test_an_entry_that_cannot_be_read_costs_itself_and_no_other(
    officer: Person, incident: str, jpeg: bytes, database: Database, damage: str
) -> None:
    damaged, note = str(uuid4()), entry("note", note="羽毛已干")
    await officer.put_photo(incident, jpeg, UUID(damaged))
    await officer.appended(incident, note)
    other = encoded(noise(9, 9))
    await officer.put_photo(incident, other)
    async with database.writing() as connection:
        await connection.execute(
            f"update entry set canonical = {damage} where entry_id = $1", UUID(damaged)
        )
    receipts = await held(officer, damaged, note["id"], incident, hashes=[digest(other)])
    assert [one for one in receipts["ids"] if one != damaged] == [note["id"], incident]
    assert receipts["sha256"] == [digest(other)]


async def test_nobody_is_told_anything_without_a_token(client: AsyncClient, incident: str) -> None:
    answer = await client.post(f"{API}/receipts", json={"ids": [incident]})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_photo_that_was_voided_is_held(officer: Person, incident: str, jpeg: bytes) -> None:
    photo = str(uuid4())
    await officer.put_photo(incident, jpeg, UUID(photo))
    void = entry("void", entry_id=photo, reason="不属本起警情")
    await officer.appended(incident, void)
    receipts = await held(officer, photo, void["id"], hashes=[digest(jpeg)])
    assert receipts == {"ids": [photo, void["id"]], "sha256": [digest(jpeg)]}


async def test_a_photo_whose_file_is_gone_is_not_held(
    officer: Person, incident: str, settings: Settings, jpeg: bytes
) -> None:
    lost, stays = str(uuid4()), str(uuid4())
    other = encoded(noise(9, 9))
    await officer.put_photo(incident, jpeg, UUID(lost))
    await officer.put_photo(incident, other, UUID(stays))
    original(settings, jpeg).unlink()
    hashes = [digest(jpeg), digest(other)]
    receipts = await held(officer, lost, stays, incident, hashes=hashes)
    assert receipts == {"ids": [stays, incident], "sha256": [digest(other)]}
    # Sent again, it is.
    await officer.put_photo(incident, jpeg, UUID(lost))
    assert (await held(officer, lost, hashes=hashes)) == {"ids": [lost], "sha256": hashes}


async def test_a_photo_whose_file_was_cut_is_not_held(
    officer: Person, incident: str, settings: Settings, jpeg: bytes
) -> None:
    photo = str(uuid4())
    await officer.put_photo(incident, jpeg, UUID(photo))
    path = original(settings, jpeg)
    path.unlink()
    path.write_bytes(jpeg[:100])
    receipts = await held(officer, photo, hashes=[digest(jpeg)])
    assert receipts == {"ids": [], "sha256": []}


async def test_what_was_refused_is_not_held_although_it_is_kept(
    officer: Person, incident: str, settings: Settings, jpeg: bytes
) -> None:
    photo, other = str(uuid4()), encoded(noise(9, 9))
    note = entry("note", note="羽毛已干")
    await officer.appended(incident, note)
    await officer.put_photo(incident, jpeg, UUID(photo))
    for taken in (photo, note["id"]):
        assert (await officer.put_photo(incident, other, UUID(taken))).status_code == 409
    assert original(settings, other).exists()
    receipts = await held(officer, photo, note["id"], hashes=[digest(other), digest(jpeg)])
    # The ids are held: by what came first.
    assert receipts == {"ids": [photo, note["id"]], "sha256": [digest(jpeg)]}


async def test_a_photo_whose_upload_is_not_finished_is_not_held(
    officer: Person, incident: str, jpeg: bytes
) -> None:
    photo = str(uuid4())
    headers = PART | creation(len(jpeg), incident_id=incident, photo_id=photo, sha256=digest(jpeg))
    nothing: dict[str, Any] = {"ids": [], "sha256": []}
    everything = {"ids": [photo], "sha256": [digest(jpeg)]}
    for part, receipts in ((jpeg[:-1], nothing), (jpeg[-1:], everything)):
        answer = await officer.request("POST", "/uploads", headers=headers, content=part)
        assert answer.status_code == 201
        if receipts == everything:
            path = answer.headers["Location"].partition(API)[2]
            sent = headers | {"Upload-Offset": answer.headers["Upload-Offset"]}
            await officer.request("PATCH", path, headers=sent, content=part)
        assert await held(officer, photo, hashes=[digest(jpeg)]) == receipts


async def test_a_thousand_of_each_may_be_asked_for_and_not_one_more(
    officer: Person, incident: str
) -> None:
    ids = [str(uuid4()) for _ in range(999)] + [incident]
    hashes = [digest(str(number).encode()) for number in range(1000)]
    assert await held(officer, *ids, hashes=hashes) == {"ids": [incident], "sha256": []}
    for question, name in (
        ({"ids": [*ids, incident]}, "ids"),
        ({"sha256": [*hashes, hashes[0]]}, "sha256"),
    ):
        answer = await officer.post("/receipts", question)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
        assert answer.json()["errors"][0]["field"] == name
        assert "1000" in answer.json()["detail"]


async def test_what_is_no_id_and_no_hash_is_named(officer: Person, jpeg: bytes) -> None:
    wrong: tuple[tuple[dict[str, Any], str, str], ...] = (
        ({"sha256": [digest(jpeg).upper()]}, "invalid_value", "sha256[0]"),
        ({"sha256": [digest(jpeg), digest(jpeg)[1:]]}, "invalid_value", "sha256[1]"),
        ({"sha256": [7]}, "wrong_type", "sha256[0]"),
        ({"ids": ["IMG_0001.jpg"]}, "invalid_value", "ids[0]"),
        ({"ids": None}, "wrong_type", "ids"),
        ({"photos": []}, "unknown_field", "photos"),
    )
    for question, code, at in wrong:
        answer = await officer.post("/receipts", question)
        assert (answer.status_code, answer.json()["code"]) == (422, code), question
        assert answer.json()["errors"][0]["field"] == at


async def test_a_hash_with_a_line_end_is_no_hash(officer: Person, jpeg: bytes) -> None:
    answer = await officer.post("/receipts", {"sha256": [digest(jpeg) + "\n"]})
    assert answer.status_code == 422
