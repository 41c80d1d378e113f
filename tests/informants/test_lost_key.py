"""The key is lost for good: there is a way on, which says what is lost, and a way back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from db.database import Database
from media.vault import make_key, open_vault
from tests.commandline import Wildlife, is_whole, run
from tests.fixtures.people import present
from tests.fixtures.service import running_application
from tests.serving import free_port, killable
from tests.users import Person, entry, rescue
from wildlife.informants.keys import name_of
from wildlife.people.accounts import Tokens
from wildlife.settings import Settings, to_environment

INFORMANT = rescue()["informant"]
OTHER = {"name": "李秀英", "role": "herder", "phone": "13947600002"}


@asynccontextmanager
async def at_work(settings: Settings, sessions: dict[str, Tokens]) -> AsyncIterator[Person]:
    """The officer at a service that was started anew, and has no key in mind but the file's."""
    async with running_application(settings) as client:
        yield await present(client, "150425001", sessions)


async def told(wildlife: Wildlife, settings: Settings) -> str:
    """Why it does not start; `wildlife check` says the same."""
    environment = {"WILDLIFE_PORT": str(free_port())}
    ended = await wildlife("serve", status=1, **environment)
    assert ended.err.count("\n") == 1
    assert ended.err.removeprefix("Error: ").strip() in (await wildlife("check", status=1)).out
    return ended.err


def starts(settings: Settings) -> bool:
    with killable(settings) as server:
        return server.is_ready()


async def sealed(database: Database) -> list[Any]:
    async with database.reading() as connection:
        return await connection.fetch(
            "select incident_id, entry_id, salt, sealed, sealed_by from informant order by 1, 2"
        )


async def test_what_a_lost_key_sealed_is_told_as_that_and_read_again_when_it_is_found(
    settings: Settings,
    officer: Person,
    database: Database,
    wildlife: Wildlife,
    sessions: dict[str, Tokens],
    tmp_path: Path,
) -> None:
    incident = await officer.opened()
    said = rescue(id=incident, summary="另一件事")
    assert (await officer.post("/incidents", said)).status_code == 409
    [before] = await sealed(database)
    name = name_of(open_vault(settings.key_path).fingerprint)
    aside = settings.key_path.rename(tmp_path / "found.key")

    assert f"`wildlife key lost {name}`" in await told(wildlife, settings)
    wrong = await wildlife("key", "lost", "01234567", status=1)
    assert f"Missing is {name}, and no other" in wrong.err
    assert not settings.key_path.exists()
    lost = await wildlife("key", "lost", name)
    new = name_of(open_vault(settings.key_path).fingerprint)
    first = f"The key {name} is lost: 1 who reported and 1 refused bodies that it sealed can't be"
    assert lost.out.startswith(first)
    assert lost.out.endswith(f"The key is {new} now; what it seals can be read. Back up now.\n")
    assert starts(settings)
    again = await wildlife("key", "lost", name, status=1)
    assert "No key is lost" in again.err
    assert await sealed(database) == [before]

    async with at_work(settings, sessions) as anew:
        path = f"/incidents/{incident}/informant"
        for language, sentence in (
            ("en", "was sealed with a key that was put on record as lost on "),
            ("zh", "报告人信息由一个密钥封存，该密钥已于 "),
        ):
            answer = await anew.get(path, headers={"Accept-Language": language})
            assert (answer.status_code, answer.json()["code"]) == (410, "key_lost")
            assert sentence in answer.json()["detail"]
        [refused] = (await anew.read(f"/incidents/{incident}/refused"))["items"]
        assert (refused["body"], refused["readable"]) == (None, False)
        assert refused["key_lost_at"]
        assert (await anew.get(f"/incidents/{incident}")).status_code == 200
        # What is sent again is known again, and who is known is named anew.
        next_ = await anew.opened()
        assert await anew.read(f"/incidents/{next_}/informant") == INFORMANT
        await anew.appended(incident, entry("informant", informant=OTHER))
        known = await anew.read(path)
        assert known.pop("key_lost_at") == refused["key_lost_at"]
        assert known == OTHER | {"unreadable": 1}
        verified = await wildlife("verify")
        assert verified.out.endswith("\n2 chains, 0 flaws\n")
        assert verified.err.startswith(first)

        strange = tmp_path / "strange.key"
        make_key(strange)
        other = await wildlife("key", "found", str(strange), status=1)
        assert f"on record as lost is {name}: look for another file" in other.err
        found = await wildlife("key", "found", str(aside))
        assert found.out.startswith(f"2 rows can be read again; they were sealed anew with {new}.")
        assert await anew.read(path) == OTHER | {"named_before": [INFORMANT]}
        [refused] = (await anew.read(f"/incidents/{incident}/refused"))["items"]
        assert refused["body"]["summary"] == "另一件事"
        assert "key_lost_at" not in refused or refused["key_lost_at"] is None
    assert is_whole(await wildlife("verify"), 2)
    assert (await wildlife("check")).status == 0


