"""Exports in the background: what was asked for, whole, fetched in as many pieces as it takes, by
who asked for it and by nobody else."""

import asyncio
import io
import os
import re
import time
from collections.abc import AsyncGenerator
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from db.database import Database
from tests.exports.made import asked, begun, claim_lapsed, done, ended, files_of
from tests.lists.many import multiply
from tests.photos.renditions import settled
from tests.pictures import encoded, noise
from tests.serving import until
from tests.users import API, Person
from wildlife.exports.keeping import forget_exports, sweep_exports
from wildlife.lists.listing import Listing
from wildlife.settings import Settings

MANY = 2500
"""More than two pages, as they are read."""


async def test_an_export_is_the_direct_one_byte_for_byte(
    officer: Person, official: Person, bird: str, database: Database
) -> None:
    await multiply(database, bird, MANY)
    for format_ in ("csv", "ndjson", "geojson"):
        for query in (f"format={format_}", f"q=响水&format={format_}&labels=zh&fields=case_number"):
            export = await done(official, f"{API}/releases?{query}")
            direct = await official.get(
                f"/releases?{query}", headers={"Accept-Encoding": "identity"}
            )
            fetched = await official.get(f"/exports/{export['id']}/file")
            assert (fetched.status_code, direct.status_code) == (200, 200)
            assert timeless(fetched.content) == timeless(direct.content)
            assert export["rows"] == export["expected_rows"] == MANY
            assert export["bytes"] == len(direct.content)
            assert export["sha256"] == sha256(fetched.content).hexdigest()
            assert export["media_type"] == fetched.headers["content-type"]
            assert fetched.headers["content-type"] == direct.headers["content-type"]
            assert named(fetched) == named(direct)
    assert export["address"] == f"{API}/releases?{query}"


def timeless(content: bytes) -> bytes:
    """But for the moment at which it was asked for, where it tells that: as GeoJSON alone does."""
    return re.sub(rb'"timeStamp":"[^"]*"', b"", content)


def named(answer: Any) -> str | None:
    """Under which name it is saved, but for the minute."""
    saved = answer.headers.get("content-disposition")
    return None if saved is None else re.sub(r"-\d{8}-\d{4}", "", saved)


async def test_workbooks_archives_reports_and_statistics_are_exported_as_well(
    officer: Person, auditor: Person, bird: str
) -> None:
    await officer.put_photo(bird, encoded(noise(60, 40)))
    await settled(officer, bird)

    async def both(address: str) -> tuple[bytes, bytes]:
        export = await done(auditor, f"{API}{address}")
        fetched = await auditor.get(f"/exports/{export['id']}/file")
        direct = await auditor.get(address)
        assert fetched.headers["content-type"] == direct.headers["content-type"], address
        assert named(fetched) == named(direct), address
        return fetched.content, direct.content

    book, direct_book = await both("/animals?format=xlsx&labels=zh")
    [cells, direct_cells] = [
        [[*row] for row in load_workbook(io.BytesIO(one)).worksheets[0].values]
        for one in (book, direct_book)
    ]
    assert cells == direct_cells
    packed, direct_packed = await both("/photos/archive?labels=zh")
    read = [
        {name: archive.read(name) for name in archive.namelist()}
        for archive in (ZipFile(io.BytesIO(one)) for one in (packed, direct_packed))
    ]
    assert read[0] == read[1]
    assert len(read[0]) == 2
    report, direct_report = await both("/reports/annual?year=2024&format=xlsx&as_of=2025-01-15")
    [cells, direct_cells] = [
        [[*row] for row in load_workbook(io.BytesIO(one)).worksheets[0].values]
        for one in (report, direct_report)
    ]
    assert len(cells) == len(direct_cells)
    counted, direct_counted = await both("/statistics/releases?group_by=species")
    assert counted == direct_counted


async def test_who_asks_again_is_told_how_far_it_is(
    official: Person, other_officer: Person, bird: str
) -> None:
    body = asked()
    first = await official.post("/exports", body)
    assert first.status_code == 202
    assert first.headers["location"].endswith(f"{API}/exports/{body['id']}")
    assert first.json()["state"] == "waiting"
    export = await ended(official, body["id"])
    again = await official.post("/exports", body)
    assert (again.status_code, again.json()) == (200, export)
    later = await begun(official, body["address"])
    listed = (await official.read("/exports"))["items"]
    assert [one["id"] for one in listed] == [later, body["id"]]
    for person, other in (
        (official, body | {"address": f"{API}/releases?format=ndjson"}),
        (other_officer, body),
    ):
        refused = await person.post("/exports", other)
        assert (refused.status_code, refused.json()["code"]) == (409, "id_conflict")
    nil = await official.post("/exports", body | {"id": "00000000-0000-0000-0000-000000000000"})
    assert nil.json()["code"] == "invalid_value"


