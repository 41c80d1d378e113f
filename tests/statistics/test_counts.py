"""Statistics and lists agree for every question: each figure is counted once more in Python, over
what the list tells, and the list that a figure names has as many rows."""

import json
from collections import Counter
from datetime import datetime
from itertools import chain, combinations, product
from math import cos, pi, sin
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from db.database import Database
from tests.documented import document
from tests.lists.many import LISTS, multiply
from tests.statistics.world import KEYS, SPECIES, file_all, rows_of
from tests.users import API, Person, entry, identification, rescue, road_hazard
from wildlife.lists.term_queries import for_all
from wildlife.words.text import query_terms

ASKED: list[dict[str, str]] = [
    {},
    {"region": "1504"},
    {"region": "150425"},
    {"from": "2024-01-03", "to": "2024-11-04T23:00:00+08:00"},
    {"station": "150425"},
]
OF_ONE: dict[str, list[dict[str, str]]] = {
    "/incidents": [{"kind": "rescue"}, {"species": "canis_lupus"}],
    "/animals": [{"state": "released"}, {"protection": "sanyou"}],
    "/releases": [{"species": "canis_lupus"}],
    "/transfers": [{"outcome": "transferred"}],
    "/hazards": [{"type": "snowdrift"}, {"by": "cleared", "from": "2024-01-01"}],
}
# Of some of which it is not known; their months are of that time.
BY: dict[str, dict[str, str]] = {
    "/incidents": {"by": "closed"},
    "/animals": {"by": "outcome"},
    "/transfers": {"by": "confirmed"},
    "/hazards": {"by": "cleared"},
}


@pytest.fixture
async def records(officer: Person, other_officer: Person) -> None:
    await file_all(officer, other_officer)


def test_every_list_of_records_has_its_statistics_and_every_grouping_is_counted_here() -> None:
    paths = document()["paths"]
    counted = {path.rpartition("/statistics")[2] for path in paths if "/statistics/" in path}
    assert {f"{one}/search" for one in KEYS} <= counted
    counted = {one for one in counted if not one.endswith("/search")}
    assert counted == {*LISTS} - {"/photos"} == {*KEYS}  # which are counted with their incidents
    for path in KEYS:
        described = paths[f"{API}/statistics{path}"]["get"]["parameters"]
        pattern = next(one for one in described if one["name"] == "group_by")["schema"]["pattern"]
        assert {*pattern.partition("(?:(?:")[2].partition(")")[0].split("|")} == {*KEYS[path]}
        # All that the list can be asked for, and nothing of how it is written.
        of_list = {one["name"] for one in paths[f"{API}{path}"]["get"]["parameters"]}
        of_form = {"limit", "cursor", "sort", "format", "fields", "labels", "count"}
        laid_out = {"group_by", "format", "labels"}
        assert {one["name"] for one in described} == of_list - of_form | laid_out


async def test_every_figure_is_what_the_list_comes_to(
    auditor: Person, records: None, subtests: pytest.Subtests
) -> None:
    incidents: dict[str, Any] = {
        one["id"]: await auditor.read(f"/incidents/{one['id']}")
        for one in await rows_of(auditor, "/incidents")
    }
    taxa: dict[str | None, Any] = {None: None}
    taxa |= {one: await auditor.read(f"/species/{one}") for one in SPECIES if one}
    for path, keys in KEYS.items():
        pairs = [*combinations(keys, 2)]
        for number, asked in enumerate([*ASKED, *OF_ONE[path]]):
            rows = [
                (
                    row | {"taxon": taxa[row.get("species_id")]},
                    incidents[row.get("incident_id") or row["id"]],
                )
                for row in await rows_of(auditor, path, asked)
            ]
            # Of two at once each time others.
            for by in [(one,) for one in keys] + pairs[number :: len(ASKED) + 2]:
                with subtests.test(path=path, asked=asked, by=by):
                    group_by = {"group_by": ",".join(by)}
                    told = await auditor.read(f"/statistics{path}", params=asked | group_by)
                    expected: Counter[tuple[str | None, ...]] = Counter()
                    for row, incident in rows:
                        groups = product(*(keys[one](row, incident) for one in by))
                        expected.update(groups)
                    found = {
                        tuple(key["code"] for key in one["keys"]): one["figures"]["count"]
                        for one in told["groups"]
                    }
                    assert found == expected
                    assert told["total"]["count"] == len(rows)
                    assert told["groups_left_out"] == 0


