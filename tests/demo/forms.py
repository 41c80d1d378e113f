"""The table of the fields of forms (`forms_of_stories.md`), and what a record says of each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.users import Person

TABLE: Final = Path(__file__).with_name("forms_of_stories.md")

# What says that something is not known says nothing.
NOTHING: Final[tuple[Any, ...]] = (None, [], {}, "", "unknown")


class Line(NamedTuple):
    """A field of a form: its path in the record, and what each story has of it."""

    form: str
    field: str
    where: str
    owed: str
    said: dict[str, str]


def lines() -> list[Line]:
    rows = [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in TABLE.read_text("utf-8").splitlines()
        if row.startswith("|")
    ]
    (*_, cormorant, rockfall), _, *rest = rows
    found: list[Line] = []
    for form, field, where, owed, one, other in rest:
        form = form or found[-1].form  # noqa: PLW2901 - the table has it once, above its lines
        found.append(Line(form, field, where, owed, {cormorant: one, rockfall: other}))
    return found


def found(value: Any, steps: list[str]) -> Iterator[Any]:
    """All that lies at a path, in every item of every list on the way."""
    if isinstance(value, list):
        for one in value:
            yield from found(one, steps)
    elif not steps:
        yield value
    elif isinstance(value, dict):
        yield from found(value.get(steps[0]), steps[1:])


def said(record: dict[str, Any], where: str) -> list[Any]:
    """What the record says there."""
    path, _, wanted = where.partition("=")
    values = [one for one in found(record, path.split(".")) if one not in NOTHING]
    return [one for one in values if not wanted or one == wanted]


async def record_of(person: Person, incident_id: str) -> dict[str, Any]:
    """All that may be read of an incident: as it is now, its entries, who reported it."""
    entries = (await person.read(f"/incidents/{incident_id}/entries"))["items"]
    record: dict[str, Any] = {"timeline": entries}
    for one in entries:
        record.setdefault(one["type"], []).append(one["body"])
    informant = await person.get(f"/incidents/{incident_id}/informant")
    record["informant"] = informant.json() if informant.is_success else None
    record["incident"] = await person.read(f"/incidents/{incident_id}")
    return record
