"""The identity provider of an agency, as the settings name it: all of it, or nothing."""

import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from wildlife.words.claimed_roles import ClaimedRole, read_claimed_roles
from wildlife.words.speaking import said

NEEDED: Final = ("issuer", "client_id", "client_secret", "redirect_url", "roles")
"""Without one of these there is no signing in by a provider."""

_MOST: Final = 500


class ProviderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to know of a provider, and of this service as its client."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_url: str
    """The page to which the provider sends the browser back."""
    roles: list[ClaimedRole]
    role_claim: str
    badge_claim: str
    scopes: str
    ca_file: Path | None
    session_s: int

    @property
    def is_by_tls(self) -> bool:
        """Else it is on this machine, or in a demo."""
        return self.issuer.startswith("https:")

    def trusted(self) -> ssl.SSLContext:
        """Whose certificates are believed. Raises ValueError with a sentence where the file holds
        none."""
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError:  # ssl.SSLError is one, too
            told = f"WILDLIFE_OIDC_CA_FILE={str(self.ca_file)!r}"
            raise ValueError(
                said(
                    f"{told}: no file of certificates (PEM) that can be read",
                    f"{told}：不是可以读取的证书文件（PEM）",
                )
            ) from None


def read_provider(given: Mapping[str, object], *, prefix: str, demo: bool) -> ProviderSettings:
    """The provider that the fields of the settings name, without their `oidc_`.

    prefix: that of the variables. demo: whether plain HTTP to elsewhere is nobody's danger. Raises
    ValueError with a sentence that names the variable, and never the secret.
    """
    missing = [f"{prefix}{name.upper()}" for name in NEEDED if given[name] is None]
    if missing:
        names, zh = ", ".join(missing), "、".join(missing)
        raise ValueError(
            said(
                f"Signing in by an identity provider is set up in part: {names} is missing. Set it"
                f" too, or take the other variables {prefix}… away.",
                f"身份提供方登录只设置了一部分，还缺 {zh}：请补全，或去掉其余的 {prefix}… 变量。",
            )
        )
    for name in ("issuer", "redirect_url"):
        _require_url(f"{prefix}{name.upper()}", str(given[name]), demo=demo)
    for name in ("client_id", "client_secret", "role_claim", "badge_claim", "scopes"):
        _require_plain(f"{prefix}{name.upper()}", str(given[name]), spaces=name == "scopes")
    if "openid" not in str(given["scopes"]).split():
        told = f"{prefix}SCOPES={given['scopes']!r}"
        raise ValueError(
            said(
                f"{told}: without openid the provider says nobody's name; write it like openid"
                " profile",
                f"{told}：缺少 openid，身份提供方不会说明登录者是谁；写法如 openid profile",
            )
        )
    try:
        roles = read_claimed_roles(str(given["roles"]))
    except ValueError as error:
        told = f"{prefix}ROLES={given['roles']!r}"
        raise ValueError(said(f"{told}: {error}", f"{told}：{error}")) from None
    provider = msgspec.convert(
        {**given, "roles": roles}, ProviderSettings, dec_hook=lambda _, path: path
    )
    if provider.ca_file is not None:
        provider.trusted()
    return provider


def _require_url(name: str, url: str, *, demo: bool) -> None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        is_one = (
            url.isascii()
            and url.isprintable()
            and " " not in url
            and len(url) <= _MOST
            and parts.scheme in {"http", "https"}
            and bool(host)
            and port != 0
            and not (parts.username or parts.password or parts.query or parts.fragment)
        )
    except ValueError:
        is_one, host = False, None
    if not is_one or host is None:
        raise ValueError(
            said(
                f"{name}={url!r}: no address that a browser goes to; write it like"
                " https://id.example.cn/realms/agency, without ? and #",
                f"{name}={url!r}：不是浏览器可以打开的地址；写法如"
                " https://id.example.cn/realms/agency，不带 ? 和 #",
            )
        )
    if parts.scheme == "http" and not demo and not _is_loopback(host):
        raise ValueError(
            said(
                f"{name}={url!r}: whoever is on the way could sign in as anybody. Only https is"
                " taken here, or this machine itself.",
                f"{name}={url!r}：途经的任何人都可以冒充他人登录。此处只接受 https，或本机地址。",
            )
        )


def _require_plain(name: str, text: str, *, spaces: bool) -> None:
    if not (text.isascii() and text.isprintable()) or (" " in text and not spaces):
        allowed = said(" and spaces", "和空格") if spaces else ""
        raise ValueError(
            said(
                f"{name}: it holds what can't be sent to a provider; only letters, digits and signs"
                f" of ASCII{allowed} can",
                f"{name}：含有不能发送给身份提供方的字符；只能是 ASCII 字母、数字和符号{allowed}",
            )
        )
    if len(text) > _MOST:
        raise ValueError(
            said(f"{name}: more than {_MOST} characters", f"{name}：超过 {_MOST} 个字符")
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
