"""`wildlife check`: a line for each part, in the operator's language, and a status for cron."""

import json
import os
from pathlib import Path

from db.pool import Database
from tests.commandline import Wildlife
from tests.users import Person
from wildlife.settings import Settings

PARTS = ["settings", "roles", "tables", "key", "store", "disk", "clock", "backups"]


async def test_all_is_well_where_it_is_and_a_backup_was_made(
    wildlife: Wildlife, officer: Person, tmp_path: Path
) -> None:
    (tmp_path / "backup.done").touch()
    for language, word in (("C.UTF-8", "ok"), ("zh_CN.UTF-8", "正常")):
        lines = (await wildlife("check", LC_ALL=language)).out.splitlines()
        assert [line.split("\t")[:2] for line in lines] == [[part, word] for part in PARTS]


async def test_what_is_not_well_is_named_with_what_to_do_and_hides_nothing_else(
    wildlife: Wildlife, officer: Person, database: Database, settings: Settings, tmp_path: Path
) -> None:
    async def found(status: int = 0, **changed: str) -> dict[str, str]:
        ended = await wildlife("check", "--json", status=status, **changed)
        findings = json.loads(ended.out)
        assert [one["part"] for one in findings] == PARTS
        return {one["part"]: one["state"] for one in findings if one["state"] != "ok"}

    assert await found() == {"backups": "warning"}
    (tmp_path / "backup.done").touch()
    os.utime(tmp_path / "backup.done", (0, 0))
    assert await found() == {"backups": "warning"}
    (tmp_path / "backup.done").touch()
    none = str(tmp_path / "none.key")
    assert await found(1, WILDLIFE_KEY_FILE=none) == {"key": "fault"}
    owner = settings.owner_database_url or ""
    assert await found(1, WILDLIFE_DATABASE_URL=owner) == {"roles": "fault"}
    (tmp_path / "media/originals").rename(tmp_path / "media/elsewhere")
    async with database.writing() as connection:
        await connection.execute("insert into migration (name) values ('9999_later.sql')")
    assert await found(1) == {"tables": "fault", "store": "fault"}
