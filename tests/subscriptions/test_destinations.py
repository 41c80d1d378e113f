"""Where something may be sent: nothing private but what the operator names, also where a name leads
there."""

from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.certificates import self_signed
from tests.fixtures.service import running_application
from tests.serving import free_port
from tests.subscriptions.receivers import Receiver, asked, receiving, stands, subscribed
from tests.users import Person
from wildlife.settings import Settings
from wildlife.subscriptions.destinations import is_reachable

PRIVATE = [
    "10.0.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "fec0::1",
    "192.88.99.1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_nothing_private_is_reached(address: str) -> None:
    assert not is_reachable(ip_address(address), [], "https")


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111"])
def test_what_all_the_world_reaches_is_reached_by_tls(address: str) -> None:
    assert is_reachable(ip_address(address), [], "https")
    assert not is_reachable(ip_address(address), [], "http")


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_a_network_that_is_named_is_reached_however_it_is_written(
    address: object, prefix: int
) -> None:
    plain = ip_address(str(address))
    network = ip_network(f"{plain}/{prefix}", strict=False)
    assert is_reachable(plain, [network], "http")
    assert is_reachable(ip_address(f"::ffff:{plain}"), [network], "http")


@pytest.mark.parametrize(
    "destination",
    [
        "ftp://127.0.0.1/",
        "https://user:password@example.com/",
        "https://example.com/#part",
        "https:///path",
        "//example.com",
        "example.com",
        "javascript:alert(1)",
        "https://exam ple.com/",
        "https://example.com:99999/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1%25eth0]/",
    ],
)
async def test_what_is_no_destination_is_refused(officer: Person, destination: str) -> None:
    refused = await officer.post("/subscriptions", asked(destination))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_value")
    assert "destination" in refused.json()["detail"]


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f.1", "2130706433"])
async def test_a_name_that_leads_to_a_private_address_is_not_spoken_to(
    settings: Settings, host: str, tmp_path: Path
) -> None:
    tls, _ = self_signed(tmp_path)
    async with (
        receiving(tls) as receiver,
        running_application(replace(settings, webhook_networks=None)) as client,
    ):
        officer = await Person.sign_in(client, "150425001", "demo-only")
        plain = await officer.post("/subscriptions", asked(f"http://{host}/"))
        assert plain.status_code == 422
        made = await subscribed(officer, receiver.url.replace("127.0.0.1", host))
        failing = await stands(officer, made["id"], "failing")
        assert failing["failure"] == "address_not_allowed"
        assert receiver.received == []


async def test_a_redirect_is_not_followed(officer: Person, receiver: Receiver) -> None:
    async with receiving() as elsewhere:
        receiver.refuse(307, Location=elsewhere.url)
        made = await subscribed(officer, receiver.url)
        failing = await stands(officer, made["id"], "failing")
        assert (failing["failure"], failing["status"]) == ("not_taken", 307)
        assert elsewhere.received == []


async def test_a_system_that_is_not_trusted_is_told_nothing(
    officer: Person, tmp_path: Path
) -> None:
    tls, _ = self_signed(tmp_path)
    async with receiving(tls) as receiver:
        made = await subscribed(officer, receiver.url)
        assert (await stands(officer, made["id"], "failing"))["failure"] == "untrusted"
        assert receiver.received == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_system_that_is_trusted_is_told_by_tls(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    tls, trusted = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with receiving(tls) as receiver, running_application(settings) as client:
        officer = await Person.sign_in(client, "150425001", "demo-only")
        made = await subscribed(officer, receiver.url.replace("127.0.0.1", host))
        [first] = await receiver.got(1)
        assert first.headers["host"].startswith(host)
        assert first.verified(made["secret"])["data"]["id"] == made["id"]


async def test_nobody_there_and_no_such_host_are_told_apart(officer: Person) -> None:
    for destination, failure in (
        (f"http://127.0.0.1:{free_port()}/", "unreachable"),
        (f"http://{'x' * 64}/", "no_such_host"),  # what no server of names is asked
    ):
        made = await subscribed(officer, destination)
        assert (await stands(officer, made["id"], "failing"))["failure"] == failure
