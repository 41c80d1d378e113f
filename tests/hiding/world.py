"""A rescue whose place is hidden, in which everybody wrote where it was wherever they could; and
the same world, but for where that was."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from copy import deepcopy
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import msgspec
from msgspec import inspect

from db.database import Database
from tests.bodies import ENTRY_TYPES, full_entries, full_rescue
from tests.pictures import encoded, exif, noise
from tests.users import Person, entry, identification
from wildlife.kinds import KINDS
from wildlife.rescues.opening import RescueOpening
from wildlife.settings import Settings
from wildlife.timeline import chain
from wildlife.timeline.photo import ImageFacts
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild
from wildlife.words.values import NO_NUL

HERE, THERE = "三道沟", "四道沟"
"""Two places, in words."""

TOLD: Final = {
    "Identification.species_id",
    "Transfer.station",
    "Handover.station",
}
"""The texts of bodies that are told to whoever may not know the place, each decided on: codes of
the registers, of which any other text is refused."""
NUMBERS: Final = {"Mark.number", "Release.ring_number"}
"""Those that are told where they read as a number, and else are not."""
WHO: Final = "Informant.name"
"""Is told to nobody, and no place."""

IN_ORDER: Final = (
    "assessment", "addition", "split", "care", "treatment", "marking", "disease_report",
    "agency_opinion", "note", "informant", "told", "identification", "long_term_care", "allocation",
    "transfer", "release", "death", "escape", "no_rescue_needed", "return", "handover", "amendment",
    "void",
)  # fmt: skip
"""Of what can be said of a rescue, with each after what it needs."""


def texts_of(type_: type) -> Iterator[str]:
    """Every text that people write in a body of this type, as `Struct.field`."""
    yield from _texts(inspect.type_info(type_), "")


def _texts(layout: inspect.Type, name: str) -> Iterator[str]:
    match layout:
        case inspect.Metadata(type=inner) | inspect.ListType(item_type=inner):
            yield from _texts(inner, name)
        case inspect.UnionType(types=types):
            for one in types:
                yield from _texts(one, name)
        case inspect.StructType(cls=cls, fields=fields):
            for field in fields:
                yield from _texts(field.type, f"{cls.__name__}.{field.name}")
        case inspect.StrType(pattern=pattern) if pattern == NO_NUL:
            yield name


def named(body: dict[str, Any], type_: type, place: str) -> dict[str, Any]:
    """The body with the place in every text that is not told."""
    return dict(_named(body, inspect.type_info(type_), "", place))


def _named(value: Any, layout: inspect.Type, name: str, place: str) -> Any:
    match layout:
        case inspect.Metadata(type=inner):
            return _named(value, inner, name, place)
        case inspect.UnionType(types=types):
            fitting = [one for one in types if isinstance(one, _JSON[type(value)])]
            return _named(value, fitting[0], name, place) if fitting else value
        case inspect.ListType(item_type=inner):
            return [_named(one, inner, name, place) for one in value]
        case inspect.StructType(cls=cls, fields=fields):
            types_of = {one.name: one.type for one in fields}
            return {
                field: _named(inner, types_of[field], f"{cls.__name__}.{field}", place)
                if field in types_of
                else inner
                for field, inner in value.items()
            }
        case inspect.StrType(pattern=pattern) if pattern == NO_NUL and name not in {*TOLD, WHO}:
            return f"{value}，{place}"
        case _:
            return value


_JSON: Final[dict[type, tuple[type[inspect.Type], ...]]] = {
    str: (inspect.StrType, inspect.Metadata),
    dict: (inspect.StructType,),
    list: (inspect.ListType, inspect.Metadata),
    int: (),
    float: (),
    bool: (),
    type(None): (),
}


class Hidden(NamedTuple):
    """A rescue of a wolf, of national class II."""

    id: str
    photo: str
    voided: str
    release: str


PIXELS: Final = noise(80, 60)


def picture(minutes: float) -> bytes:
    """The same picture, taken so far north of a parallel."""
    data = exif()
    place = data.get_ifd(0x8825)
    place[2] = (43.0, 19.0 + minutes, 4.8)
    data[0x0131] = "P60" * round(1 + minutes)  # so that its length tells them apart, too
    return encoded(PIXELS, exif=data.tobytes())


async def hidden_rescue(officer: Person, species: str = "canis_lupus", place: str = HERE) -> Hidden:
    """A rescue with an entry of each type, in which all that can be said is said, and the place in
    every text of it. It is hidden for a wolf's sake, of national class II."""
    opening = full_rescue()
    opening["animals"][0]["count"] = 40
    opening["place"]["region_code"] = "150425101"
    opening = named(deepcopy(opening), RescueOpening, place)
    incident = await officer.opened(opening)
    bodies = {one["type"]: one for one in full_entries()}
    filed: dict[str, dict[str, Any]] = {}
    for minute, type_ in enumerate(IN_ORDER):
        said = deepcopy(bodies[type_])
        at = f"2024-08-02T10:{minute:02}:00+08:00"
        said |= {"id": str(uuid4()), "happened_at": at, "recorded_at": at}
        match type_:
            case "identification":
                said |= {"species_id": species}
            case "release":
                said["site"]["region_code"] = "150425101"
            case "return":
                said |= {"entry_id": filed["escape"]["id"]}
            case "amendment":
                changes = {"summary": f"在{place}", "place": {"description": f"{place}口"}}
                said |= {"entry_id": incident, "changes": changes}
            case "void":
                said |= {"entry_id": filed["note"]["id"]}
            case _:
                pass
        filed[type_] = named(said, ENTRY_TYPES[type_], place)
        await officer.appended(incident, filed[type_])
    point = {"longitude": 117.542, "latitude": 43.318, "datum": "WGS84", "accuracy_m": 9}
    about = {"caption": f"{place}，发现时", "taken_place": json.dumps({"point": point})}
    photo, voided = uuid4(), uuid4()
    for one in (photo, voided):
        assert (await officer.put_photo(incident, picture(0), one, **about)).status_code == 201
    await officer.appended(incident, entry("void", entry_id=str(voided), reason=f"{place}的旧照"))
    return Hidden(incident, str(photo), str(voided), filed["release"]["id"])


