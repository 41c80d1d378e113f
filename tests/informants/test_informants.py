"""Who reported: apart from the timeline, encrypted, for the responsible station only, erasable."""

from typing import Any
from uuid import uuid4

import pytest

from db.database import Database
from media.vault import new_salt, open_vault, salted_digest
from tests.files import files
from tests.users import Person, add_account, entry, put_unit, rescue
from wildlife.kinds import KINDS
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import StationKind
from wildlife.settings import Settings
from wildlife.timeline.verifying import verify

INFORMANT = {
    "name": "娜仁托娅",
    "role": "herder",
    "phone": "13947600001",
    "address": "达里诺尔嘎查三组",
    "id_document": "150425198001010026",
    "confidential": True,
}
OTHER = {"name": "乌日娜", "phone": "13947600002"}
SECRETS = [str(value) for value in (*INFORMANT.values(), *OTHER.values()) if len(str(value)) > 6]
SECRETS += ["娜仁托娅", "乌日娜"]


async def whole_database(database: Database) -> str:
    """Every row of every table as text; bytes as hexadecimal."""
    async with database.reading() as connection:
        tables = await connection.fetch(
            "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'"
        )
        rows = [
            str(row["row"])
            for table in tables
            for row in await connection.fetch(f"select t::text as row from {table['name']} t")
        ]
    return "\n".join(rows)


async def stored(database: Database, incident: str) -> dict[str, Any]:
    async with database.reading() as connection:
        row = await connection.fetchrow(
            "select * from informant where incident_id = $1::text::uuid", incident
        )
    assert row is not None
    return dict(row)


def assert_names_nobody(text: str) -> None:
    for secret in SECRETS:
        assert secret not in text
        assert secret.encode().hex() not in text


async def test_who_reported_is_told_to_the_station_as_it_was_said(officer: Person) -> None:
    incident = await officer.opened(rescue(informant=INFORMANT))
    assert await officer.read(f"/incidents/{incident}/informant") == INFORMANT
    # Little is enough, and nobody is no fault.
    brief = await officer.opened(rescue(informant={"phone": "13947600001"}))
    assert await officer.read(f"/incidents/{brief}/informant") == {"phone": "13947600001"}
    unnamed = rescue()
    del unnamed["informant"]
    assert (await officer.get(f"/incidents/{await officer.opened(unnamed)}/informant")).is_error


async def test_who_reported_lies_open_nowhere(
    officer: Person, official: Person, settings: Settings, database: Database
) -> None:
    opening = rescue(informant=INFORMANT)
    incident = await officer.opened(opening)
    await officer.read(f"/incidents/{incident}/informant")
    await officer.post("/incidents", opening)
    await officer.post("/incidents", opening | {"informant": OTHER})
    await officer.post("/incidents", opening | {"informant": OTHER | {"nickname": "小乌"}})
    dump = await whole_database(database)
    assert incident in dump
    assert_names_nobody(dump)
    held = files(settings.data_dir)
    assert settings.key_path in held
    for file in held:
        assert_names_nobody(file.read_bytes().decode("utf-8", "replace"))
    for path in ("", "/entries", "/photos"):
        for person in (officer, official):
            assert_names_nobody((await person.get(f"/incidents/{incident}{path}")).text)
    for person in (officer, official):
        for path in ("/incidents", "/animals"):
            assert_names_nobody((await person.get(path)).text)


async def test_the_same_informant_is_sealed_differently_each_time(
    officer: Person, database: Database
) -> None:
    incidents = [await officer.opened(rescue(informant=INFORMANT)) for _ in range(2)]
    first, second = [await stored(database, incident) for incident in incidents]
    assert first["salt"] != second["salt"]
    assert first["sealed"] != second["sealed"]
    digests = [
        (await officer.read(f"/incidents/{i}/entries"))["items"][0]["facts"]["informant_digest"]
        for i in incidents
    ]
    assert digests[0] != digests[1]