async def test_the_total_is_the_same_whatever_it_is_told_apart_by(
    auditor: Person, records: None
) -> None:
    """Also where a row is in several groups, or in none."""
    for path, keys in KEYS.items():
        for asked in ASKED[:2]:
            total = (await auditor.read(f"/statistics{path}", params=asked))["total"]
            for by in [*keys, *(",".join(pair) for pair in [*combinations(keys, 2)][::9])]:
                told = await auditor.read(f"/statistics{path}", params=asked | {"group_by": by})
                assert told["total"] == total, (path, by)


async def test_every_group_names_the_list_of_exactly_its_rows(
    auditor: Person, records: None, subtests: pytest.Subtests
) -> None:
    """Also what is in none, and what is in several of which others were asked for."""
    unknown = set()
    for path, keys in KEYS.items():
        two = [",".join(one) for one in [*combinations(keys, 2)][::7]]
        every = [*ASKED[2:4], *OF_ONE[path], BY.get(path, {})]
        for asked, by in product(every, [*keys, *two]):
            told = await auditor.read(f"/statistics{path}", params=asked | {"group_by": by})
            groups = told["groups"]
            nobody_said = [one for one in groups if None in [key["code"] for key in one["keys"]]]
            unknown |= {(path, by) for _ in nobody_said}
            for one in [*groups[:3], *nobody_said[:2]]:
                assert one["listed"] is not None
                address = urlsplit(one["listed"])
                assert address.path == f"{API}{path}"
                with subtests.test(path=path, asked=asked, by=by, group=one["keys"]):
                    narrowed = parse_qs(address.query)
                    rows = await rows_of(auditor, path, narrowed)
                    assert len(rows) == one["figures"]["count"]
                    # All that was asked for is asked for still, or more narrowly.
                    assert asked.keys() <= narrowed.keys()
    assert {by for _, by in unknown} >= {"species", "genus", "class", "protection", "county"}
    assert {("/animals", "month"), ("/hazards", "cause"), ("/hazards", "month")} <= unknown


