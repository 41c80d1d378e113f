"""What binds a sign-in by the provider to the browser in which it was begun. Pure.

The browser keeps one random number, with the moment at which it was made, in a cookie that no page
reads; `state`, `nonce` and the verifier of PKCE follow from it by a key that the service alone has.
So nothing is kept here between the two requests, whichever worker gets them; and a cookie that
somebody made up, or made younger, has a state that nobody can tell.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

LASTS_S: Final = 600
"""How long it may take to sign in at the provider."""

Tag: TypeAlias = Callable[[bytes], bytes]
"""A keyed digest, of 32 bytes."""


class Flow(msgspec.Struct, frozen=True):
    """One sign-in, from the browser's leaving to its coming back."""

    cookie: str
    state: str
    """What the provider hands back: that it is this browser's."""
    nonce: str
    """What the ID token says: that it is of this sign-in."""
    code_verifier: str
    """What proves to the provider that the code comes back from who asked for it (RFC 7636)."""


def begin(tag: Tag, now: float) -> Flow:
    """A new one. now: the seconds since 1970."""
    return _flow(tag, f"{int(now)}.{secrets.token_urlsafe(32)}")


def take_up(tag: Tag, cookie: str | None, state: str, now: float) -> Flow | None:
    """The one that `cookie` is of; None where it was not begun in this browser, or too long ago."""
    if cookie is None or not cookie.isascii():
        return None
    flow = _flow(tag, cookie)
    if not hmac.compare_digest(flow.state.encode(), state.encode()):
        return None
    begun_at = int(cookie.partition(".")[0])  # it is as it was made
    return flow if 0 <= now - begun_at <= LASTS_S else None


def _flow(tag: Tag, cookie: str) -> Flow:
    def derived(purpose: str) -> str:
        digest = tag(f"oidc {purpose} {cookie}".encode())
        return urlsafe_b64encode(digest).decode().rstrip("=")

    return Flow(cookie, derived("state"), derived("nonce"), derived("verifier"))
