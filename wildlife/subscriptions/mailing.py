"""Mail to an address: the first at once, and then what has come in some minutes."""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from email.message import Message
from email.utils import format_datetime
from typing import Final

import aiosmtplib

from wildlife.changes.reading import Told
from wildlife.delivery_settings import MailServer
from wildlife.lists.question import Question
from wildlife.subscriptions.claim_queries import Claimed
from wildlife.subscriptions.codes import DeliveryFailure
from wildlife.subscriptions.destinations import DeliveryFailed
from wildlife.subscriptions.messages import Letter, change_mail, first_mail
from wildlife.words.sentences import Sentence

_WITHIN_S: Final = 30
_ENDED_WITHIN_S: Final = 1
_BETWEEN: Final = timedelta(minutes=5)


class Mail:
    """What sends mail to the destination of a subscription."""

    at_once = 100
    pause = _BETWEEN

    def __init__(
        self,
        claimed: Claimed,
        server: MailServer,
        recipient: str,
        labels: Mapping[str, Sentence],
        zone: tzinfo,
        trusted: Callable[[], ssl.SSLContext],
    ) -> None:
        self._server = server
        self._trusted = trusted
        self._letter = Letter(
            subscription_id=claimed.subscription_id,
            name=claimed.name,
            address=Question("/changes", claimed.query).address,
            sender=server.sender,
            recipient=recipient,
            origin=claimed.origin,
            badge=claimed.badge,
            zone=zone,
            labels=labels,
            chinese=claimed.language == "zh",
        )

    async def begin(self) -> None:
        """As `Channel.begin`."""
        await self._send(first_mail(self._letter))

    async def tell(self, told: Sequence[Told]) -> None:
        """As `Channel.tell`."""
        await self._send(change_mail(self._letter, told))

    async def _send(self, mail: Message) -> None:
        """Give it to the mail server. What signs in there goes by TLS alone."""
        server, letter = self._server, self._letter
        mail["Date"] = format_datetime(datetime.now(UTC))
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.is_by_tls,
            # Begun where it is offered; where there is a password, always.
            start_tls=None if server.user is None or server.is_by_tls else True,
            tls_context=self._trusted(),
            username=server.user,
            password=server.password,
            timeout=_WITHIN_S,
        )
        try:
            async with asyncio.timeout(_WITHIN_S):
                await client.connect()
                await client.sendmail(letter.sender, [letter.recipient], mail.as_bytes())
            # It was taken, whatever becomes of this.
            with suppress(aiosmtplib.SMTPException, TimeoutError, OSError):
                async with asyncio.timeout(_ENDED_WITHIN_S):
                    await client.quit()
        except aiosmtplib.SMTPRecipientsRefused as error:
            status = error.recipients[0].code
            raise DeliveryFailed(DeliveryFailure.MAIL_NOT_TAKEN, status=status) from error
        except aiosmtplib.SMTPResponseException as error:
            raise DeliveryFailed(DeliveryFailure.MAIL_NOT_TAKEN, status=error.code) from error
        except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
            raise DeliveryFailed(DeliveryFailure.MAIL_UNAVAILABLE) from error
        finally:
            client.close()
