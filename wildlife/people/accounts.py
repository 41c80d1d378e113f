"""Who acts: accounts, their tokens, and what each may see."""

from functools import reduce
from operator import or_
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from wildlife.people.codes import Role
from wildlife.people.may import FOR_ONE_UNIT, WRITING, Scope, Verb, may, sees_originals
from wildlife.people.stations import StationRef
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence
from wildlife.words.values import NO_NUL

DEMO_PASSWORD = "demo-only"  # noqa: S105 - public on purpose, refused outside a demo


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """登录凭据。What signs an account in."""

    HOLDS_SECRETS: ClassVar = True  # no refusal repeats what was given

    # No badge holds U+0000, and PostgreSQL can't be asked for it.
    badge: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=NO_NUL)]
    """警号。Badge number of the account that signs in."""
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
    """密码。The account's password."""
    device_token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    """设备令牌。What enrolment gave the device on which the session goes on; left out at a desk."""


class PasswordChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """修改密码。What sets another password for the account that asks."""

    HOLDS_SECRETS: ClassVar = True

    password: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
    """原密码。The password that holds so far."""
    new_password: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
    """新密码。The one from now on: 8 to 128 characters, without the badge number, and none of those
    that are tried first everywhere."""


class RefreshRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """刷新令牌。What gets a new access token."""

    HOLDS_SECRETS: ClassVar = True

    refresh_token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    """刷新令牌。The newest one that a sign-in or a refresh answered."""


class Tokens(msgspec.Struct, frozen=True):
    """令牌。Opaque tokens; the access token holds for `expires_in` seconds."""

    access_token: str
    """访问令牌。Goes into `Authorization: Bearer …`; opaque."""
    refresh_token: str
    """刷新令牌。Gets new tokens; used again after its successor was used, it ends the session."""
    expires_in: int
    """访问令牌有效期。Seconds for which the access token holds."""
    token_type: str = "Bearer"  # noqa: S105
    """令牌类型。Always `Bearer`."""


class NamedOfficer(msgspec.Struct, frozen=True):
    """经办人员。An officer in a record, with name and unit as they were at the time."""

    TELLS_NO_PLACE: ClassVar = ("badge", "name", "unit")

    badge: str
    """警号。Badge number of the account."""
    name: str
    """姓名。The officer's name as it was then."""
    unit: str | None
    """所属单位。The name of their station as it was then; null: they had none."""
    role: Role = Role.OFFICER
    """角色。In which of its roles it was named, or said something."""


class OfficerRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """当时的人员。An account as it was at the time."""

    TELLS_NO_PLACE: ClassVar = ("badge", "name")

    account_id: UUID
    """账号编号。UUID of the account."""
    badge: str
    """警号。Badge number of the account."""
    name: str
    """姓名。The account's name as it was then."""
    role: Role
    """角色。In which of its roles it was named, or said something."""
    station: StationRef | None = None
    """所属单位。Their station as it was then; null: they had none."""

    @property
    def station_id(self) -> UUID | None:
        return self.station.station_id if self.station else None

    def as_named(self) -> NamedOfficer:
        unit = self.station.name if self.station else None
        return NamedOfficer(self.badge, self.name, unit, self.role)


