"""The text search finds all that was written, in every field of every entry, as it is typed."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from db.database import Database
from db.sql import Statement
from tests.bodies import ENTRY_TYPES, OPENED_FOR, OPENINGS, changed_at, full_entries, leaves
from tests.lists.many import copy_rows
from tests.users import Person, add_account, entry, identification, release, rescue
from wildlife.lists.composing import Selection
from wildlife.lists.incidents import INCIDENTS

# Who reported is looked for by nobody; the others say what a body is.
_NO_TEXT = ("id", "kind", "type", "informant", "entry_id", "duplicate_of")
_MARK = "䴙䴘暗号"


def texts(body: dict[str, Any]) -> Iterator[tuple[str | int, ...]]:
    """The paths of a body where there is a text, or a code or a time."""
    for path in leaves(body):
        value: Any = body
        for step in path:
            value = value[step]
        if isinstance(value, str) and path[0] not in _NO_TEXT:
            yield path


async def found(person: Person, q: str) -> list[str]:
    return [one["id"] for one in (await person.read("/incidents", params={"q": q}))["items"]]


@pytest.mark.parametrize("full", OPENINGS.values())
async def test_every_text_of_an_opening_is_found(officer: Person, full: Any) -> None:
    free = 0
    for number, path in enumerate(texts(full())):
        body = changed_at(full(), path, f"有{_MARK}{number}号")
        answer = await officer.post("/incidents", body)
        if answer.status_code == 422:  # a code, a time, a number of its own form
            continue
        assert answer.status_code == 201, answer.text
        assert await found(officer, f"{_MARK}{number}号") == [body["id"]], path
        free += 1
    assert free >= 4


@pytest.mark.parametrize("name", sorted(set(ENTRY_TYPES) - {"void", "handover"}))
async def test_every_text_of_an_entry_is_found(officer: Person, name: str) -> None:
    full = next(body for body in full_entries() if body["type"] == name)
    free = 0
    for number, path in enumerate(texts(full)):
        incident = await officer.opened(OPENED_FOR[name]())
        aims = {field: incident for field, value in full.items() if value is ...}
        body = changed_at(full | aims | {"id": str(uuid4())}, path, f"有{_MARK}{number}号")
        if name == "release":
            await officer.appended(incident, identification())
        answer = await officer.post(f"/incidents/{incident}/entries", body)
        if answer.status_code == 201:
            assert await found(officer, f"{_MARK}{number}号") == [incident], path
            free += 1
        else:
            assert answer.status_code in (409, 422), answer.text
    assert free or name in _NEEDS_OTHERS_FIRST


_NEEDS_OTHERS_FIRST = {"closing", "return", "receipt", "cleared", "reopened", "handed_over"}


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("桩号 K12+300 处", "K12+300"),
        ("桩号 K12+300 处", "k12 300"),
        ("桩号 Ｋ１２＋３００ 处", "K12+300"),
        ("响\u200b水\ufeff水库", "响水水库"),
        ("响水水库", "响\u200d水水库"),
        ("PHALACROCORAX", "phalacrocorax"),
        ("环志号 A-1234", "a-1234"),
        ("环志号 A—1234", "a－1234"),
        ("环志号 A‑1234", "a−1234"),
        ("环志号 A-1234", "A‐1234"),
        ("Przewalski’s horse", "przewalski's"),
        ("Przewalski's horse", "Przewalski′s"),
        ("他说“好”来", '说"好"来'),
        ('他说"好"来', "说”好“来"),
    ],
)
async def test_it_is_found_however_it_was_typed(officer: Person, written: str, typed: str) -> None:
    incident = await officer.opened(rescue(summary=written))
    assert await found(officer, typed) == [incident]


async def test_it_is_found_by_who_opened_it_and_by_who_answers_for_it(
    officer: Person, other_officer: Person
) -> None:
    incident = await officer.opened()
    name, other = [(await one.read("/session"))["name"] for one in (officer, other_officer)]
    assert await found(officer, name) == [incident]
    assert await found(officer, other) == []
    handed = entry("handover", station="150723", badge=other_officer.badge)
    await officer.appended(incident, handed)
    for person in (officer, other_officer):
        assert await found(person, name) == await found(person, other) == [incident]


async def test_any_part_of_a_case_number_is_found_beside_other_words(officer: Person) -> None:
    incident = await officer.opened(rescue(summary="林中猫头鹰"))
    other = await officer.opened(rescue(summary="水边苍鹭"))
    number = (await officer.read(f"/incidents/{incident}"))["case_number"]
    station, day, running = number.split("-")
    parts = (number, f"{day}-{running}", f"{day[4:]}-{running}", f"-{running}", number[3:-1])
    for appended in range(2):
        for part in parts:
            assert incident in await found(officer, part), part
        assert await found(officer, f"{day}-{running}") == [incident]
        assert await found(officer, f"{running} 猫头鹰") == [incident]
        assert await found(officer, f"猫头鹰 {station}") == [incident]
        assert await found(officer, f"苍鹭 {day}-{running}") == []
        assert other in await found(officer, day)
        await officer.appended(incident, entry("note", note=f"第{appended}次"))


async def test_every_word_that_is_asked_for_has_to_be_there_in_whatever_order_and_field(
    officer: Person, subtests: pytest.Subtests
) -> None:
    incident = await officer.opened(
        rescue(summary="林中发现 怪鸟被困", place={"description": "大局子林场三道沟"})
    )
    await officer.appended(incident, entry("note", note="羽毛已干 桩号 K12+300"))
    await officer.opened(rescue(summary="林中怪鸟", place={"description": "四道沟"}))
    for q, finds in (
        ("怪鸟 三道沟", True),
        ("三道沟 怪鸟", True),
        ("三道沟\u3000怪鸟", True),
        ("羽毛 三道沟 被困", True),
        ("羽毛 四道沟", False),
        ("怪鸟 羽毛 苍鹭", False),
        ("K12+300 怪鸟", True),
        ('"发现 怪鸟"', True),
        ("“发现 怪鸟” 三道沟", True),
        ('"怪鸟 发现"', False),
        ('"怪鸟 三道沟"', False),
        ('怪鸟 "羽毛已干 桩号"', True),
        ('"怪鸟 三道沟', True),
        ('三道沟 怪鸟"', True),
        ("羽毛 “三道沟 怪鸟", True),
        ('"怪鸟 苍鹭', False),
    ):
        with subtests.test(q=q):
            assert await found(officer, q) == ([incident] if finds else [])
    # A quote that nobody closed is none, and one inside a word parts at most that word.
    quoted = await officer.opened(rescue(summary='他说"好 又说5"管'))
    for q in ('"好', '5"管', '说"好', '"好 又说5"管', '又说5"管 他说"好', '5"管 他说"好 又说5"管'):
        assert await found(officer, q) == [quoted], q


QUOTED = [
    (pair[0], pair[1])
    for pair in ('""', "“”", "””", "„“", "＂＂", "〝〞", "「」", "『』", "｢｣", "《》", "〈〉", "‘’")
]
BETWEEN = ("", " ", "\u3000", "\t", "、", "，", "；", ",", ";", "､", "， ", " ; ")


async def test_words_and_phrases_are_told_apart_without_spaces_as_chinese_is_written(
    officer: Person, subtests: pytest.Subtests
) -> None:
    incident = await officer.opened(
        rescue(summary="甲乙 尾字被困", place={"description": "己庚 K12+300 重 1,203 克"})
    )
    for between in BETWEEN:
        for opened, closed in QUOTED:
            for asked in (
                f"{opened}甲乙 尾字{closed}{between}{opened}己庚{closed}",
                f"{opened}尾字{closed}{between}己庚",
                f"己庚{between}{opened}尾字{closed}",
            ):
                with subtests.test(asked=asked):
                    assert await found(officer, asked) == [incident]
        if between:
            for asked in (f"己庚{between}尾字", f"1,203{between}K12+300{between}尾字"):
                with subtests.test(asked=asked):
                    assert await found(officer, asked) == [incident]
    for opened, closed in QUOTED:
        with subtests.test(quotes=opened + closed):
            # In quotes it is looked for as it stands, and without the other one it is no answer.
            assert await found(officer, f"{opened}尾字 甲乙{closed}") == []
            assert await found(officer, f"{opened}尾字{closed}{opened}别处{closed}") == []
            assert await found(officer, f"{opened}尾字 己庚") == (
                [] if opened == "‘" else [incident]
            )
    # Between digits it is a number, and by itself what is asked for.
    assert await found(officer, "1,204") == []
    assert await found(officer, "203，1") == []
    assert await found(officer, "，") == [incident]


async def test_all_that_was_written_is_found_word_by_word_and_any_two_together(
    officer: Person,
) -> None:
    full = next(body for body in full_entries() if body["type"] == "assessment")
    incident = await officer.opened(rescue(summary="林中发现 长嘴巴怪鸟\n被困 100% _x_ \\n"))
    await officer.appended(incident, full | {"id": str(uuid4())})
    written = ["林中发现", "长嘴巴怪鸟", "被困", "100%", "_x_", "\\n"]
    for path in texts(full):
        value: Any = full
        for step in path:
            value = value[step]
        if path[0] in ("note", "injuries"):
            written += str(value).split()
    number = (await officer.read(f"/incidents/{incident}"))["case_number"]
    written = list(dict.fromkeys([*written, number, *number.split("-")]))
    assert len(written) > 10
    for first in written:
        for second in written:
            assert await found(officer, f"{first} {second}") == [incident], (first, second)


async def test_a_case_number_is_found_as_a_whole_and_by_any_part_and_with_who_names_it(
    officer: Person,
) -> None:
    first, names_it, other = [await officer.opened() for _ in range(3)]
    number = (await officer.read(f"/incidents/{first}"))["case_number"]
    await officer.appended(names_it, entry("note", note=f"与{number}为同一只"))
    await officer.appended(other, entry("note", note=f"编号{number}9"))
    for q in (number, f"{number} 同一只"):
        known = await found(officer, q)
        assert other not in known, q
        assert names_it in known, q
        assert (first in known) == ("同一只" not in q), q
    for part in (number[2:], number[:-1], number[:-2], number[:-3], number[:-4], number[4:-2]):
        assert {first, names_it, other} <= {*await found(officer, part)}, part
    station, day, _ = number.split("-")
    for none in (f"{station}-{int(day) - 1}", f"{station}-{int(day) - 1}-", f"{station}-{day}-9"):
        assert await found(officer, none) == [], none
    assert await found(officer, f"{station}-{day} 同一只") == [names_it]


OF_ANOTHER_MINUTE = {
    "incident_id": "gen_random_uuid()",
    "found_at": "t.found_at - n * interval '1 minute'",
}


async def test_the_numbers_of_a_day_are_found_by_the_index(
    officer: Person, database: Database
) -> None:
    incident = await officer.opened()
    station, day, _ = (await officer.read(f"/incidents/{incident}"))["case_number"].split("-")
    async with database.transaction() as connection:
        otherwise = OF_ANOTHER_MINUTE | {
            "search_text": f"replace(t.search_text, '{day}', (20000000 + n)::text)"
        }
        await copy_rows(connection, "incident", incident, 3000, otherwise)
        await connection.execute("select gin_clean_pending_list('incident_search')")
        await connection.execute("analyze incident")
        values = {"text": [f"%{station}-{day}%"], "numbers": [station, day], "text_marks": []}
        where = INCIDENTS.sql._where(Selection(("text", "numbers"), None, "-time"))
        explain = Statement(f"explain (analyze) select from incident t {where}")
        plan = "\n".join(row[0] for row in await explain.rows(connection, values))
    read = re.search(r"Bitmap Index Scan on incident_search .* rows=(\d+)", plan)
    assert read, plan
    assert int(read[1]) < 400, plan  # of 3,000; what is dead is in the index, too


async def test_several_rare_words_are_found_by_the_index(
    officer: Person, database: Database
) -> None:
    incident = await officer.opened(rescue(summary="草地狍子"))
    async with database.transaction() as connection:
        otherwise = OF_ANOTHER_MINUTE | {
            "search_text": "'x' || n",
            "search_terms": "array['x', n % 100 || '']",
        }
        await copy_rows(connection, "incident", incident, 3000, otherwise)
        for index in ("incident_search", "incident_marks"):
            await connection.execute(f"select gin_clean_pending_list('{index}')")
        await connection.execute("analyze incident")
        words = ["狍子", "草地"]
        values = {"text": [f"%{one}%" for one in words], "terms": words, "text_marks": []}
        where = INCIDENTS.sql._where(Selection(("text", "terms"), None, "-time"))
        explain = Statement(f"explain select * from incident t {where}")
        assert "incident_search" in str(await explain.rows(connection, values))


@pytest.mark.parametrize("q", ["\u200b", "+", '""', "\u200b+\ufeff"])
async def test_nothing_that_can_be_seen_is_no_question(officer: Person, q: str) -> None:
    answer = await officer.get("/incidents", params={"q": q})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "q")


async def test_what_was_corrected_or_voided_is_found_with_the_reason_why(officer: Person) -> None:
    incident = await officer.opened(rescue(summary="林中怪鸟"))
    wrong = await officer.appended(incident, entry("note", note="误记一笔"))
    changes = {"summary": "水边苍鹭"}
    reasons = {"reason": "笔误更正", "note": "经核对"}
    await officer.appended(
        incident, entry("amendment", entry_id=incident, changes=changes, **reasons)
    )
    void = entry("void", entry_id=wrong["id"], reason="重复登记", note="已告知")
    await officer.appended(incident, void)
    said = ("林中怪鸟", "水边苍鹭", "笔误更正", "经核对", "误记一笔", "重复登记", "已告知")
    for q in said:
        assert await found(officer, q) == [incident], q


async def test_every_species_that_it_was_ever_taken_for_is_found_and_every_officer_who_is_named(
    officer: Person, database: Database
) -> None:
    for badge, name in (("150425012", "那日苏"), ("150425013", "斯琴"), ("150425014", "巴雅尔")):
        await add_account(database, badge, "150425", name=name)
    incident = await officer.opened(rescue(officers=["150425012"]))
    said = await officer.appended(incident, identification("canis_lupus"))
    changes: dict[str, Any] = {"species_id": "phalacrocorax_carbo"}
    await officer.appended(incident, entry("amendment", entry_id=said["id"], changes=changes))
    changes = {"officers": {"150425013": True}}
    await officer.appended(incident, entry("amendment", entry_id=incident, changes=changes))
    let_go = release(officers=["150425014"])
    await officer.appended(incident, let_go)
    names = ("狼", "canis lupus", "普通鸬鹚", "Phalacrocorax carbo", "那日苏", "斯琴", "巴雅尔")
    for q in names:
        assert await found(officer, q) == [incident], q
    await officer.appended(incident, entry("void", entry_id=let_go["id"]))
    for q in names:
        assert await found(officer, q) == [incident], q


async def test_a_release_is_found_by_all_that_is_written_in_its_incident_and_q_says_so(
    officer: Person,
) -> None:
    incident = await officer.opened(rescue(summary="林中怪鸟"))
    await officer.appended(incident, identification())
    await officer.appended(incident, release())
    await officer.appended(incident, entry("note", note="暴雨如注"))
    for path in ("/releases", "/animals"):
        items = (await officer.read(path, params={"q": "怪鸟 暴雨"}))["items"]
        assert [one["incident_id"] for one in items] == [incident]
    document = (await officer.client.get("/docs/openapi.json")).json()
    for path in ("/releases", "/animals", "/hazards", "/incidents"):
        asked = document["paths"][f"/api/v1{path}"]["get"]["parameters"]
        [q] = [one for one in asked if one["name"] == "q"]
        assert "all that is written in its incident" in q["description"]
