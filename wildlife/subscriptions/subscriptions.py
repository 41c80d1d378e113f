"""Subscriptions: what is new, told to another system or by mail as it comes.

A webhook is sent by the rules of Standard Webhooks, one message an entry. Mail lies open on its
way: it tells that something is new of which incident, and nothing of what or where.
"""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from wildlife.changes.since import NOW, SINCE
from wildlife.lists.subrequests import Address
from wildlife.subscriptions.codes import DeliveryFailure, SubscriptionState
from wildlife.words.values import NO_NUL, Name

Since = Annotated[
    str,
    msgspec.Meta(
        pattern=SINCE,
        max_length=100,
        description="Where to begin: `now`, with what comes from now on; or a day (`-30d`: so many"
        " days back) or a time (RFC 3339), with what arrived then or some minutes before.",
        examples=[NOW],
    ),
]


class NewSubscription(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """新建订阅。What is told of, and to whom."""

    id: UUID
    """编号。UUID, made by who sends it, so that sent twice it is one."""
    name: Name
    """名称。What it is for, as its owner calls it."""
    address: Address
    """查询地址。That of `/changes` with what is asked of it, as
    `/api/v1/changes?kind=rescue&protection=national_1`; without `cursor`, `since`, `limit` and
    `wait`."""
    destination: Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=NO_NUL)]
    """送达地址。Where it is told: `https://…`, which takes messages by POST; or `mailto:…`."""
    since: Since = NOW
    """起始时间。Where to begin; from now on, where nothing is said."""


class Restart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """重新开始。How a subscription goes on."""

    since: Since | None = None
    """起始时间。Where to begin; null: where it stopped."""


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """订阅。What is told of, to whom, and how it stands."""

    id: UUID
    """订阅编号（UUID）。Its id, which who subscribed gave it."""
    name: str
    """名称。What it is for, as its owner calls it."""
    address: str
    """查询地址。`/changes`, and what is asked of it."""
    destination: str
    """送达地址。Where it is told."""
    state: SubscriptionState
    """状态。How it stands."""
    created_at: datetime
    """建立时间。When it was made."""
    begun_at: datetime | None
    """首次送达时间。When its destination first took something; null: not yet."""
    delivered: int
    """已送达条数。How many entries its destination has taken."""
    delivered_at: datetime | None
    """最近送达时间。When it took one last; null: none so far."""
    failing_since: datetime | None
    """失败起始时间。Since when deliveries fail; null: they do not."""
    retry_at: datetime | None
    """重试时间。When it is tried again; null unless it is failing."""
    failure: DeliveryFailure | None
    """失败原因。Why the last one failed, or why it has ended; null: none did."""
    reason: str | None
    """失败说明。The same in a sentence, in the reader's language."""
    status: int | None
    """对方答复码。What the destination answered, where it did."""
    ended_at: datetime | None
    """停止时间。When it ended; null: it goes on."""


class MadeSubscription(Subscription, frozen=True, kw_only=True):
    """已建订阅。The same with the secret, which is told this once."""

    HOLDS_SECRETS: ClassVar = True

    secret: str | None
    """签名密钥。What messages are signed with, as libraries of Standard Webhooks take it
    (`whsec_…`); null: mail."""


class Subscriptions(msgspec.Struct, frozen=True):
    """本人的订阅。One's own, the newest first."""

    items: list[Subscription]
    """订阅。The newest first."""
    next_cursor: str | None = None
    """下一页游标。Always null: all is on this page."""
