"""What lies in a folder, and what this process holds open of it."""

from pathlib import Path


def files(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def open_files(folder: Path) -> int:
    """How many files below a folder are open; the process has others, that come and go."""
    return sum(
        descriptor.exists() and descriptor.readlink().is_relative_to(folder.resolve())
        for descriptor in Path("/proc/self/fd").iterdir()
    )
