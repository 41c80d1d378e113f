"""What a role at the identity provider is here: the operator's to say. Pure."""

import re
from typing import Final

import msgspec

from wildlife.words.speaking import said
from wildlife.words.values import STATION_CODE

AT_A_UNIT: Final = "official"
MAY_BE_CLAIMED: Final = (AT_A_UNIT, "auditor")
"""Roles that read. Who writes does so on an enrolled device, for a unit that knows them; and who
manages people is known to who runs the service: no other system makes either."""

_ROADS: Final = "+roads"


class ClaimedRole(msgspec.Struct, frozen=True):
    """What whoever has `value` among their roles at the provider is here."""

    value: str
    role: str
    station: str | None
    """The code of the unit at which they are."""
    sees_roads: bool


def read_claimed_roles(text: str) -> list[ClaimedRole]:
    """`wildlife-chifeng=official@1504,wildlife-roads=official+roads@1504,audit=auditor`.

    One value may be several things, and several values the same. Raises ValueError with a sentence
    that names what is none of these.
    """
    return [_read(one.strip()) for one in text.split(",")]


def _read(given: str) -> ClaimedRole:
    value, equals, rest = given.rpartition("=")
    being, at, station = rest.partition("@")
    role = being.removesuffix(_ROADS)
    if not equals or not value.strip() or not role:
        raise ValueError(
            said(
                f"{given!r} does not say what a role is here; write it like"
                " wildlife-chifeng=official@1504, with commas between several",
                f"{given!r} 没有写明对应的角色；写法如 wildlife-chifeng=official@1504，"
                "多项以半角逗号分隔",
            )
        )
    if role not in MAY_BE_CLAIMED:
        raise ValueError(
            said(
                f"{given!r}: {role} is no role that an identity provider gives: it gives"
                f" {' and '.join(MAY_BE_CLAIMED)}, which read. Who writes, or manages people, is"
                " added here: wildlife account add",
                f"{given!r}：身份提供方不能授予 {role}，只能授予只读的"
                f" {' 和 '.join(MAY_BE_CLAIMED)}；填写记录或管理人员的账号请在本服务添加："
                "wildlife account add",
            )
        )
    if role not in (AT_A_UNIT, being):
        raise ValueError(
            said(
                f"{given!r}: {_ROADS} is for officials; others see what their role sees. Leave it"
                " out",
                f"{given!r}：{_ROADS} 仅用于 official，其他角色的可见范围不变；请去掉",
            )
        )
    if (role == AT_A_UNIT or at) and not re.fullmatch(STATION_CODE, station):
        raise ValueError(
            said(
                f"{given!r}: {station!r} is no unit's code; write it behind @, like"
                f" {value}={being}@1504 (4 to 12 digits)",
                f"{given!r}：{station!r} 不是单位代码；请写在 @ 之后，如 {value}={being}@1504"
                "（4 至 12 位数字）",
            )
        )
    return ClaimedRole(value.strip(), role, station or None, being != role)