async def test_an_informant_put_under_another_incident_is_not_opened(
    officer: Person, settings: Settings, database: Database
) -> None:
    mine = await officer.opened(rescue(informant=INFORMANT))
    other = await officer.opened(rescue(informant=OTHER))
    async with database.writing() as connection:
        await connection.execute(
            "update informant a set sealed = b.sealed from informant b"
            " where a.incident_id <> b.incident_id"
        )
    for incident in (mine, other):
        answer = await officer.get(f"/incidents/{incident}/informant")
        # Somebody has been at the database: a fault that is ours to look into, told without detail.
        assert (answer.status_code, answer.json()["code"]) == (500, "sealed")
        assert_names_nobody(answer.text)
    assert settings.log_file is not None
    log = settings.log_file.read_text("utf-8")
    assert answer.json()["request_id"] in log
    assert_names_nobody(log)


async def test_an_erased_informant_is_gone_and_the_timeline_is_whole(
    officer: Person, database: Database, settings: Settings
) -> None:
    incident = await officer.opened(rescue(informant=INFORMANT))
    await officer.appended(incident, entry("note", note="羽毛已干"))
    before = await officer.read(f"/incidents/{incident}/entries")
    path = f"/incidents/{incident}/informant"
    answer = await officer.request("DELETE", path)
    assert (answer.status_code, answer.content) == (204, b"")
    for method in ("GET", "DELETE"):
        assert (await officer.request(method, path)).status_code == 410
    row = await stored(database, incident)
    assert (row["salt"], row["sealed"]) == (b"", None)
    assert row["erased_at"] is not None
    assert await officer.read(f"/incidents/{incident}/entries") == before
    await officer.appended(incident, entry("note", note="继续饲养"))
    vault = open_vault(settings.key_path)
    assert [one.flaws async for one in verify(database, KINDS, vault)] == [[]]
    assert (await officer.read(f"/incidents/{incident}"))["entries"] == 3


async def test_of_an_erased_informant_the_record_says_that_nobody_is_known_until_one_is_named(
    officer: Person, official: Person
) -> None:
    incident = await officer.opened(rescue(informant=INFORMANT))
    before = await officer.get(f"/incidents/{incident}")
    assert before.json()["has_informant"] is True
    await officer.request("DELETE", f"/incidents/{incident}/informant")
    known = {"If-None-Match": before.headers["etag"]}
    now = await officer.get(f"/incidents/{incident}", headers=known)
    assert now.json()["has_informant"] is False
    assert (await official.read(f"/incidents/{incident}"))["has_informant"] is False
    # It was known once, so nobody is asked for it again.
    assert "informant" not in [one["code"] for one in now.json()["missing"]]
    await officer.appended(incident, entry("informant", informant=OTHER))
    assert (await officer.read(f"/incidents/{incident}"))["has_informant"] is True


async def test_a_phone_that_sends_the_opening_again_after_the_erasure_is_content(
    officer: Person, database: Database
) -> None:
    opening = rescue(informant=INFORMANT)
    first = await officer.post("/incidents", opening)
    await officer.request("DELETE", f"/incidents/{opening['id']}/informant")
    again = await officer.post("/incidents", opening)
    assert (again.status_code, again.json()) == (200, first.json())
    # What was erased does not come back by it.
    assert (await officer.get(f"/incidents/{opening['id']}/informant")).status_code == 410
    assert (await stored(database, opening["id"]))["sealed"] is None


async def test_another_informant_under_the_same_id_is_refused_and_kept_for_the_station(
    officer: Person,
) -> None:
    opening = rescue(informant=INFORMANT)
    await officer.opened(opening)
    unnamed = {name: value for name, value in opening.items() if name != "informant"}
    for changed in (
        opening | {"informant": OTHER},
        opening | {"informant": INFORMANT | {"confidential": False}},
        unnamed,
    ):
        answer = await officer.post("/incidents", changed)
        assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
        assert answer.json()["differing"] == ["informant"]
        assert_names_nobody(answer.text)
    refused = (await officer.read(f"/incidents/{opening['id']}/refused"))["items"]
    assert refused[0]["body"]["informant"] == OTHER
    assert await officer.read(f"/incidents/{opening['id']}/informant") == INFORMANT
    # The other way round: one where there was none.
    alone = unnamed | {"id": str(uuid4())}
    await officer.opened(alone)
    answer = await officer.post("/incidents", alone | {"informant": OTHER})
    assert answer.json()["differing"] == ["informant"]
    assert (await officer.get(f"/incidents/{alone['id']}/informant")).status_code == 404


