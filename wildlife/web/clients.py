"""Who sends a request, as far as its address tells."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from litestar.types import ASGIApp, Receive, Scope, Send

_FORWARDED_FOR: Final = b"x-forwarded-for"

# Some proxies write the port, too, and an address of IPv6 in brackets then.
_WITH_PORT: Final = re.compile(
    rb"([0-9]{1,3}(?:\.[0-9]{1,3}){3}):[0-9]{1,5}|\[([0-9A-Fa-f:.%]+)\](?::[0-9]{1,5})?"
)


def forwarded_without_ports(app: ASGIApp) -> ASGIApp:
    """Hand on X-Forwarded-For as addresses alone."""

    async def bare(scope: Scope, receive: Receive, send: Send) -> None:
        if "headers" in scope:
            scope["headers"] = [
                (name, _bare(value) if name == _FORWARDED_FOR else value)
                for name, value in scope["headers"]
            ]
        await app(scope, receive, send)

    return bare


def _bare(value: bytes) -> bytes:
    hosts = (host.strip() for host in value.split(b","))
    named = ((_WITH_PORT.fullmatch(host), host) for host in hosts)
    return b", ".join(host if match is None else match[1] or match[2] for match, host in named)


def client_address(host: str | None) -> IPv4Address | IPv6Address:
    """The address of `host`, as the server names the client: None or a path for a Unix socket,
    which all its clients share. Whoever has one address of an IPv6 network has all 2⁶⁴ of it, and
    counts as one."""
    try:
        address = ip_address(host or "")
    except ValueError:
        address = IPv6Address(0)
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64)
    return address
