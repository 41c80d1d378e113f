"""What comes back into care: how many, of which, and what is known of it then."""

from typing import Any
from uuid import uuid4

from tests.rescues.animals import animals_of, heads, refused
from tests.rescues.ends import AUGUST, end, on, went
from tests.users import Person, entry, rescue


async def flags_of(person: Person, incident: str) -> list[tuple[str, str]]:
    record = await person.read(f"/incidents/{incident}")
    return [(one["code"], one["entry_id"]) for one in record["flags"]]


async def in_chinese(person: Person, incident: str, body: dict[str, Any]) -> str:
    """How an entry is refused, as people here read it."""
    answer = await person.post(
        f"/incidents/{incident}/entries", body, headers={"Accept-Language": "zh"}
    )
    assert answer.status_code == 409, answer.text
    return str(answer.json()["detail"])


async def test_an_animal_is_gone_since_the_last_end_that_any_is_left_of(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 2}]))
    await went(officer, incident, 2, "death", count=1)
    await went(officer, incident, 4, "escape", count=1)
    await officer.appended(incident, on(5, entry("return", animal=1)))
    await officer.appended(incident, on(6, entry("split", animal=1, count=1)))
    dead, alive = await animals_of(officer, incident)
    assert (heads(dead), dead["outcome_at"]) == ({"died_in_care": 1}, AUGUST.format(2))
    assert (heads(alive), alive["outcome_at"]) == ({"in_care": 1}, None)


async def test_a_return_of_all_that_went_last_is_shown_where_these_are_others_since(
    officer: Person,
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 5}]))
    escape = await went(officer, incident, 2, "escape", count=2)
    back = await officer.appended(incident, on(5, entry("return", animal=1)))
    assert back["facts"]["heads"] == 2
    [animal] = await animals_of(officer, incident)
    assert animal["taken_back"] == [
        {
            "entry_id": back["id"],
            "count": 2,
            "happened_at": AUGUST.format(5),
            "filed": 2,
            "been": [escape],
        }
    ]
    assert await flags_of(officer, incident) == []
    # Those of one that comes late went last.
    late = await went(officer, incident, 3, "escape", count=1)
    assert heads((await animals_of(officer, incident))[0]) == {"in_care": 3, "escaped": 2}
    others = [("end_changed", back["id"]), ("count_changed", back["id"])]
    assert await flags_of(officer, incident) == others
    await officer.appended(incident, on(6, entry("void", entry_id=late)))
    assert await flags_of(officer, incident) == []
    more = entry("amendment", entry_id=escape, changes={"count": 3})
    await officer.appended(incident, on(6, more))
    assert await flags_of(officer, incident) == [("count_changed", back["id"])]
    # Said by number, it is what was meant; and so it is where a correction says no number anew.
    for day, number, filed in ((7, 2, None), (8, None, 3)):
        said = entry("amendment", entry_id=back["id"], changes={"count": number})
        taken = await officer.appended(incident, on(day, said))
        assert taken["facts"].get("heads") == filed
        assert await flags_of(officer, incident) == []


async def test_who_takes_the_dead_back_is_told_that_they_are_dead(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 3}]))
    died = await went(officer, incident, 1, "death", count=1)
    back = on(5, entry("return", animal=1, entry_id=died))
    assert "the dead do not come back" in (await refused(officer, incident, back))["detail"]
    assert "已死亡，不能收回" in await in_chinese(officer, incident, back)
    # Nothing is away; of what there is, nobody says that it died.
    unnamed = on(5, entry("return", animal=1, entry_id=str(uuid4())))
    assert "could come back" in (await refused(officer, incident, unnamed))["detail"]
    gone = await went(officer, incident, 2, "escape")
    assert gone in (await refused(officer, incident, unnamed))["detail"]


async def test_who_settles_more_than_are_in_care_is_told_where_the_others_are(
    officer: Person,
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 10}]))
    too_many = on(5, end("death", count=11))
    alone = (await refused(officer, incident, too_many))["detail"]
    assert "10 still in care" in alone
    assert "`entry_id`" not in alone
    gone = await went(officer, incident, 1, "transfer", count=4)
    too_many = on(5, end("death", count=7))
    said = (await refused(officer, incident, too_many))["detail"]
    assert "6 still in care, not 7." in said
    assert f"`entry_id` the one by which they went: {gone} (2024-08-01 09:00, 4: " in said
    told = await in_chinese(officer, incident, too_many)
    assert f"{gone}（2024-08-01 09:00，4 只，移交收容救护机构）" in told
    # Of a keeper's nobody tells that none needed rescue.
    unfit = on(5, end("no_rescue_needed", count=7))
    assert gone not in (await refused(officer, incident, unfit))["detail"]


async def test_where_two_ends_may_be_meant_both_are_listed(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 5}]))
    first = await went(officer, incident, 1, "transfer", count=3)
    second = await went(officer, incident, 2, "long_term_care")
    died = on(5, end("death", count=1))
    for said in (
        (await refused(officer, incident, died))["detail"],
        await in_chinese(officer, incident, died),
        (await refused(officer, incident, died | {"entry_id": str(uuid4())}))["detail"],
    ):
        assert first in said
        assert second in said
    # Of many, the latest.
    incident = await officer.opened(rescue(animals=[{"count": 6}]))
    ends = [await went(officer, incident, day, "transfer", count=1) for day in range(1, 7)]
    listed = (await refused(officer, incident, on(9, died)))["detail"]
    assert [one in listed for one in ends] == [False] + [True] * 5