async def test_of_a_database_that_remembers_no_key_that_is_on_record_too(
    settings: Settings,
    officer: Person,
    database: Database,
    wildlife: Wildlife,
    sessions: dict[str, Tokens],
    tmp_path: Path,
) -> None:
    """As 0.1 left it."""
    incident = await officer.opened()
    async with database.writing() as connection:
        await connection.execute("delete from key_fingerprint")
        await connection.execute("update informant set sealed_by = ''")
    aside = settings.key_path.rename(tmp_path / "found.key")
    assert "`wildlife key lost unknown`" in await told(wildlife, settings)
    chinese = {"LC_ALL": "zh_CN.UTF-8"}
    lost = await wildlife("key", "lost", "unknown", **chinese)
    assert lost.out.startswith(
        "密钥 unknown 已遗失：由它封存的 1 份报告人信息和 0 份未被接受的内容"
    )
    assert (await wildlife("verify", **chinese)).err == lost.out.splitlines(keepends=True)[0]
    assert starts(settings)
    async with at_work(settings, sessions) as anew:
        path = f"/incidents/{incident}/informant"
        assert (await anew.get(path)).json()["code"] == "key_lost"
        found = await wildlife("key", "found", str(aside), **chinese)
        assert found.out.startswith("1 行可以重新读取，")
        assert await anew.read(path) == INFORMANT


@pytest.mark.parametrize("lies_there", ["nothing", "another key", "what is left of it"])
async def test_what_lies_in_the_place_of_the_lost_key_is_taken_if_it_is_one_and_never_replaced(
    settings: Settings, officer: Person, wildlife: Wildlife, lies_there: str
) -> None:
    await officer.opened()
    name = name_of(open_vault(settings.key_path).fingerprint)
    settings.key_path.unlink()
    content = {"another key": bytes(range(32)), "what is left of it": bytes(7)}.get(lies_there)
    if content is not None:
        settings.key_path.write_bytes(content)
    if lies_there == "what is left of it":
        ended = await wildlife("key", "lost", name, status=1)
        assert "is no key of 32 bytes" in ended.err
    else:
        await wildlife("key", "lost", name)
        assert starts(settings)
    if content is not None:
        assert settings.key_path.read_bytes() == content


async def test_of_two_keys_while_they_are_changed_only_the_one_that_is_gone_is_lost(
    settings: Settings,
    officer: Person,
    database: Database,
    wildlife: Wildlife,
    sessions: dict[str, Tokens],
    tmp_path: Path,
) -> None:
    incident = await officer.opened()
    old = settings.key_path.read_bytes()
    new = tmp_path / "new.key"
    make_key(new)
    async with database.writing() as connection:
        await connection.execute(
            "insert into key_fingerprint (fingerprint) values ($1)", open_vault(new).fingerprint
        )
    settings.key_path.write_bytes(new.read_bytes())
    name = name_of(open_vault(settings.key_path).fingerprint)
    gone = tmp_path / "old.key"
    gone.write_bytes(old)
    missing = name_of(open_vault(gone).fingerprint)
    assert f"`wildlife key lost {missing}`" in await told(wildlife, settings)
    await wildlife("key", "lost", name, status=1)
    await wildlife("key", "lost", missing)
    assert starts(settings)
    async with at_work(settings, sessions) as anew:
        answer = await anew.get(f"/incidents/{incident}/informant")
        assert answer.json()["code"] == "key_lost"
    assert settings.key_path.read_bytes() == new.read_bytes()


@pytest.mark.parametrize("language", ["C.UTF-8", "zh_CN.UTF-8"])
async def test_a_backup_that_is_older_than_a_change_of_the_key_says_which_file_opens_it(
    settings: Settings,
    officer: Person,
    database: Database,
    wildlife: Wildlife,
    sessions: dict[str, Tokens],
    language: str,
) -> None:
    incident = await officer.opened()
    backup, old = await sealed(database), open_vault(settings.key_path).fingerprint
    await wildlife("key", "rotate")
    async with database.writing() as connection:  # as it was before
        await connection.execute("update key_fingerprint set fingerprint = $1", old)
        for row in backup:
            await connection.execute(
                "update informant set sealed = $4, sealed_by = $5"
                " where incident_id = $1 and entry_id = $2 and salt = $3",
                *row,
            )
    retired = settings.key_path.with_name(f"informants.key.retired-{name_of(old)}")
    environment = to_environment(settings) | {"LC_ALL": language, "WILDLIFE_PORT": str(free_port())}
    ended = await run("serve", **environment)
    assert ended.status == 1
    assert str(retired) in ended.err
    assert "`wildlife key rotate`" in ended.err
    assert "key lost" not in ended.err
    settings.key_path.write_bytes(retired.read_bytes())
    assert starts(settings)
    await wildlife("key", "rotate")
    async with at_work(settings, sessions) as anew:
        assert await anew.read(f"/incidents/{incident}/informant") == INFORMANT
