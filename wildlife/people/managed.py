"""What is sent to manage accounts and units."""

from typing import Annotated, ClassVar, Final

import msgspec

from wildlife.people.codes import Role, StationKind
from wildlife.people.stations import Competence
from wildlife.words.places import RegionPrefix
from wildlife.words.sentences import Sentence
from wildlife.words.values import Badge, Name, StationCode

ORIGINALS: Final = Sentence(
    "Who may fetch originals, an administrator decides. Leave `sees_originals` out.",
    "能否调取照片原件由管理员决定。请去掉 `sees_originals`。",
)

Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]


class NewAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """新增账号。What adds an account that is one thing."""

    HOLDS_SECRETS: ClassVar = True

    badge: Badge
    """警号。Badge number of the account: it signs in with it, and is named by it."""
    name: Name
    """姓名。The account's name, as records show it."""
    role: Role
    """角色。What the account may do."""
    password: Secret
    """密码。8 to 128 characters, without the badge number, and none of those tried first."""
    station: StationCode | None = None
    """单位代码。At which unit it is so; left out by a chief: the own; auditors have none."""
    sees_roads: bool = False
    """可查看道路险情。Whether an official sees road incidents, too."""
    sees_originals: bool | None = None
    """可调取原件。Whether it may fetch photos as they came; left out: as officers may."""


class AccountChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """账号变更。What changes an account; what is left out stays."""

    name: Name | None = None
    """姓名。A new name, for what is said from now on."""
    station: StationCode | None = None
    """单位代码。The unit that it moves to."""
    sees_originals: bool | None = None
    """可调取原件。Whether it may fetch photos as they came."""
    disabled: bool | None = None
    """停用。True locks it out, and its sessions end; false lets it sign in again."""


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """重设密码。What gives an account another password."""

    HOLDS_SECRETS: ClassVar = True

    password: Secret
    """密码。The new one: 8 to 128 characters, without the badge number, and no common one."""


class NewAppointment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """新增任职。What makes an account one thing more."""

    role: Role
    """角色。What it may do."""
    station: StationCode | None = None
    """单位代码。The unit at which it is so; left out by a chief: the own one."""
    sees_roads: bool | None = None
    """可查看道路险情。Whether an official sees road incidents, too; left out or null: as it is for
    who is that already, else no."""


class NewStation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """新增单位。What adds a unit."""

    code: StationCode
    """单位代码。Begins its case numbers: the code of its place, or the police's twelve digits."""
    name: Name
    """单位名称。What the unit is called."""
    kind: StationKind
    """单位种类。What kind of unit it is."""
    region_code: RegionPrefix | None = None
    """行政区划代码。Of the region in which it lies; left out: `code`, where that is a region's."""
    parent_code: StationCode | None = None
    """上级单位代码。The unit above it; left out: none, or, by a chief, the own one."""
    competent_for: Competence | None = None
    """管辖范围。Whose records its officials see; left out: those of its region."""


class StationChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """单位变更。What changes a unit; what is left out stays."""

    name: Name | None = None
    """单位名称。A new name, for what is said from now on."""
    kind: StationKind | None = None
    """单位种类。What kind of unit it is."""
    region_code: RegionPrefix | None = None
    """行政区划代码。Of the region in which it lies from now on."""
    parent_code: StationCode | None = None
    """上级单位代码。The unit above it from now on."""
    no_parent: bool = False
    """无上级单位。No unit stands above it any more."""
    competent_for: Competence | None = None
    """管辖范围。Whose records its officials see: all of it, as one thing."""
