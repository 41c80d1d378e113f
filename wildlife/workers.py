"""Pieces made by several processes at once, and had in their order."""

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection as Pipe
from typing import Final, Generic, TypeVar

from wildlife.words.speaking import said

Task = TypeVar("Task")
Result = TypeVar("Result")

# A child that is forked has what the parent had open, and its locks as they were.
_FRESH: Final = multiprocessing.get_context("spawn")


class Workers(Generic[Task, Result]):
    """Processes that each do one kind of task."""

    def __init__(self, pipes: Sequence[Pipe]) -> None:
        self._pipes = pipes

    async def all(self, tasks: Sequence[Task]) -> AsyncIterator[Result]:
        """The results, in the order of the tasks: each process does every so many-th of them, one
        at a time, so no more of them wait than there are processes.

        Raises ValueError where a process has ended.
        """
        many = len(self._pipes)
        try:
            for pipe, task in zip(self._pipes, tasks, strict=False):
                pipe.send(task)
            for n in range(len(tasks)):
                pipe = self._pipes[n % many]
                result: Result = await asyncio.to_thread(pipe.recv)
                if n + many < len(tasks):
                    pipe.send(tasks[n + many])
                yield result
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise ValueError(
                said(
                    "One of the processes that work side by side has ended: for want of memory,"
                    " perhaps. Run it again with fewer of them (--processes 1). Nothing was"
                    " written.",
                    "并行工作的一个进程已中止，可能是内存不足。请减少进程数（--processes 1）后重新"
                    "运行。未写入任何内容。",
                )
            ) from None


@contextmanager
def working(
    make: Callable[[], Callable[[Task], Result]], processes: int
) -> Iterator[Workers[Task, Result]]:
    """So many processes, each with what `make` makes there, until the end of the block."""
    pipes: list[Pipe] = []
    running = []
    try:
        for _ in range(processes):
            ours, theirs = _FRESH.Pipe()
            process = _FRESH.Process(target=_work, args=(theirs, make), daemon=True)
            process.start()
            theirs.close()  # who reads learns that the other has ended
            pipes.append(ours)
            running.append(process)
        yield Workers(pipes)
    finally:
        for process in running:
            process.terminate()
            process.join()
        for pipe in pipes:
            pipe.close()


def _work(pipe: Pipe, make: Callable[[], Callable[[Task], Result]]) -> None:
    # Ctrl-C reaches all of the group; who began them ends them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    do = make()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            pipe.send(do(pipe.recv()))
