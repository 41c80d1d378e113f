"""A real identity provider on loopback, in a process of its own, and a browser that signs in there.

It is NanoIDP, which shares no code with what is tested: it holds the client to PKCE, to the address
that is registered and to its secret.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from html import unescape
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
from httpx import AsyncClient, Response
from msgspec.structs import replace

from tests.people.sessions import ask
from tests.serving import client_of, free_port, wait_until
from tests.users import API
from wildlife.settings import Settings

REDIRECT: Final = "http://127.0.0.1:8000/signed-in"
CLIENT: Final = "wildlife"
SECRET: Final = "secret-of.this_service~1"
PASSWORD: Final = "at the provider"
ROLES: Final = (
    "chifeng=official@1504, chifeng-roads=official+roads@1504, station=official@150425,"
    " audit=auditor, nowhere=official@999999"
)


def by_provider(settings: Settings, issuer: str, **changes: Any) -> Settings:
    """The same with a provider; changes: other fields."""
    return replace(
        settings,
        oidc_issuer=issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_redirect_url=REDIRECT,
        oidc_roles=ROLES,
        **changes,
    )


class RealProvider(NamedTuple):
    """One that runs."""

    issuer: str

    def put(self, username: str, roles: Sequence[str], **fields: Any) -> None:
        """Somebody with these roles, in place of whoever had the name."""
        users = f"{self.issuer}/api/runtime/users"
        httpx.delete(f"{users}/{username}", trust_env=False)
        body = {"username": username, "password": PASSWORD, "roles": [*roles], **fields}
        httpx.post(users, json=body, trust_env=False).raise_for_status()

    def rotate_keys(self) -> None:
        """Sign with another key from now on."""
        httpx.post(f"{self.issuer}/api/keys/rotate", trust_env=False).raise_for_status()

    async def let_in(self, address: str, username: str) -> dict[str, str]:
        """Sign in in a browser that was sent to `address`; what it comes back to the page with."""
        async with client_of(self.issuer) as browser:
            page = await browser.get(address)
            assert page.status_code == 200, page.text
            found = re.search(r'name="transaction_id" value="([^"]+)"', page.text)
            assert found is not None, page.text
            form = {
                "transaction_id": unescape(found[1]),
                "username": username,
                "password": PASSWORD,
            }
            answer = await browser.post(address, data=form)
        assert answer.status_code == 302, answer.text
        back = answer.headers["location"]
        assert back.startswith(f"{REDIRECT}?")
        return parameters(back)


def new_badge() -> str:
    """One that nobody has, here or at the provider."""
    return f"LC-{uuid4().hex[:12]}"


def parameters(address: str) -> dict[str, str]:
    """Those of an address, each of which is there once."""
    return {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}


async def begin(client: AsyncClient) -> str:
    """Where a browser is sent that begins to sign in."""
    answer = await client.get(f"{API}/session/oidc")
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def come_back(client: AsyncClient, returned: dict[str, str], **options: Any) -> Response:
    """What the page does to which the browser was sent back."""
    known = {name: value for name, value in returned.items() if name in {"state", "code", "iss"}}
    return await client.post(f"{API}/session/oidc", json=known, **options)


async def sign_in(client: AsyncClient, provider: RealProvider, username: str) -> Response:
    """All of it."""
    return await come_back(client, await provider.let_in(await begin(client), username))


def refused(answer: Response, status: int, code: str) -> str:
    """The sentence of what must be refused so."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return str(answer.json()["detail"])


async def me(client: AsyncClient, tokens: dict[str, Any]) -> dict[str, Any]:
    answer = await ask(client, f"Bearer {tokens['access_token']}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


@contextmanager
def running_provider(folder: Path) -> Iterator[RealProvider]:
    """One whose configuration lies in `folder`, until the end of the block."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    settings = {
        "config_version": 1,
        "server": {"host": "127.0.0.1", "port": port},
        "oauth": {
            "issuer": issuer,
            "audience": "somebody-else",
            "require_pkce": True,
            "clients": [
                {"client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [REDIRECT]},
            ],
        },
    }
    users = {"config_version": 1, "users": {"operator": {"password": PASSWORD}}}
    # JSON is YAML.
    (folder / "settings.yaml").write_text(json.dumps(settings))
    (folder / "users.yaml").write_text(json.dumps(users))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "nanoidp", "--config", str(folder), "--strict-config"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=os.environ | {"PYTHONUTF8": "1"},
        )

    def answers() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        with suppress(httpx.TransportError):
            return httpx.get(f"{issuer}/health", trust_env=False).is_success
        return False

    try:
        wait_until(answers)
        yield RealProvider(issuer)
    finally:
        process.terminate()
        process.wait(30)
