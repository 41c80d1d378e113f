"""What runs in a process that can be killed is killed, says why, and leaves nothing behind."""

import asyncio
import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from media import processes
from media.processes import CORES, Bound, Interrupted, Killed, run_killable
from media.renditions import UnreadableImage, render
from tests.decoders import busy, end_itself, take
from tests.serving import wait_until

# Busy for hours, in C, where no handler of Python's would be called.
FOREVER: Final = range(10**13)
BOUNDS: Final[Any] = {"cpu_s": 20, "wall_s": 60, "memory_bytes": 1 << 30}


def workers() -> set[int]:
    return {child.pid for child in psutil.Process().children() if child.is_running()}


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what comes true by itself."""
    await asyncio.to_thread(wait_until, condition)


def is_busy(pid: int) -> bool:
    """Whether it has worked for longer than starting takes."""
    used: float = psutil.Process(pid).cpu_times().user
    return used > 0.5


@pytest.fixture
def no_idle(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No worker is there already."""
    idle: list[Any] = []
    monkeypatch.setattr(processes, "_idle", idle)
    yield
    for worker in idle:
        worker.kill()
        worker.close()


async def killed_for(function: Any, *args: Any, **bounds: Any) -> Bound:
    with pytest.raises(Killed) as raised:
        await run_killable(function, *args, **(BOUNDS | bounds))
    return raised.value.bound


async def interrupted(function: Any, *args: Any, **bounds: Any) -> str:
    with pytest.raises(Interrupted) as raised:
        await run_killable(function, *args, **(BOUNDS | bounds))
    return str(raised.value)


async def test_a_function_runs_elsewhere_and_the_process_is_used_again() -> None:
    first, second = [await run_killable(os.getpid, **BOUNDS) for _ in range(2)]
    assert first == second != os.getpid()


@pytest.mark.parametrize("in_background", [False, True])
async def test_what_a_function_raises_is_raised_here(tmp_path: Path, in_background: bool) -> None:
    bounds = BOUNDS | {"in_background": in_background}
    photo = tmp_path / "photo"
    photo.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(UnreadableImage, match=r"^The image can't be decoded\.$"):
        await run_killable(render, photo, 1000, **bounds)
    with pytest.raises(ValueError, match="invalid literal"):
        await run_killable(int, "many", **bounds)


@pytest.mark.parametrize("in_background", [False, True])
async def test_whoever_uses_too_much_cpu_time_is_killed(in_background: bool) -> None:
    started = time.monotonic()
    reason = await killed_for(sum, FOREVER, cpu_s=0.3, in_background=in_background)
    assert reason == "cpu_time"
    assert time.monotonic() - started < BOUNDS["wall_s"]


async def test_cpu_time_is_counted_from_anew_for_each_call() -> None:
    pids = {await run_killable(busy, 0.25, cpu_s=0.4, wall_s=30, memory_bytes=1 << 30)
            for _ in range(3)}  # fmt: skip
    assert len(pids) == 1


@pytest.mark.usefixtures("no_idle")
async def test_whoever_hangs_without_working_is_killed_too_and_may_try_again() -> None:
    before = workers()
    assert await interrupted(time.sleep, 1000, wall_s=0.3) == "It was not done in time."
    assert workers() == before


@pytest.mark.parametrize("in_background", [False, True])
async def test_whoever_wants_too_much_memory_gets_none(in_background: bool) -> None:
    bounds: Any = {"memory_bytes": 200 << 20, "in_background": in_background}
    assert await killed_for(take, 300 << 20, **bounds) == "memory"
    # The next one may have more.
    assert await run_killable(take, 300 << 20, **BOUNDS) == 300 << 20


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGUSR1])
async def test_who_is_killed_from_outside_did_nothing_wrong(number: signal.Signals) -> None:
    said = await interrupted(end_itself, number)
    assert said == f"The process was ended by signal {number.value}."
    assert await run_killable(int, "7", **BOUNDS) == 7