async def refused_informant(officer: Person) -> str:
    """An incident with a refused opening that names somebody."""
    opening = rescue(informant=INFORMANT)
    await officer.opened(opening)
    answer = await officer.post("/incidents", opening | {"informant": OTHER})
    assert answer.status_code == 409
    return str(opening["id"])


async def test_a_refused_informant_is_not_shown_to_the_branch_above(
    officer: Person, database: Database
) -> None:
    for code, parent in (("15042500", None), ("150425", "15042500")):
        await put_unit(database, code, kind=StationKind.POLICE_BRANCH, parent=parent)
    await add_account(database, "150425900", "15042500", name="旗局民警")
    above = await Person.sign_in(officer.client, "150425900", DEMO_PASSWORD)
    incident = await refused_informant(officer)
    assert (await above.get(f"/incidents/{incident}")).status_code == 200
    assert_names_nobody((await above.get(f"/incidents/{incident}/refused")).text)


async def test_a_refused_informant_goes_over_with_the_responsibility(
    officer: Person, other_officer: Person
) -> None:
    incident = await refused_informant(officer)
    await officer.appended(incident, entry("handover", station="150723"))
    assert OTHER["name"] in (await other_officer.get(f"/incidents/{incident}/refused")).text
    assert_names_nobody((await officer.get(f"/incidents/{incident}/refused")).text)


async def test_erasing_the_informant_erases_the_refused_ones_too(officer: Person) -> None:
    incident = await refused_informant(officer)
    assert (await officer.request("DELETE", f"/incidents/{incident}/informant")).is_success
    answer = await officer.get(f"/incidents/{incident}/refused")
    assert answer.status_code == 200
    assert_names_nobody(answer.text)


async def named(
    officer: Person, incident: str, informant: dict[str, Any], at: str = "2024-07-30T10:00:00+08:00"
) -> dict[str, Any]:
    """An entry that names who reported, as it was sent."""
    said = entry("informant", at, informant=informant)
    await officer.appended(incident, said)
    return said


async def unnamed(officer: Person) -> str:
    """An incident of which nobody has said who reported it."""
    opening = rescue()
    del opening["informant"]
    return await officer.opened(opening)


async def test_who_reported_is_added_later_by_an_entry_that_names_nobody(
    officer: Person, official: Person, database: Database
) -> None:
    incident = await unnamed(officer)
    owed = [one["code"] for one in (await officer.read(f"/incidents/{incident}"))["missing"]]
    assert "informant" in owed
    said = await named(officer, incident, INFORMANT)
    assert await officer.read(f"/incidents/{incident}/informant") == INFORMANT
    now = await officer.read(f"/incidents/{incident}")
    assert (now["has_informant"], now["informant_by"]) == (True, said["id"])
    assert "informant" not in [one["code"] for one in now["missing"]]
    assert_names_nobody(await whole_database(database))
    for person in (officer, official):
        assert_names_nobody((await person.get(f"/incidents/{incident}/entries")).text)
        assert (await person.read("/incidents", params={"q": "娜仁托娅"}))["items"] == []


async def test_who_reported_is_corrected_and_the_correction_is_taken_back(
    officer: Person, database: Database, settings: Settings
) -> None:
    incident = await officer.opened(rescue(informant=OTHER))
    said = await named(officer, incident, INFORMANT)
    told = INFORMANT | {"named_before": [OTHER]}
    assert await officer.read(f"/incidents/{incident}/informant") == told
    vault = open_vault(settings.key_path)
    assert [one.flaws async for one in verify(database, KINDS, vault)] == [[]]
    # When it was said may be corrected, as of any entry, and names nobody either.
    later = {"happened_at": "2024-07-30T11:00:00+08:00"}
    await officer.appended(incident, entry("amendment", entry_id=said["id"], changes=later))
    assert await officer.read(f"/incidents/{incident}/informant") == told
    await officer.appended(incident, entry("void", entry_id=said["id"]))
    assert await officer.read(f"/incidents/{incident}/informant") == OTHER
    assert (await officer.read(f"/incidents/{incident}"))["informant_by"] == incident
    # By an amendment nobody is named: it would stand on the timeline.
    for target in (incident, said["id"]):
        body = entry("amendment", entry_id=target, changes={"informant": OTHER})
        answer = await officer.post(f"/incidents/{incident}/entries", body)
        assert answer.status_code == 422, answer.text


