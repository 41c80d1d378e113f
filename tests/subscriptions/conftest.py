from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from tests.subscriptions.receivers import MailHost, Receiver, mail_host, receiving
from wildlife.settings import Settings


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A system that takes webhooks."""
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def mails() -> AsyncIterator[MailHost]:
    """A mail server."""
    async with mail_host() as host:
        yield host


@pytest.fixture
def settings(settings: Settings, mails: MailHost) -> Settings:
    return replace(
        settings,
        webhook_networks="127.0.0.0/8",
        smtp_url=mails.url,
        mail_from="wildlife@forest.example",
        mail_domains="forest.example, police.example",
    )
