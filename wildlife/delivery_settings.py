"""Where what is new may be sent, as the settings say: to which networks, by which mail server."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from wildlife.words.speaking import said

_PORTS: Final = {"smtp": 25, "smtps": 465}


class MailServer(NamedTuple):
    """A server that takes mail, and from whom and to whom it is sent."""

    host: str
    port: int
    is_by_tls: bool
    """From the first byte; else TLS is begun where the server offers it."""
    user: str | None
    password: str | None
    sender: str
    domains: frozenset[str]
    """In lower case: mail goes to addresses of these and no others."""


def read_networks(name: str, given: str | None) -> Sequence[IPv4Network | IPv6Network]:
    """Networks, with commas between them. Raises ValueError with a sentence."""
    try:
        return [ip_network(one.strip()) for one in given.split(",")] if given else []
    except ValueError:
        raise ValueError(
            said(
                f"{name}={given!r}: no address and no network; write it like 10.0.0.5 or"
                " 172.30.0.0/24",
                f"{name}={given!r}：不是地址或网段；写法如 10.0.0.5 或 172.30.0.0/24",
            )
        ) from None


def read_mail(
    prefix: str, url: str | None, sender: str | None, domains: str | None
) -> MailServer | None:
    """The mail server; None: there is none. Raises ValueError with a sentence that names the
    variable, and never the password."""
    given = {"SMTP_URL": url, "MAIL_FROM": sender, "MAIL_DOMAINS": domains}
    missing = [f"{prefix}{name}" for name, value in given.items() if value is None]
    if len(missing) == len(given):
        return None
    if url is None or sender is None or domains is None:
        names, zh = ", ".join(missing), "、".join(missing)
        raise ValueError(
            said(
                f"Mail is set up in part: {names} is missing. Set it too, or take the others away.",
                f"邮件只设置了一部分，还缺 {zh}：请补全，或去掉其余变量。",
            )
        )
    if not is_mail_address(sender):
        raise ValueError(
            said(
                f"{prefix}MAIL_FROM={sender!r}: no address; write it like wildlife@example.cn",
                f"{prefix}MAIL_FROM={sender!r}：不是邮件地址；写法如 wildlife@example.cn",
            )
        )
    named = [one.strip().lower() for one in domains.split(",")]
    if not all(is_mail_address(f"somebody@{one}") for one in named):
        raise ValueError(
            said(
                f"{prefix}MAIL_DOMAINS={domains!r}: write what stands behind the @ of those who may"
                " get mail, like example.cn,forest.example.cn",
                f"{prefix}MAIL_DOMAINS={domains!r}：请写可以收信的地址中 @ 之后的部分，如"
                " example.cn,forest.example.cn",
            )
        )
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
        is_one = scheme in _PORTS and bool(host) and parts.path in {"", "/"} and port != 0
        is_one = is_one and not (parts.query or parts.fragment)
    except ValueError:
        is_one, host, port = False, None, None
    if not is_one or host is None:
        raise ValueError(
            said(
                f"{prefix}SMTP_URL: no mail server; write it like smtps://mail.example.cn or"
                " smtp://user:password@mail.example.cn:587",
                f"{prefix}SMTP_URL：不是邮件服务器；写法如 smtps://mail.example.cn 或"
                " smtp://user:password@mail.example.cn:587",
            )
        )
    return MailServer(
        host=host,
        port=port or _PORTS[scheme],
        is_by_tls=scheme == "smtps",
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        sender=sender,
        domains=frozenset(named),
    )


def is_mail_address(text: str) -> bool:
    """Whether it is an address as all mail systems take it: of ASCII, without quotes."""
    local, at, domain = text.rpartition("@")
    return (
        bool(at and local and domain)
        and len(text) <= 254
        and text.isascii()
        and all(one.isalnum() or one in "!#$%&'*+-/=?^_`{|}~." for one in local)
        and all(one.isalnum() or one in "-." for one in domain)
        and not domain.startswith((".", "-"))
        and ".." not in text
    )
