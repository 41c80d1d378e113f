"""A text that names who reported is pointed out to those who may know who that is, and to nobody
else; and whoever is told of the incident without being of a station of it, is told it without."""

import csv
from collections.abc import Iterator
from importlib.resources import files
from typing import Any
from uuid import uuid4

import pytest

from db.database import Database
from tests.bodies import full_entries
from tests.commandline import Wildlife
from tests.pictures import encoded, noise
from tests.rescues.custody import transfer
from tests.users import Person, entry, identification, release, rescue
from wildlife.demo.cast import STATIONS
from wildlife.demo.stories import STORIES
from wildlife.informants.model import Informant
from wildlife.informants.naming import naming

INFORMANT = {"name": "娜仁托娅", "role": "herder", "phone": "13947600001"}
NAMED = "牧民娜仁托娅来电，电话 139-4760-0001"
SECRET = ("娜仁托娅", "139-4760-0001")
FLAG = "names_informant"


async def pointed_out(person: Person, incident: str) -> list[str | None]:
    """The entries of an incident that are flagged, None for its opening."""
    flags = (await person.read(f"/incidents/{incident}"))["flags"]
    return [one.get("entry_id") for one in flags if one["code"] == FLAG]


async def entries_of(person: Person, incident: str) -> dict[str, dict[str, Any]]:
    items = (await person.read(f"/incidents/{incident}/entries"))["items"]
    return {one["id"]: one for one in items}


async def all_told(person: Person, incident: str) -> str:
    """All that somebody is told of it, everywhere."""
    paths = [f"/incidents/{incident}{path}" for path in ("", "/entries", "/photos")]
    paths += ["/incidents", "/animals", "/releases", "/releases?format=geojson"]
    answers = [await person.get(path) for path in paths]
    assert [one.status_code for one in answers] == [200] * len(answers)
    return "\n".join(str(dict(one.headers)) + one.text for one in answers)


@pytest.mark.parametrize(
    "text",
    [
        "王建国来电称，林中发现怪鸟",
        "护林员王 建国和同事",
        "报告人：王·建国。",
        "电话１３８００００１２３４",
        "138 0000 1234",
        "致电+86 138-0000-1234",
        "打过（138）00001234",
        "证件 150425 19800101 0026",
    ],
)
def test_a_text_names_somebody_however_it_is_written(text: str) -> None:
    informant = Informant(name="王建国", phone="+86 13800001234", id_document="150425198001010026")
    assert [*naming(informant, [text, "林中发现怪鸟"])] == [text]


@pytest.mark.parametrize(
    ("informant", "text"),
    [
        (Informant(name="王建国"), "姓王。建国路上"),
        (Informant(name="王"), "王某来电"),
        (Informant(name="护林员"), "护林员来电"),
        (Informant(name="群众", phone="110"), "群众拨打110报警"),
        (Informant(name="大局子林场", role=None), "大局子林场三道沟"),
        (Informant(name="浩来呼热村", role=None), "浩来呼热村东二里"),
        (Informant(name="Li Wei"), "the liweigou valley"),
        (Informant(phone="13800001234"), "13800001235，K12+300"),
        (Informant(role=None), ""),
    ],
)
def test_what_names_nobody_is_no_name(informant: Informant, text: str) -> None:
    assert [*naming(informant, [text])] == []


