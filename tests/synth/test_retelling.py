"""What is told again is what the service would make of it."""

import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tests.synth.invented import ZONE, layout, setting, stories
from wildlife.kinds import KINDS
from wildlife.synth import phrases
from wildlife.synth.chance import Chance
from wildlife.synth.copying import lines_of
from wildlife.synth.making import Made, Maker
from wildlife.synth.planning import Piece, pieces
from wildlife.synth.retelling import Template, Unfit
from wildlife.synth.story import World
from wildlife.synth.telling import Kept, told
from wildlife.timeline.fold import fold
from wildlife.timeline.rows import rows_of

NUMBER: Final = "150400-20000101-000"
AGAIN: Final = "15042501-20240229-1007"
RING: Final = "\x02"
A_RING: Final = re.compile('(?<="ring_number":")[^"]+')
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+\+08:00")


def test_what_is_told_again_is_what_a_fold_would_make_of_it() -> None:
    """Of the same timeline with other ids, of another moment, at another place."""
    views = set[str]()
    rings = 0
    for n, story in enumerate(stories(World(setting()), 90)):
        try:
            template = Template(setting(), layout(), story)
        except Unfit:
            continue
        moved = timedelta(days=3 if n % 2 else -3, minutes=n)
        said = template.said(Chance(f"{n}"), moved, AGAIN)
        again = template.lines(Chance(f"{n}"), moved, AGAIN)
        before = told(setting(), story, NUMBER)
        after = again_folded(before, said, moved)
        views |= {row.view.partition(":")[0] for row in after.rows.incidents}
        rings += any(row.marks for row in after.rows.incidents)
        expected = lines_of(layout(), after, with_timeline=False)
        assert again.keys() == {table for table, lines in expected.items() if lines}
        for table, lines in again.items():
            assert in_order(table, lines) == in_order(table, "".join(expected[table]))
    assert views == {"whole", "generalized", "custody"}
    assert rings


def again_folded(kept: Kept, said: dict[str, str], moved: timedelta) -> Kept:
    """The incident with what is its own said otherwise in its timeline."""
    otherwise = {NUMBER: AGAIN} | {one: said[one] for one in said if one >= " "}
    if RING in said:  # as it is written, there and nowhere else
        [ring] = {one for link in kept.links for one in A_RING.findall(link.canonical)}
        otherwise[ring] = said[RING]
    times = {one for link in kept.links for one in TIME.findall(link.canonical)}
    otherwise |= {one: later(one, moved) for one in times}  # those too that no row tells
    own = re.compile("|".join(map(re.escape, sorted(otherwise, key=len, reverse=True))))
    opening, entries = KINDS.decode_timeline(
        [own.sub(lambda found: otherwise[found[0]], link.canonical) for link in kept.links]
    )
    folded = fold(KINDS, opening, entries, ZONE)
    digest = bytes.fromhex(said[kept.links[-1].digest.hex()])
    rows = rows_of(folded, KINDS, setting().policy, len(kept.links), digest)
    return Kept(opening.body.id, kept.links, rows, kept.names_somebody)


def later(text: str, moved: timedelta) -> str:
    return (datetime.fromisoformat(text).astimezone(UTC) + moved).astimezone(ZONE).isoformat()


def in_order(table: str, lines: str) -> list[list[object]]:
    """The values of each line; the words that an incident is found by as a set."""
    read: list[list[object]] = []
    for line in lines.splitlines():
        values: list[object] = [*line.split("\t")]
        if table == "incident":
            place = [*layout()["incident"]].index("search_terms")
            values[place] = {*str(values[place])[2:-2].split('","')}
        read.append(values)
    return read


@pytest.mark.parametrize("with_timelines", [False, True], ids=["rows", "timelines"])
def test_the_same_seed_makes_the_same_whoever_makes_it_and_another_one_others(
    with_timelines: bool,
) -> None:
    planned = pieces(60, 10, date(2024, 9, 1), date(2024, 12, 30), [])
    some = [planned[0], planned[1], planned[-1]]

    def made(seed: int, pieces: list[Piece]) -> list[Made]:
        maker = Maker(setting(seed), layout(), with_timelines=with_timelines, templates=4)
        return [maker.make(one) for one in pieces]

    first = made(1, some)
    assert made(1, some[::-1]) == first[::-1]
    assert made(2, some[:1])[0].lines != first[0].lines
    assert sum(one.releases for one in first) == sum(one.releases for one in some)


@pytest.mark.parametrize(
    ("zone", "releases", "begins", "ends", "with_timelines"),
    [
        ("Asia/Shanghai", 30, date(2024, 6, 30), date(2024, 6, 30), True),
        ("Asia/Shanghai", 200, date(2024, 6, 30), date(2024, 6, 30), False),
        ("Asia/Shanghai", 2, date(1970, 1, 2), date(1970, 6, 1), False),
        ("America/New_York", 400, date(2022, 2, 1), date(2023, 3, 31), False),
    ],
    ids=["one day", "one day, rows", "the first days", "clocks are put forward"],
)
def test_all_that_is_asked_for_comes_in_time_and_every_number_is_given_once(
    zone: str, releases: int, begins: date, ends: date, with_timelines: bool
) -> None:
    until = datetime.combine(ends + timedelta(days=1), time(), ZoneInfo(zone))
    here = replace(setting(), zone=ZoneInfo(zone), until=until)
    maker = Maker(here, layout(), with_timelines=with_timelines, templates=4)
    columns = [*layout()["incident"]]
    released, told = 0, Counter[str]()
    for piece in pieces(releases, releases // 10, begins, ends, []):
        made = maker.make(piece)
        days = {piece.day + timedelta(days=n) for n in range(piece.days)}
        assert {day for _, day, _ in made.counters} <= days, "no other piece gives its numbers"
        serials = dict[str, list[int]]()
        for line in made.lines.get("incident", b"").decode().splitlines():
            row = dict(zip(columns, line.split("\t"), strict=True))
            assert datetime.fromisoformat(row["received_at"]) <= until
            if row["view"] == "whole":
                of_day, _, serial = row["case_number"].rpartition("-")
                serials.setdefault(of_day, []).append(int(serial))
                told.update(word for word in phrases.RARE if word in row["search_text"])
        assert sorted(map(max, serials.values())) == sorted(last for *_, last in made.counters)
        assert all(one == [*range(1, len(one) + 1)] for one in serials.values())
        assert made.incidents == sum(map(len, serials.values()))
        lines = made.lines.get("release", b"").decode().splitlines()
        released += sum(line.split("\t")[1] == "whole" for line in lines)
    assert released == releases
    assert told[phrases.THRICE] == min(3, releases)
