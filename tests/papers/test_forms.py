"""Every field of the forms that a record has stands on its paper; what nobody said is a blank."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec
import pytest

from tests.demo.forms import Line, lines, record_of, said
from tests.demo.telling import tell
from tests.papers.full import full_hazard_of, full_rescue_of
from tests.papers.reading import fields_of, paper, papers, text_of, without_spaces
from tests.users import Person, entry, identification, release, rescue, road_hazard
from wildlife.demo.stories import CORMORANT_STORY, ROCKFALL_STORY
from wildlife.settings import Settings
from wildlife.words.documented import label_in, written_under

RESCUES: Final = {
    "接处警登记 call": "rescue_form",
    "发现地点 place": "rescue_form",
    "接收登记 intake": "rescue_form",
    "救护记录 care": "rescue_form",
    "处置 outcome": "rescue_form",
    "死亡处理 death": "rescue_form",
    "照片说明 photo": "rescue_form",
    "放归记录 release": "release_record",
    "移交清单 transfer": "handover_form",
}
ROADS: Final = dict.fromkeys(
    ("接处警登记 call", "发现地点 place", "道路险情 road", "照片说明 photo"), "clearance_form"
)
"""On which paper the fields of a form are."""

ANNOUNCED: Final = {
    "SANYOU-2023-17": "国家林业和草原局公告2023年第17号",
    "NKPWA-2021-3": "国家林业和草原局、农业农村部公告2021年第3号",
}

ON_RECEIPTS: Final = "informant."
"""Who reported is on no other."""

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT")


def written(value: Any, labels: dict[str, set[str]]) -> Iterator[str]:
    """How a value may stand on a form."""
    match value:
        case bool():
            yield "是" if value else "否"
        case str() if _TIME.match(value):
            at = datetime.fromisoformat(value).astimezone(Settings().zone)
            yield f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02}分"
        case float() if value.is_integer():
            yield str(int(value))
        case int() | float():
            yield str(value)
        case str() if value in labels:
            yield from labels[value]
        case str():
            yield without_spaces(value)


async def labels_of(person: Person) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for codes in (await person.read("/vocabularies")).values():
        for one in codes:
            found.setdefault(one["code"], set()).add(without_spaces(one["zh"]))
    return found


def told_of(line: Line, record: dict[str, Any]) -> list[Any]:
    """What there is of a line's field in the record; a photo as its picture, what it shows and its
    format, and a list as it was announced, are called."""
    found = said(record, line.where)
    if line.where.endswith(".list"):
        return [ANNOUNCED[one] for one in found]
    if line.where.endswith("media_type"):
        return [one.rpartition("/")[2].upper() for one in found]
    if line.where == "incident.photos.photo_id":
        return [f"照片{number}" for number, _ in enumerate(found, 1)]
    each = [inner for one in found for inner in (one.values() if isinstance(one, dict) else [one])]
    return ["1号动物" if one == "animal:1" else one for one in each]


async def require_all_written(
    person: Person, incident: str, forms: dict[str, str], *, at_least: int
) -> None:
    record, labels = await record_of(person, incident), await labels_of(person)
    pages = {name: text_of(await paper(person, incident, name)) for name in {*forms.values()}}
    looked_at = 0
    for line in lines():
        if line.form not in forms or line.where.startswith(ON_RECEIPTS):
            continue
        for value in told_of(line, record):
            looked_at += 1
            ways = [*written(value, labels)]
            assert any(one in pages[forms[line.form]] for one in ways), (line, ways)
    assert looked_at >= at_least


async def test_all_that_a_full_rescue_has_is_on_its_papers(officer: Person) -> None:
    incident = await full_rescue_of(officer)
    await require_all_written(officer, incident, RESCUES, at_least=150)


async def test_all_that_a_full_road_hazard_has_is_on_its_papers(other_officer: Person) -> None:
    incident = await full_hazard_of(other_officer)
    await require_all_written(other_officer, incident, ROADS, at_least=70)


EARLIER: Final = "2024-07-01T08:00:00+08:00"


@pytest.mark.parametrize(
    ("form", "opening", "early"),
    [
        ("rescue_form", rescue, [identification(), release(EARLIER)]),
        ("clearance_form", road_hazard, [entry("clearing", EARLIER, method="by_hand")]),
    ],
)
async def test_where_a_record_contradicts_itself_is_told_to_whoever_signs(
    officer: Person, form: str, opening: Callable[[], dict[str, Any]], early: list[dict[str, Any]]
) -> None:
    incident = await officer.opened(opening())
    assert "疑点" not in fields_of(await paper(officer, incident, form))
    for said_then in early:
        await officer.appended(incident, said_then)
    flags = {one["code"] for one in (await officer.read(f"/incidents/{incident}"))["flags"]}
    assert flags
    [told] = fields_of(await paper(officer, incident, form))["疑点"]
    called = await labels_of(officer)
    assert all(any(label in told for label in called[flag]) for flag in flags), told


OWN: Final = {
    *("移交单位", "移交时间", "移交数量", "动物", "接收时间", "接收单位", "报告内容", "查询方式"),
    *("报警人", "报警人身份", "受理民警", "民警电话", "送交人", "送交人身份", "经办民警"),
    *("来时健康状况", "隔离期"),
}
"""What forms call by itself: who signs for what, what is left to be filled by hand, and what is two
fields, or the same of another moment."""


def every_label() -> set[str]:
    """What all fields of all that the service answers are called."""
    structs, found = [*msgspec.Struct.__subclasses__()], set[str]()
    while structs:
        one = structs.pop()
        structs += one.__subclasses__()
        found |= {label_in(written) for written in written_under(one).values() if "。" in written}
    return found


async def test_a_place_of_a_form_is_called_as_its_field_is_everywhere(
    officer: Person, other_officer: Person
) -> None:
    printed: dict[str, set[str]] = {}
    of_each = ((officer, full_rescue_of), (other_officer, full_hazard_of))
    for person, make in of_each:
        incident = await make(person)
        for one in {each["paper"] for each in await papers(person, incident)}:
            for label in fields_of(await paper(person, incident, one)):
                printed.setdefault(label, set()).add(one)
    assert len(printed) > 110
    known = every_label()
    assert {label: on for label, on in printed.items() if label not in known | OWN} == {}
    assert printed.keys() >= OWN


def test_every_line_of_the_table_is_on_a_paper() -> None:
    assert {line.form for line in lines()} == RESCUES.keys() | ROADS.keys()


async def test_the_cormorant_has_all_of_its_story_on_paper_and_the_rest_blank(
    officer: Person,
) -> None:
    await tell(officer, CORMORANT_STORY)
    forms = {form: name for form, name in RESCUES.items() if name != "handover_form"}
    await require_all_written(officer, CORMORANT_STORY.incident_id, forms, at_least=60)
    page = await paper(officer, CORMORANT_STORY.incident_id, "release_record")
    blank = (
        *("性别", "环志编号", "标识", "适宜性评估人", "检疫结果", "检疫证明编号", "隔离结束时间"),
        *("主管部门意见", "放归时天气", "放归地是否原生分布区", "见证人", "放归地选择理由"),
        "放归后监测",
    )
    fields = fields_of(page)
    assert {label: fields[label] for label in blank} == {label: [""] for label in blank}
    assert fields["中文名"] == ["普通鸬鹚"]
    assert fields["是否适宜放归"] == ["✓是yes"]
    assert fields["放归方式"] == ["✓硬放归hardrelease"]
    assert fields["放归人员"] == ["大局子民警（150425001）、大局子民警二（150425002）"]
    # All that may be ticked by hand is there.
    for choice in ("检疫合格", "检疫不合格", "待检"):
        assert choice in page


async def test_the_rockfall_has_all_of_its_story_on_paper_and_the_rest_blank(
    other_officer: Person,
) -> None:
    await tell(other_officer, ROCKFALL_STORY)
    await require_all_written(other_officer, ROCKFALL_STORY.incident_id, ROADS, at_least=30)
    page = await paper(other_officer, ROCKFALL_STORY.incident_id, "clearance_form")
    fields = fields_of(page)
    for label in (
        "道路名称",
        "起始桩号",
        "阻断长度",
        "受伤人数",
        "清除人数",
        "处置单位",
        "绕行路线",
    ):
        assert fields[label] == [""], label
    assert fields["清除方式"] == ["✓人工（徒手）byhand"]
    assert page.count('<td class="high-1"></td>') == 8, "two rows for who was notified"


async def test_a_receipt_names_who_reported_with_all_that_is_known_of_them(
    officer: Person,
) -> None:
    informant = {
        "name": "王建国",
        "role": "forest_ranger",
        "phone": "13800000000",
        "address": "大局子林场二队",
        "id_document": "150425190001010000",
    }
    incident = await officer.opened(rescue(informant=informant))
    fields = fields_of(await paper(officer, incident, "animal_receipt"))
    assert fields["送交人"] == ["王建国"] * 2, "on the counterfoil, too"
    assert fields["送交人身份"] == ["护林员forestranger"]
    assert fields["联系电话"] == ["13800000000"]
    assert fields["住址"] == ["大局子林场二队"]
    assert fields["证件号码"] == ["150425190001010000"]
    fields = fields_of(await paper(officer, incident, "case_receipt"))
    assert fields["报警人"] == ["王建国"] * 2
    assert fields["联系电话"] == ["13800000000"]
    assert fields["报警人身份"] == ["护林员forestranger"]
