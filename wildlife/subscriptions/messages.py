"""What destinations are told: messages by the rules of Standard Webhooks, and mail. Pure.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from email.header import Header
from email.message import Message as MailMessage
from email.mime.text import MIMEText
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

import msgspec

from wildlife.changes.model import ListedChange
from wildlife.changes.reading import Told
from wildlife.words.sentences import Sentence

_SECRET: Final = "whsec_"  # noqa: S105 - what every such secret begins with
_MOST_LINES: Final = 50


class Message(NamedTuple):
    """What is posted, with the id by which repeats are known."""

    id: str
    body: bytes


def written_secret(secret: bytes) -> str:
    """As libraries take it."""
    return _SECRET + base64.b64encode(secret).decode()


def signed(secret: bytes, message: Message, timestamp: int) -> dict[str, str]:
    """The headers of a message that is sent at this time (Unix)."""
    content = f"{message.id}.{timestamp}.".encode() + message.body
    digest = base64.b64encode(hmac.digest(secret, content, "sha256")).decode()
    return {
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{digest}",
        "content-type": "application/json",
    }


def change_message(subscription_id: UUID, told: Told, now: datetime) -> Message:
    """An entry, as an item of `/changes`; or the id of one that can't be shown."""
    if isinstance(told.what, UUID):
        content = _content("unreadable", now, {"id": told.what})
    else:
        content = _content("change", told.what.entry.received_at, told.what)
    return Message(_message_id(subscription_id, told), content)


def first_message(subscription_id: UUID, name: str, address: str, now: datetime) -> Message:
    """What shows that messages come through, before there is anything new."""
    about = {"id": subscription_id, "name": name, "address": address}
    return Message(str(subscription_id), _content("subscribed", now, about))


def _content(type_: str, at: datetime, data: Any) -> bytes:
    return msgspec.json.encode({"type": type_, "timestamp": at, "data": data})


def _message_id(subscription_id: UUID, told: Told) -> str:
    """The same whenever it is sent, by the place of the entry: its id is of its incident alone. And
    another of each subscription, since what one is told of it is not what another is."""
    return str(uuid5(subscription_id, f"{told.after.position} {told.after.before.hex()}"))


class Letter(NamedTuple):
    """Whom mail is to and from, and what for."""

    subscription_id: UUID
    name: str
    address: str
    sender: str
    recipient: str
    origin: str
    badge: str
    zone: tzinfo
    labels: Mapping[str, Sentence]
    """What types of entries are called."""
    chinese: bool

    def says(self, en: str, zh: str) -> str:
        return zh if self.chinese else en


def first_mail(letter: Letter) -> MailMessage:
    """What shows that mail comes through, and where it can be ended."""
    line = letter.says(
        f"You will get mail here when there is something new of {letter.address}",
        f"今后有新的记录时，将发送邮件到此地址。订阅内容：{letter.address}",
    )
    subject = letter.says("subscribed", "已订阅")
    return _mail(letter, subject, [line], str(letter.subscription_id))


def change_mail(letter: Letter, told: Sequence[Told]) -> MailMessage:
    """That something is new, of which incidents and when: mail lies open on its way, so no more."""
    lines = [_line(letter, one) for one in told[:_MOST_LINES] if isinstance(one.what, ListedChange)]
    if (more := len(told) - len(lines)) > 0:
        lines.append(letter.says(f"and {more} more.", f"另有 {more} 条。"))
    new = "1 new entry" if len(told) == 1 else f"{len(told)} new entries"
    subject = letter.says(new, f"{len(told)} 条新记录")
    return _mail(letter, subject, lines, _message_id(letter.subscription_id, told[-1]))


def _line(letter: Letter, told: Told) -> str:
    assert isinstance(told.what, ListedChange)
    called = letter.says(*letter.labels[told.what.entry.type])
    at = told.what.entry.received_at.astimezone(letter.zone)
    address = f"{letter.origin}/api/v1/incidents/{told.what.incident_id}"
    return f"{at:%Y-%m-%d %H:%M}  {told.what.case_number}  {called}\n  {address}"


def _mail(letter: Letter, subject: str, lines: Sequence[str], message_id: str) -> MailMessage:
    """message_id: the same whenever it is sent, by which mail systems know a repeat."""
    one = f"{letter.origin}/api/v1/subscriptions/{letter.subscription_id}"
    last = letter.says(
        f"{letter.badge} subscribed to this, and ends it, signed in: DELETE {one}",
        f"此邮件由 {letter.badge} 订阅；登录后可退订：DELETE {one}",
    )
    mail = MIMEText("\n\n".join([*lines, last]) + "\n", "plain", "utf-8")
    mail["From"] = letter.sender
    mail["To"] = letter.recipient
    # All of it encoded, whatever it is: what is itself an encoded word would be written out, with
    # the lines that it holds.
    mail["Subject"] = Header(f"[{letter.name}] {subject}", "utf-8").encode(linesep="\r\n")
    mail["Message-ID"] = f"<{message_id}@{letter.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail
