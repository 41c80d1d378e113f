"""Everything that can be read of an incident, and what is on record of it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from litestar.routes import HTTPRoute

from db.database import Database
from tests.documented import application
from tests.exports.made import done
from tests.pictures import encoded, noise
from tests.users import API, Person, entry, identification, release
from wildlife.accesses.chain import Access
from wildlife.people.may import Verb
from wildlife.settings import Settings

# Whoever does one of these reads records, who reported, what was refused, or who read.
_READING: Final = {
    Verb.READ,
    Verb.REPORT,
    Verb.READ_REFUSED,
    Verb.HANDLE_INFORMANTS,
    Verb.READ_LOOKS,
    Verb.READ_ACCESS_LOG,
}


def reading_routes(said: str = "reads") -> dict[str, Any]:
    """Every route by which records are read, and what it says that it reads."""
    found = {}
    for route in application().routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else []:
            verb = handler.opt.get("verb", ())
            verbs = verb if isinstance(verb, tuple) else (verb,)
            if "GET" in handler.http_methods and _READING & {*verbs}:
                found[route.path_format.removeprefix(API)] = handler.opt.get(said)
    return found


def today() -> str:
    """The day of the log to which it is added now."""
    return str(datetime.now(Settings().zone).date())


async def told(officer: Person) -> dict[str, str]:
    """The ids of a released bird with a photo, and with something that was refused and kept; and
    the day."""
    incident, photo = await officer.opened(), uuid4()
    await officer.put_photo(incident, encoded(noise(60, 40)), photo)
    await officer.appended(incident, identification())
    await officer.appended(incident, release())
    note = entry("note", note="羽毛已干")
    await officer.appended(incident, note)
    await officer.post(f"/incidents/{incident}/entries", note | {"note": "别的"})
    export = await done(officer, f"{API}/photos/archive")
    named = {"incident_id": incident, "photo_id": str(photo), "day": today()}
    [refused] = (await officer.read(f"/incidents/{incident}/refused"))["items"]
    of_it = {"paper": "rescue_form", "refused_id": refused["refused_id"]}
    return named | of_it | {"export_id": export["id"]}


def an_access(account: UUID, at: datetime, query: str = "q") -> Access:
    """A page of a list, read at a desk."""
    return Access(accessed_at=at, account_id=account, reading="list", query=query)


async def on_record(database: Database) -> list[dict[str, Any]]:
    """All that is, in its order."""
    async with database.reading() as connection:
        rows = await connection.fetch(
            "select x.*, a.badge from access x join account a using (account_id) order by day, seq"
        )
    return [dict(row) for row in rows]


async def read_by(auditor: Person, **asked: Any) -> list[dict[str, Any]]:
    """What the log tells, oldest first. What was read before is on record once an answer came that
    has to be itself."""
    await auditor.read("/accesses/days")
    items: list[dict[str, Any]] = (await auditor.read("/accesses", params=asked))["items"]
    return items[::-1]


def ids(row: dict[str, Any]) -> tuple[UUID | None, UUID | None]:
    return row["incident_id"], row["photo_id"]
