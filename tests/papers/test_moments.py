"""A paper of an event says what was known then, whatever happens later; what is corrected or added
of it is on it, and said to be so. An examination is told with its own time and facts alone."""

import re
from typing import Any, Final

import pytest

from db.database import Database
from tests.papers.reading import fields_of, paper, papers, text_of
from tests.rescues.custody import transfer
from tests.users import Person, entry, identification, release, rescue, road_hazard

_BODY: Final = re.compile(r"</header>(.*?)<footer>", re.DOTALL)
SINCE: Final = "事后更正与补录"


def said_on(page: str) -> list[str]:
    """What each sheet says, without by whom and when it was printed."""
    return [text_of(one) for one in _BODY.findall(page)]


async def all_said(person: Person, incident: str) -> dict[str, list[str]]:
    """The same of each paper that speaks of a moment."""
    listed = await papers(person, incident)
    of_moments = {"case_receipt", "animal_receipt", "release_record", "handover_form"}
    return {
        one["number"]: said_on((await person.get(one["address"].partition("/api/v1")[2])).text)
        for one in listed
        if one["paper"] in of_moments
    }


def at(day: int, hour: int = 10) -> str:
    return f"2024-08-{day:02}T{hour:02}:00:00+08:00"


def exam(day: int, **found: Any) -> dict[str, Any]:
    return entry("assessment", at(day), animal=1, **found)


OPENINGS: Final[dict[str, dict[str, Any]]] = {
    "rescue": rescue(animals=[{"reported_as": "怪鸟", "count": 6, "condition": "weak"}]),
    "road_hazard": road_hazard(source="report"),
}
EVENTS: Final[dict[str, list[dict[str, Any]]]] = {
    "rescue": [
        identification(),
        exam(1, injuries="右翼擦伤", attitude="depressed", weight_g=900, condition="weak"),
        transfer(2, count=1, condition="fair"),
        release(at(3), count=1),
        entry("long_term_care", at(3, 12), animal=1, count=1, keeper="旗救护站"),
    ],
    "road_hazard": [
        entry("secured", at(5), measures=["warning_sign"]),
        entry("handed_over", at(6), unit="养护队"),
    ],
}
LATER: Final[dict[str, list[dict[str, Any]]]] = {
    "rescue": [
        exam(7, injuries="左腿骨折", attitude="non_responsive", sex="male", life_stage="adult"),
        entry("care", at(7), animal=1, quarantine="failed", isolated_until=at(20)),
        entry("marking", at(7), animal=1, marks=[{"kind": "ring", "number": "A99"}]),
        entry("disease_report", at(7), animal=1, suspected_disease="禽流感", reported_to="监测站"),
        entry("addition", at(7), reported={"reported_as": "后来的鸟"}),
        entry("split", at(7), animal=1, count=1),
        entry("return", at(8), animal=1, count=1),
        entry("death", at(9), animal=1, count=1),
        entry("told", at(9), result="已救治"),
        entry("handover", at(10), station="150723"),
    ],
    "road_hazard": [
        entry(
            "road_update",
            at(7),
            passability="blocked",
            types=["landslide"],
            extent={"blocked_length_m": 77},
        ),
        entry("secured", at(8), measures=["detour"]),
        entry("handover", at(10), station="150723"),
    ],
}


@pytest.mark.parametrize("kind", [*OPENINGS])
async def test_nothing_that_happens_later_is_on_a_paper_of_a_moment(
    officer: Person, chief: Person, kind: str
) -> None:
    incident = await officer.opened(OPENINGS[kind])
    for one in EVENTS[kind]:
        await officer.appended(incident, one)
    before = await all_said(chief, incident)
    assert len(before) == {"rescue": 5, "road_hazard": 2}[kind]
    assert not any(SINCE in one for each in before.values() for one in each)
    for later in LATER[kind]:
        await officer.appended(incident, later)
        now = await all_said(chief, incident)
        for number, said in before.items():
            # An animal that is brought later is one more of those that were received.
            if "-PZ" not in number:
                assert now[number] == said, (later["type"], number)


async def test_a_hand_over_says_what_was_known_then_and_when_it_was_seen(officer: Person) -> None:
    incident = await officer.opened()
    first, second = transfer(2, condition="fair"), transfer(5, condition="good")
    for one in (
        exam(1, injuries="右翼擦伤"),
        first,
        entry("return", at(3), animal=1),
        identification(happened_at=at(4)),
        exam(4, injuries="已愈", sex="female"),
        second,
        entry("return", at(6), animal=1),
        entry("death", at(7), animal=1),
    ):
        await officer.appended(incident, one)
    told = {
        str(one["id"]): fields_of(await paper(officer, incident, "handover_form", entry=one["id"]))
        for one in (first, second)
    }
    then = told[str(first["id"])]
    assert then["伤情"] == ["右翼擦伤（2024年8月1日10时00分检查）"]
    assert (then["动物"], then["学名"], then["性别"]) == (["1号长嘴巴怪鸟"], [""], [""])
    then = told[str(second["id"])]
    assert then["伤情"] == ["已愈（2024年8月4日10时00分检查）"]
    assert (then["动物"], then["性别"]) == (["1号普通鸬鹚"], ["雌female"])