async def test_a_name_that_is_sent_again_is_there_once_and_another_is_refused_and_kept(
    officer: Person,
) -> None:
    incident = await unnamed(officer)
    said = await named(officer, incident, INFORMANT)
    path = f"/incidents/{incident}/entries"
    assert (await officer.post(path, said)).status_code == 200
    answer = await officer.post(path, said | {"informant": OTHER})
    assert (answer.status_code, answer.json()["differing"]) == (409, ["informant"])
    assert_names_nobody(answer.text)
    (kept,) = (await officer.read(f"/incidents/{incident}/refused"))["items"]
    assert kept["body"]["informant"] == OTHER
    nobody = await officer.post(path, entry("informant"))
    assert (nobody.status_code, nobody.json()["errors"][0]["field"]) == (422, "informant")
    # Who takes a note for a name is told so by the type.
    other = await officer.post(path, entry("note", id=said["id"], note="x"))
    assert (other.status_code, other.json()["code"]) == (409, "id_conflict")


async def test_of_whom_nothing_is_said_is_nobody(officer: Person) -> None:
    for nothing in ({}, {"confidential": True}):
        opening = rescue(informant=nothing)
        incident = await officer.opened(opening)
        assert (await officer.post("/incidents", opening)).status_code == 200
        record = await officer.read(f"/incidents/{incident}")
        assert record["has_informant"] is False
        assert "informant" in [one["code"] for one in record["missing"]]
        await named(officer, incident, INFORMANT)
        answer = await officer.post(
            f"/incidents/{incident}/entries", entry("informant", informant=nothing)
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "missing_field")
        assert await officer.read(f"/incidents/{incident}/informant") == INFORMANT


async def test_who_reported_goes_over_with_the_responsibility_whoever_named_them(
    officer: Person, other_officer: Person
) -> None:
    incident = await unnamed(officer)
    await officer.appended(incident, entry("handover", station="150723"))
    # What the first station's phone had not sent yet happened in its time.
    await named(officer, incident, INFORMANT)
    assert (await officer.get(f"/incidents/{incident}/informant")).status_code == 404
    assert await other_officer.read(f"/incidents/{incident}/informant") == INFORMANT


async def test_all_who_were_ever_named_are_erased(
    officer: Person, database: Database, settings: Settings
) -> None:
    incident = await officer.opened(rescue(informant=OTHER))
    said = await named(officer, incident, INFORMANT)
    assert (await officer.request("DELETE", f"/incidents/{incident}/informant")).is_success
    async with database.reading() as connection:
        rows = await connection.fetch("select sealed, salt from informant")
    assert [tuple(row) for row in rows] == [(None, b""), (None, b"")]
    assert (await officer.post(f"/incidents/{incident}/entries", said)).status_code == 200
    assert (await officer.get(f"/incidents/{incident}/informant")).status_code == 410
    vault = open_vault(settings.key_path)
    assert [one.flaws async for one in verify(database, KINDS, vault)] == [[]]
    # Reported again: somebody stands for it anew.
    await named(officer, incident, INFORMANT, "2024-07-31T10:00:00+08:00")
    assert await officer.read(f"/incidents/{incident}/informant") == INFORMANT


async def test_who_was_named_before_is_told_beside_who_is_named_now(
    officer: Person, official: Person
) -> None:
    """Somebody who calls from another number is named as a whole; what is left out is not lost."""
    incident = await officer.opened(rescue(informant=INFORMANT))
    await named(officer, incident, {"phone": "13947600002"})
    path = f"/incidents/{incident}/informant"
    told = await officer.read(path)
    assert told == {"phone": "13947600002", "named_before": [INFORMANT]}
    said = await named(officer, incident, OTHER, "2024-07-31T10:00:00+08:00")
    told = await officer.read(path)
    assert told == OTHER | {"named_before": [{"phone": "13947600002"}, INFORMANT]}
    # Whoever was named by mistake is taken back.
    await officer.appended(incident, entry("void", entry_id=said["id"]))
    assert (await officer.read(path))["named_before"] == [INFORMANT]
    assert_names_nobody((await official.get(f"/incidents/{incident}")).text)


