"""Where something may be sent: by what is written, and by the address that a name has.

Whoever subscribes names a host that this machine speaks to, from within its network. So a private
address is none but where the operator names its network, also where a name leads there, and what is
sent goes to the very address that was looked at.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import unquote

import httpx

from wildlife.delivery_settings import is_mail_address
from wildlife.settings import Settings
from wildlife.subscriptions.codes import DeliveryFailure
from wildlife.web.problems import FieldError, Problem
from wildlife.words.sentences import Sentence

Networks: TypeAlias = Sequence[IPv4Network | IPv6Network]
IP: TypeAlias = IPv4Address | IPv6Address

# IPv6 addresses that lead to an IPv4 one (RFC 6052).
_RELAYS: Final = ip_network("192.88.99.0/24")
"""Of 6to4, which is no more (RFC 7526)."""
_TRANSLATED: Final = [ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48")]
_PORTS: Final = {"http": 80, "https": 443}
_LAST_PORT: Final = 65535
_MAILTO: Final = "mailto:"

_EXPECTED: Final = Sentence(
    "`destination` should be `https://…`, without user, password and `#`, or `mailto:` with one"
    " address.",
    "`destination` 应为 `https://…`（不带用户名、密码和 `#`），或 `mailto:` 加一个邮件地址。",
)
_NO_HTTP: Final = Sentence(
    "`destination` should begin with `https://`: records do not go over a network in the open. Only"
    " to networks that the operator names (WILDLIFE_WEBHOOK_NETWORKS) is `http://` taken.",
    "`destination` 应以 `https://` 开头：记录不能以明文在网络上传输。只有运维人员写明的网段"
    "（WILDLIFE_WEBHOOK_NETWORKS）才接受 `http://`。",
)
_NOT_ALLOWED: Final = Sentence(
    "`destination` is in a private network: the service sends there where the operator names that"
    " network (WILDLIFE_WEBHOOK_NETWORKS).",
    "`destination` 位于内网：须由运维人员在 WILDLIFE_WEBHOOK_NETWORKS 中写明该网段后方可发送。",
)
_NO_MAIL: Final = Sentence(
    "This service sends no mail: the operator has to name a mail server (WILDLIFE_SMTP_URL).",
    "本系统没有设置邮件服务器：请管理员设置 WILDLIFE_SMTP_URL。",
)


class DeliveryFailed(Exception):
    """Nothing was taken, and why.

    status: what the destination answered, where it did. retry_after_s: it said to wait so long.
    is_over: it is not tried again.
    """

    def __init__(
        self,
        failure: DeliveryFailure,
        *,
        status: int | None = None,
        retry_after_s: float = 0,
        is_over: bool = False,
    ) -> None:
        super().__init__(failure)
        self.failure = failure
        self.status = status
        self.retry_after_s = retry_after_s
        self.is_over = is_over


class Target(NamedTuple):
    """A URL that takes messages, and its host's name and port."""

    url: httpx.URL
    host: str
    port: int


def mail_address(destination: str) -> str | None:
    """The address that it names; None: it is no mail."""
    if destination[: len(_MAILTO)].lower() != _MAILTO:
        return None
    return unquote(destination[len(_MAILTO) :])


def target_of(destination: str) -> Target:
    """Raises ValueError where it is none."""
    try:
        url = httpx.URL(destination)
    except httpx.InvalidURL as error:
        raise ValueError(destination) from error
    is_one = url.scheme in _PORTS and url.host and not (url.userinfo or url.fragment)
    port = url.port if url.port is not None else _PORTS.get(url.scheme, 0)
    if not is_one or not 0 < port <= _LAST_PORT or any(one.isspace() for one in destination):
        raise ValueError(destination)
    return Target(url, url.raw_host.decode("ascii").strip("[]"), port)


def require_destination(settings: Settings, destination: str) -> None:
    """That it can be told something, as far as it is written. Raises Problem: invalid_value."""
    address = mail_address(destination)
    if address is not None:
        said = _mail_refused(settings, address)
    else:
        try:
            said = _url_refused(settings.reachable_networks, target_of(destination))
        except ValueError:
            said = _EXPECTED
    if said is not None:
        raise Problem("invalid_value", FieldError("destination", destination, said=said))


def _mail_refused(settings: Settings, address: str) -> Sentence | None:
    server = settings.mail_server
    if not is_mail_address(address):
        return _EXPECTED
    if server is None:
        return _NO_MAIL
    if address.rpartition("@")[2].lower() in server.domains:
        return None
    domains = sorted(server.domains)
    return Sentence(
        f"This service sends mail to addresses of {', '.join(domains)} alone.",
        f"本系统只向 {'、'.join(domains)} 的地址发送邮件。",
    )


def _url_refused(networks: Networks, target: Target) -> Sentence | None:
    if target.url.scheme == "http" and not networks:
        return _NO_HTTP
    try:
        address = ip_address(target.host)
    except ValueError:
        return None  # a name, which is asked for each time
    return None if is_reachable(address, networks, target.url.scheme) else _NOT_ALLOWED


def is_reachable(address: IP, networks: Networks, scheme: str) -> bool:
    """Whether the service may send there: to networks that the operator names, and by TLS to
    whatever all the world reaches."""
    plain = _plain(address)
    if any(plain in one for one in networks):
        return True
    is_odd = plain.is_multicast or plain.is_reserved or plain in _RELAYS
    if isinstance(plain, IPv6Address):
        is_odd = is_odd or plain.is_site_local
    return scheme == "https" and plain.is_global and not is_odd


def _plain(address: IP) -> IP:
    """The address that it really leads to."""
    if isinstance(address, IPv4Address):
        return address
    if any(address in one for one in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo and address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or teredo or address


def reachable(addresses: Sequence[IP], networks: Networks, scheme: str) -> IP:
    """One of the addresses that a name has. Raises DeliveryFailed.

    Where one of several may not be reached none is: a name that leads here and there is meant to.
    """
    if not all(is_reachable(one, networks, scheme) for one in addresses):
        raise DeliveryFailed(DeliveryFailure.ADDRESS_NOT_ALLOWED)
    return addresses[0]
