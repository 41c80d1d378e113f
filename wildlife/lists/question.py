"""A question to the service, as an address has it, and as it is kept. Pure."""

from typing import Final

import msgspec

ROOT: Final = "/api/v1"


class Question(msgspec.Struct, frozen=True):
    """Which answer, below the API's root, and what is asked of it, as in an address."""

    path: str
    query: str

    @property
    def address(self) -> str:
        return f"{ROOT}{self.path}?{self.query}" if self.query else f"{ROOT}{self.path}"
