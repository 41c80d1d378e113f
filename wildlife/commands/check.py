"""`wildlife check`: whether all is as it should be, a line for each part."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import asyncpg
import click

from wildlife.commands.database_faults import broke_off
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.holding import is_serving
from wildlife.commands.parts import PARTS, not_serving
from wildlife.commands.reporting import NamedFinding, State
from wildlife.commands.running import (
    is_private,
    load_settings,
    require_one_database,
    require_private_answer,
    running_database,
)
from wildlife.commands.showing import json_option, say, say_json
from wildlife.commands.start_parts import WITHIN_S, Finding, Part
from wildlife.settings import Settings
from wildlife.words.speaking import said

_STATES: Final[dict[State, str]] = {
    "ok": "正常",
    "warning": "警告",
    "fault": "故障",
    "unchecked": "未检查",
}


@click.command()
@click.option(
    "--strict",
    is_flag=True,
    help="For cron: warnings count as faults, and so does a service that does not answer.",
)
@json_option
def check(as_json: bool, strict: bool) -> None:
    """Say in one go whether the service is as it should be; exit status 1 where there is a fault.

    Settings, address, database, policy, tables, the login's rights, replica, key, folders, photo
    store, photos, hidden places, identity provider, disk, clock, backups and the last verify: each
    is ok, a warning, or a fault with what to do. What can't be known while the database is away is
    unchecked. What would stop a start is a fault, with the same sentence. Changes nothing; the
    service may run meanwhile.

    \b
    wildlife check --strict
    """
    with _reached(load_settings()) as (settings, away):
        found = asyncio.run(_look_at_all(settings, away))
        if strict and found["address"].state == "ok" and not asyncio.run(is_serving(settings)):
            found["address"] = not_serving(settings)
    if as_json:
        say_json([NamedFinding(name, *one) for name, one in found.items()])
    else:
        for name, one in found.items():
            part, state = said(name, PARTS[name].zh), said(one.state, _STATES[one.state])
            say(f"{part}\t{state}\t{one.says}")
    counts = {"fault", "warning"} if strict else {"fault"}
    if any(one.state in counts for one in found.values()):
        raise SystemExit(1)


@contextmanager
def _reached(settings: Settings) -> Iterator[tuple[Settings, Finding | None]]:
    """The settings with URLs that answer; and what is told of a database that does not."""
    with ExitStack() as stack:
        try:
            if is_private(settings):
                settings = stack.enter_context(running_database(settings, begins=False))
                require_private_answer(settings)
            else:
                require_one_database(settings)
            away = None
        except click.ClickException as error:
            away = Finding("fault", error.message)
        yield settings, away


async def _look_at_all(settings: Settings, away: Finding | None) -> dict[str, Finding]:
    return {
        name: away
        if away and name == "database"
        else await _look_at(part, settings, away=away is not None)
        for name, part in PARTS.items()
    }


async def _look_at(part: Part, settings: Settings, *, away: bool) -> Finding:
    """How one part is: what goes wrong meanwhile is its fault, and no other's."""
    try:
        async with asyncio.timeout(WITHIN_S):
            with saying_what_is_wrong():
                try:
                    return await (part.look_alone if away else part.look)(settings)
                except asyncpg.UndefinedTableError:  # which the part of the tables names
                    return Finding("unchecked", said("not without the tables", "须待数据表建好"))
    except TimeoutError:
        return Finding(
            "fault",
            said(
                f"no answer within {WITHIN_S} s: look whether it hangs, or the machine is"
                " overloaded",
                f"{WITHIN_S} 秒内没有响应：请检查它是否卡住、机器是否过载",
            ),
        )
    except click.ClickException as error:
        return Finding("fault", " ".join(error.message.split()))
    except asyncpg.PostgresError as error:
        return Finding("fault", broke_off(error))
    except Exception as error:
        # Nobody has a sentence for it: it is ours to mend.
        told = " ".join(f"{type(error).__name__}: {error}".split())
        return Finding(
            "fault",
            said(
                f"could not be looked at ({told}): a fault of this program, please report it",
                f"无法检查（{told}）：这是本程序的缺陷，请报告",
            ),
        )
