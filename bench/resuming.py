"""Sending a photo over a network that breaks: `python -m bench.resuming`.

A phone sends 8 MB to the service over connections that are reset (RST) at random bytes, after two
megabytes each on the average; what the service has not read by then may be lost. It does so as a
resumable upload (tus) in parts of 512 KiB, and by PUT, which begins again from the start: what a
user has without it. Both meet the same breaks, from the same seeds. What counts are all bytes that
the phone sent, headers too, against the photo's length. It takes about half a minute.
"""

import http.client
import random
import socket
import statistics
import struct
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import uvloop

from bench.disk import on_disk
from bench.pictures import photo_like
from bench.report import aim
from bench.rounds import new_id
from bench.servers import Server
from bench.service import running_service, sign_in
from bench.stage import OFFICERS, OPENING_AFTER_ID, OPENING_BEFORE_ID, put_officers
from wildlife.settings import Settings

SEEDS = range(10)
PHOTO_BYTES = 8_000_000
PART_BYTES = 512 * 1024
BREAKS_AFTER_BYTES = 2_000_000  # on the average; exponentially distributed

# A phone is never back sooner. To begin again from the start it need not wait.
AWAY_S = 0.1

# PUT may well take this much; whoever needs more has given up.
MOST_BYTES = 150 * PHOTO_BYTES

TUS = "the service: tus, PATCHes of 512 KiB"
PUT = "PUT, from the start each time"


class Broken(Exception):
    """The network broke, or the service says to ask anew how far it is."""


class Journey(NamedTuple):
    """How one photo came over."""

    sent_bytes: int
    breaks: int


def main() -> None:
    """Measure and print."""
    on_disk(_run)


def _run(settings: Settings) -> None:
    with running_service(settings) as service:
        uvloop.run(put_officers(settings))
        _measure(service, sign_in(service, OFFICERS[0].badge))


def _measure(service: Server, token: str) -> None:
    print("| way | sent, of the photo's length | (journeys) | breaks | (journeys) |")
    print("|---|---:|---:|---:|---:|")
    picture = photo_like(4800, 3600)
    median = {
        name: _line(name, [_journey(service, token, send, picture, seed) for seed in SEEDS])
        for name, send in ((TUS, _by_tus), (PUT, _by_put))
    }
    print()
    beyond = (median[TUS] - 1) * 100
    print(aim("sent by tus beyond the photo's length", beyond, 10, unit=" %", at_most=True))
    print(f"\n{PHOTO_BYTES} bytes, {len(SEEDS)} journeys, a break every", end=" ")
    print(f"{BREAKS_AFTER_BYTES / 1e6:.0f} MB on the average")


def _line(name: str, journeys: Sequence[Journey]) -> float:
    """Print a line of the table, and give the median of what was sent."""
    times = [one.sent_bytes / PHOTO_BYTES for one in journeys]
    breaks = [one.breaks for one in journeys]
    median = statistics.median(times)
    print(
        f"| {name} | {median:.2f} x | {min(times):.2f}–{max(times):.2f}"
        f" | {statistics.median(breaks):.0f} | {min(breaks)}–{max(breaks)} |"
    )
    return median


def _journey(service: Server, token: str, send: "Send", picture: bytes, seed: int) -> Journey:
    """Open an incident over a whole network, and send a photo to it over a broken one."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{service.base_url}/api/v1", headers=headers) as whole:
        incident_id, photo_id = new_id(), new_id()
        body = OPENING_BEFORE_ID + str(incident_id).encode() + OPENING_AFTER_ID
        json_type = {"Content-Type": "application/json"}
        whole.post("/incidents", content=body, headers=json_type).raise_for_status()
        photo = picture.ljust(PHOTO_BYTES - 16, b"\0") + photo_id.bytes
        assert len(photo) == PHOTO_BYTES
        phone = Phone(service.port, headers, random.Random(seed))
        send(phone, incident_id, photo_id, photo)
        phone.close()
        held = whole.get(f"/incidents/{incident_id}/photos/{photo_id}").raise_for_status().json()
        assert held["sha256"] == sha256(photo).hexdigest(), "as it was sent, whatever the network"
    return Journey(phone.sent_bytes, phone.breaks)


class Phone(http.client.HTTPConnection):
    """A client whose connections break: after so many bytes, in the middle of whatever it sends."""

    def __init__(self, port: int, headers: dict[str, str], chance: random.Random) -> None:
        super().__init__("127.0.0.1", port, timeout=30)
        self._headers = headers
        self._chance = chance
        self._left = self._next_break()
        self.sent_bytes = 0
        self.breaks = 0

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> http.client.HTTPResponse:
        """Send a request; its answer is a success. Raises Broken."""
        self.request(method, f"/api/v1{path}", body, self._headers | headers)
        answer = self.getresponse()
        content = answer.read()
        if answer.status == http.HTTPStatus.CONFLICT:
            raise Broken  # what was under way when the network broke came late, but came
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"{method} {path} answered {answer.status} {content.decode()}")
        return answer

    def send(self, data: Any) -> None:
        """What every byte of a request goes through."""
        piece = bytes(data[: self._left])
        super().send(piece)
        self.sent_bytes += len(piece)
        self._left -= len(piece)
        if len(piece) < len(data):
            self._break()

    def _break(self) -> None:
        if self.sent_bytes > MOST_BYTES:
            sys.exit(f"gave up after {self.sent_bytes} bytes")
        # Without lingering, closing is a reset: what was not read yet is lost.
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()
        self.breaks += 1
        self._left = self._next_break()
        raise Broken

    def _next_break(self) -> int:
        return 1 + int(self._chance.expovariate(1 / BREAKS_AFTER_BYTES))


Send = Callable[[Phone, UUID, UUID, bytes], None]


def _by_put(phone: Phone, incident_id: UUID, photo_id: UUID, photo: bytes) -> None:
    def attempt() -> None:
        phone.ask("PUT", f"/incidents/{incident_id}/photos/{photo_id}", {}, photo)

    _until_whole(attempt, away_s=0)


def _by_tus(phone: Phone, incident_id: UUID, photo_id: UUID, photo: bytes) -> None:
    said = {"incident_id": incident_id, "photo_id": photo_id}
    metadata = ",".join(
        f"{name} {b64encode(str(one).encode()).decode()}" for name, one in said.items()
    )
    tus = {"Tus-Resumable": "1.0.0"}
    creation = {"Upload-Length": str(len(photo)), "Upload-Metadata": metadata}

    def attempt() -> None:
        # Begun again, the same upload goes on; HEAD would tell its offset as well.
        answer = phone.ask("POST", "/uploads", tus | creation)
        path = "/uploads/" + answer.headers["Location"].rpartition("/")[2]
        while (offset := int(answer.headers["Upload-Offset"])) < len(photo):
            part = {
                "Upload-Offset": str(offset),
                "Content-Type": "application/offset+octet-stream",
            }
            answer = phone.ask("PATCH", path, tus | part, photo[offset : offset + PART_BYTES])

    _until_whole(attempt, away_s=AWAY_S)


def _until_whole(attempt: Callable[[], None], *, away_s: float) -> None:
    while True:
        try:
            attempt()
        except Broken:
            time.sleep(away_s)
        else:
            return


if __name__ == "__main__":
    main()