def test_several_numbers_are_found_each() -> None:
    informant = Informant(name="Li Wei", phone="13800001234 / 0476-1234567、13900001234")
    texts = ["LI WEI called", "0476 1234567", "+86 476 1234567", "139 0000 1234", "13800001234"]
    assert [*naming(informant, texts)] == texts


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("Bateer Wang", ["Bateer Wang来电", "来电人bateer-wang说", "BATEER·WANG，来电"]),
        ("Бат", ["报告人Бат说", "Бат来电"]),
        ("护林员王建国", ["王建国来电", "接王建国报告"]),
        ("大局子林场护林员王建国", ["王建国来电"]),
        ("大局子林场王建国", ["王建国来电"]),
        ("王建国（村民）", ["王建国来电"]),
        ("村民（王建国）", ["王建国来电"]),
        ("王建国(Wang Jianguo)", ["王建国来电", "Wang Jianguo来电"]),
        ("王建国先生", ["王建国来电"]),
        ("王建国 13800000000", ["王建国来电", "电话138-0000-0000"]),
        ("王建国、李四", ["王建国来电", "李四来电"]),
        ("Li Wei, Bat Erdene (herder)", ["Li Wei来电", "Bat Erdene called"]),
        ("Mr. Li Wei", ["Li Wei called"]),
        ("欧阳*秘密", ["欧阳秘密来电", "欧阳·秘密", "欧阳-秘密", "欧阳*秘密"]),
        ("欧阳秘密", ["欧阳*秘密", "欧阳-秘密", "欧阳_秘密", "欧 阳 秘 密"]),
    ],
)
def test_a_name_is_found_beside_what_stands_with_it_in_its_field(
    name: str, texts: list[str]
) -> None:
    ordinary = ["大局子林场村民", "护林员来电", "先生二人", "村民报告", "林场职工Li说"]
    assert [*naming(Informant(name=name), [*texts, *ordinary])] == texts


@pytest.mark.parametrize(
    ("phone", "texts"),
    [
        (
            "13912345678",
            [
                *("139、1234、5678", "139_1234_5678", "139~1234~5678", "139*1234*5678"),
                *("一三九一二三四五六七八", "幺三九 一二三四 五六七八", "电话：139，1234，5678"),
            ],
        ),
        ("139、1234、5678", ["13912345678"]),
        ("一三九一二三四五六七八", ["13912345678"]),
        (
            "0476-8221234",
            ["8221234", "822-1234", "0476 8221234", "+86 476 8221234", "八二二一二三四"],
        ),
        ("010 62345678转8", ["6234-5678"]),
        ("8221234、8225678", ["8221234", "0476-8225678"]),
    ],
)
def test_a_number_is_found_in_whatever_groups_and_digits(phone: str, texts: list[str]) -> None:
    ordinary = ["K12+300、K13", "2024-07-29，三道沟", "117.542，43.318", "一二三组，四五只"]
    assert [*naming(Informant(phone=phone), [*texts, *ordinary])] == texts


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for name, inner in value.items():
                if name != "informant":
                    yield from _strings(inner)
        case list() | tuple():
            for inner in value:
                yield from _strings(inner)
        case _:
            pass


def ordinary_texts() -> list[str]:
    """What is written of animals, roads, places and units: the stories, the entries of all types,
    the demo's units, and all names of the register."""
    register = csv.DictReader(
        files("wildlife.species").joinpath("register.csv").read_text("utf-8").splitlines()
    )
    named = [[one["chinese_name"], one["aliases"], one["english_name"]] for one in register]
    told = [request.body for story in STORIES for request in story.requests]
    return [*{*_strings([told, full_entries(), STATIONS, named]), *PLACES}]


PLACES = (
    *(
        "响水水库",
        "大局子林场三道沟",
        "达里诺尔湖",
        "克什克腾旗境内",
        "林西县城",
        "村民报告",
        "巡护",
    ),
    *("省道S105线K12+300至K13+100处落石", "117.5421234，43.3181234", "2024-07-29 15:20:00"),
    *("编号150425-20240729-0001", "护林员和牧民三人，路人二人"),
)


@pytest.mark.parametrize(
    "name",
    [
        *("王建国", "护林员王建国", "王建国（大局子）", "王先生", "王师傅", "王建国先生", "王*"),
        *("村民", "响水村民", "大局子林场职工", "克什克腾旗，王建国", "林西县大井镇，村民"),
        *("三道沟站长", "牧民、护林员", "过路司机 13900000000", "护林员甲（演示补充）", "Ranger A"),
        *("达里诺尔保护区工人", "Li Wei (driver)", "a driver", "forest ranger", "甲、乙"),
    ],
)
def test_of_ordinary_texts_none_is_withheld_whatever_stands_in_the_field(name: str) -> None:
    texts = ordinary_texts()
    assert len(texts) > 1000
    informant = Informant(name=name, phone="0476-8221234、13900000000、110")
    assert [*naming(informant, texts)] == []


