"""What lies in a folder of backups."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.files import files


def backups_in(disk: Path) -> list[str]:
    """Their names, the oldest first."""
    return sorted(one.name for one in disk.glob("2*Z"))


def originals_in(disk: Path) -> list[Path]:
    return files(disk / "media")


def read_manifest(disk: Path, name: str) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((disk / name / "manifest.json").read_bytes())
    return manifest


def put_manifest(disk: Path, name: str, manifest: dict[str, Any]) -> None:
    """As another version would have written it."""
    content = json.dumps(manifest).encode()
    (disk / name / "manifest.json").write_bytes(content)
    (disk / name / "SHA256SUMS").write_text(
        f"{manifest['dump']['sha256']}  database.dump\n"
        f"{hashlib.sha256(content).hexdigest()}  manifest.json\n"
    )


def flip(path: Path) -> None:
    """Change a byte in the middle, as a disk does."""
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
