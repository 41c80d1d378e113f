"""What every room may use, made once a process. A room that needs more extends it."""

from typing import TypeAlias

import msgspec
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from db.database import Database
from media.store import Store
from media.vault import Vault
from wildlife.settings import Settings


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """The parts that know no record."""

    settings: Settings
    database: Database
    store: Store
    vault: Vault


async def provide_service(state: State) -> Service:
    """The parts of this process."""
    service: Service = state.service
    return service


FromService: TypeAlias = NamedDependency[SkipValidation[Service]]
"""The parameter `service` of a handler, or of what it depends on."""
