"""The parts of the service, made once a process and handed to every route."""

import msgspec

from db.pool import Database
from media.store import Store
from wildlife.incidents.policy import Policy
from wildlife.informants.vault import Vault
from wildlife.settings import Settings


class Service(msgspec.Struct, frozen=True):
    """What a route may use."""

    settings: Settings
    database: Database
    store: Store
    vault: Vault
    policy: Policy
