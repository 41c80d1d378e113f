"""What is found out without reading what was said, and what tells why, agree on every timeline."""

from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.database import Database
from tests.ledger.places import sequenced
from tests.pictures import encoded, noise
from tests.users import Person, entry, identification
from wildlife.kinds import KINDS
from wildlife.timeline import outline
from wildlife.timeline.verify_queries import Part, Place, Row, link_of, read_places, read_rows
from wildlife.timeline.verifying import explained

NONE: Final = range(0)


class Kept(NamedTuple):
    """A timeline as it is stored."""

    incident_id: str
    rows: list[Row]
    places: list[Place]

    def is_whole(self) -> bool:
        return outline.whole(self.incident_id, self.rows, self._by_digest(), NONE) is not None

    def reasons(self) -> list[str]:
        of_it = {UUID(one.entry_id): one for one in self._by_digest().values()}
        links = [link_of(row) for row in self.rows]
        flaws = explained(KINDS, UUID(self.incident_id), links, of_it, None)
        return [flaw.reason.en for flaw in flaws]

    def _by_digest(self) -> dict[bytes, Place]:
        return {one.digest: one for one in self.places if one.incident_id == self.incident_id}


@pytest.fixture
async def kept(officer: Person, database: Database) -> Kept:
    """An opening, an entry of each sort that has a column of its own, and two more."""
    incident = await officer.opened()
    await officer.appended(incident, identification())
    await officer.put_photo(incident, encoded(noise(40, 30)), uuid4())
    note = entry("note", note="羽毛已干")
    await officer.appended(incident, note)
    await officer.appended(
        incident, entry("amendment", entry_id=note["id"], changes={"note": "羽毛湿透"})
    )
    await officer.appended(incident, entry("void", entry_id=note["id"], reason="重复"))
    await officer.appended(incident, entry("note", note="又看了一次"))
    await sequenced(database)
    part = Part(None, UUID(incident))
    async with database.reading() as connection:
        rows = [Row(*row) for row in await read_rows(connection, part)]
        places = [Place(*row) for row in (await read_places(connection, part)).values()]
    return Kept(incident, rows, sorted(places, key=lambda one: one.position or 0))


def flipped(value: bytes, bit: int) -> bytes:
    at = bit // 8 % len(value)
    return value[:at] + bytes([value[at] ^ 1 << bit % 8]) + value[at + 1 :]


def another(value: Any, bit: int) -> Any:
    """A value of the same column that differs in a bit."""
    match value:
        case bytes():
            return flipped(value, bit)
        case int():
            return value ^ 1 << bit % 20
        case _ if len(value) == 36:
            return str(UUID(int=UUID(value).int ^ 1 << bit % 128))
        case _:
            return flipped(value.encode(), bit).decode(errors="replace")


def is_text(canonical: bytes) -> bool:
    """Whether PostgreSQL takes it for one."""
    try:
        return "\0" not in canonical.decode()
    except UnicodeDecodeError:
        return False


numbers: Final = st.integers(0, 6)
bits: Final = st.integers(0, 2**16)


async def test_whatever_is_changed_both_find_a_flaw_or_neither_does(
    kept: Kept, thorough: bool
) -> None:
    assert kept.is_whole()
    assert kept.reasons() == []
    examples = hypothesis.settings(max_examples=5000 if thorough else 300)
    of_rows = st.sampled_from(Row._fields[1:])
    of_places = st.sampled_from(("digest", "entry_id", "position"))

    def judge(changed: Kept) -> None:
        assert changed.is_whole() == (changed.reasons() == []), changed

    @examples
    @given(number=numbers, name=of_rows, bit=bits)
    def column(number: int, name: str, bit: int) -> None:
        row = kept.rows[number]
        empty = {"target_id": row.entry_id, "sha256": row.digest}
        value = another(getattr(row, name) or empty.get(name), bit)
        hypothesis.assume(name != "canonical" or is_text(value))
        rows = [*kept.rows]
        rows[number] = row._replace(**{name: value})
        judge(kept._replace(rows=rows))

    @examples
    @given(number=numbers, name=of_places, bit=bits)
    def place(number: int, name: str, bit: int) -> None:
        places = [*kept.places]
        places[number] = places[number]._replace(
            **{name: another(getattr(places[number], name), bit)}
        )
        judge(kept._replace(places=places))

    @given(one=numbers, other=numbers, is_place=st.booleans())
    def order(one: int, other: int, is_place: bool) -> None:
        rows, places = [*kept.rows], [*kept.places]
        if is_place:
            at, its = places[one], places[other]
            places[one] = at._replace(position=its.position)
            places[other] = its._replace(position=at.position)
        else:
            rows[one], rows[other] = rows[other], rows[one]
        judge(kept._replace(rows=rows, places=places))

    @given(number=numbers, is_place=st.booleans())
    def missing(number: int, is_place: bool) -> None:
        rows, places = [*kept.rows], [*kept.places]
        del (places if is_place else rows)[number]
        judge(kept._replace(rows=rows, places=places))

    column()
    place()
    order()
    missing()


async def test_a_last_entry_that_was_made_anew_with_all_that_names_it_is_found_by_its_columns(
    kept: Kept, thorough: bool
) -> None:
    """Its digests fit. Where its text alone is another, the tree tells; where the text can't be
    read any more, `wildlife rebuild`."""
    row, place = kept.rows[-1], kept.places[-1]

    @hypothesis.settings(max_examples=5000 if thorough else 300)
    @given(bit=bits)
    def made_anew(bit: int) -> None:
        text = flipped(row.canonical, bit)
        hypothesis.assume(is_text(text))
        digest = sha256(text).digest()
        rows = [*kept.rows[:-1], row._replace(canonical=text, digest=digest)]
        changed = kept._replace(
            rows=rows, places=[*kept.places[:-1], place._replace(digest=digest)]
        )
        told = [one for one in changed.reasons() if "can't be read" not in one]
        assert not changed.is_whole() or told == []

    made_anew()
