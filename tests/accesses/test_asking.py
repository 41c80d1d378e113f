"""Auditors ask who read what: by who, unit, phone, incident, photo, kind and time; by pages."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from httpx import AsyncClient

from db.database import Database
from tests.accesses.reading import read_by, told
from tests.people.phones import added, enrolled, signed_in_on
from tests.users import Person, entry
from wildlife.accesses.queries import ACCESSES, AskedAccesses, arguments


async def test_an_access_is_told_so_that_an_auditor_can_read_it(
    officer: Person, chief: Person, auditor: Person, client: AsyncClient
) -> None:
    named = await told(officer)
    phone = await added(chief, name="三号机")
    on_phone = await signed_in_on(client, await enrolled(client, phone["code"]))
    at = "/incidents/{incident_id}".format(**named)
    number = (await on_phone.read(at))["case_number"]
    await on_phone.get(f"{at}/photos/{named['photo_id']}/original")
    *_, record, original = await read_by(auditor, badge=officer.badge)
    assert record.pop("accessed_at").endswith("+08:00")
    assert record == {
        "day": record["day"],
        "seq": original["seq"] - 1,
        "badge": officer.badge,
        "name": "大局子民警",
        "units": ["大局子森林派出所"],
        "device_id": phone["id"],
        "device": "三号机",
        "address": "127.0.0.1",
        "reading": "record",
        "incident_id": named["incident_id"],
        "case_number": number,
        "photo_id": None,
        "listed": None,
        "query": None,
    }
    assert original["reading"] == "original"
    assert original["photo_id"] == named["photo_id"]
    labels = (await officer.read("/vocabularies"))["reading"]
    assert {"code": "original", "zh": "照片原件", "en": "an original"} in labels


async def test_each_filter_leaves_what_was_asked_for(
    officer: Person, other_officer: Person, chief: Person, auditor: Person, client: AsyncClient
) -> None:
    named, other = await told(officer), await told(other_officer)
    phone = await added(chief)
    on_phone = await signed_in_on(client, await enrolled(client, phone["code"]))
    for person, ids in ((on_phone, named), (officer, named), (other_officer, other)):
        at = "/incidents/{incident_id}".format(**ids)
        for path in (at, f"{at}/informant", f"{at}/photos/{ids['photo_id']}", "/releases"):
            assert (await person.get(path)).status_code == 200
    everything = await read_by(auditor, limit=500)
    incident, photo = named["incident_id"], named["photo_id"]
    day = everything[0]["accessed_at"][:10]
    moment = everything[5]["accessed_at"]
    filters: list[tuple[dict[str, str], Callable[[dict[str, Any]], bool]]] = [
        ({"badge": officer.badge}, lambda one: one["badge"] == officer.badge),
        ({"station": "150723"}, lambda one: one["units"] == ["克一河分局"]),
        ({"device": phone["id"]}, lambda one: one["device_id"] == phone["id"]),
        ({"incident": incident}, lambda one: one["incident_id"] == incident),
        (
            {"incident": incident, "photo": photo},
            lambda one: one["photo_id"] == photo,
        ),
        ({"reading": "informant"}, lambda one: one["reading"] == "informant"),
        ({"reading": "list"}, lambda one: one["reading"] == "list"),
        ({"listed": "releases"}, lambda one: one["listed"] == "releases"),
        ({"listed": "hazards"}, lambda one: False),
        ({"from": day, "to": day}, lambda one: True),
        ({"to": moment}, lambda one: one["accessed_at"] < moment),
        ({"from": moment}, lambda one: one["accessed_at"] >= moment),
        ({"from": "2099-01-01"}, lambda one: False),
        ({"to": "2023-01-01"}, lambda one: False),
        (
            {"badge": officer.badge, "reading": "list"},
            lambda one: (one["badge"], one["reading"]) == (officer.badge, "list"),
        ),
    ]
    for asked, is_meant in filters:
        found = await read_by(auditor, limit=500, **asked)
        known = [one for one in found if one in everything]
        assert known == [one for one in everything if is_meant(one)], asked
        assert {one["badge"] for one in found if one not in known} <= {"auditor"}, asked


async def test_what_can_not_be_meant_is_refused_by_name(officer: Person, auditor: Person) -> None:
    incident = await officer.opened()
    for asked, named in (
        ({"badge": "nobody"}, ["badge"]),
        ({"station": "999999"}, ["station"]),
        ({"device": str(uuid4())}, ["device"]),
        ({"incident": str(uuid4())}, ["incident"]),
        ({"photo": str(uuid4())}, ["photo"]),
        ({"incident": incident, "photo": str(uuid4())}, ["photo"]),
        ({"listed": "incident"}, ["listed"]),
        ({"reading": "records"}, ["reading"]),
        ({"from": "2024-08-05", "to": "2024-08-04"}, ["to"]),
        ({"badge": "nobody", "station": "999999"}, ["badge", "station"]),
        ({"photo": str(uuid4()), "from": "yesterday"}, ["from", "photo"]),
    ):
        answer = await auditor.get("/accesses", params=asked)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter"), asked
        assert sorted(one["field"] for one in answer.json()["errors"]) == named
    assert await read_by(auditor, incident=incident) == []
    for edge in ("0001-01-01", "9999-12-30"):
        for name in ("from", "to"):
            assert (await auditor.get("/accesses", params={name: edge})).status_code == 200


async def test_an_id_that_nothing_has_is_answered_by_a_sentence_that_says_so(
    officer: Person, auditor: Person
) -> None:
    incident, nothing = await officer.opened(), str(uuid4())
    for asked, english, chinese in (
        ({"incident": nothing}, "There is no incident with this id", "没有这个 UUID 的警情"),
        ({"device": nothing}, "There is no phone with this id", "没有这个编号的手机"),
        ({"incident": incident, "photo": nothing}, "This incident has no photo", "该警情没有"),
    ):
        for language, begins in (("en", english), ("zh", chinese)):
            answer = await auditor.get(
                "/accesses", params=asked, headers={"Accept-Language": language}
            )
            assert answer.json()["detail"].startswith(begins), answer.text


async def test_a_photo_that_was_voided_is_asked_about_as_ever(
    officer: Person, auditor: Person
) -> None:
    named = await told(officer)
    at = "/incidents/{incident_id}".format(**named)
    await officer.read(f"{at}/photos/{named['photo_id']}")
    await officer.appended(named["incident_id"], entry("void", entry_id=named["photo_id"]))
    [one] = await read_by(auditor, incident=named["incident_id"], photo=named["photo_id"])
    assert one["reading"] == "photo"


async def test_pages_go_on_while_more_is_read(officer: Person, auditor: Person) -> None:
    for number in range(1, 8):
        await officer.read("/incidents", params={"limit": str(number)})
    await read_by(auditor)
    asked: dict[str, Any] = {"badge": officer.badge, "limit": 2}
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await auditor.read("/accesses", params=asked | cursor)
        seen += [one["query"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        await officer.read("/incidents", params={"limit": "100"})
    assert seen == [f"limit={number}" for number in range(7, 0, -1)]


_LONG_AGO: Final = datetime(2024, 1, 10, tzinfo=UTC)
# Of who reads, where, with which phone and what, one in thousands (1) and nearly all (0).
_RARE, _COMMON = UUID(int=1), UUID(int=0)
# What is asked, and the indexes by which it may be found.
PLANS: list[tuple[AskedAccesses, set[str]]] = [
    (AskedAccesses(), {"access_pkey"}),
    (AskedAccesses(account_id=_RARE), {"access_account"}),
    (AskedAccesses(account_id=_COMMON), {"access_pkey", "access_account"}),
    (AskedAccesses(station_id=_RARE), {"access_station"}),
    (AskedAccesses(station_id=_COMMON), {"access_pkey"}),
    (AskedAccesses(device_id=_RARE), {"access_device"}),
    (AskedAccesses(incident_id=_RARE), {"access_incident"}),
    (AskedAccesses(incident_id=_RARE, photo_id=_RARE), {"access_incident"}),
    (AskedAccesses(reading="informant"), {"access_reading"}),
    (AskedAccesses(reading="list"), {"access_pkey"}),
    (AskedAccesses(listed="hazards"), {"access_listed"}),
    (AskedAccesses(listed="incidents"), {"access_pkey", "access_listed"}),
    (AskedAccesses(since=_LONG_AGO, until=_LONG_AGO + timedelta(hours=1)), {"access_pkey"}),
]


async def test_a_question_reads_of_many_no_more_than_it_has_to(database: Database) -> None:
    """By the statement itself, planned with what is asked, as the service plans it."""
    async with database.transaction() as connection:
        await connection.execute(
            """
            insert into access (day, seq, accessed_at, account_id, station_ids, device_id, reading,
                incident_id, photo_id, listed, digest)
            select '2024-01-01'::date + n / 1000, n % 1000 + 1,
                '2024-01-01T00:00+08:00'::timestamptz + n * interval '86 s', who, array[who], who,
                case when n % 9000 = 5 then 'informant' else 'list' end, who, who,
                case when n % 9000 = 5 then 'hazards' else 'incidents' end, ''
            from generate_series(0, 29999) n, lateral (select lpad(
                (n % 9000 = 5)::int::text, 32, '0')::uuid as who) as reader
            """
        )
        await connection.execute(
            "insert into access_day select day, '', count(*), '', min(accessed_at) from access"
            " group by day"
        )
        await connection.execute("analyze access")
        await connection.execute("set local plan_cache_mode = force_custom_plan")
        for asked, indexes in PLANS:
            values = ACCESSES._numbered(arguments(asked, None, 51))
            rows = await connection.fetch(f"explain (analyze, buffers) {ACCESSES.text}", *values)
            plan = "\n".join(row[0] for row in rows)
            used = {*re.findall(r"\b(access_\w+)", plan)} - {"access_day", "access_day_pkey"}
            assert len(used) == 1, plan
            assert used <= indexes, plan
            assert "Seq Scan on access x" not in plan, plan
            [read] = re.findall(r"shared hit=(\d+)(?: read=\d+)?", plan)[:1]
            assert int(read) < 400, plan
