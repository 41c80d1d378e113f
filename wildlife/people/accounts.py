"""Who acts: accounts, their tokens, and what each may see."""

from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from wildlife.people.codes import Role
from wildlife.people.may import Scope
from wildlife.people.stations import StationRef
from wildlife.words.values import NO_NUL

DEMO_PASSWORD = "demo-only"  # noqa: S105 - public on purpose, refused outside a demo


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What signs an account in."""

    HOLDS_SECRETS: ClassVar = True  # no refusal repeats what was given

    # No badge holds U+0000, and PostgreSQL can't be asked for it.
    badge: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=NO_NUL)]
    """警号。Badge number of the account that signs in."""
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
    """密码。The account's password."""


class RefreshRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What gets a new access token."""

    HOLDS_SECRETS: ClassVar = True

    refresh_token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    """刷新令牌。The newest one that a sign-in or a refresh answered."""


class Tokens(msgspec.Struct, frozen=True):
    """Opaque tokens; the access token holds for `expires_in` seconds."""

    access_token: str
    """访问令牌。Goes into `Authorization: Bearer …`; opaque."""
    refresh_token: str
    """刷新令牌。Gets new tokens; used again after its successor was used, it ends the session."""
    expires_in: int
    """访问令牌有效期。Seconds for which the access token holds."""
    token_type: str = "Bearer"  # noqa: S105
    """令牌类型。Always `Bearer`."""


class NamedOfficer(msgspec.Struct, frozen=True):
    """An officer in a record, with name and unit as they were at the time."""

    badge: str
    """警号。Badge number of the account."""
    name: str
    """姓名。The officer's name as it was then."""
    unit: str | None
    """所属单位。The name of their station as it was then; null: they had none."""
    role: Role = Role.OFFICER
    """角色。What the account could do then."""


class OfficerRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """An account as it was at the time."""

    account_id: UUID
    """账号编号。UUID of the account."""
    badge: str
    """警号。Badge number of the account."""
    name: str
    """姓名。The account's name as it was then."""
    role: Role
    """角色。What the account could do then."""
    station: StationRef | None = None
    """所属单位。Their station as it was then; null: they had none."""

    @property
    def station_id(self) -> UUID | None:
        return self.station.station_id if self.station else None

    def as_named(self) -> NamedOfficer:
        unit = self.station.name if self.station else None
        return NamedOfficer(self.badge, self.name, unit, self.role)


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a request, and what they may see.

    session_id: None where something is done later that they began.
    role: one that is not in `wildlife.people.may` may nothing.
    region_code: where their station lies.
    sees_originals: whether they may fetch photos as they came, with all that is in them.
    """

    account_id: UUID
    session_id: UUID | None
    badge: str
    name: str
    role: str
    station: StationRef | None
    region_code: str | None
    scope: Scope
    sees_originals: bool

    @property
    def station_id(self) -> UUID | None:
        return self.station.station_id if self.station else None

    def as_reference(self) -> OfficerRef:
        """What the timeline keeps of who said something."""
        return OfficerRef(self.account_id, self.badge, self.name, Role(self.role), self.station)


class Me(msgspec.Struct, frozen=True):
    """The account behind the token."""

    badge: str
    """警号。Badge number of the account."""
    name: str
    """姓名。The account's name."""
    role: Role
    """角色。What the account may do."""
    station: StationRef | None
    """所属单位。The station that the account belongs to; null: to none."""
