"""Where the files of unfinished uploads lie: in a folder of their owner. With each that begins it
is asked what else its owner has, and a province has twenty thousand of them under way."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from media.files import fsync_folder

_UUID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_OF_UPLOAD: Final = re.compile(rf"({_UUID})\.{_UUID}\..*", re.DOTALL)
_PLAN: Final = re.compile(rf"({_UUID}\.{_UUID})\.json")


class UploadPaths:
    """The folder `root`, and one in it for each owner, which is never removed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._durable: set[Path] = set()

    def of(self, name: str, suffix: str) -> Path:
        """A file of the upload that is named so."""
        return self.root / name.partition(".")[0] / f"{name}.{suffix}"

    def make(self, owner: UUID) -> None:
        """The folder of an owner."""
        (self.root / str(owner)).mkdir(exist_ok=True)

    def sync(self, name: str) -> None:
        """Make durable which files there are of an upload."""
        folder = self.of(name, "json").parent
        fsync_folder(folder)
        if folder not in self._durable:
            # Also where it was there: whoever made it may not have come so far yet.
            fsync_folder(self.root)
            self._durable.add(folder)

    def plans(self, beginning: str = "") -> Iterator[os.DirEntry[str]]:
        """The plans of all uploads whose names begin so: of one owner's, at least, or of all."""
        owner = beginning.partition(".")[0]
        for folder in [self.root / owner] if owner else self._folders():
            with suppress(FileNotFoundError):
                for entry in os.scandir(folder):
                    if entry.name.startswith(beginning) and _PLAN.fullmatch(entry.name):
                        yield entry

    def files(self) -> Iterator[Path]:
        """All that lies there, whether it belongs to an upload or not."""
        yield from (path for path in self.root.iterdir() if path.is_file())
        for folder in self._folders():
            yield from folder.iterdir()

    def take_over(self) -> None:
        """Put into the folders of their owners what earlier versions left beside each other."""
        touched = set[Path]()
        # The bytes of each before its plan, without which they are no upload.
        for path in sorted(self.root.iterdir(), key=lambda one: one.suffix == ".json"):
            if (found := _OF_UPLOAD.fullmatch(path.name)) and path.is_file():
                self.make(UUID(found[1]))
                with suppress(FileNotFoundError):  # another process does the same
                    path.rename(self.root / found[1] / path.name)
                touched |= {self.root / found[1], self.root}
        for folder in touched:
            fsync_folder(folder)

    def _folders(self) -> list[Path]:
        return [Path(one) for one in os.scandir(self.root) if one.is_dir()]


def names(plans: Iterator[os.DirEntry[str]]) -> Iterator[str]:
    """The names of the uploads that these are the plans of, whether they can be read or not."""
    for entry in plans:
        if found := _PLAN.fullmatch(entry.name):
            yield found[1]
