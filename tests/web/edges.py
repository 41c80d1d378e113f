"""What honest clients send by mistake, and others on purpose; and what it is sent to."""

from typing import Any
from uuid import uuid4

from tests.bodies import OPENED_FOR
from tests.users import Person, entry

# What honest clients send by mistake, and what others send on purpose.
EDGES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    10**30,
    -0.0,
    1e308,
    5e-324,
    "",
    " ",
    "\x00",
    "a\x00b",
    "a\n",
    "１５０４２５",
    "1５0４２５",
    "150425\n",
    "K12+300\n",
    "K１２",
    "𩷶" * 200,
    "x" * 5000,
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
    "1970-01-01T00:00:00Z",
    "2024-07-29T24:00:00Z",
    "2024-07-29T15:20:60Z",
    "2024-07-29T15:20:00+23:59",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    [],
    {},
    [None] * 200,
    {"a": {"b": [1]}},
]


def aimed_at(incident_id: str, body: dict[str, Any], other: str) -> dict[str, Any]:
    """The entry with a new id, and what it points at filled in."""
    at = {"entry_id": incident_id, "duplicate_of": other}
    aims = {name: at[name] for name, value in body.items() if value is ...}
    return body | aims | {"id": str(uuid4())}


IDENTIFIED = {
    "species_id": "phalacrocorax_carbo",
    "identified_by": "专家",
    "confidence": "certain",
    "happened_at": "2024-07-29T16:00:00+08:00",
}

# What has to be on the timeline before.
FIRST = {
    "release": entry("identification", animal=1, **IDENTIFIED),
    **dict.fromkeys(
        ("return", "receipt"), entry("transfer", animal=1, recipient="赤峰市野生动物救护中心")
    ),
}


async def said_of(person: Person, full: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """An incident with this entry on its timeline, and the entry."""
    incident_id = await person.opened(OPENED_FOR[full["type"]]())
    other = await person.opened() if "duplicate_of" in full else incident_id
    said = aimed_at(incident_id, full, other)
    if (first := FIRST.get(full["type"])) is not None:
        before = await person.appended(incident_id, first | {"id": str(uuid4())})
        said |= {"entry_id": before["id"]} if full["type"] in ("return", "receipt") else {}
    await person.appended(incident_id, said)
    return incident_id, said