async def test_a_file_is_fetched_in_pieces(official: Person, bird: str) -> None:
    export = await done(official, f"{API}/releases?format=csv")
    at = f"/exports/{export['id']}/file"
    whole = (await official.get(at)).content
    tag = f'"{export["sha256"]}"'
    head = await official.request("HEAD", at)
    assert head.headers["content-length"] == str(len(whole))
    assert (head.headers["etag"], head.headers["accept-ranges"]) == (tag, "bytes")
    first = await official.get(at, headers={"Range": "bytes=0-99"})
    rest = await official.get(at, headers={"Range": "bytes=100-", "If-Range": tag})
    assert (first.status_code, rest.status_code) == (206, 206)
    assert rest.headers["content-range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    assert first.content + rest.content == whole
    other = await official.get(at, headers={"Range": "bytes=100-", "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, whole)
    beyond = await official.get(at, headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416
    assert (await official.get(at, headers={"If-None-Match": tag})).status_code == 304


async def test_nobody_else_sees_an_export_nor_that_there_is_one(
    official: Person, officer: Person, auditor: Person, bird: str
) -> None:
    export = await done(official, f"{API}/releases?format=csv")
    for stranger in (officer, auditor):
        for path in (f"/exports/{export['id']}", f"/exports/{export['id']}/file"):
            there = await stranger.get(path)
            nowhere = await stranger.get(path.replace(export["id"], str(uuid4())))
            assert (there.status_code, there.json()["code"]) == (404, "not_found")
            assert there.json() | {"request_id": 0} == nowhere.json() | {"request_id": 0}
        assert (await stranger.request("HEAD", f"{path}")).status_code == 404
        gone = await stranger.request("DELETE", f"/exports/{export['id']}")
        assert gone.status_code == 404
        assert (await stranger.read("/exports"))["items"] == []
    assert (await official.get(f"/exports/{export['id']}/file")).status_code == 200


async def test_an_export_has_what_its_owner_may_see(
    officer: Person, other_officer: Person, bird: str
) -> None:
    for person, rows in ((officer, 1), (other_officer, 0)):
        export = await done(person, f"{API}/releases?format=ndjson")
        assert len((await person.get(f"/exports/{export['id']}/file")).text.splitlines()) == rows


async def test_its_making_and_each_fetch_are_on_record(
    official: Person, auditor: Person, bird: str
) -> None:
    export = await done(official, f"{API}/releases?q=响水&format=csv")
    at = f"/exports/{export['id']}/file"
    await official.get(at, headers={"Range": "bytes=0-9"})
    await official.get(at, headers={"Range": "bytes=10-"})
    read = (await auditor.read("/accesses?badge=LC1504&reading=export"))["items"]
    by = f"export={export['id']}"
    assert [(one["listed"], one["query"]) for one in read] == [
        ("export_file", by),
        ("export_file", by),
        ("releases", f"{by}&q=响水&format=csv"),
    ]
    assert {one["address"] for one in read} == {"127.0.0.1"}


@pytest.mark.parametrize(
    "address",
    [
        "/releases?format=csv",
        f"{API}/releases",
        f"{API}/releases?format=json",
        f"{API}/releases?format=csv&limit=5",
        f"{API}/releases?format=csv&cursor=x",
        f"{API}/releases?format=csv&from=2024-13-01",
        f"{API}/releases?format=csv&specie=x",
        f"{API}/reports/annual?year=2024&format=html",
        f"{API}/incidents/nearby?format=csv",
        f"{API}/accesses?format=csv",
        f"{API}/exports",
        "放归",
        "http://[",
    ],
)
async def test_an_address_of_which_no_export_can_be_made_is_refused(
    auditor: Person, address: str
) -> None:
    answer = await auditor.post("/exports", asked(address))
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["code"] in {"invalid_value", "invalid_parameter", "unknown_parameter"}
    assert (await auditor.read("/exports"))["items"] == []


async def test_what_one_may_not_ask_is_no_export(officer: Person, admin: Person) -> None:
    report = await officer.post("/exports", asked(f"{API}/reports/annual?year=2024"))
    assert (report.status_code, report.json()["code"]) == (403, "forbidden")
    assert (await admin.post("/exports", asked())).json()["code"] == "forbidden"


async def test_one_that_can_not_be_made_says_why_in_the_readers_language(
    official: Person, database: Database, bird: str
) -> None:
    """As of a species that was in the register when it was asked for."""
    export_id = str(uuid4())
    async with database.writing() as connection:
        await connection.execute(
            """
            insert into export (export_id, account_id, path, query, language, origin, expires_at)
            select $1, account_id, '/releases', 'format=csv&species=x', 'en', '',
                now() + interval '1 hour'
            from account where badge = $2
            """,
            export_id,
            official.badge,
        )
    export = await ended(official, export_id)
    assert export["state"] == "failed"
    assert export["problem"]["code"] == "invalid_parameter"
    direct = await official.get("/releases?format=csv&species=x")
    assert export["problem"]["detail"] == direct.json()["detail"]
    chinese = {"Accept-Language": "zh"}
    told = await official.read(f"/exports/{export['id']}", headers=chinese)
    direct = await official.get("/releases?format=csv&species=x", headers=chinese)
    assert told["problem"]["detail"] == direct.json()["detail"]
    refused = await official.get(f"/exports/{export['id']}/file")
    assert (refused.status_code, refused.json()["code"]) == (409, "export_not_made")
    assert refused.json()["detail"] == export["problem"]["detail"]


async def test_what_breaks_off_is_made_anew_and_is_never_a_shorter_file(
    auditor: Person, bird: str, database: Database, settings: Settings
) -> None:
    await multiply(database, bird, MANY)
    async with database.writing() as connection:
        await connection.execute("revoke select on release from wildlife_service")
    try:
        export_id = await begun(auditor, f"{API}/releases?format=csv")

        async def is_put_back(attempts: int) -> bool:
            async with database.reading() as connection:
                return bool(
                    await connection.fetchval(
                        "select attempts = $2 and begun_at is null from export"
                        " where export_id = $1",
                        export_id,
                        attempts,
                    )
                )

        for attempts in (1, 2):
            await until(partial(is_put_back, attempts))
            assert (await auditor.read(f"/exports/{export_id}"))["state"] == "waiting"
            assert files_of(settings) == []
            await claim_lapsed(database, export_id)
        export = await ended(auditor, export_id)
        assert export["state"] == "failed"
        assert files_of(settings) == []
    finally:
        async with database.writing() as connection:
            await connection.execute("grant select on release to wildlife_service")


async def test_nobody_has_more_exports_than_are_made_in_time(
    official: Person, database: Database, bird: str
) -> None:
    await done(official, f"{API}/releases?format=csv")

    async def also(many: int, held: str) -> None:
        """So many more: as if others made them, or had made them."""
        async with database.writing() as connection:
            await connection.execute(
                f"""
                insert into export (export_id, account_id, path, query, language, origin,
                    expires_at, held_until, finished_at)
                select gen_random_uuid(), account_id, path, query, language, origin,
                    expires_at, {held}
                from export, generate_series(1, {many}) where sha256 is not null
                """
            )

    await also(3, "'infinity', null")
    refused = await official.post("/exports", asked())
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_exports")
    async with database.writing() as connection:
        await connection.execute("delete from export where finished_at is null")
    await also(19, "null, now()")
    refused = await official.post("/exports", asked())
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_exports")
    one = (await official.read("/exports"))["items"][0]
    await official.request("DELETE", f"/exports/{one['id']}")
    assert (await official.post("/exports", asked())).status_code == 202


async def test_what_has_expired_or_was_ended_is_taken_away_with_its_file(
    official: Person, officer: Person, bird: str, database: Database, settings: Settings
) -> None:
    first = await done(official, f"{API}/releases?format=csv")
    same = await done(official, f"{API}/releases?format=csv")
    assert first["sha256"] == same["sha256"]
    assert len(files_of(settings)) == 2
    assert (await official.request("DELETE", f"/exports/{first['id']}")).status_code == 204
    assert (await official.get(f"/exports/{first['id']}/file")).status_code == 404
    assert files_of(settings) == [f"{same['sha256']}.{same['id']}"]
    assert (await official.get(f"/exports/{same['id']}/file")).status_code == 200
    async with database.writing() as connection:
        await connection.execute("update export set expires_at = now()")
    assert (await official.read("/exports"))["items"] == []
    service = official.client._transport.app.state.service  # type: ignore[attr-defined]
    await forget_exports(service.database, service.store)
    assert files_of(settings) == []
    async with database.reading() as connection:
        assert await connection.fetchval("select count(*) from export") == 0


async def test_a_file_that_no_export_has_is_swept(
    official: Person, bird: str, database: Database, settings: Settings
) -> None:
    kept = await done(official, f"{API}/releases?format=csv")
    folder = settings.media_dir / "exports" / kept["sha256"][:2]
    orphan = folder / f"{kept['sha256']}.{uuid4()}"
    young = folder / f"{kept['sha256']}.{uuid4()}"
    for path in (orphan, young):
        path.write_bytes(b"x")
    long_ago = time.time() - 2 * 24 * 3600
    for path in (orphan, next(folder.glob(f"*.{kept['id']}"))):
        os.utime(path, (long_ago, long_ago))
    service = official.client._transport.app.state.service  # type: ignore[attr-defined]
    swept = [one async for one in sweep_exports(database, service.store)]
    assert [one.key.rpartition("/")[2] for one in swept] == [orphan.name]
    assert young.exists()
    assert (await official.get(f"/exports/{kept['id']}/file")).status_code == 200


async def test_a_lost_file_is_told_as_such(official: Person, bird: str, settings: Settings) -> None:
    export = await done(official, f"{API}/releases?format=csv")
    for path in (settings.media_dir / "exports").rglob(f"*.{export['id']}"):
        path.unlink()
    answer = await official.get(f"/exports/{export['id']}/file")
    assert (answer.status_code, answer.json()["code"]) == (500, "export_lost")


async def test_an_export_ends_with_what_its_owner_may(
    official: Person, admin: Person, bird: str, database: Database, settings: Settings
) -> None:
    made = await done(official, f"{API}/releases?format=csv")
    locked = await admin.request("PATCH", "/accounts/LC1504", json={"disabled": True})
    assert locked.status_code == 200
    back = await admin.request("PATCH", "/accounts/LC1504", json={"disabled": False})
    assert back.status_code == 200
    again = await Person.sign_in(official.client, "LC1504", "demo-only")
    assert (await again.read("/exports"))["items"] == []
    assert (await again.get(f"/exports/{made['id']}/file")).status_code == 404


async def test_a_report_is_refused_when_it_is_asked_for_and_not_when_it_is_made(
    officer: Person, official: Person, bird: str
) -> None:
    for query in ("format=xlsx", "", "year=2024&region=150499", "year=2024&station=999", "year=1"):
        direct = await official.get(f"/reports/annual?{query}")
        answer = await official.post("/exports", asked(f"{API}/reports/annual?{query}"))
        assert direct.status_code == answer.status_code == 400, query
        assert answer.json()["code"] == direct.json()["code"]
        assert answer.json()["errors"] == direct.json()["errors"]
    refused = await officer.post("/exports", asked(f"{API}/reports/annual?year=2024"))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await official.read("/exports"))["items"] == []


async def test_a_workbook_is_answered_while_another_is_made_in_the_background(
    auditor: Person, bird: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await multiply(database, bird, MANY)
    paging, goes_on = asyncio.Event(), asyncio.Event()
    pages = Listing._pages

    async def halting(*args: Any) -> AsyncGenerator[Any, None]:
        async for one in pages(*args):
            yield one
            if one.next_cursor is not None:
                paging.set()
                await goes_on.wait()

    monkeypatch.setattr(Listing, "_pages", halting)
    export_id = await begun(auditor, f"{API}/releases?format=xlsx")
    async with asyncio.timeout(60):
        await paging.wait()
        direct = await auditor.get("/hazards?format=xlsx")
        counted = await auditor.get("/statistics/animals?format=xlsx")
        state = (await auditor.read(f"/exports/{export_id}"))["state"]
    goes_on.set()
    assert (direct.status_code, counted.status_code, state) == (200, 200, "working")
    assert (await ended(auditor, export_id))["state"] == "done"
