"""What knowing people takes."""

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from wildlife.people.holders import Holders
from wildlife.service import Service


class PeopleService(Service, frozen=True, kw_only=True):
    """The service, and who is signed in."""

    holders: Holders


FromPeopleService: TypeAlias = NamedDependency[SkipValidation[PeopleService]]