async def test_heads_are_counted_by_what_became_of_each(auditor: Person, records: None) -> None:
    """Of a group of ten several things became: no figure is that of the last one."""
    rows = await rows_of(auditor, "/animals")
    outcomes: Counter[str] = Counter()
    days: list[int] = []
    for row in rows:
        for one in row["outcomes"]:
            outcomes[one["outcome"]] += one["count"]
            if one["since"]:
                took = datetime.fromisoformat(one["since"]) - datetime.fromisoformat(
                    row["found_at"]
                )
                days += [took.days] * one["count"]
    assert len(outcomes) >= 5
    assert any(len(row["outcomes"]) > 3 for row in rows)
    told = await auditor.read("/statistics/animals", params={"group_by": "outcome"})
    assert told["total"]["outcomes"] == outcomes
    assert {one["keys"][0]["code"]: one["figures"]["heads"] for one in told["groups"]} == outcomes
    total = told["total"]
    assert total["heads"] == sum(row["count"] for row in rows)
    assert total["settled"] == total["heads"] - outcomes["in_care"] == len(days)
    assert total["released_share"] == round(outcomes["released"] / len(days), 4)
    dead = sum(outcomes[one] for one in ("died_in_care", "euthanized", "found_dead"))
    assert total["died_share"] == round(dead / len(days), 4)
    days.sort()
    assert total["days_in_care"] == {
        "measured": len(days),
        **{
            name: days[-(-part * len(days) // 100) - 1]
            for name, part in (("p25", 25), ("median", 50), ("p75", 75), ("p90", 90))
        },
    }


async def test_releases_count_who_came_back(auditor: Person, records: None) -> None:
    rows = await rows_of(auditor, "/releases")
    total = (await auditor.read("/statistics/releases"))["total"]
    for name, field in (("heads", "count"), ("returned", "returned"), ("died", "died")):
        assert total[name] == sum(row[field] for row in rows)
        assert total[name] > 0
    assert total["returned_share"] == round(total["returned"] / total["heads"], 4)
    assert total["days_until_release"]["measured"] == total["heads"]
    assert total["days_until_release"]["median"] == 19


async def test_a_road_that_was_blocked_again_says_nothing_of_how_long_clearing_takes(
    other_officer: Person, auditor: Person
) -> None:
    for hours, again in ((2, False), (5, False), (9, False), (30, True)):
        incident = await other_officer.opened(road_hazard(found_at="2024-08-01T00:00:00+08:00"))
        day, hour = divmod(hours, 24)
        cleared = entry("cleared", f"2024-08-{1 + day:02}T{hour:02}:06:00+08:00")
        await other_officer.appended(incident, cleared)
        if again:
            blocked = entry("road_update", "2024-08-03T00:00:00+08:00", passability="blocked")
            await other_officer.appended(incident, blocked)
            over = entry("cleared", "2024-08-09T00:00:00+08:00")
            await other_officer.appended(incident, over)
    told = await auditor.read("/statistics/hazards?group_by=month")
    took = {"measured": 3, "p25": 2.1, "median": 5.1, "p75": 9.1, "p90": 9.1}
    assert told["total"]["hours_to_clearance"] == took
    assert told["groups"][0]["keys"] == [{"code": "2024-08", "zh": "2024年8月", "en": "2024-08"}]


async def test_shares_of_incidents_and_roads_are_those_of_the_list(
    auditor: Person, officer: Person, other_officer: Person, records: None
) -> None:
    for number in range(3):
        road = await other_officer.opened(road_hazard())
        if number:
            await other_officer.appended(road, entry("false_report", "2024-08-06T00:00:00+08:00"))
    rows = await rows_of(auditor, "/hazards")
    states = Counter(row["state"] for row in rows)
    cleared = states["cleared"] + states["reopened"]
    total = (await auditor.read("/statistics/hazards"))["total"]
    assert (total["count"], total["false_reports"]) == (len(rows), 2)
    assert 0 < total["cleared"] == cleared < len(rows)
    assert total["cleared_share"] == round(cleared / (len(rows) - 2), 4)
    for row in (await rows_of(auditor, "/incidents", {"state": "resolved"}))[:2]:
        closing = entry("closing", "2026-01-01T00:00:00+08:00", reason="completed")
        await (other_officer if row["case_number"].startswith("1507") else officer).appended(
            row["id"], closing
        )
    rows = await rows_of(auditor, "/incidents")
    closed = sum(row["state"] == "closed" for row in rows)
    total = (await auditor.read("/statistics/incidents"))["total"]
    assert (total["closed"], total["closed_share"]) == (closed, round(closed / len(rows), 4))
    assert closed == 2


async def test_who_sees_nothing_is_told_of_nothing(official: Person, other_officer: Person) -> None:
    await other_officer.opened(road_hazard())
    for path in KEYS:
        told = await official.read(f"/statistics{path}", params={"group_by": "county"})
        assert (told["total"]["count"], told["groups"], told["groups_left_out"]) == (0, [], 0)


async def test_groups_are_called_by_their_names(auditor: Person, records: None) -> None:
    names: dict[str, set[tuple[str, str]]] = {}
    for by in ("species", "protection", "county", "station", "outcome", "source"):
        told = await auditor.read("/statistics/animals", params={"group_by": by})
        names[by] = {(one["keys"][0]["zh"], one["keys"][0]["en"]) for one in told["groups"]}
    assert ("狼", "Grey Wolf") in names["species"] or ("狼", "Gray Wolf") in names["species"]
    assert ("不详", "not known") in names["species"]
    assert ("三有", "of ecological, scientific or social value") in names["protection"]
    assert ("克什克腾旗", "克什克腾旗") in names["county"]
    assert ("大局子森林派出所", "大局子森林派出所") in names["station"]
    assert ("放归野外", "released to the wild") in names["outcome"]
    assert ("群众报警", "reported by the public") in names["source"]


async def test_what_the_register_does_not_say_of_a_species_is_a_group(
    auditor: Person, officer: Person, database: Database
) -> None:
    """A list from elsewhere may have no columns for families, orders and classes."""
    async with database.writing() as connection:
        await connection.execute(
            """update species set family = '', "order" = '', class = '' where species_id = $1""",
            "canis_lupus",
        )
    wolf = await officer.opened()
    await officer.appended(wolf, identification("canis_lupus"))
    for by in ("family", "order", "class", "month,family"):
        told = await auditor.read("/statistics/animals", params={"group_by": by})
        [group] = told["groups"]
        key = group["keys"][-1]
        assert (key["code"], key["zh"], key["en"]) == ("", "名录未载", "not in the register")
        found = await auditor.client.get(
            group["listed"], headers={"Authorization": f"Bearer {auditor.access_token}"}
        )
        assert [one["incident_id"] for one in found.json()["items"]] == [wolf]


async def test_months_follow_each_other(auditor: Person, officer: Person) -> None:
    """However many there are in each, as a chart of them has it; and in each the largest first."""
    for at, many in (("2024-03", 1), ("2023-11", 3), ("2024-01", 2)):
        animals = [{"cause": "injured"}] * many + [{"cause": "trapped"}]
        await officer.opened(rescue(found_at=f"{at}-02T10:00:00+08:00", animals=animals))
    for by in ("month", "year", "month,cause", "cause,month"):
        told = await auditor.read("/statistics/animals", params={"group_by": by})
        at = told["group_by"].index("year" if by == "year" else "month")
        keys = [[key["code"] for key in group["keys"]] for group in told["groups"]]
        assert [key[at] for key in keys] == sorted(key[at] for key in keys)
        if by == "month,cause":
            assert keys[:2] == [["2023-11", "injured"], ["2023-11", "trapped"]]


@pytest.mark.parametrize("group_by", ["monht", "month,month", "month,year,county", "", "month,"])
async def test_a_grouping_that_there_is_not_is_refused_by_name(
    officer: Person, group_by: str
) -> None:
    answer = await officer.get("/statistics/animals", params={"group_by": group_by})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert answer.json()["errors"][0]["field"] == "group_by"
    if group_by == "monht":
        assert "month" in answer.json()["detail"]


async def test_a_question_too_long_for_an_address_is_asked_by_a_body(
    auditor: Person, records: None
) -> None:
    """Which is not told again in each group: of a list that no address asks for, it is null."""
    ring = [[105 + 15 * cos(at * pi / 450), 40 + 12 * sin(at * pi / 450)] for at in range(900)]
    area = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    for path in KEYS:
        body = {"polygon": area, "group_by": "county,source", "source": ["report", "patrol"]}
        answer = await auditor.post(f"/statistics{path}/search", body | {"q": None})
        assert answer.status_code == 200, answer.text
        asked = {"polygon": json.dumps(area), "group_by": "county,source"}
        by_get = {"source": ["report", "patrol"]} | asked
        told = await auditor.read(f"/statistics{path}", params=by_get)
        found = answer.json()
        assert found["groups"] or path in {"/transfers", "/releases"}
        for one in (*found["groups"], *told["groups"]):
            assert one.pop("listed") is None
        assert len(answer.content) < 100_000
        assert found == told
        for wrong, field in (({"group_by": "monht"}, "group_by"), ({"sort": "time"}, "sort")):
            refused = await auditor.post(f"/statistics{path}/search", wrong)
            assert refused.status_code == 400, refused.text
            assert [error["field"] for error in refused.json()["errors"]] == [field]


async def test_a_word_that_most_have_is_counted_as_it_is_found(
    officer: Person, auditor: Person, database: Database
) -> None:
    """Though no index leads to it, and its terms are not looked at."""
    incident = await officer.opened(rescue(summary="民警赶到林中，鸟的羽毛白化"))
    await multiply(database, incident, 200)
    rare = await officer.opened(rescue(summary="民警赶到林中，鸟被蛇咬伤"))
    async with database.writing() as connection:
        await connection.execute("analyze incident")
        for words, are_common in ((["民警"], True), (["民警", "咬伤"], False), ([], False)):
            terms_of = [query_terms(word) for word in words]
            asked = {"terms_of": terms_of, "terms": [*chain(*terms_of)]}
            found = await for_all(connection, asked)
            assert (found["terms"] is None) == are_common, words
    many = {"民警": 201, "民警 林中": 201, "民警 咬伤": 1, "警民": 0}
    for q, expected in many.items():
        told = await auditor.read("/statistics/incidents", params={"q": q, "group_by": "source"})
        assert told["total"]["count"] == expected, q
        listed = await auditor.read("/incidents", params={"q": q, "count": "exact", "limit": 1})
        assert listed["total"] == expected, q
    [one] = (await auditor.read("/incidents", params={"q": "民警 咬伤"}))["items"]
    assert one["id"] == rare
