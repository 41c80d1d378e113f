"""`wildlife …` as an operator runs it: real processes and signals, forked from one that has
imported the service."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Final, NamedTuple, TypeAlias

import click

from tests.forking import Forked, forked
from wildlife.settings import PREFIX

WITHIN_S = 60

# Regular expressions, names of Python's, and how the libraries that are used begin to complain.
OF_PROGRAMS: Final = re.compile(
    r"\^[\[(]|\\[dswu]\b|\(\?|Traceback|Errno|<class|\bNone\b|\b[A-Z]\w+(?:Error|Exception)\b"
    r"|msgspec|asyncpg|calamine|obstore|tomllib|Expected|Object (?:missing|contains)|at `\$"
    r"|Invalid (?:enum|value \(|statement)|codec can't|has no attribute|does not appear to be an IP"
    r"|host bits|invalid (?:DSN|literal)|call failed|ultiple exceptions"
)


class Ended(NamedTuple):
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


def is_whole(ended: Ended, chains: int) -> bool:
    """Whether `verify` looked at so many incidents, the ledger, the access log, and all holds."""
    log = r"access log: \d+ days, \d+ accesses, 0 flaws(; it ends on [0-9-]+ with [0-9a-f]{64})?"
    ledger = r"ledger: \d+ entries, \d+ checkpoints, 0 flaws"
    said = rf"{log}\n{ledger}\n{chains} chains, 0 flaws\n"
    return (ended.status, ended.err) == (0, "") and re.fullmatch(said, ended.out) is not None


Wildlife: TypeAlias = Callable[..., Awaitable[Ended]]


class Process:
    """`wildlife …` while it runs, told as those of asyncio are."""

    def __init__(
        self, process: Forked, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader
    ) -> None:
        self._process = process
        self.pid = process.pid
        self.stdout, self.stderr = stdout, stderr

    @property
    def returncode(self) -> int | None:
        return self._process.poll()

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def wait(self) -> int:
        """How it ended, once it has."""
        return await asyncio.to_thread(self._process.wait)

    async def communicate(self) -> tuple[bytes, bytes]:
        """The rest of its output and of its errors, once it has ended."""
        told = await asyncio.gather(self.stdout.read(), self.stderr.read())
        await self.wait()
        return told[0], told[1]


async def start(*arguments: str, **environment: str) -> Process:
    """`wildlife …` as a process (group) of its own, with these settings and no others."""
    (out, writes_out), (err, writes_err) = os.pipe(), os.pipe()
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        standard = [nothing, writes_out, writes_err]
        process = Forked(arguments, _environment(environment), standard)
    finally:
        for one in (nothing, writes_out, writes_err):
            os.close(one)
    return Process(process, await _reader(out), await _reader(err))


async def _reader(pipe: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", buffering=0)
    )
    return reader


async def run(
    *arguments: str, typed: str = "", user: str | None = None, **environment: str
) -> Ended:
    """How `wildlife …` ended, with `typed` on its standard input; run by `user`, if not by us."""
    async with asyncio.timeout(WITHIN_S):
        status, out, err = await forked(arguments, _environment(environment), typed.encode(), user)
    require_sentences(ended := Ended(status, out.decode(), err.decode()))
    return ended


def require_sentences(ended: Ended) -> None:
    """Fail the test whose command tells a person what was meant for who writes programs."""
    found = OF_PROGRAMS.search(f"{ended.out}{ended.err}")
    assert found is None, (found[0], ended)


def _environment(settings: dict[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return inherited | {"PYTHONUTF8": "1"} | settings


async def two_at_once(*runs: Awaitable[Ended]) -> list[Ended]:
    """How these ended, in their order."""
    free = asyncio.Semaphore(2)

    async def in_turn(one: Awaitable[Ended]) -> Ended:
        async with free:
            return await one

    return await asyncio.gather(*map(in_turn, runs))


@asynccontextmanager
async def started(*arguments: str, **environment: str) -> AsyncIterator[Process]:
    """`wildlife …` for as long as the block lasts, at the latest."""
    process = await start(*arguments, **environment)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


async def lines_until(process: Process, last: str) -> list[str]:
    """What the process prints until a line that contains `last`."""
    lines: list[str] = []
    async with asyncio.timeout(WITHIN_S):
        while not lines or last not in lines[-1]:
            line = await process.stdout.readline()
            assert line, await process.communicate()
            lines.append(line.decode().rstrip("\n"))
    return lines


async def stopped_by(process: Process, signal_: signal.Signals) -> Ended:
    """How the process ends when the signal reaches its whole group, as Ctrl-C does."""
    os.killpg(process.pid, signal_)
    async with asyncio.timeout(WITHIN_S):
        out, err = await process.communicate()
    return Ended(await process.wait(), out.decode(), err.decode())


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name), command
