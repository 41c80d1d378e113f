"""What is withheld from who prints a paper does not look like what nobody said, which is a blank to
be filled by hand; and says no more than their other answers whether there is anything."""

import html
import re
from typing import Final

from tests.hiding.world import hidden_rescue
from tests.papers.full import full_rescue_of
from tests.papers.reading import fields_of, paper, papers, text_of
from tests.rescues.custody import transfer
from tests.users import Person, entry, identification, release, rescue
from wildlife.papers.hiding import LEGEND

UNTOLD: Final = "…"
SOMEWHERE: Final = {"point": {"longitude": 117.54, "latitude": 43.31, "datum": "WGS84"}}
_TABLE: Final = re.compile(r'<table class="table">.*?</table>', re.DOTALL)
_ROW: Final = re.compile(r"<tr[^>]*>(?:(?!</tr>).)*<td.*?</tr>", re.DOTALL)


def cells_of(page: str) -> list[list[str]]:
    """What stands in the rows of the tables."""
    rows = [row for table in _TABLE.findall(page) for row in _ROW.findall(table)]
    cells = [re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL) for row in rows]
    return [[text_of(one) for one in row] for row in cells]


def require_no_false_blank(whole: str, told: str, of: str) -> None:
    """Where something stands on the whole paper, something does on the one that is told."""
    of_whole = fields_of(whole)
    for label, values in fields_of(told).items():
        for there, here in zip(of_whole.get(label, []), values, strict=False):
            assert not there or here, (of, label, there)
    if len(cells_of(whole)) == len(cells_of(told)):
        for row, seen in zip(cells_of(whole), cells_of(told), strict=True):
            for there, here in zip(row, seen, strict=True):
                assert not there or here, (of, row, seen)
    values = [one for each in fields_of(told).values() for one in each]
    stands = any(UNTOLD in re.split("[：；、]", one) for one in values)
    assert not stands or LEGEND.zh in html.unescape(told), of


async def test_no_reader_takes_what_is_withheld_for_a_blank(
    officer: Person, other_officer: Person, official: Person, chief: Person, rescuer: Person
) -> None:
    of_a_wolf = (await hidden_rescue(officer)).id
    of_a_bird = await full_rescue_of(officer)
    looked_at, untold = 0, dict[str, set[str]]()
    for incident in (of_a_wolf, of_a_bird):
        readers = {"official": official, "chief": chief, "rescuer": rescuer, "other": other_officer}
        for name, reader in readers.items():
            if (await reader.get(f"/incidents/{incident}/papers")).status_code != 200:
                continue
            for one in await papers(reader, incident):
                asked = {"entry": one["entry"]} if one["entry"] else {}
                whole = await paper(officer, incident, one["paper"], **asked)
                told = await paper(reader, incident, one["paper"], **asked)
                require_no_false_blank(whole, told, f"{name}: {one['paper']}")
                looked_at += 1
                values = fields_of(told).items()
                untold.setdefault(name, set()).update(
                    label for label, each in values if UNTOLD in each
                )
    assert looked_at > 25
    assert {"发现地点", "联系电话"} & untold["official"] == {"联系电话"}, "a region is told"
    assert {"伤情", "简要情况", "放归生境", "见证人", "备注", "报警人"} <= untold["official"]
    assert {"报警方式", "110 接警单号", "简要情况", "报警人"} <= untold["rescuer"]


async def test_what_is_withheld_stands_for_what_nobody_said_as_well(
    officer: Person, official: Person
) -> None:
    """Of a hidden place the reader's other answers have null for both."""
    full = (await hidden_rescue(officer)).id
    bare = await officer.opened(rescue(summary=None, place=SOMEWHERE))
    for one in (
        identification("canis_lupus"),
        entry("assessment", animal=1, condition="good"),
        release(site=SOMEWHERE),
    ):
        await officer.appended(bare, one)
    compared = 0
    for name in ("rescue_form", "release_record", "case_receipt"):
        of_full = fields_of(await paper(official, full, name))
        of_bare = fields_of(await paper(official, bare, name))
        for label, values in of_full.items():
            if label in of_bare and all(one == UNTOLD for one in values):
                compared += 1
                assert {*of_bare[label]} == {UNTOLD}, (name, label)
    assert compared > 15
    # To who may know, they are blanks.
    fields = fields_of(await paper(officer, bare, "release_record"))
    assert fields["放归生境"] == fields["备注"] == [""]
    assert LEGEND.zh not in await paper(officer, bare, "release_record")


async def test_whom_nobody_named_is_a_blank_also_to_who_may_not_know_them(
    officer: Person, official: Person, rescuer: Person
) -> None:
    named, unnamed = await officer.opened(), await officer.opened(rescue(informant=None))
    for incident in (named, unnamed):
        await officer.appended(incident, transfer(2))
    for incident, person, stands in (
        (named, officer, "王建国"),
        (unnamed, officer, ""),
        (named, official, UNTOLD),
        (unnamed, official, ""),
        # It is told nothing of whether somebody is known.
        (named, rescuer, UNTOLD),
        (unnamed, rescuer, UNTOLD),
    ):
        fields = fields_of(await paper(person, incident, "case_receipt"))
        assert fields["报警人"] == [stands] * 2, person.badge
