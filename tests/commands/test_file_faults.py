"""What the system says of a file or folder that can't be made is told as what it is, with what to
do about that, in the operator's language."""

import errno
import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import pytest
from msgspec.structs import replace

from tests.commandline import lines_until, run, started, stopped_by
from tests.disks import fill_disk, small_disk
from tests.postgresql import NOBODY, needs_root
from tests.serving import free_port
from wildlife.commands.file_faults import unusable_file
from wildlife.settings import Settings, to_environment

LANGUAGES: Final = ("C.UTF-8", "zh_CN.UTF-8")


Place: TypeAlias = Callable[[Path], AbstractContextManager[Path]]


@contextmanager
def _full(folder: Path) -> Iterator[Path]:
    with small_disk(folder, "64k") as disk:
        fill_disk(disk)
        yield disk / "new"


@contextmanager
def _read_only(folder: Path) -> Iterator[Path]:
    with small_disk(folder, "500m") as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        yield disk / "new"


@contextmanager
def _in_a_loop(folder: Path) -> Iterator[Path]:
    (folder / "loop").symlink_to(folder / "loop")
    yield folder / "loop" / "new"


@contextmanager
def _behind_a_file(folder: Path) -> Iterator[Path]:
    (folder / "a file").touch()
    yield folder / "a file" / "new"


def _at(where: Callable[[Path], Path]) -> Place:
    @contextmanager
    def place(folder: Path) -> Iterator[Path]:
        yield where(folder)

    return place


PLACES: Final = {
    errno.ENOENT: _at(lambda _: Path("/proc/new")),
    errno.EPERM: _at(lambda _: Path("/sys/new")),
    errno.ENAMETOOLONG: _at(lambda folder: folder / ("n" * 256)),
    errno.ENOTDIR: _behind_a_file,
    errno.ELOOP: _in_a_loop,
    errno.EROFS: _read_only,
    errno.ENOSPC: _full,
    errno.EACCES: _at(lambda folder: folder / "new"),
}
"""By what the system says, where it says so of what is made there; the last one of another user."""


def is_of(number: int, told: str, path: Path) -> bool:
    """Whether it is told of this path that the system says so, and nothing else."""
    says = {one: os.strerror(one) for one in PLACES}
    named = {one for one, said in says.items() if f": {said}. " in told}
    return named == {number} and str(path) in told


@needs_root
@pytest.mark.parametrize("number", PLACES, ids=lambda one: errno.errorcode[one])
async def test_where_no_folder_can_be_made_it_is_said_why(number: int, data_dir: Path) -> None:
    """A disk is called full where it is full, and nowhere else."""
    user = NOBODY if number == errno.EACCES else None
    with PLACES[number](data_dir) as place:
        asked = {"WILDLIFE_DATA_DIR": str(place), "WILDLIFE_PORT": str(free_port())}
        for language in LANGUAGES:
            ended = await run("serve", user=user, **asked, LC_ALL=language)
            assert ended.status in {1, 2}, ended
            assert ended.out == ""
            *usage, told = ended.err.splitlines()
            assert not usage
            if number == errno.ENOSPC:
                assert re.search(r"is full|磁盘已满", told)
            elif language == "C.UTF-8":
                assert is_of(number, told, place), told
                assert "full" not in told
            assert not _english_in(told, language), told


def _english_in(told: str, language: str) -> list[str]:
    """Words of English in a Chinese sentence, but for what a path is made of."""
    if language == "C.UTF-8":
        return []
    return re.findall(r"[A-Za-z]+ [A-Za-z]+", re.sub(r"/[^ ]*( file/new)?|WILDLIFE_\w+", "", told))


@needs_root
@pytest.mark.parametrize(
    "number",
    [errno.ENOENT, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ELOOP, errno.EROFS],
    ids=lambda one: errno.errorcode[one],
)
async def test_where_no_log_can_be_begun_it_is_said_why(
    number: int, settings: Settings, data_dir: Path
) -> None:
    with PLACES[number](data_dir) as place:
        there = replace(settings, log_file=place, port=free_port())
        ended = await run("serve", **to_environment(there), LC_ALL="C.UTF-8")
        assert ended.status in {1, 2}, ended
        assert is_of(number, ended.err, place), ended


def _told_of(number: int) -> str:
    return unusable_file(OSError(number, os.strerror(number), "/srv/x"))


OF_FILES: Final = {
    *("ENOENT", "ENOTDIR", "EISDIR", "EEXIST", "ENOTEMPTY", "ELOOP", "ENAMETOOLONG", "EILSEQ"),
    *("EACCES", "EPERM", "ENOSPC", "EDQUOT", "EFBIG", "EMLINK", "EROFS", "EINVAL", "EOPNOTSUPP"),
    *("ENOSYS", "EXDEV", "EOVERFLOW", "ENOLCK", "EBUSY", "ETXTBSY", "EAGAIN", "EDEADLK"),
    *("EMFILE", "ENFILE", "ENOMEM", "EIO", "EUCLEAN", "ENODEV", "ENXIO", "ESTALE", "ETIMEDOUT"),
    *("ENOTCONN", "EHOSTDOWN", "EREMOTEIO"),
}
"""What open(2), mkdir(2), read(2), write(2), fsync(2), link(2), rename(2), unlink(2) and flock(2)
say, and what file systems on a network do."""


@pytest.mark.parametrize("name", sorted(OF_FILES))
def test_what_the_system_may_say_of_a_file_is_told_in_both_languages(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = getattr(errno, name)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert _told_of(number).startswith(f"/srv/x can't be used: {os.strerror(number)}. ")
    has_no_room = name in {"ENOSPC", "EDQUOT", "EFBIG", "EMLINK"}
    assert ("room" in _told_of(number)) == has_no_room
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert _told_of(number).startswith("/srv/x 无法使用：")
    told = _told_of(number).removeprefix("/srv/x ")
    assert not re.search("[A-Za-z]", re.sub(r"（.*?）|，见 dmesg", "", told)), told


@needs_root
async def test_that_the_disk_of_a_private_database_is_full_is_told_as_that(data_dir: Path) -> None:
    """While it runs, when it is started, and when it starts and can't be signed in to."""
    with small_disk(data_dir, "400m") as disk:
        asked = {"WILDLIFE_DATA_DIR": str(disk / "var"), "WILDLIFE_PORT": str(free_port())}
        async with started("serve", **asked) as process:
            await lines_until(process, "New key")
            ballast = fill_disk(disk)
            told = [await _told_of_database(asked, language) for language in LANGUAGES]
            await stopped_by(process, signal.SIGINT)
        for _ in range(2):
            told += [await _told_of_database(asked, language) for language in LANGUAGES]
        for one in told:
            assert re.search("ake room|腾出空间", one), told
            assert not re.search("overloaded|过载|WILDLIFE_DATA_DIR", one), told
        ballast.unlink()
        assert (await run("check", **asked)).status == 0


async def _told_of_database(asked: dict[str, str], language: str) -> str:
    """What `check` says of a database that is not well."""
    ended = await run("check", "--json", **asked, LC_ALL=language)
    assert ended.status == 1, ended
    [told] = [one for one in json.loads(ended.out) if one["part"] == "database"]
    assert told["state"] == "fault", told
    says: str = told["says"]
    return says
