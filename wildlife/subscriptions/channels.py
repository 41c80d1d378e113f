"""The ways by which destinations are told: a webhook, and mail."""

import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from typing import Protocol

from media.vault import Unsealable
from wildlife.changes.reading import Told
from wildlife.subscriptions.claim_queries import Claimed
from wildlife.subscriptions.codes import DeliveryFailure
from wildlife.subscriptions.destinations import DeliveryFailed, mail_address
from wildlife.subscriptions.mailing import Mail
from wildlife.subscriptions.resolving import Resolver
from wildlife.subscriptions.webhooks import Webhook
from wildlife.timeline.service import TimelineService


class Channel(Protocol):
    """What tells a destination. Each call raises DeliveryFailed where nothing was taken."""

    @property
    def at_once(self) -> int:
        """How many entries it tells in one message."""

    @property
    def pause(self) -> timedelta | None:
        """For how long it tells nothing after it has told something."""

    async def begin(self) -> None:
        """Tell that from now on it will be told what is new."""

    async def tell(self, told: Sequence[Told]) -> None:
        """Tell these."""


@asynccontextmanager
async def open_channel(
    claimed: Claimed,
    service: TimelineService,
    resolver: Resolver,
    trusted: Callable[[], ssl.SSLContext],
) -> AsyncIterator[Channel]:
    """What tells the destination of a subscription. Raises DeliveryFailed.

    trusted: whose certificates are believed.
    """
    settings = service.settings
    recipient = mail_address(claimed.destination)
    if recipient is not None:
        if (server := settings.mail_server) is None:
            raise DeliveryFailed(DeliveryFailure.MAIL_UNAVAILABLE)
        yield Mail(claimed, server, recipient, service.kinds.labels, settings.zone, trusted)
        return
    try:
        secret = service.vault.open(claimed.subscription_id, claimed.sealed or b"")
    except Unsealable as error:
        raise DeliveryFailed(DeliveryFailure.SECRET_LOST, is_over=True) from error
    webhook = Webhook(claimed, secret, settings.reachable_networks, resolver, trusted)
    async with aclosing(webhook):
        yield webhook
