"""What happens to people, units and devices, as it is put on record: who may act, and by whose
word. Such an event is never changed."""

from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from wildlife.people.codes import EventKind, Role, StationKind
from wildlife.people.stations import Competence

Address: TypeAlias = IPv4Address | IPv6Address


class Author(msgspec.Struct, frozen=True):
    """By whom something is changed, and from where.

    account_id: None where it was a command, or nobody who is known.
    address: None where it was a command, or came through a Unix socket.
    """

    account_id: UUID | None
    address: Address | None
    by_command: bool = False


COMMAND_LINE: Final = Author(None, None, by_command=True)
"""Whoever runs commands is known to the machine alone."""


def author_at(host: str | None, account_id: UUID | None) -> Author:
    """Who asks from `host`, as the server names the client."""
    return Author(account_id, address_of(host))


@lru_cache(1024)
def address_of(host: str | None) -> Address | None:
    """The address of `host`, as the server names the client, and as PostgreSQL keeps it: without
    the interface that it is reached by, and one of IPv4 as such. None where it is none."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """变更后的内容。What somebody or something is from then on. Of an account what changed; of a
    unit all; of a device that was cut off who was signed in on it."""

    name: str | None = None
    """名称。What somebody or something is called from then on."""
    role: Role | None = None
    """角色。To which role the account was appointed, or from which dismissed."""
    station: str | None = None
    """单位代码。The code of the unit: of the appointment, or to which the account moved."""
    sees_roads: bool | None = None
    """可查看道路险情。Whether the official is granted to see road incidents."""
    sees_originals: bool | None = None
    """可调取原件。Whether the account may fetch photos as they came."""
    kind: StationKind | None = None
    """单位种类。What kind of unit it is."""
    region_code: str | None = None
    """行政区划代码。Of the region in which the unit lies."""
    parent_code: str | None = None
    """上级单位代码。The code of the unit above it; left out: there is none."""
    competent_for: Competence | None = None
    """管辖范围。Whose records the unit's officials see."""
    signed_in: list[str] | None = None
    """已登录人员警号。Of a device that was cut off: badge numbers of all who were signed in on it
    until then."""
    issuer: str | None = None
    """身份提供方。By the word of which identity provider, as the account signed in there; of
    `left_to_provider`: to which it was left. Left out: by nobody's but who did it."""


class PeopleEvent(msgspec.Struct, frozen=True, kw_only=True):
    """人员与设备变更。Something that happened to an account, a unit or a device: who changed what,
    and when."""

    event_id: UUID
    """事项编号。UUID of the event."""
    happened_at: datetime
    """发生时间。When it was done, by the service's clock."""
    kind: EventKind
    """事项类别。What was done."""
    is_alarm: bool
    """须核查。Whether somebody has to look at it: a copy of what one alone should hold was used."""
    badge: str | None
    """警号。Badge number of the account that it happened to; null: to none."""
    name: str | None
    """姓名。The name of that account now."""
    station: str | None
    """单位代码。The code of the unit that it happened to; null: to none."""
    device_id: UUID | None
    """设备编号。UUID of the device that it happened to; null: to none."""
    device: str | None
    """设备名称。What that device is called."""
    by: str | None
    """操作人警号。Badge number of who did it; null: a command, nobody who is known, or the identity
    provider that `change` names (`issuer`)."""
    by_command: bool
    """由命令行操作。Whether it was done by a command on the machine itself."""
    address: str | None
    """来源地址。The network address it came from, of what an identity provider said that of who
    signed in; null: a command, or a socket of the machine."""
    change: Change
    """变更内容。What was changed, as it is from then on."""
