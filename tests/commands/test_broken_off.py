"""Whatever is done when the database goes away ends with a sentence, and nothing is half done."""

from typing import Final

import click
import pytest
from msgspec.structs import replace

from db.database import Database
from tests.commandline import (
    Ended,
    commands,
    lines_until,
    require_sentences,
    run,
    started,
    two_at_once,
)
from tests.cutting import Wire, cut_after
from tests.people.oidc.provider import by_provider
from tests.pictures import encoded, noise
from tests.serving import free_port
from tests.users import Person
from wildlife.commands import main
from wildlife.settings import Settings, to_environment

CALLS: Final = {
    "account add": ("account", "add", "x{}", "某", "--role", "admin"),
    "account appoint": ("account", "appoint", "chief", "auditor"),
    "account change": ("account", "change", "chief", "--name", "某"),
    "account disable": ("account", "disable", "chief"),
    "account dismiss": ("account", "dismiss", "chief", "chief"),
    "account enable": ("account", "enable", "chief"),
    "account leave-to-provider": ("account", "leave-to-provider", "LC1504"),
    "account list": ("account", "list"),
    "account password": ("account", "password", "chief"),
    "account show": ("account", "show", "chief"),
    "check": ("check",),
    "checkpoint key": ("checkpoint", "key"),
    "checkpoint renew-key": ("checkpoint", "renew-key"),
    "checkpoint sign": ("checkpoint", "sign"),
    "device add": ("device", "add", "一号机", "--station", "150425"),
    "device cut-off": ("device", "cut-off", "01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1f"),
    "device list": ("device", "list"),
    "key rotate": ("key", "rotate"),
    "media check": ("media", "check"),
    "media retry": ("media", "retry"),
    "media take-over": ("media", "take-over"),
    "media sweep": ("media", "sweep"),
    "migrate": ("migrate",),
    "rebuild": ("rebuild",),
    "refused list": ("refused", "list"),
    "refused show": ("refused", "show", "01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1f"),
    "serve": ("serve",),
    "species import": ("species", "import"),
    "station add": ("station", "add", "15042{}", "翁牛特派出所", "--kind", "police_station"),
    "station change": ("station", "change", "150425", "--name", "某"),
    "station list": ("station", "list"),
    "subscription list": ("subscription", "list"),
    "subscription restart": ("subscription", "restart", "--restored"),
    "verify": ("verify",),
}
# `demo` and `synth` refuse a database that is not their own; of the others, some take what no test
# database has, and for the rest see tests/backups.
ELSEWHERE: Final = {"demo", "synth", "key lost", "key found", "backup", "restore"}
TYPED: Final = "long enough\n"


def test_every_command_is_tried() -> None:
    every = {" ".join(names) for names, one in commands(main) if not isinstance(one, click.Group)}
    assert {*CALLS} | ELSEWHERE == every


def through(wire: Wire, settings: Settings) -> dict[str, str]:
    assert settings.database_url is not None
    assert settings.owner_database_url is not None
    return to_environment(
        replace(
            by_provider(settings, "http://127.0.0.1:1"),
            database_url=wire.through(settings.database_url),
            owner_database_url=wire.through(settings.owner_database_url),
            port=free_port(),
        )
    )


async def pieces_of(call: tuple[str, ...], settings: Settings) -> int:
    """How many pieces the command sends, as far as it comes where nothing goes wrong."""
    async with cut_after(settings.database_url or "", None) as wire:
        environment = through(wire, settings)
        if call == ("serve",):
            async with started(*call, **environment) as process:
                await lines_until(process, "Serving on")
                return wire.passed
        await run(*(word.format(0) for word in call), typed=TYPED, **environment)
        return wire.passed


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_a_command_whose_database_goes_away_says_so_in_a_sentence(
    call: tuple[str, ...], settings: Settings, officer: Person, database: Database
) -> None:
    incident = await officer.opened()
    await officer.put_photo(incident, encoded(noise(60, 40)))
    pieces = await pieces_of(call, settings)

    async def broken_off(cut_at: int, is_told: bool, language: str) -> Ended:
        async with cut_after(settings.database_url or "", cut_at, is_told=is_told) as wire:
            environment = through(wire, settings) | {"LC_ALL": language}
            words = (word.format(1 + places.index(cut_at)) for word in call)
            ended = await run(*words, typed=TYPED, **environment)
            assert wire.is_cut()
            return ended

    # What is done again may take less, and the last ones are goodbyes.
    places = sorted({1, pieces // 3, pieces // 2, 2 * pieces // 3})
    every = await two_at_once(
        *(
            broken_off(place, bool(at % 2), "C.UTF-8" if at % 3 else "zh_CN.UTF-8")
            for at, place in enumerate(places)
        )
    )
    said = 0
    for ended in every:
        require_sentences(ended)
        if call == ("check",):
            assert ended.err == "", ended
            continue
        *_, last = ended.err.splitlines() or [""]
        said += ended.status == 1
        assert last.startswith(("Error: ", "错误：")) or ended.status == 0, ended
        assert ended.err.count("Error: ") + ended.err.count("错误：") == (ended.status != 0), ended
    assert call == ("check",) or said >= len(places) - 1
