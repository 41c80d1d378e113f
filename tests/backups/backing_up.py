"""How a backup is made and brought back, by the commands."""

import re
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Final

from tests.commandline import Ended, run
from tests.pictures import encoded, noise
from tests.users import Person
from wildlife.settings import Settings, to_environment

WHOLE: Final = (
    r"access log: \d+ days, \d+ accesses, 0 flaws.*\n"
    r"ledger: \d+ entries, \d+ checkpoints, 0 flaws\n\d+ chains, 0 flaws\n"
)


def is_whole(ended: Ended) -> bool:
    """Whether a restore ended well, with all that is verified."""
    return (ended.status, ended.err) == (0, "") and bool(re.search(WHOLE, ended.out))


async def put_photo(officer: Person, incident: str) -> str:
    """The SHA-256 of a photo that was put."""
    content = encoded(noise(60, 40))
    assert (await officer.put_photo(incident, content)).status_code == 201
    return sha256(content).hexdigest()


async def photo(officer: Person) -> str:
    """The SHA-256 of a photo of a new incident."""
    return await put_photo(officer, await officer.opened())


async def backed_up(disk: Path, settings: Settings, *options: str) -> Ended:
    ended = await run("backup", str(disk), *options, **to_environment(settings))
    assert (ended.status, ended.err) == (0, ""), ended
    return ended


async def restored(disk: Path, settings: Settings, *options: str) -> Ended:
    return await run("restore", str(disk), *options, **to_environment(settings))


async def put_key(settings: Settings, elsewhere: Settings) -> None:
    elsewhere.data_dir.mkdir()
    shutil.copy(settings.key_path, elsewhere.key_path)
