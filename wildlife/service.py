"""What every room may use, made once a process. A room that needs more extends it."""

import msgspec

from db.pool import Database
from media.store import Store
from media.vault import Vault
from wildlife.settings import Settings


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """The parts that know no record."""

    settings: Settings
    database: Database
    store: Store
    vault: Vault
