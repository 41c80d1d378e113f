"""What knowing people takes."""

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from wildlife.people.crews import Crews
from wildlife.people.holders import Holders
from wildlife.people.oidc.provider import Provider
from wildlife.service import Service


class PeopleService(Service, frozen=True, kw_only=True):
    """The service, who is signed in, whose badges are known, and who else says so, if anybody."""

    holders: Holders
    crews: Crews
    provider: Provider | None


FromPeopleService: TypeAlias = NamedDependency[SkipValidation[PeopleService]]