async def test_who_opens_an_incident_is_told_that_it_names_who_reported(officer: Person) -> None:
    body = rescue(informant=INFORMANT, summary=NAMED)
    first = await officer.post("/incidents", body)
    assert first.status_code == 201
    assert {"code": FLAG, "animal": None, "entry_id": None} in first.json()["flags"]
    again = await officer.post("/incidents", body)
    assert (again.status_code, again.json()) == (200, first.json())
    # And the day after.
    assert await pointed_out(officer, body["id"]) == [None]
    # They correct it, and are done.
    changes = {"summary": "牧民来电，发现怪鸟"}
    corrected = await officer.appended(
        body["id"], entry("amendment", entry_id=body["id"], changes=changes)
    )
    assert "flags" not in corrected
    assert await pointed_out(officer, body["id"]) == []


async def test_an_entry_that_names_who_reported_is_pointed_out_and_can_be_taken_back(
    officer: Person, auditor: Person, chief: Person
) -> None:
    incident = await officer.opened(rescue(informant=INFORMANT))
    said = entry("note", note=NAMED)
    first = await officer.post(f"/incidents/{incident}/entries", said)
    assert (first.status_code, first.json()["flags"]) == (201, [FLAG])
    again = await officer.post(f"/incidents/{incident}/entries", said)
    assert (again.status_code, again.json()) == (200, first.json())
    quiet = await officer.appended(incident, entry("note", note="羽毛已干"))
    assert "flags" not in quiet
    assert await pointed_out(officer, incident) == [said["id"]]
    assert (await entries_of(officer, incident))[said["id"]]["flags"] == [FLAG]
    for person in (auditor, chief):
        assert await pointed_out(person, incident) == []
        assert not any("flags" in one for one in (await entries_of(person, incident)).values())
    void = entry("void", entry_id=said["id"], reason=f"写了{INFORMANT['name']}")
    assert (await officer.appended(incident, void))["flags"] == [FLAG]
    assert await pointed_out(officer, incident) == [void["id"]]


async def test_who_is_named_later_is_looked_for_in_all_that_was_written(officer: Person) -> None:
    incident = await officer.opened(rescue(informant={"phone": "13900000000"}, summary=NAMED))
    photo = uuid4()
    sent = await officer.put_photo(incident, encoded(noise(40, 30)), photo, caption=NAMED)
    assert (sent.status_code, "flags" in sent.json()) == (201, False)
    assert await pointed_out(officer, incident) == []
    await officer.appended(incident, entry("informant", informant=INFORMANT))
    assert await pointed_out(officer, incident) == [None, str(photo)]
    # What they are asked to correct stays so when nobody can read any more whom it names.
    await officer.request("DELETE", f"/incidents/{incident}/informant")
    assert await pointed_out(officer, incident) == [None, str(photo)]
    changes = {"summary": f"{INFORMANT['name']}来电"}
    await officer.appended(incident, entry("amendment", entry_id=incident, changes=changes))
    assert await pointed_out(officer, incident) == [str(photo)]