async def test_what_was_corrected_or_added_since_is_on_it_and_said_to_be_so(
    officer: Person,
) -> None:
    incident = await officer.opened()
    seen, moved = exam(1, injuries="右翼擦伤"), transfer(2, person="王站长")
    for one in (seen, moved):
        await officer.appended(incident, one)
    page = await paper(officer, incident, "handover_form")
    assert SINCE not in page
    late = exam(1, vet="李兽医") | {"recorded_at": at(9)}
    changes = [
        entry(
            "amendment", at(3), entry_id=moved["id"], changes={"person": "李站长"}, reason="笔误"
        ),
        entry("amendment", at(3), entry_id=seen["id"], changes={"injuries": "左翼擦伤"}),
        entry("amendment", at(3), entry_id=incident, changes={"summary": "改过的概述"}),
        identification(happened_at=at(4)),
        late,
    ]
    for one in (*changes, exam(6, injuries="后来的伤")):
        await officer.appended(incident, one)
    page = await paper(officer, incident, "handover_form")
    fields = fields_of(page)
    assert fields["接收人"] == ["李站长"]
    assert fields["伤情"] == ["左翼擦伤（2024年8月1日10时00分检查）"]
    assert fields["动物"] == ["1号长嘴巴怪鸟"], "as both sides signed"
    text = text_of(page)
    below = text.partition(f"{SINCE}Corrected")[2]
    for said in ("接收人：李站长；更正原因：笔误", "左翼擦伤", "改过的概述", "普通鸬鹚", "李兽医"):
        assert said in below, said
    assert "后来的伤" not in text
    assert "其后有更正或补录" in text


async def test_a_bird_identified_once_it_was_gone_has_that_on_its_release(officer: Person) -> None:
    incident = await officer.opened()
    known = identification(happened_at=at(5))
    gone = release(at(3))
    for one in (known, gone):
        await officer.appended(incident, one)
    page = await paper(officer, incident, "release_record")
    assert fields_of(page)["中文名"] == ["普通鸬鹚"]
    assert "物种鉴定" in text_of(page).partition(f"{SINCE}Corrected")[2]


def rows_of(page: str, title: str) -> list[list[str]]:
    """The cells of the rows of a table."""
    table = page.partition(title)[2].partition("</table>")[0].partition("<tbody>")[2]
    each = re.findall(r"<tr.*?>(.*?)</tr>", table, re.DOTALL)
    return [
        [text_of(cell) for cell in re.findall(r"<td.*?>(.*?)</td>", one, re.DOTALL)] for one in each
    ]


async def test_each_examination_has_its_own_time_and_its_own_facts(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"reported_as": "怪鸟", "count": 3}]))
    page = await paper(officer, incident, "rescue_form")
    assert rows_of(page, "三、检查与照管") == [[""] * 8] * 2, "room to write by hand"
    for one in (
        exam(1, exam="intake", attitude="depressed", weight_g=900, vet="李兽医"),
        exam(2, injuries="右翼擦伤", body_condition="thin"),
        entry("split", at(3), animal=1, count=1),
        exam(4, condition="good"),
        entry("death", at(5), animal=1, count=1),
        exam(6, exam="daily", weight_g=850),
    ):
        await officer.appended(incident, one)
    page = await paper(officer, incident, "rescue_form")
    rows = rows_of(page, "三、检查与照管（1")
    assert [one[0] for one in rows] == [f"2024年8月{day}日10时00分" for day in (1, 2, 4, 6)]
    said = ["接收atintake", "", "精神沉郁（萎靡）depressed", "", "", "体重：900克", "李兽医"]
    assert rows[0][1:] == said
    assert rows[1][1:4] == ["", "", ""]
    assert rows[1][5:] == ["右翼擦伤", "", ""]
    assert [bool(cell) for cell in rows[2]] == [True, False, True, *[False] * 5]
    assert rows[3][3] == "", "nothing that is dead has an attitude"
    assert "体重：850克" in rows[3][6]
    # What was split off had been examined with the others.
    of_part = [one[0] for one in rows_of(page, "三、检查与照管（2")]
    assert of_part == [f"2024年8月{day}日10时00分" for day in (1, 2)]
    assert "精神状态" not in fields_of(page)


async def test_an_event_that_can_t_be_read_has_its_paper_all_the_same(
    officer: Person, database: Database
) -> None:
    incident, moved = await officer.opened(), transfer(2)
    await officer.appended(incident, exam(1, injuries="右翼擦伤"))
    await officer.appended(incident, moved)
    async with database.writing() as connection:
        await connection.execute(
            "update entry set canonical = '{}' where entry_id = $1::uuid", moved["id"]
        )
    page = await paper(officer, incident, "handover_form")
    assert "有 1 条记录无法显示" in page
    assert "右翼擦伤" in page