async def test_who_is_named_late_is_told_though_somebody_named_after_them_was_erased(
    officer: Person,
) -> None:
    incident = await unnamed(officer)
    last = await named(officer, incident, INFORMANT, "2024-07-31T10:00:00+08:00")
    path = f"/incidents/{incident}/informant"
    assert (await officer.request("DELETE", path)).status_code == 204
    late = await named(officer, incident, OTHER, "2024-07-30T10:00:00+08:00")
    assert await officer.read(path) == OTHER
    now = await officer.read(f"/incidents/{incident}")
    assert (now["has_informant"], now["informant_by"]) == (True, late["id"])
    assert now["informants_by"] == [late["id"], last["id"]]


@pytest.mark.parametrize(
    ("reason", "says", "says_zh"),
    [
        (None, "by 150425001 on ", "由 150425001 于 "),
        ("requested", "they asked for it", "本人要求删除"),
        ("expired", "kept long enough", "保存期限已满"),
        ("mistaken", "named by mistake", "登记有误"),
    ],
)
async def test_of_an_erasure_it_is_told_who_erased_when_and_why_and_nobody_is_named(
    officer: Person,
    other_officer: Person,
    official: Person,
    database: Database,
    reason: str | None,
    says: str,
    says_zh: str,
) -> None:
    incident = await officer.opened(rescue(informant=INFORMANT))
    path = f"/incidents/{incident}/informant"
    asked = {"reason": reason} if reason else {}
    assert (await officer.request("DELETE", path, params=asked)).status_code == 204
    for language, sentence in (("en", says), ("zh", says_zh)):
        for method in ("GET", "DELETE"):
            headers = {"Accept-Language": language}
            answer = await officer.request(method, path, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (410, "informant_erased")
            assert sentence in answer.json()["detail"]
            assert "150425001" in answer.json()["detail"]
            assert_names_nobody(answer.text)
    # Whoever may not read who reported is not told of the erasure either.
    assert (await other_officer.get(path)).json()["code"] == "not_found"
    assert (await official.get(path)).json()["code"] == "forbidden"
    async with database.reading() as connection:
        [trace] = await connection.fetch("select * from informant_erasure")
    assert (str(trace["incident_id"]), trace["reason"]) == (incident, reason)


async def test_a_reason_for_an_erasure_that_is_no_code_is_refused_and_erases_nobody(
    officer: Person,
) -> None:
    incident = await officer.opened(rescue(informant=INFORMANT))
    path = f"/incidents/{incident}/informant"
    answer = await officer.request("DELETE", path, params={"reason": "娜仁托娅要求"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "reason")
    assert await officer.read(path) == INFORMANT


async def test_who_is_responsible_now_is_told_who_erased_before_them(
    officer: Person, other_officer: Person
) -> None:
    incident = await officer.opened(rescue(informant=INFORMANT))
    path = f"/incidents/{incident}/informant"
    await officer.request("DELETE", path, params={"reason": "requested"})
    await officer.appended(incident, entry("handover", station="150723"))
    assert (await other_officer.get(path)).json()["code"] == "informant_erased"
    assert (await officer.get(path)).json()["code"] == "not_found"


async def test_an_erasure_of_earlier_days_that_nobody_traced_is_told_all_the_same(
    officer: Person, database: Database
) -> None:
    incident = await officer.opened(rescue(informant=INFORMANT))
    path = f"/incidents/{incident}/informant"
    await officer.request("DELETE", path)
    async with database.writing() as connection:
        await connection.execute("delete from informant_erasure")
    answer = await officer.get(path)
    assert (answer.status_code, answer.json()["code"]) == (410, "informant_erased")
    assert "{" not in answer.text.partition("detail")[2].partition(",")[0]


def test_a_digest_without_its_salt_says_nothing() -> None:
    salts = {new_salt() for _ in range(100)}
    assert len(salts) == 100
    assert len({salted_digest(salt, b"a name") for salt in salts}) == 100
    assert all(len(salt) == 16 for salt in salts)
