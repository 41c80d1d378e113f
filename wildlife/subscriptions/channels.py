"""The ways by which destinations are told: a webhook, and mail."""

import asyncio
import re
import smtplib
import ssl
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import formatdate
from http import HTTPStatus
from typing import Final, Protocol

import httpx
from anyio import to_thread

from media.vault import Unsealable, Vault
from wildlife import __version__
from wildlife.changes.reading import Told
from wildlife.delivery_settings import MailServer
from wildlife.lists.question import Question
from wildlife.settings import Settings
from wildlife.subscriptions.claim_queries import Claimed
from wildlife.subscriptions.codes import DeliveryFailure
from wildlife.subscriptions.destinations import (
    DeliveryFailed,
    Networks,
    Target,
    address_of,
    mail_address,
    target_of,
)
from wildlife.subscriptions.messages import (
    Letter,
    Message,
    change_mail,
    change_message,
    first_mail,
    first_message,
    signed,
)

_WITHIN_S: Final = 15
_MOST_READ_BYTES: Final = 64 * 1024
_DRAINED_WITHIN_S: Final = 1
_LONGEST_WAIT_S: Final = 24 * 3600
"""So long at most a destination may say that it wants to be left alone."""
_BETWEEN_MAILS: Final = timedelta(minutes=5)


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


class Webhook:
    """Messages to a URL, one an entry."""

    at_once = 1
    pause = None

    def __init__(
        self,
        claimed: Claimed,
        target: Target,
        secret: bytes,
        networks: Networks,
        client: httpx.AsyncClient,
    ) -> None:
        self._claimed = claimed
        self._target = target
        self._secret = secret
        self._networks = networks
        self._client = client

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
        url, host, _ = self._target
        try:
            async with asyncio.timeout(_WITHIN_S):
                address = await address_of(self._target, self._networks)
                request = self._client.build_request(
                    "POST",
                    url.copy_with(host=str(address)),
                    content=message.body,
                    headers={
                        **signed(self._secret, message, int(time.time())),
                        "host": url.netloc.decode("ascii"),
                        "user-agent": f"wildlife/{__version__}",
                    },
                    # Its certificate has to be of the name, not of the address that this has now.
                    extensions={"sni_hostname": host},
                )
                response = await self._client.send(request, stream=True)
            try:
                _require_taken(response)
                await _drain(response)
            finally:
                await response.aclose()
        except TimeoutError as error:
            raise DeliveryFailed(DeliveryFailure.TOO_SLOW) from error
        except httpx.HTTPError as error:
            failure = DeliveryFailure.UNREACHABLE
            if _is_of_certificate(error):
                failure = DeliveryFailure.UNTRUSTED
            raise DeliveryFailed(failure) from error


def _require_taken(response: httpx.Response) -> None:
    status = response.status_code
    if response.is_success:
        return
    if status == HTTPStatus.GONE:
        raise DeliveryFailed(DeliveryFailure.GONE, status=status, is_over=True)
    said = response.headers.get("retry-after", "")  # or a date, which few send
    wait_s = min(int(said), _LONGEST_WAIT_S) if re.fullmatch("[0-9]{1,9}", said) else 0
    raise DeliveryFailed(DeliveryFailure.NOT_TAKEN, status=status, retry_after_s=wait_s)


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


def _is_of_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


class Mail:
    """Mail to an address: the first at once, and then what has come in some minutes."""

    at_once = 100
    pause = _BETWEEN_MAILS

    def __init__(self, server: MailServer, letter: Letter) -> None:
        self._server = server
        self._letter = letter

    async def begin(self) -> None:
        """As `Channel.begin`."""
        await self._send(first_mail(self._letter))

    async def tell(self, told: Sequence[Told]) -> None:
        """As `Channel.tell`."""
        await self._send(change_mail(self._letter, told))

    async def _send(self, mail: EmailMessage) -> None:
        mail["Date"] = formatdate(localtime=False)
        try:
            await to_thread.run_sync(_handed_over, self._server, mail, abandon_on_cancel=True)
        except smtplib.SMTPRecipientsRefused as error:
            status = next((code for code, _ in error.recipients.values()), None)
            raise DeliveryFailed(DeliveryFailure.MAIL_NOT_TAKEN, status=status) from error
        except smtplib.SMTPResponseException as error:
            status = error.smtp_code
            raise DeliveryFailed(DeliveryFailure.MAIL_NOT_TAKEN, status=status) from error
        except OSError as error:  # all else of smtplib and ssl is one, too
            raise DeliveryFailed(DeliveryFailure.MAIL_UNAVAILABLE) from error


def _handed_over(server: MailServer, mail: EmailMessage) -> None:
    """Give it to the mail server. What signs in there goes by TLS alone."""
    context = ssl.create_default_context()
    if server.is_by_tls:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=_WITHIN_S, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=_WITHIN_S)
    with smtp:
        smtp.ehlo()
        if not server.is_by_tls and (server.user is not None or smtp.has_extn("starttls")):
            smtp.starttls(context=context)
        if server.user is not None:
            smtp.login(server.user, server.password or "")
        smtp.send_message(mail)


@asynccontextmanager
async def open_channel(
    claimed: Claimed, settings: Settings, vault: Vault, trusted: Callable[[], ssl.SSLContext]
) -> AsyncIterator[Channel]:
    """What tells the destination of a subscription. Raises DeliveryFailed.

    trusted: whose certificates are believed.
    """
    recipient = mail_address(claimed.destination)
    if recipient is not None:
        if (server := settings.mail_server) is None:
            raise DeliveryFailed(DeliveryFailure.MAIL_UNAVAILABLE)
        yield Mail(server, _letter(claimed, settings, server, recipient))
        return
    try:
        secret = vault.open(claimed.subscription_id, claimed.sealed or b"")
    except Unsealable as error:
        raise DeliveryFailed(DeliveryFailure.SECRET_LOST, is_over=True) from error
    # A client each: connections are kept by address, and several names may have the same one.
    async with httpx.AsyncClient(verify=trusted(), trust_env=False, timeout=_WITHIN_S) as client:
        networks = settings.reachable_networks
        yield Webhook(claimed, target_of(claimed.destination), secret, networks, client)


def _letter(claimed: Claimed, settings: Settings, server: MailServer, recipient: str) -> Letter:
    return Letter(
        subscription_id=claimed.subscription_id,
        name=claimed.name,
        address=Question("/changes", claimed.query).address,
        sender=server.sender,
        recipient=recipient,
        origin=claimed.origin,
        zone=settings.zone,
        chinese=claimed.language == "zh",
    )
