"""Feeds: addresses at which a spreadsheet fetches the same list again each morning.

Excel and Power Query sign in by HTTP Basic, and keep what they sign in with apart from the address:
so that no address holds a secret, which proxies log and people forward. What a feed gets is for its
question alone, read-only, and what its owner may see at that moment.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from wildlife.lists.subrequests import Address
from wildlife.words.values import Name


class NewFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """新建取数地址。What makes an address for one question."""

    id: UUID
    """编号。UUID, made by who sends it, so that sent twice it is one."""
    name: Name
    """名称。What it is for, as its owner calls it."""
    address: Address
    """查询地址。The address of a list, or of a statistic, with all that is asked of it, as
    `/api/v1/releases?protection=sanyou&format=csv&labels=zh`: in a format that comes whole, and
    without `limit` and `cursor`."""


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """取数地址。An address for one question, without what opens it."""

    id: UUID
    """取数地址编号（UUID）。Its id, which is also the user name that it is fetched with."""
    name: str
    """名称。What it is for, as its owner calls it."""
    address: str
    """查询地址。The list or the statistic, and what is asked of it."""
    url: str
    """取数地址。Where it is fetched, by HTTP Basic."""
    created_at: datetime
    """建立时间。When it was made."""
    expires_at: datetime
    """有效期至。When it ends; made again with the same id it goes on."""
    last_used_at: datetime | None
    """最近取数时间。When it was fetched last; null: never."""


class MadeFeed(Feed, frozen=True, kw_only=True):
    """已建取数地址。The same with the password, which is told this once."""

    HOLDS_SECRETS: ClassVar = True

    password: str
    """取数密码。What it is fetched with; sent again, the same body gets another, and this one holds
    no more."""


class Feeds(msgspec.Struct, frozen=True):
    """本人的取数地址。One's own, the newest first."""

    items: list[Feed]
    """取数地址。The newest first."""
    next_cursor: str | None = None
    """下一页游标。Always null: all is on this page."""