@pytest.mark.usefixtures("no_idle")
async def test_that_no_process_can_be_had_is_not_the_functions_fault() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free + 1, hard))
    try:
        said = await interrupted(int, "7", **BOUNDS)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert said.startswith("No process could be started: ")
    assert await run_killable(int, "7", **BOUNDS) == 7


@pytest.mark.parametrize("crash", [(os.abort,), (os._exit, 0), (ctypes.string_at, 0)])
async def test_a_crash_is_told_and_the_process_replaced(crash: tuple[Any, ...]) -> None:
    before = await run_killable(os.getpid, **BOUNDS)
    assert await killed_for(*crash) == "crash"
    assert await run_killable(os.getpid, **BOUNDS) != before


async def test_the_background_yields_to_everybody_and_the_next_call_does_not() -> None:
    policies = [
        await run_killable(os.sched_getscheduler, 0, **BOUNDS, in_background=in_background)
        for in_background in (True, False, True, False)
    ]
    assert policies == [os.SCHED_IDLE, os.SCHED_OTHER] * 2


@pytest.mark.usefixtures("no_idle")
async def test_the_foreground_never_waits_for_the_background() -> None:
    before = workers()
    behind = [
        asyncio.create_task(run_killable(time.sleep, 30, **BOUNDS, in_background=True))
        for _ in range(CORES + 1)
    ]
    await run_killable(os.getpid, **BOUNDS)
    await until(lambda: len(workers() - before) > CORES)
    await run_killable(os.getpid, **BOUNDS)
    assert len(workers() - before) == CORES + 1, "of those behind only one a core at a time"
    for task in behind:
        task.cancel()
    await asyncio.wait(behind)


async def test_waiting_for_its_turn_costs_nobody_of_the_deadline() -> None:
    bounds = BOUNDS | {"wall_s": 3, "in_background": True}
    await asyncio.gather(*(run_killable(time.sleep, 1.1, **bounds) for _ in range(3 * CORES)))


@pytest.mark.usefixtures("no_idle")
@pytest.mark.parametrize("when", ["it starts", "it works"])
async def test_when_the_caller_goes_away_the_process_does_too(when: str) -> None:
    before = workers()
    task = asyncio.create_task(run_killable(sum, FOREVER, **BOUNDS))
    await until(lambda: len(workers() - before) == 1)
    if when == "it works":
        [started] = workers() - before
        await until(lambda: is_busy(started))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert workers() == before
    # Nobody holds the place of the one that went.
    await asyncio.gather(*(run_killable(os.getpid, **BOUNDS) for _ in range(3)))


@pytest.mark.usefixtures("no_idle")
def test_each_event_loop_has_its_own_turns() -> None:
    async def several() -> None:
        await asyncio.gather(*(run_killable(time.sleep, 0.01, **BOUNDS) for _ in range(4)))

    for _ in range(2):
        asyncio.run(several())


async def test_an_answer_that_cant_be_sent_is_an_error_and_not_a_crash() -> None:
    with pytest.raises(TypeError, match="pickle"):
        await run_killable(threading.Lock, **BOUNDS)


async def test_what_a_function_prints_is_no_answer() -> None:
    for _ in range(2):
        assert await run_killable(os.write, 1, b"noise", **BOUNDS) == 5
        await run_killable(print, "noise", **BOUNDS)


def test_a_process_dies_with_its_parent_even_when_it_is_busy() -> None:
    program = f"""
import asyncio
from media import processes
from media.processes import run_killable
asyncio.run(run_killable(sum, {FOREVER}, cpu_s=60, wall_s=60, memory_bytes=1 << 30))
"""
    with subprocess.Popen([sys.executable, "-c", program]) as parent:
        children = psutil.Process(parent.pid).children
        wait_until(lambda: any(is_busy(child.pid) for child in children()))
        busy = children()
        os.kill(parent.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(busy, timeout=BOUNDS["wall_s"])
    assert not alive
