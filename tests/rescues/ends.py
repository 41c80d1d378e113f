"""How an animal went, and what is said of it afterwards."""

from typing import Any

from tests.users import Person, entry, release

AUGUST = "2024-08-{:02}T09:00:00+08:00"


def on(day: int, said: dict[str, Any]) -> dict[str, Any]:
    """The entry on a day of August."""
    return said | {"happened_at": AUGUST.format(day), "recorded_at": AUGUST.format(day)}


NEEDED: dict[str, dict[str, Any]] = {
    "transfer": {"recipient": "赤峰市野生动物救护站", "receipt_number": "YJ-7"},
    "death": {},
    "escape": {},
    "no_rescue_needed": {},
    "long_term_care": {"keeper": "赤峰市动物园"},
    "allocation": {"recipient": "赤峰市动物园"},
}

ENDS = ["release", *NEEDED]


def end(kind: str, **fields: Any) -> dict[str, Any]:
    """An entry by which animal 1 goes, or some of it."""
    if kind == "release":
        return release(**fields)
    return entry(kind, animal=1, **(NEEDED[kind] | fields))


async def went(person: Person, incident: str, day: int, kind: str, **fields: Any) -> str:
    """The id of an entry by which some of animal 1 went on a day of August."""
    taken = await person.appended(incident, on(day, end(kind, **fields)))
    return str(taken["id"])


REPORTS: list[dict[str, Any]] = [
    entry("assessment", animal=1, condition="good", weight_g=900),
    entry("care", animal=1, place_kept="救护站笼舍", quarantine="passed"),
    entry("treatment", animal=1, medication="葡萄糖"),
    entry("disease_report", animal=1, suspected_disease="禽流感", reported_to="监测站"),
]
