"""What the service and its commands need before they begin: the right login and the tables."""

from pathlib import Path

from msgspec.structs import replace

from db.embedded import embedded_postgresql
from db.migrations import pending
from tests.commandline import is_whole, run
from tests.db.sessions import session
from tests.fixtures.database import ServiceLogin, new_database
from tests.serving import free_port
from tests.users import Person
from wildlife.settings import Settings, to_environment


async def test_a_service_that_owns_the_tables_does_not_start_and_says_what_to_do(
    settings: Settings, tmp_path: Path
) -> None:
    """As version 0.1 was set up: one URL, the owner's."""
    common = {"WILDLIFE_DATA_DIR": str(tmp_path), "WILDLIFE_PORT": str(free_port())}
    url = settings.owner_database_url or ""
    ended = await run("serve", WILDLIFE_DATABASE_URL=url, **common)
    assert ended.status == 1
    assert ended.out == ""
    assert "could change what is final" in ended.err
    assert "alter role wildlife_service login password" in ended.err
    assert "WILDLIFE_OWNER_DATABASE_URL" in ended.err
    assert len(ended.err.splitlines()) == 1


async def test_without_the_owners_login_tables_are_checked_and_not_made(
    server_url: str, service_login: ServiceLogin, tmp_path: Path
) -> None:
    common = {"WILDLIFE_DATA_DIR": str(tmp_path), "WILDLIFE_PORT": str(free_port())}
    async with new_database(server_url) as owner:
        service = service_login.on(owner)
        for command in (("serve",), ("verify",), ("station", "list"), ("media", "check")):
            ended = await run(*command, WILDLIFE_DATABASE_URL=service, **common)
            assert ended.status == 1, command
            assert "The database has no tables yet." in ended.err
            assert "wildlife migrate" in ended.err
        refused = await run("migrate", WILDLIFE_DATABASE_URL=service, **common)
        assert (refused.status, refused.out) == (1, "")
        assert "WILDLIFE_OWNER_DATABASE_URL is missing" in refused.err
        # Looking never makes tables, not even with the owner's login at hand.
        both = {"WILDLIFE_DATABASE_URL": service, "WILDLIFE_OWNER_DATABASE_URL": owner}
        assert "has no tables yet" in (await run("verify", **both, **common)).err
        # The owner's alone migrates, and is nobody to serve as.
        migrated = await run("migrate", WILDLIFE_OWNER_DATABASE_URL=owner, **common)
        assert migrated.status == 0, migrated
        refused = await run("serve", WILDLIFE_OWNER_DATABASE_URL=owner, **common)
        assert "WILDLIFE_DATABASE_URL is missing" in refused.err
        assert not (tmp_path / "postgresql").exists()
        ended = await run("verify", WILDLIFE_DATABASE_URL=service, **common)
        assert is_whole(ended, 0)


async def test_a_command_that_looks_begins_no_database_in_a_misspelt_folder(tmp_path: Path) -> None:
    for command in (("verify",), ("rebuild",), ("media", "check"), ("station", "list")):
        ended = await run(*command, WILDLIFE_DATA_DIR=str(tmp_path / "misspelt"))
        assert (ended.status, ended.out) == (1, ""), command
        assert ended.err.startswith("Error: There is no database in "), command
    assert not (tmp_path / "misspelt").exists()


async def test_every_command_but_migrate_works_as_the_service_does(
    settings: Settings, officer: Person, tmp_path: Path
) -> None:
    """With the service's login alone."""
    await officer.opened()
    environment = to_environment(replace(settings, owner_database_url=None))
    species = tmp_path / "list.csv"
    species.write_text(
        "scientific_name,chinese_name,protection,list,valid_from\n"
        "Idus ruber,红𩷶,unlisted,,2024-01-01\n",
        "utf-8",
    )
    secret = ("--password", "a long secret")
    for command in (
        ("station", "add", "15042501", "响水", "--kind", "police_station", "--region", "150425"),
        ("station", "change", "15042501", "--name", "响水所"),
        ("station", "list"),
        ("account", "add", "150425009", "新", "--role", "officer", "--station", "150425", *secret),
        ("account", "password", "150425009", *secret),
        ("account", "disable", "150425009"),
        ("account", "enable", "150425009"),
        ("species", "import", str(species)),
        ("verify",),
        ("rebuild",),
        ("media", "check"),
        ("media", "sweep"),
    ):
        ended = await run(*command, **environment)
        assert ended.status == 0, ended


async def test_two_urls_that_name_two_databases_are_refused_before_either_is_touched(
    settings: Settings, server_url: str
) -> None:
    async with new_database(server_url) as other:
        both = to_environment(replace(settings, owner_database_url=other))
        for command in (("serve",), ("migrate",), ("station", "list")):
            ended = await run(*command, **both | {"WILDLIFE_PORT": str(free_port())})
            assert (ended.status, ended.out) == (1, ""), command
            assert "name two databases" in ended.err
        assert await pending(other) != []


async def test_a_private_database_of_an_earlier_version_is_named_and_brought_up_to_date(
    data_dir: Path,
) -> None:
    """Of version 0.1: its role could not sign in, and no command but those that begin migrates."""
    environment = {"WILDLIFE_DATA_DIR": str(data_dir)}
    assert (await run("migrate", **environment)).status == 0
    with embedded_postgresql(data_dir / "postgresql") as url:
        async with session(url) as owner:
            await owner.execute("drop table key_fingerprint")
            await owner.execute("delete from migration where name = '0006_trust.sql'")
            await owner.execute("alter role wildlife_service nologin")
    ended = await run("verify", **environment)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err == (
        "Error: The database lacks 0006_trust.sql. If it is the right one, bring it up to date with"
        " `wildlife migrate` or `wildlife serve`.\n"
    )
    assert (await run("migrate", **environment)).out == "applied 0006_trust.sql\n"
    assert is_whole(await run("verify", **environment), 0)
