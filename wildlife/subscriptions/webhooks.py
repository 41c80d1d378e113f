"""Messages to a URL, one an entry."""

import asyncio
import re
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import httpx

from wildlife import __version__
from wildlife.changes.reading import Told
from wildlife.lists.question import Question
from wildlife.subscriptions.claim_queries import Claimed
from wildlife.subscriptions.codes import DeliveryFailure
from wildlife.subscriptions.destinations import IP, DeliveryFailed, Networks, reachable, target_of
from wildlife.subscriptions.messages import Message, change_message, first_message, signed
from wildlife.subscriptions.resolving import Resolver
from wildlife.web.certificates import is_of_certificate

_WITHIN_S: Final = 15
_MOST_READ_BYTES: Final = 64 * 1024
_DRAINED_WITHIN_S: Final = 1
_LONGEST_WAIT_S: Final = 24 * 3600
"""So long at most a destination may say that it wants to be left alone."""
_ADDRESS_HOLDS_S: Final = 30
"""So long the address of a name is believed."""
_TIMEOUT: Final = {"timeout": httpx.Timeout(_WITHIN_S).as_dict()}
_BROKEN: Final = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
"""So it looks where the other side closed a connection just as the next message came."""


class Webhook:
    """What posts to the destination of a subscription, over connections of its own: they are kept
    by address, and several names may have the same one. No client around them: that would follow
    cookies and decode what nobody reads."""

    at_once = 1
    pause = None

    def __init__(
        self,
        claimed: Claimed,
        secret: bytes,
        networks: Networks,
        resolver: Resolver,
        trusted: Callable[[], ssl.SSLContext],
    ) -> None:
        self._claimed = claimed
        self._secret = secret
        self._networks = networks
        self._resolver = resolver
        self._target = target_of(claimed.destination)
        self._transport = httpx.AsyncHTTPTransport(verify=trusted(), trust_env=False)
        self._address: tuple[IP, float] | None = None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def begin(self) -> None:
        """As `Channel.begin`."""
        one = self._claimed
        address = Question("/changes", one.query).address
        await self._post(first_message(one.subscription_id, one.name, address, datetime.now(UTC)))

    async def tell(self, told: Sequence[Told]) -> None:
        """As `Channel.tell`."""
        for one in told:
            now = datetime.now(UTC)
            await self._post(change_message(self._claimed.subscription_id, one, now))

    async def _post(self, message: Message) -> None:
        try:
            async with asyncio.timeout(_WITHIN_S):
                try:
                    response = await self._sent(message)
                except _BROKEN:
                    response = await self._sent(message)
            try:
                _require_taken(response)
                await _drain(response)
            finally:
                await response.aclose()
        except TimeoutError as error:
            raise DeliveryFailed(DeliveryFailure.TOO_SLOW) from error
        except httpx.HTTPError as error:
            failure = DeliveryFailure.UNREACHABLE
            if is_of_certificate(error):
                failure = DeliveryFailure.UNTRUSTED
            raise DeliveryFailed(failure) from error

    async def _sent(self, message: Message) -> httpx.Response:
        url, host, _ = self._target
        address = await self._looked_up()
        request = httpx.Request(
            "POST",
            url.copy_with(host=str(address)),
            content=message.body,
            headers={
                **signed(self._secret, message, int(time.time())),
                "host": url.netloc.decode("ascii"),
                "user-agent": f"wildlife/{__version__}",
                "accept": "*/*",
            },
            # Its certificate has to be of the name, not of the address that this has now.
            extensions={**_TIMEOUT, "sni_hostname": host},
        )
        return await self._transport.handle_async_request(request)

    async def _looked_up(self) -> IP:
        """The address of the host. Raises DeliveryFailed."""
        now = time.monotonic()
        if self._address is None or now - self._address[1] > _ADDRESS_HOLDS_S:
            found = await self._resolver.addresses(self._claimed.account_id, self._target)
            address = reachable(found, self._networks, self._target.url.scheme)
            self._address = address, now
        return self._address[0]


def _require_taken(response: httpx.Response) -> None:
    status = response.status_code
    if response.is_success:
        return
    if status == HTTPStatus.GONE:
        raise DeliveryFailed(DeliveryFailure.GONE, status=status, is_over=True)
    wait_s = _asked_to_wait_s(response.headers.get("retry-after", ""))
    raise DeliveryFailed(DeliveryFailure.NOT_TAKEN, status=status, retry_after_s=wait_s)


def _asked_to_wait_s(said: str) -> float:
    """For how long `Retry-After` asks to be left alone: seconds, or a date."""
    wait_s = 0.0
    if re.fullmatch("[0-9]{1,9}", said):
        wait_s = float(said)
    else:
        with suppress(ValueError, OverflowError):
            wait_s = parsedate_to_datetime(said).timestamp() - time.time()
    return min(max(wait_s, 0), _LONGEST_WAIT_S)


async def _drain(response: httpx.Response) -> None:
    """Read a little of what nobody wants, so that the connection can be used again. It was taken,
    whatever becomes of this."""
    read = 0
    with suppress(httpx.HTTPError, TimeoutError):
        async with asyncio.timeout(_DRAINED_WITHIN_S):
            async for piece in response.aiter_raw():
                read += len(piece)
                if read > _MOST_READ_BYTES:
                    return
