"""The proxy as it is deployed: the project's Caddyfile in a real Caddy, before the real service."""

import json
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from msgspec.structs import replace

from tests.pictures import encoded, noise
from tests.serving import free_port, serving, wait_until
from tests.tus import TUS, creation, metadata
from tests.users import Person, rescue
from wildlife.app import create_app
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings

CADDYFILE = Path(__file__).parents[2] / "deploy/Caddyfile"

SEARCHED, CAPTION = "玛莎老太太家的院子", "李秀英和她的羊"


class Proxy(NamedTuple):
    """A running proxy and what it wrote."""

    port: int
    log: Path

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=f"https://127.0.0.1:{self.port}", verify=False, timeout=60, trust_env=False
        )

    def lines(self) -> list[dict[str, Any]]:
        """What the log holds, line by line."""
        return [
            json.loads(line) for line in self.log.read_text("utf-8").splitlines() if line[:1] == "{"
        ]

    def asked(self, target: str) -> tuple[int, bytes]:
        """The status and the rest of the answer to a target that is sent as it stands."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=60) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
        ):
            connection.sendall(
                f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
            )
            answer = b""
            with suppress(ConnectionResetError, ssl.SSLError):
                while some := connection.recv(65536):
                    answer += some
        found = re.match(rb"HTTP/1\.\d (\d{3})", answer)
        assert found, answer
        return int(found[1]), answer


@pytest.fixture
def caddy() -> str:
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("needs caddy, 2.8 or newer")
    said = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    major, minor = map(int, re.findall(r"\d+", said)[:2])
    if (major, minor) < (2, 8):
        pytest.skip(f"needs caddy 2.8 or newer, not {said.split()[0]}")
    return program


def run_proxy(caddy: str, folder: Path, service_port: int) -> Iterator[Proxy]:
    """The Caddyfile but for its ports: the container's 80 and 443, and its neighbour's name."""
    port = free_port()
    ours = CADDYFILE.read_text("utf-8")
    ours = re.sub(
        r"^\{$",
        f"{{\n\tadmin off\n\thttp_port {free_port()}\n\thttps_port {port}\n"
        f"\tstorage file_system {folder / 'storage'}",
        ours,
        count=1,
        flags=re.MULTILINE,
    )
    ours = ours.replace("service:8000", f"127.0.0.1:{service_port}")
    ours = ours.replace("lb_try_duration 15s", "lb_try_duration 1s")
    (folder / "Caddyfile").write_text(ours, "utf-8")
    log = folder / "caddy.log"
    with (
        log.open("wb") as written,
        subprocess.Popen(
            [caddy, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"],
            env={"SITE_NAME": "127.0.0.1", "HOME": str(folder), "PATH": "/usr/bin:/bin"},
            stdout=written,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        proxy = Proxy(port, log)
        try:
            wait_until(lambda: _answers(proxy, process))
            yield proxy
        finally:
            process.terminate()


def _answers(proxy: Proxy, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, proxy.log.read_text("utf-8")
    with suppress(OSError, AssertionError):
        return bool(proxy.asked("/nothing")[0])
    return False


@pytest.fixture
def proxy(caddy: str, settings: Settings, tmp_path: Path) -> Iterator[Proxy]:
    """Before a service that runs."""
    with serving(replace(settings, log_file=tmp_path / "service.log")) as base:
        yield from run_proxy(caddy, tmp_path, int(base.rpartition(":")[2]))


@pytest.fixture
def lonely_proxy(caddy: str, tmp_path: Path) -> Iterator[Proxy]:
    """Before nobody."""
    yield from run_proxy(caddy, tmp_path, free_port())


SPELLINGS = [
    *("/metrics", "//metrics", "///metrics", "/metrics/", "/metrics//", "/metrics?x=1"),
    *("/%6detrics", "/%6Detrics", "/%6d%65%74%72%69%63%73", "/%2fmetrics", "/metrics%2f"),
    *("/./metrics", "/.//metrics", "/%2e/metrics", "/x/../metrics", "/docs/../metrics"),
    *("/docs/%2e%2e/metrics", "/api/v1/../../metrics", "/healthz/../metrics", "/metrics/."),
    *("/METRICS", "/metrics%00", "/metrics%20", "/metrics;a=1", "/%256detrics", "/\\metrics"),
    *(
        "/docs/..%2fmetrics",
        "/api/..;/metrics",
        "https://127.0.0.1/metrics",
        "/healthz//../metrics",
    ),
]


async def test_no_spelling_of_the_counters_is_answered_from_outside(
    proxy: Proxy, settings: Settings
) -> None:
    for target in SPELLINGS:
        status, answer = proxy.asked(target)
        assert status in (400, 404), target
        assert b"wildlife_requests_total" not in answer, target
        assert b"python_info" not in answer, target


async def test_the_service_itself_gives_no_counters_to_who_comes_by_a_proxy(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get("/metrics")).is_success
    for target in ("/metrics", "/metrics/", "/%6detrics", "/metrics?x=1"):
        answer = await client.get(target, headers={"X-Forwarded-For": "10.0.0.1"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), target


async def test_all_that_is_meant_for_everybody_comes_through(
    proxy: Proxy, settings: Settings
) -> None:
    app = create_app(settings)
    paths = {route.path for route in app.routes} - {"/metrics"}
    assert len(paths) > 25
    async with proxy.client() as client:
        for path in paths:
            address = re.sub(r"\{[^}]+\}", "00000000-0000-0000-0000-000000000000", path)
            answer = await client.get(address)
            assert answer.headers["server"] == "granian", f"{path} did not reach the service"
            assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_the_logs_hold_no_searched_text_no_caption_no_token_and_no_number(
    proxy: Proxy, settings: Settings, tmp_path: Path
) -> None:
    async with proxy.client() as client:
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await officer.opened(rescue(summary=SEARCHED))
        for path in ("/incidents", "/animals", "/species"):
            assert (await officer.get(path, params={"q": SEARCHED})).is_success
        photo = encoded(noise(60, 40))
        assert (await officer.put_photo(incident, photo, caption=CAPTION)).status_code == 201
        said = {"incident_id": incident, "photo_id": str(uuid4()), "caption": CAPTION}
        begun = await officer.request("POST", "/uploads", headers=creation(5, **said))
        assert begun.status_code == 201, begun.text
        upload = begun.headers["location"].rpartition("/")[2]
        asked = await officer.request("HEAD", f"/uploads/{upload}", headers=TUS)
        spoken = metadata(caption=CAPTION).split()[1]
        assert spoken in asked.headers["upload-metadata"]
        await client.get(
            "/api/v1/incidents",
            params={"q": SEARCHED},
            headers={
                "Referer": f"https://127.0.0.1/?q={quote(SEARCHED)}",
                "Cookie": "a=secret-cookie",
            },
        )
        await client.get(f"/nowhere?q={SEARCHED}")
    lines = proxy.lines()
    assert {one["request"]["uri"] for one in lines if "request" in one} >= {
        "/api/v1/incidents?…",
        f"/api/v1/uploads/{upload}",
    }
    written = proxy.log.read_text("utf-8") + (tmp_path / "service.log").read_text("utf-8")
    secrets = [SEARCHED, CAPTION, spoken, "王建国", "13800000000", "secret-cookie", DEMO_PASSWORD]
    secrets += [officer.access_token, officer.refresh_token]
    secrets += [str(httpx.QueryParams({"q": text})) for text in (SEARCHED, CAPTION)]
    for secret in secrets:
        assert secret not in written
        assert json.dumps(secret)[1:-1] not in written


async def test_while_the_service_is_away_the_answer_is_ours_and_the_log_as_silent(
    lonely_proxy: Proxy,
) -> None:
    async with lonely_proxy.client() as client:
        answer = await client.get("/api/v1/incidents", params={"q": SEARCHED})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    said = [one for one in lonely_proxy.lines() if one.get("level") == "error"]
    assert said, "what could not be reached is an error, with the request in it"
    text = lonely_proxy.log.read_text("utf-8")
    assert SEARCHED not in text
    assert str(httpx.QueryParams({"q": SEARCHED})) not in text
