"""Functions in processes that can be killed: for what decodes bytes that a stranger made.

A decoder may hang, crash or ask for all memory, and no thread can be stopped. So it runs in a
worker process, whose memory and CPU time the kernel bounds. An idle worker is used again, one that
was killed is replaced at the next call, and all die with their parent.

Not `anyio.to_process`: it hides how a worker ended, leaks one whose start is cancelled, and runs
the parent's main module in each.
"""

import atexit
import ctypes
import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Literal, TypeVar, TypeVarTuple

from anyio import CancelScope, CapacityLimiter, fail_after, to_thread
from anyio.lowlevel import RunVar

Bound = Literal["cpu_time", "memory", "crash"]
Args = TypeVarTuple("Args")
Result = TypeVar("Result")

# Workers at a time: as many behind as there are cores to be had, and those never make the
# foreground wait.
_FOREGROUND: Final = 2
CORES: Final = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
_lanes: RunVar[tuple[CapacityLimiter, CapacityLimiter]] = RunVar("killable_lanes")

_PROGRAM: Final = """
import sys
sys.path[:] = sys.argv[1:]
from media.processes import serve
serve()
"""
_PR_SET_PDEATHSIG: Final = 1

# How a process ends by what it does itself, other than by its CPU time.
_CRASHES: Final = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}
# Python's own end, when it can't even read what it is asked: never that of a function.
_COULD_NOT_START: Final = 1


class Killed(Exception):
    """The call took more CPU time or memory than it may, or crashed: so it would the next time."""

    def __init__(self, bound: Bound) -> None:
        super().__init__(bound)
        self.bound = bound


class Interrupted(Exception):
    """Nothing that the call did: try it again later. Says what happened in a sentence of ours."""


async def run_killable(
    function: Callable[[*Args], Result],
    *args: *Args,
    cpu_s: float,
    wall_s: float,
    memory_bytes: int,
    in_background: bool = False,
) -> Result:
    """Run a function of a module in a worker process; what it raises is raised here.

    Once it is its turn it may take `cpu_s` seconds of CPU time, and the whole process
    `memory_bytes` (its own data, not files that it maps), or it is Killed. After `wall_s` seconds
    in all it is Interrupted: they measure how busy the machine is. In the background it gets the
    CPU time that nobody else wants. The process is killed as well if the caller is cancelled.
    """
    request = pickle.dumps((function, args, cpu_s, memory_bytes, in_background))
    async with _lane(in_background):
        # Started by this thread, with whose end it ends.
        worker = _idle_worker() or _started_worker()
        try:
            with fail_after(wall_s):
                returned, value = await to_thread.run_sync(
                    worker.call, request, abandon_on_cancel=True, limiter=CapacityLimiter(1)
                )
        except BaseException as error:
            worker.kill()
            with CancelScope(shield=True):
                await to_thread.run_sync(worker.close, limiter=CapacityLimiter(1))
            if isinstance(error, TimeoutError):
                raise Interrupted("It was not done in time.") from None
            raise
        _idle.append(worker)
    if returned:
        result: Result = value
        return result
    if isinstance(value, MemoryError):
        raise Killed("memory")
    raise value


def _lane(in_background: bool) -> CapacityLimiter:
    try:
        lanes = _lanes.get()
    except LookupError:
        lanes = CapacityLimiter(_FOREGROUND), CapacityLimiter(CORES)
        _lanes.set(lanes)
    return lanes[in_background]


class _Worker:
    """A process that makes one call after the other; what it is asked and answers is pickled."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", _PROGRAM, *sys.path]
        pipe, null = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=null)  # noqa: S603

    def lives(self) -> bool:
        return self._process.poll() is None

    def call(self, request: bytes) -> tuple[bool, Any]:
        """Whether the function returned, and what; or what it raised.

        Raises Killed or Interrupted.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(request)
            self._process.stdin.flush()
            returned, value = pickle.load(self._process.stdout)  # noqa: S301  # our own function's
        except (EOFError, OSError, pickle.UnpicklingError):
            raise _why_it_ended(self._process.wait()) from None
        return returned, value

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        """Wait for its end, and leave nothing of it."""
        self._process.communicate()


def _started_worker() -> _Worker:
    try:
        return _Worker()
    except OSError as error:  # no process, no memory or no descriptor to be had
        raise Interrupted(f"No process could be started: {error}") from error


def _why_it_ended(status: int) -> Killed | Interrupted:
    if status == -signal.SIGPROF:
        return Killed("cpu_time")
    if status == _COULD_NOT_START:
        return Interrupted("The process could not start.")
    if status >= 0 or -status in _CRASHES:
        return Killed("crash")
    return Interrupted(f"The process was ended by signal {-status}.")  # as when memory runs out


_idle: list[_Worker] = []


def _idle_worker() -> _Worker | None:
    while _idle:
        worker = _idle.pop()
        if worker.lives():
            return worker
        worker.close()
    return None


@atexit.register
def _close_idle_workers() -> None:
    while _idle:
        _idle.pop().close()


def end_with_parent() -> None:
    """From now on this process is killed when the thread that started it ends (on Linux).

    Who may have been left alone before is told by no signal, and has to look for itself.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def serve() -> None:
    """In the worker: make the calls that come in, until the parent is gone."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)  # whatever a decoder prints is no answer
    for stop in (signal.SIGINT, signal.SIGTERM):  # for the parent, with which this one ends
        signal.signal(stop, signal.SIG_IGN)
    end_with_parent()  # one that is busy would not notice that its pipe is closed
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            request = pickle.load(requests)  # noqa: S301  # our own parent's
        except EOFError:
            return
        answers.write(_answer(*request))
        answers.flush()


def _answer(
    function: Callable[..., object],
    args: tuple[object, ...],
    cpu_s: float,
    memory_bytes: int,
    in_background: bool,
) -> bytes:
    try:
        if in_background:
            # A thread of its own, since none but root's may give up being idle again.
            with ThreadPoolExecutor(1, initializer=_be_idle) as idle:
                value = idle.submit(_bounded, function, args, cpu_s, memory_bytes).result()
        else:
            value = _bounded(function, args, cpu_s, memory_bytes)
        return pickle.dumps((True, value))
    except Exception as error:
        try:
            return pickle.dumps((False, error))
        except Exception as unpicklable:
            return pickle.dumps((False, TypeError(str(unpicklable))))


def _bounded(
    function: Callable[..., object], args: tuple[object, ...], cpu_s: float, memory_bytes: int
) -> object:
    unlimited = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, unlimited))
    # Counts the CPU time of all threads, and its signal ends the process. Unlike RLIMIT_CPU it
    # starts anew with each call and knows fractions of a second.
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        return function(*args)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_DATA, (unlimited, unlimited))


def _be_idle() -> None:
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # 0: this thread