class Appointment(msgspec.Struct, frozen=True, kw_only=True):
    """One of the things that an account is, at a station or at none.

    role: one that is not in `wildlife.people.may` may nothing.
    region_code: where the station lies.
    scope: what is seen by it.
    people: of which units the people are seen by it.
    """

    role: str
    station: StationRef | None
    region_code: str | None
    sees_roads: bool
    scope: Scope
    people: Scope = Scope()


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a request, and what they are doing.

    session_id: None where something is done later that they began.
    device_id: on which the session goes on; None: on none.
    appointments: those in which they write first.
    sees_originals: whether they may fetch photos as they came, with all that is in them, as
        whatever they are; None: as each of their roles may.
    verbs: what the route does, any of which lets them in; whoever does nothing sees nothing.
    known_at: by the monotonic clock of this process, when the database was asked who they are.
    """

    account_id: UUID
    session_id: UUID | None
    device_id: UUID | None = None
    badge: str
    name: str
    appointments: list[Appointment]
    sees_originals: bool | None
    verbs: tuple[Verb, ...] = ()
    known_at: float = 0.0

    @property
    def station_id(self) -> UUID | None:
        return self.station.station_id if self.station else None

    def doing(self, *verbs: Verb) -> "Actor":
        """The same, doing something else."""
        return msgspec.structs.replace(self, verbs=verbs)

    def fetching_originals(self) -> "Actor":
        """The same, as what they may fetch originals as: of the records that they see as that."""
        able = [one for one in self.appointments if sees_originals(one.role, self.sees_originals)]
        return msgspec.structs.replace(self, appointments=able)

    @property
    def only_reads(self) -> bool:
        """Whether there is nothing that they may change, in all that they are."""
        return not self.may(*WRITING)

    def may(self, *verbs: Verb) -> bool:
        """Whether one of these is theirs to do."""
        return bool(self.appointed_to(*verbs))

    def require(self, *verbs: Verb) -> None:
        """That one of these is theirs to do. Raises Problem forbidden, which says whose it is."""
        if self.may(*verbs):
            return
        allowed = [role for role in Role if any(may(role, verb) for verb in verbs)]
        needed, held = (
            ", ".join(f"`{role}`" for role in roles)
            for roles in (allowed, dict.fromkeys(one.role for one in self.appointments))
        )
        needed_zh = "、".join(role.zh for role in allowed)
        held_zh = "、".join(
            role.zh for role in Role if role in {one.role for one in self.appointments}
        )
        raise Problem(
            "forbidden",
            reason=Sentence(
                f"This needs the role {needed}; yours is {held}. Should it be yours to do, ask an"
                " administrator to appoint you.",
                f"此操作仅限{needed_zh}，你的角色是{held_zh}。如确需使用，请管理员为你添加任职。",
            ),
        )

    def scope(self, *verbs: Verb) -> Scope:
        """What they see as who may do one of these."""
        return reduce(or_, (one.scope for one in self.appointed_to(*verbs)), Scope())

    def directs(self, *verbs: Verb) -> Scope:
        """Of which units they see or manage the people, as who may do one of these."""
        return reduce(or_, (one.people for one in self.appointed_to(*verbs)), Scope())

    def appointed_to(self, *verbs: Verb) -> list[Appointment]:
        """In which of their appointments they may do one of these."""
        return [one for one in self.appointments if any(may(one.role, verb) for verb in verbs)]

    @property
    def station(self) -> StationRef | None:
        """On whose behalf they write; none where they only read."""
        return next((one.station for one in self.appointments if one.role in FOR_ONE_UNIT), None)

    @property
    def region_code(self) -> str | None:
        """Where that station lies."""
        return next(
            (one.region_code for one in self.appointments if one.role in FOR_ONE_UNIT), None
        )

    def as_reference(self, verb: Verb) -> OfficerRef:
        """What the timeline keeps of who said something, as who may do this."""
        role = next(one.role for one in self.appointed_to(verb))
        return OfficerRef(self.account_id, self.badge, self.name, Role(role), self.station)


class Appointed(msgspec.Struct, frozen=True):
    """任职。One of the things that an account is."""

    role: Role
    """角色。What the account may do."""
    station: StationRef | None
    """任职单位。The station at which it may; null: at none."""
    sees_roads: bool
    """可查看道路险情。Whether an official is granted to see road incidents; to the other roles it
    says nothing."""


class Me(msgspec.Struct, frozen=True):
    """当前账号。The account behind the token."""

    badge: str
    """警号。Badge number of the account."""
    name: str
    """姓名。The account's name."""
    role: Role
    """角色。That of the first of `appointments`."""
    station: StationRef | None
    """所属单位。That of the first of `appointments`; null: none."""
    appointments: list[Appointed]
    """任职。All that the account is: those in which it writes first, all of them at one station."""
