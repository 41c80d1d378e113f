"""What is told again is what the service would make of it."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from tests.synth.invented import ZONE, layout, setting, stories
from wildlife.kinds import KINDS
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
            values[place] = {*str(values[place])[1:-1].split('","')}
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


def test_no_number_is_given_twice_and_none_left_out() -> None:
    maker = Maker(setting(), layout(), with_timelines=False, templates=8)
    [piece, *_] = pieces(900, 200, date(2024, 5, 1), date(2024, 12, 1), [])
    made = maker.make(piece)
    lines = made.lines["incident"].decode().splitlines()
    columns = [*layout()["incident"]]
    whole = [one for one in (line.split("\t") for line in lines) if one[1] == "whole"]
    numbers = [one[columns.index("case_number")] for one in whole]
    assert len({*numbers}) == len(numbers) == made.incidents
    assert sum(last for _, _, last in made.counters) == len(numbers)
    by_day: dict[str, list[int]] = {}
    for number in sorted(numbers):
        day, _, serial = number.rpartition("-")
        by_day.setdefault(day, []).append(int(serial))
    assert all(serials == [*range(1, len(serials) + 1)] for serials in by_day.values())
