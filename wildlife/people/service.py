"""What knowing people takes."""

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from wildlife.people.crews import Crews
from wildlife.people.holders import Holders
from wildlife.service import Service


class PeopleService(Service, frozen=True, kw_only=True):
    """The service, who is signed in, and whose badges are known."""

    holders: Holders
    crews: Crews


FromPeopleService: TypeAlias = NamedDependency[SkipValidation[PeopleService]]
