"""The annual report: every head once, the stock of a year from that of the year before, and the
same report again as of the same day."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.lists.reading import about_xlsx
from tests.statistics.world import file_all, rows_of
from tests.users import Person, entry, identification, release, rescue
from wildlife.rescues.animal import DEAD
from wildlife.statistics.annual.report import DEFINITIONS

YEARS = (2022, 2023, 2024, 2025, 2026)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def records(officer: Person, other_officer: Person) -> None:
    await file_all(officer, other_officer)


def balances(figures: dict[str, Any]) -> bool:
    came = figures["stock_at_beginning"] + figures["received"] + figures["returned"]
    return bool(came == sum(figures["left"].values()) + figures["stock_at_end"])


async def report(person: Person, year: int, **asked: str) -> dict[str, Any]:
    told: dict[str, Any] = await person.read("/reports/annual", params={"year": year, **asked})
    return told


def keys_of(line: dict[str, Any]) -> tuple[str, ...]:
    return line["unit_code"], line["species_id"], line["protection"], line["source"]


async def test_every_line_of_every_year_is_what_a_count_by_hand_comes_to(
    auditor: Person, records: None
) -> None:
    """By what each incident tells of itself; nothing of these was split."""
    by_hand: dict[int, defaultdict[tuple[str, ...], Counter[str]]] = {
        year: defaultdict(Counter) for year in YEARS
    }
    for row in await rows_of(auditor, "/incidents", {"kind": "rescue"}):
        incident = await auditor.read(f"/incidents/{row['id']}")
        for animal in incident["animals"]:
            species = animal["species"]
            key: tuple[str, ...] = (
                incident["responsible"]["station"]["code"],
                species and species["species_id"],
                species and species["protection"]["protection"],
                incident["source"],
            )
            _count_by_hand(by_hand, key, incident, animal)
    kept: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for year in YEARS:
        told = await report(auditor, year)
        found = {keys_of(line): line["figures"] for line in told["lines"]}
        assert len(found) == len(told["lines"])
        expected = {key: counted for key, counted in by_hand[year].items() if counted.total()}
        for key, figures in found.items():
            assert balances(figures)
            assert figures["stock_at_beginning"] == kept[key]
            kept[key] = figures["stock_at_end"]
            counted = expected.pop(key, Counter())
            assert figures["received"] == counted["received"]
            assert figures["returned"] == counted["returned"]
            for name in ("left", "later"):
                prefix = f"{name} "
                assert figures[name] == {
                    one.removeprefix(prefix): n for one, n in counted.items() if prefix in one
                }
        assert not expected
        _adds_up(told)
        released = await auditor.read(
            "/statistics/releases", params={"from": f"{year}-01-01", "to": f"{year}-12-31"}
        )
        total = told["total"]
        of_both = total["left"].get("released", 0) + total["later"].get("released", 0)
        assert of_both == released["total"]["heads"]


def _count_by_hand(
    by_hand: dict[int, defaultdict[tuple[str, ...], Counter[str]]],
    key: tuple[str, ...],
    incident: dict[str, Any],
    animal: dict[str, Any],
) -> None:
    by_hand[_year(incident["found_at"])][key]["received"] += animal["count"]
    for end in animal["settled"]:
        name = "later" if end["went_from"] else "left"
        by_hand[_year(end["happened_at"])][key][f"{name} {end['outcome']}"] += end["count"]
    for back in animal["taken_back"]:
        by_hand[_year(back["happened_at"])][key]["returned"] += back["count"]


def _year(at: str) -> int:
    return datetime.fromisoformat(at).astimezone(ZONE).year


def _adds_up(told: dict[str, Any]) -> None:
    """The total is the sum of its lines, and the months are the year."""
    total, lines = told["total"], [line["figures"] for line in told["lines"]]
    for name in ("stock_at_beginning", "received", "returned", "stock_at_end"):
        assert total[name] == sum(one[name] for one in lines)
    for name in ("left", "later"):
        summed = sum((Counter(one[name]) for one in lines), Counter[str]())
        assert total[name] == summed
    months = told["months"]
    assert [one["month"] for one in months] == [*range(1, 13)]
    assert sum(one["received"] for one in months) == total["received"]
    ends = Counter(total["left"]) + Counter(total["later"])
    assert sum(one["released"] for one in months) == ends["released"]


async def test_the_report_as_of_a_moment_is_the_same_whatever_is_recorded_later(
    officer: Person, other_officer: Person, auditor: Person, official: Person, records: None
) -> None:
    readers = (auditor, official)
    before = {(who.badge, year): await report(who, year) for who in readers for year in YEARS[:4]}
    moments = {key: told["as_of"] for key, told in before.items()}
    await _go_on(officer, other_officer)
    changed = 0
    for who in readers:
        for year in YEARS[:4]:
            key = (who.badge, year)
            again = await report(who, year, as_of=moments[key])
            now = await report(who, year)
            assert again.pop("made")["badge"] == who.badge
            first = {name: value for name, value in before[key].items() if name != "made"}
            assert again == first
            changed += now["digest"] != first["digest"]
            region = await report(who, year, region="150425", as_of=moments[key])
            lines = {keys_of(one) for one in region["lines"]}
            assert lines <= {keys_of(one) for one in first["lines"]}
    assert changed >= 6


async def _go_on(officer: Person, other: Person) -> None:
    """What arrives late: other finds, ends, corrections, duplicates, other units."""
    rows = await rows_of(officer, "/incidents", {"kind": "rescue"})
    ids = [one["id"] for one in rows]
    for number, incident in enumerate(ids):
        held = await officer.read(f"/incidents/{incident}")
        at = held["found_at"]
        match number % 6:
            case 0:
                said = entry("death", at, animal=2)
            case 1:
                said = entry("amendment", at, entry_id=incident, changes={"source": "monitoring"})
            case 2:
                changes = {"found_at": "2022-03-01T00:00:00+08:00", "animals": {"2": {"count": 4}}}
                said = entry("amendment", at, entry_id=incident, changes=changes)
            case 3:
                said = entry("closing", at, reason="duplicate", duplicate_of=ids[0])
            case 4:
                place = {"region_code": "150426"}
                said = entry("amendment", at, entry_id=incident, changes={"place": place})
            case _:
                said = identification("aquila_chrysaetos", animal=2)
        answer = await officer.post(f"/incidents/{incident}/entries", said)
        assert answer.status_code in {201, 409}, answer.text
    new = await officer.opened(rescue(found_at="2023-05-01T00:00:00+08:00"))
    await officer.appended(new, identification())
    await officer.appended(new, release())
    handed = entry("handover", "2026-01-01T00:00:00+08:00", station="150723")
    await officer.appended(new, handed)


async def test_what_a_centre_that_took_it_over_does_later_is_told_beside_the_sum(
    officer: Person, auditor: Person
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 6}]))
    await officer.appended(incident, identification())
    gone = entry("transfer", "2024-12-30T10:00:00+08:00", animal=1, count=5, recipient="救助站")
    await officer.appended(incident, gone)
    later = release("2025-02-01T10:00:00+08:00", count=2, entry_id=gone["id"])
    await officer.appended(incident, later)
    back = entry("return", "2025-03-01T10:00:00+08:00", animal=1, count=1, entry_id=gone["id"])
    await officer.appended(incident, back)
    first, second = [(await report(auditor, year))["total"] for year in (2024, 2025)]
    assert first == {
        "stock_at_beginning": 0,
        "received": 6,
        "returned": 0,
        "left": {"transferred": 5},
        "stock_at_end": 1,
        "later": {},
    }
    assert second == {
        "stock_at_beginning": 1,
        "received": 0,
        "returned": 1,
        "left": {},
        "stock_at_end": 2,
        "later": {"released": 2},
    }
    third = await report(auditor, 2026)
    assert (third["total"]["stock_at_beginning"], third["total"]["received"]) == (2, 0)


async def test_the_report_says_by_what_it_was_made(auditor: Person, records: None) -> None:
    told = await report(auditor, 2024)
    named = {line["protection"] for line in told["lines"]}
    assert {"national_2", "sanyou", None} <= named
    assert {one["list"] for one in told["protection_lists"]}
    assert all(one["title"] for one in told["protection_lists"])
    wolves = [line for line in told["lines"] if line["species_id"] == "canis_lupus"]
    assert {(one["order"], one["family"]) for one in wolves} == {("食肉目", "犬科")}
    assert told["made"]["badge"] == auditor.badge
    assert {one["name"] for one in told["definitions"]} == {*told["total"], "died"}
    units = [line["unit_code"] for line in told["lines"]]
    assert units == sorted(units)
    of_one = await report(auditor, 2024, station="150723")
    assert {line["unit_code"] for line in of_one["lines"]} == {"150723"}
    assert of_one["digest"] != told["digest"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"year": "2098"}, "year"),
        ({"year": "2024", "as_of": "2023-12-31"}, "year"),
        ({"year": "2024", "as_of": "2098-12-31"}, "as_of"),
        ({"year": "1949"}, "year"),
        ({"year": "2024", "station": "999999"}, "station"),
        ({"year": "2024", "region": "99"}, "region"),
        ({"year": "2024", "as_of": "yesterday"}, "as_of"),
    ],
)
async def test_a_report_that_nobody_can_make_is_refused_by_name(
    auditor: Person, asked: dict[str, str], field: str
) -> None:
    answer = await auditor.get("/reports/annual", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter"), answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [field]


async def test_a_report_is_of_a_year(auditor: Person) -> None:
    for query in ("", "?region=1504"):
        answer = await auditor.get(f"/reports/annual{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "missing_parameter")
        assert [one["field"] for one in answer.json()["errors"]] == ["year"]


async def test_there_is_no_report_of_what_is_no_region_or_not_the_readers(
    officer: Person,
    other_officer: Person,
    official: Person,
    auditor: Person,
    chief: Person,
    subtests: pytest.Subtests,
) -> None:
    await officer.opened()

    async def said(person: Person, **asked: str) -> str | None:
        answer = await person.get("/reports/annual", params={"year": 2024, **asked})
        if answer.status_code == 200:
            return None
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
        [error] = answer.json()["errors"]
        assert error["field"] in asked
        return str(error["detail"])

    for no_region in ("150499", "1599", "150499001"):
        for person in (official, auditor, chief):
            with subtests.test(region=no_region, badge=person.badge):
                assert await said(person, region=no_region)
    # The same of a region where others saw something, and of one where nobody did.
    await other_officer.opened(rescue(place={"description": "某处", "region_code": "150727"}))
    assert await said(auditor, region="150727") is None
    elsewhere, nowhere = await said(official, region="150727"), await said(official, region="4403")
    assert elsewhere == nowhere
    assert elsewhere is not None
    for person in (official, chief):
        assert await said(person, station="150723")
    for theirs in ("15", "1504", "150425", "150421", "150425100"):
        with subtests.test(region=theirs):
            assert await said(official, region=theirs) is None
    assert await said(official, station="150425") is None
    assert await said(auditor, region="4403") is None
    assert await said(auditor, station="150723") is None
    assert await said(chief, region="150425") is None


async def test_a_report_says_of_what_it_is_by_name_and_as_of_the_end_of_a_day(
    official: Person, records: None
) -> None:
    asked = {"region": "1504", "station": "150425", "as_of": "2025-01-15"}
    told = await report(official, 2024, **asked)
    assert told["region_name"] == "内蒙古自治区赤峰市"
    assert told["station_name"] == "大局子森林派出所"
    for language, as_of in (("zh", "2025年1月15日24时"), ("en", "the end of 2025-01-15")):
        page = await official.get(
            "/reports/annual",
            params={"year": 2024, **asked, "format": "html", "labels": language},
        )
        for part in (as_of, "内蒙古自治区赤峰市", "1504", "大局子森林派出所", "150425"):
            assert part in page.text
        book = await official.get(
            "/reports/annual",
            params={"year": 2024, **asked, "format": "xlsx", "labels": language},
        )
        about = [text for _, text in about_xlsx(book)]
        assert {as_of, "内蒙古自治区赤峰市", "大局子森林派出所"} <= {*about}
        for dead in DEAD:
            assert getattr(dead, language) in page.text
            assert any(getattr(dead, language) in text for text in about)


def test_what_counts_as_a_death_is_defined() -> None:
    [definition] = [one for one in DEFINITIONS if one.name == "died"]
    for dead in DEAD:
        assert dead.zh in definition.zh
        assert dead.en in definition.en
