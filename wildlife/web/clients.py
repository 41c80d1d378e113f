"""Who sends a request, as far as its address tells."""

from ipaddress import IPv4Address, IPv6Address, ip_address


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
