"""The provider, asked over HTTP: where it is, which keys it has, what a code is worth.

It may be down, slow, or lie; so each answer has a most of bytes and of seconds, no redirect is
followed, and few are asked for at once: nobody but who signs in by it waits for it.
"""

import asyncio
import time
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

import httpx
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from wildlife.people.oidc.answers import (
    BASIC,
    POST,
    Away,
    Keys,
    Metadata,
    Redeemed,
    Refused,
    UnfitAnswer,
    as_told,
    decoded,
)
from wildlife.people.oidc.claims import requested
from wildlife.people.oidc.flow import Flow
from wildlife.people.oidc.id_token import Claims, read_id_token
from wildlife.provider_settings import ProviderSettings
from wildlife.web.certificates import is_of_certificate
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence

_WITHIN_S: Final = 10
_STEP_WITHIN_S: Final = 5
_CONNECTIONS: Final = 4
# In a process, and of one address: nobody keeps all others out.
_MOST_WAITING: Final = 16
_MOST_OF_ONE: Final = 4
_MOST_BYTES: Final = 256 * 1024
_METADATA_HOLDS_S: Final = 300


class Provider:
    """One provider, as the settings name it. Every call raises Problem: oidc_unavailable where it
    does not answer, oidc_unfit_answer where it answers what can't be gone by."""

    def __init__(self, settings: ProviderSettings, client: httpx.AsyncClient) -> None:
        self.settings = settings
        self._client = client
        self._waiting = Counter[Hashable]()
        self._asking = asyncio.Lock()
        self._metadata: tuple[Metadata, float] | None = None

    async def address_for(self, flow: Flow, who: Hashable) -> str:
        """Where the browser goes to sign in. who: of whom there may be few at once."""
        async with self._turn(who):
            metadata = await self._discovered()
        claims = {"id_token": dict.fromkeys(requested(self.settings))}
        asked = msgspec.json.encode(claims).decode()
        address: str = prepare_grant_uri(
            metadata.authorization_endpoint,
            client_id=self.settings.client_id,
            response_type="code",
            redirect_uri=self.settings.redirect_url,
            scope=self.settings.scopes,
            state=flow.state,
            nonce=flow.nonce,
            code_challenge=create_s256_code_challenge(flow.code_verifier),
            code_challenge_method="S256",
            claims=asked if metadata.claims_parameter_supported else None,
        )
        return address

    async def redeem(self, code: str, flow: Flow, issuer: str | None, who: Hashable) -> Claims:
        """What the ID token says that the provider gives for `code`.

        issuer: who sent the browser back, where that is said (RFC 9207). who: of whom there may be
        few at once. Raises Problem oidc_begin_again, too, where the code holds no more.
        """
        async with self._turn(who):
            metadata = await self._discovered()
            is_said = issuer is not None or metadata.authorization_response_iss_parameter_supported
            if is_said and issuer != self.settings.issuer:
                raise UnfitAnswer(
                    "Another identity provider sent the browser back.",
                    "让浏览器返回的是另一个身份提供方。",
                )
            token = await self._id_token(metadata, code, flow)
            keys = await self._keys(metadata)
        with _told():
            return read_id_token(
                token,
                keys,
                issuer=self.settings.issuer,
                client_id=self.settings.client_id,
                nonce=flow.nonce,
            )

    async def look(self) -> None:
        """Ask what any sign-in asks for first: where it is, and which keys it has."""
        async with self._turn(None):
            await self._keys(await self._discovered())

    @asynccontextmanager
    async def _turn(self, who: Hashable) -> AsyncIterator[None]:
        if self._waiting.total() == _MOST_WAITING or self._waiting[who] == _MOST_OF_ONE:
            raise Problem(
                "oidc_unavailable",
                reason=Sentence(
                    "More are signing in by the identity provider than can be at once.",
                    "正在通过身份提供方登录的人数过多。",
                ),
            )
        self._waiting[who] += 1
        try:
            with _told():
                async with asyncio.timeout(_WITHIN_S):
                    yield
        except (TimeoutError, httpx.TransportError, Away) as error:
            raise Problem("oidc_unavailable", reason=_why(error)) from error
        finally:
            self._waiting -= Counter([who])

    async def _discovered(self) -> Metadata:
        async with self._asking:  # all who wait get the same answer
            if self._metadata and time.monotonic() - self._metadata[1] < _METADATA_HOLDS_S:
                return self._metadata[0]
            url = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            metadata = decoded(await self._ask("GET", url), Metadata)
            if metadata.issuer != self.settings.issuer:
                raise UnfitAnswer(
                    "What is found at its address says that it is another `issuer` than"
                    " `WILDLIFE_OIDC_ISSUER` names, to the letter.",
                    "其地址上的发现文档写明的 `issuer` 与 `WILDLIFE_OIDC_ISSUER` 不完全一致。",
                )
            for address in (
                metadata.authorization_endpoint,
                metadata.token_endpoint,
                metadata.jwks_uri,
            ):
                self._require_safe(address)
            self._metadata = metadata, time.monotonic()
            return metadata

    async def _id_token(self, metadata: Metadata, code: str, flow: Flow) -> str:
        known = {"code_verifier": flow.code_verifier}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        name, secret = self.settings.client_id, self.settings.client_secret
        methods = metadata.token_endpoint_auth_methods_supported
        if POST in methods and BASIC not in methods:
            known |= {"client_id": name, "client_secret": secret}
        else:
            # RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
            pair = f"{quote_plus(name)}:{quote_plus(secret)}".encode()
            headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        body: str = prepare_token_request(
            "authorization_code", redirect_uri=self.settings.redirect_url, code=code, **known
        )
        try:
            answer = await self._ask(
                "POST", metadata.token_endpoint, content=body.encode(), headers=headers
            )
        except Refused as refused:
            raise as_told(refused) from None
        return decoded(answer, Redeemed).id_token

    async def _keys(self, metadata: Metadata) -> list[Any]:
        """Asked for each time: few sign in, and a key that was changed is known at once."""
        return decoded(await self._ask("GET", metadata.jwks_uri), Keys).keys

    async def _ask(self, method: str, url: str, **sent: Any) -> bytes:
        """The body of an answer 200. Raises UnfitAnswer, Away, TransportError."""
        async with self._client.stream(method, url, **sent) as answer:
            body = bytearray()
            # As it came: what was sent compressed could be of any size.
            async for part in answer.aiter_raw():
                body += part
                if len(body) > _MOST_BYTES:
                    raise UnfitAnswer(
                        "It answers more than anything that was asked for can be.",
                        "其回答过长，不可能是所请求的内容。",
                    )
        if answer.status_code >= 500:
            raise Away(f"{answer.status_code} at {url}")
        if answer.status_code != 200:
            raise Refused(answer.status_code, bytes(body))
        return bytes(body)

    def _require_safe(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            is_safe = (
                parts.scheme == urlsplit(self.settings.issuer).scheme
                and bool(parts.hostname)
                and parts.port != 0
                and not parts.fragment
                and address.isascii()
                and address.isprintable()
            )
            httpx.URL(address)
        except (ValueError, httpx.InvalidURL):
            is_safe = False
        if not is_safe:
            raise UnfitAnswer(
                "It names an address that can't be gone to safely: only `https` is.",
                "它给出的地址不安全：只接受 `https`。",
            )


def _why(error: BaseException) -> Sentence:
    """Why it can't be had."""
    if is_of_certificate(error):
        return Sentence(
            "The identity provider shows no certificate that is trusted here: see"
            " `WILDLIFE_OIDC_CA_FILE`.",
            "身份提供方的证书在此不受信任：见 `WILDLIFE_OIDC_CA_FILE`。",
        )
    return Sentence(
        "The identity provider does not answer, or not in time.",
        "身份提供方没有响应或响应超时。",
    )


@contextmanager
def _told() -> Iterator[None]:
    """Tell what can't be gone by to who signs in."""
    try:
        yield
    except UnfitAnswer as unfit:
        raise Problem("oidc_unfit_answer", reason=unfit.sentence) from None


@asynccontextmanager
async def open_provider(settings: ProviderSettings | None) -> AsyncIterator[Provider | None]:
    """The provider until the end of the block, if there is one."""
    if settings is None:
        yield None
        return
    async with httpx.AsyncClient(
        # Without TLS nobody is to be known by it, and to read whom to trust takes long.
        verify=settings.trusted() if settings.is_by_tls else False,
        trust_env=False,  # neither a proxy nor a password of the environment's
        follow_redirects=False,
        timeout=_STEP_WITHIN_S,
        # None is kept: one that the provider ended meanwhile would fail the next sign-in.
        limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=0),
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
    ) as client:
        yield Provider(settings, client)
