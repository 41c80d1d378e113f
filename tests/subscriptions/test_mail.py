"""What is new, told by mail."""

import asyncio
import base64
from contextlib import suppress
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from msgspec.structs import replace

from db.database import Database
from tests.changes.readers import in_place
from tests.fixtures.service import running_application
from tests.serving import free_port
from tests.subscriptions.receivers import MailHost, asked, due, stands, subscribed
from tests.users import API, Person, entry
from wildlife.settings import Settings
from wildlife.subscriptions import mailing

DUTY = "mailto:duty@forest.example"


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_content())


async def test_mail_says_that_something_is_new_and_nothing_of_it(
    officer: Person, mails: MailHost, database: Database
) -> None:
    made = await subscribed(officer, DUTY, name="一级保护动物", address=f"{API}/changes?type=note")
    assert made["secret"] is None
    [first] = await mails.got(1)
    assert (first["To"], first["From"]) == ("duty@forest.example", "wildlife@forest.example")
    bird = await officer.opened()
    await officer.appended(bird, entry("note", note="在水库边发现"))
    await in_place(officer)
    [_, mail] = await mails.got(2)
    incident = await officer.read(f"/incidents/{bird}")
    assert mail["Subject"].startswith("[一级保护动物] ")
    assert incident["case_number"] in text_of(mail)
    assert f"/api/v1/incidents/{bird}" in text_of(mail)
    assert ("备注" in text_of(mail)) or ("  note\n" in text_of(mail))
    assert officer.badge in text_of(mail)
    assert "水库" not in str(mail)
    assert (mail["Auto-Submitted"], mail["Message-ID"] != first["Message-ID"]) == (
        "auto-generated",
        True,
    )
    for _ in range(3):
        await officer.appended(bird, entry("note", note="又一条"))
    await in_place(officer)
    await due(database, made["id"])
    [*_, gathered] = await mails.got(3)
    assert text_of(gathered).count(incident["case_number"]) == 3
    told = await stands(officer, made["id"], "working")
    assert told["delivered"] == 4


async def test_what_the_mail_server_refuses_is_told_and_sent_again(
    officer: Person, mails: MailHost, database: Database
) -> None:
    mails.refusal = "550 no such mailbox"
    made = await subscribed(officer, DUTY)
    failing = await stands(officer, made["id"], "failing")
    assert (failing["failure"], failing["status"]) == ("mail_not_taken", 550)
    mails.refusal = None
    await due(database, made["id"])
    await mails.got(1)
    await stands(officer, made["id"], "working")


@pytest.mark.parametrize(
    "destination",
    [
        "mailto:somebody@elsewhere.example",
        "mailto:duty@forest.example,other@elsewhere.example",
        "mailto:duty@forest.example%0aBcc:other@elsewhere.example",
        "mailto:duty@forest.example?bcc=other@elsewhere.example",
        "mailto:",
        "mailto:@forest.example",
    ],
)
async def test_mail_goes_to_one_address_of_those_that_the_operator_names(
    officer: Person, destination: str, mails: MailHost
) -> None:
    refused = await officer.post("/subscriptions", asked(destination))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_value")
    assert mails.mails == []


async def test_without_a_mail_server_nobody_is_told_by_mail(settings: Settings) -> None:
    without = replace(settings, smtp_url=None, mail_from=None, mail_domains=None)
    async with running_application(without) as client:
        officer = await Person.sign_in(client, "150425001", "demo-only")
        refused = await officer.post("/subscriptions", asked(DUTY))
        assert "WILDLIFE_SMTP_URL" in refused.json()["detail"]


async def test_a_mail_server_that_is_away_is_tried_again(settings: Settings) -> None:
    away = replace(settings, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    async with running_application(away) as client:
        officer = await Person.sign_in(client, "150425001", "demo-only")
        made = await subscribed(officer, DUTY)
        assert (await stands(officer, made["id"], "failing"))["failure"] == "mail_unavailable"


NAME = base64.b64encode(b"x]\r\nFrom: Chief <chief@forest.example>\r\n\r\n<b>x</b>").decode()


@pytest.mark.parametrize("name", [f"=?utf-8?b?{NAME}?=", "=?utf-8?q?a=0d=0aBcc:_x?=", "名" * 200])
async def test_whatever_a_subscription_is_called_it_is_a_subject_and_nothing_else(
    officer: Person, mails: MailHost, name: str
) -> None:
    await subscribed(officer, DUTY, name=name)
    [mail] = await mails.got(1)
    assert mail.get_all("From") == ["wildlife@forest.example"]
    assert mail["Bcc"] is None
    assert mail.get_content_type() == "text/plain"
    said = make_header(decode_header(message_from_bytes(mails.raw[0])["Subject"]))
    assert str(said).startswith(f"[{name}] ")


@pytest.mark.parametrize("farewell", ["421 too busy", "250 so long"])
async def test_mail_that_was_taken_was_taken_however_the_server_says_goodbye(
    officer: Person, mails: MailHost, farewell: str
) -> None:
    mails.farewell = farewell
    made = await subscribed(officer, DUTY)
    await mails.got(1)
    assert (await stands(officer, made["id"], "working", "failing"))["state"] == "working"


async def test_a_mail_server_that_hangs_holds_up_nobody_else(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "_WITHIN_S", 0.5)

    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(b"2")
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        hung = replace(settings, smtp_url=f"smtp://127.0.0.1:{port}")
        async with running_application(hung) as client:
            officer = await Person.sign_in(client, "150425001", "demo-only")
            made = await subscribed(officer, DUTY)
            assert (await stands(officer, made["id"], "failing"))["failure"] == "mail_unavailable"