async def test_nobody_outside_its_stations_is_told_a_text_that_names_who_reported(
    officer: Person, official: Person
) -> None:
    animal = {"reported_as": NAMED, "count": 1}
    incident = await officer.opened(
        rescue(informant=INFORMANT, summary=NAMED, animals=[animal], receipt_number="SJ-1")
    )
    await officer.appended(incident, identification())
    await officer.appended(incident, entry("note", note=NAMED))
    changes = {"summary": f"接{INFORMANT['name']}报告"}
    await officer.appended(incident, entry("amendment", entry_id=incident, changes=changes))
    freed = release(persons=[INFORMANT["name"]])
    await officer.appended(incident, freed)
    persons = {"persons": {INFORMANT["name"]: None, "赵某": True}}
    await officer.appended(incident, entry("amendment", entry_id=freed["id"], changes=persons))
    photo, voided = uuid4(), uuid4()
    for one in (photo, voided):
        await officer.put_photo(incident, encoded(noise(40, 30)), one, caption=NAMED)
    await officer.appended(incident, entry("void", entry_id=str(voided), reason=NAMED))
    told = await all_told(official, incident)
    for one in (photo, voided):
        told += (await official.get(f"/incidents/{incident}/photos/{one}")).text
    assert "SJ-1" in told
    assert not [one for one in SECRET if one in told]
    for q in (*SECRET, "牧民娜仁托娅", "13947600001"):
        assert (await official.read("/incidents", params={"q": q}))["items"] == []
    assert len((await official.read("/incidents", params={"q": "SJ-1"}))["items"]) == 1
    # Its own station reads what was written.
    told = await all_told(officer, incident)
    assert [one for one in SECRET if one in told] == [*SECRET]
    assert len((await officer.read("/incidents", params={"q": "娜仁托娅"}))["items"]) == 1
    # What was corrected is told again.
    changes = {"summary": "牧民来电"}
    later = entry("amendment", "2024-08-05T10:00:00+08:00", entry_id=incident, changes=changes)
    await officer.appended(incident, later)
    assert (await official.read(f"/incidents/{incident}"))["summary"] == "牧民来电"


async def test_a_rescue_centre_is_told_none_of_it_and_reads_its_own_words(
    officer: Person, rescuer: Person
) -> None:
    incident = await officer.opened(
        rescue(informant=INFORMANT, animals=[{"reported_as": NAMED, "count": 1}])
    )
    await officer.appended(incident, entry("assessment", animal=1, note=NAMED, condition="weak"))
    await officer.appended(incident, transfer(1, note=NAMED))
    told = await all_told(rescuer, incident)
    assert not [one for one in SECRET if one in told]
    # A guess is neither pointed out nor left out for anybody: it would be told whether it is right.
    guess = entry("care", "2024-08-02T10:00:00+08:00", animal=1, feeding="娜仁托娅")
    answer = await rescuer.appended(incident, guess)
    assert "flags" not in answer
    assert (await entries_of(rescuer, incident))[guess["id"]]["body"]["feeding"] == "娜仁托娅"
    assert guess["id"] not in await pointed_out(officer, incident)


async def test_who_became_responsible_is_told_and_who_was_is_not(
    officer: Person, other_officer: Person
) -> None:
    incident = await officer.opened(rescue(informant=INFORMANT, summary=NAMED))
    await officer.appended(incident, entry("handover", station="150723", badge="150723001"))
    assert await pointed_out(officer, incident) == []
    assert await pointed_out(other_officer, incident) == [None]
    late = entry("note", note=f"{NAMED}，补记")
    assert "flags" not in await officer.appended(incident, late)
    assert await pointed_out(other_officer, incident) == [None, late["id"]]


async def test_what_was_written_before_is_looked_through_by_a_rebuild(
    officer: Person, official: Person, database: Database, wildlife: Wildlife
) -> None:
    """As it is of the incidents of an earlier version, and of a restored backup of one."""
    incident = await officer.opened(rescue(informant=INFORMANT, summary=NAMED))
    before = (await official.get(f"/incidents/{incident}")).content
    async with database.writing() as connection:
        await connection.execute("update informant set named_in = '{}'")
        await connection.execute("delete from incident where view = 'withheld'")
        await connection.execute("update incident set seen_in = '{15,1504,150425}'")
    assert "娜仁托娅" in (await official.get(f"/incidents/{incident}")).text
    assert "differs in incident, informant" in (await wildlife("rebuild", "--check", status=1)).out
    assert "rewrote incident, informant" in (await wildlife("rebuild")).out
    assert "0 with differences" in (await wildlife("rebuild", "--check")).out
    assert (await official.get(f"/incidents/{incident}")).content == before
    assert await pointed_out(officer, incident) == [None]
