"""An identity provider that lies: honest but for what a test changes, which no real one does."""

import asyncio
import base64
import hmac
import json
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from httpx import AsyncClient, Response
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.jws import JWSRegistry

from tests.languages import HAN, foreign_words
from tests.people.oidc.provider import CLIENT, begin, parameters

KEY: Final = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER_KEY: Final = RSAKey.generate_key(2048, {"kid": "one"})
SUBJECT: Final = "b5f1a2d0-somebody"

DISCOVERY: Final = "/.well-known/openid-configuration"
TOKEN: Final = "/token"
KEYS: Final = "/keys"


class Liar:
    """What it answers: change any of it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.nonce = ""
        self.metadata: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
            "token_endpoint": f"{self.issuer}{TOKEN}",
            "jwks_uri": f"{self.issuer}{KEYS}",
        }
        self.jwks: Any = {"keys": [public(KEY)]}
        self.claims: dict[str, Any] = {}
        """Beside those that have to be there, or in their place; None: left out."""
        self.token: Callable[[dict[str, Any]], str] = signed
        self.raw: dict[str, bytes] = {}
        """By path: what is sent in place of an answer, head and all."""
        self.silent: set[str] = set()
        """The paths at which nothing is answered at all."""
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        """Each request: its path, its headers, its form."""

    def answer(self, path: str) -> Any:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": SUBJECT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "preferred_username": "LC-liar",
            "roles": ["chifeng"],
        } | self.claims
        said = {name: value for name, value in claims.items() if value is not None}
        match path:
            case "/.well-known/openid-configuration":
                return self.metadata
            case "/keys":
                return self.jwks
            case "/token":
                return {"access_token": "x", "token_type": "Bearer", "id_token": self.token(said)}
        raise AssertionError(path)


def public(key: Key) -> dict[str, Any]:
    """The key as it is published."""
    published: dict[str, Any] = dict(key.as_dict(private=False))
    return published


def signed(claims: dict[str, Any], key: Key = KEY, **header: Any) -> str:
    """As a provider signs."""
    algorithm = header.setdefault("alg", "RS256")
    header.setdefault("kid", "one")
    header = {name: value for name, value in header.items() if value is not None}
    registry = JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    return jwt.encode(header, claims, key, registry=registry)


def unsigned(claims: dict[str, Any]) -> str:
    """With `alg: none`, as no library would."""
    return f"{_content({'alg': 'none', 'typ': 'JWT', 'kid': 'one'}, claims)}."


def by_public_key(claims: dict[str, Any]) -> str:
    """With HMAC, and the public key for a secret, which everybody has."""
    content = _content({"alg": "HS256", "kid": "one"}, claims)
    return f"{content}.{_part(hmac.digest(KEY.as_pem(private=False), content.encode(), 'sha256'))}"


def critical(claims: dict[str, Any]) -> str:
    """With a header that has to be understood, and is by nobody."""
    return by_hand(claims, crit=["x"], x=1)


def by_hand(
    claims: dict[str, Any], key: RSAPrivateKey | None = KEY.private_key, **header: Any
) -> str:
    """As a provider signs, also what no library would."""
    content = _content({"alg": "RS256", "kid": "one", **header}, claims)
    assert key is not None
    signature = key.sign(content.encode(), PKCS1v15(), SHA256())
    return f"{content}.{_part(signature)}"


def by_own_key(claims: dict[str, Any]) -> str:
    """With a key that the token itself brings along."""
    return signed(claims, OTHER_KEY, jwk=public(OTHER_KEY), jku="http://127.0.0.1:1/keys")


ELLIPTIC: Final = ECKey.generate_key("P-256", {"kid": "two"})


def _content(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """What a signature is of."""
    return ".".join(_part(json.dumps(one).encode()) for one in (header, claims))


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@asynccontextmanager
async def lying_provider(tls: ssl.SSLContext | None = None) -> AsyncIterator[Liar]:
    """One on loopback, until the end of the block."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
            path = head[0].split()[1]
            headers = {
                name.lower(): value
                for name, _, value in (line.partition(": ") for line in head[1:] if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            liar.asked.append((path, headers, dict(parse_qsl(body.decode()))))
            if path in liar.silent:
                await reader.read()  # until who asks gives up
            elif path in liar.raw:
                writer.write(liar.raw[path])
                await writer.drain()
            else:
                content = json.dumps(liar.answer(path)).encode()
                writer.write(ok(content))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    liar = Liar(f"{'https' if tls else 'http'}://127.0.0.1:{port}")
    async with server:
        yield liar


def ok(content: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """An answer, with its head."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


async def returned(client: AsyncClient, liar: Liar) -> dict[str, str]:
    """What an honest browser comes back with."""
    sent = parameters(await begin(client))
    liar.nonce = sent["nonce"]
    return {"state": sent["state"], "code": "c0de"}


async def refused(ask: Callable[..., Any], code: str, status: int, *, says: str = "") -> Response:
    """What must be refused so, in both languages; says: a piece of the English sentence."""
    told = {}
    for language in ("en", "zh"):
        answer: Response = await ask(headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        told[language] = answer.json()["detail"]
    assert says in told["en"], told
    assert not HAN.search(told["en"])
    assert foreign_words(told["zh"]) == [], told["zh"]
    return answer