async def others(officer: Person, hidden: Hidden) -> list[str]:
    """What else there is, whose places nobody hides: one near it, and one with the same picture and
    the same ring."""
    near = await officer.opened()
    await officer.appended(near, identification())
    alike = await officer.opened()
    ring = entry("marking", animal=1, marks=[{"kind": "ring", "number": "A1234"}])
    await officer.appended(alike, ring)
    await officer.put_photo(alike, encoded(PIXELS))
    return [near, alike]


Change = Callable[[Any], Any]


def moved(longitude: float, latitude: float, photo: ImageFacts | None = None) -> Change:
    """Somewhere else: every point, and every text, but not the cell of the grid nor the county."""

    def change(value: Any) -> Any:
        match value:
            case {"longitude": float(), "latitude": float(), "datum": str()}:
                here = {"longitude": longitude, "latitude": latitude, "datum": "CGCS2000"}
                return here | {"accuracy_m": 80.0, "source": "map"}
            case {"sha256": str(), "exif": dict()} if photo is not None:
                return msgspec.to_builtins(photo)
            case dict():
                return {name: change(inner) for name, inner in value.items()}
            case list():
                return [change(one) for one in value]
            case "150425101":
                return "150425203"
            case str():
                return value.replace(HERE, THERE)
            case _:
                return value

    return change


async def rewrite(
    database: Database, settings: Settings, incident: str, change: Change
) -> list[str]:
    """Let it have been told otherwise from the beginning, in the same moments and by the same
    people; the tables that say something else by it."""
    async with database.transaction() as connection:
        previous = chain.GENESIS
        for row in await connection.fetch(
            "select entry_id, canonical from entry where incident_id = $1 order by seq",
            UUID(incident),
        ):
            link = change(json.loads(row["canonical"])) | {"previous": previous.hex()}
            canonical = chain.encode(KINDS.decode(json.dumps(link)))
            previous = chain.digest(canonical)
            columns = chain.columns_of(KINDS.decode(canonical))
            await connection.execute(
                """
                update entry set canonical = $3, digest = $4, sha256 = $5
                where incident_id = $1 and entry_id = $2
                """,
                UUID(incident),
                row["entry_id"],
                canonical,
                previous,
                columns.sha256,
            )
            for table in ("ledger", "unsequenced"):  # in which it stands already, or waits
                await connection.execute(
                    f"update {table} set digest = $3 where incident_id = $1 and entry_id = $2",
                    UUID(incident),
                    row["entry_id"],
                    previous,
                )
        await connection.execute(
            "update incident set digest = $2 where incident_id = $1 and view = 'whole'",
            UUID(incident),
            previous,
        )
    return [table async for table in rebuilt(database, settings)]


async def rebuilt(database: Database, settings: Settings) -> AsyncIterator[str]:
    """The tables that said something else than follows from the timelines."""
    policy = read_policy(settings.policy_file, settings.hidden_places)
    async for one in rebuild(database, KINDS, policy, settings.zone):
        assert not one.flaws, one
        for table in one.tables:
            yield table
