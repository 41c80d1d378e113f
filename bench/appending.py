"""Appending to a long timeline beside a short one: `python -m bench.appending`.

One phone adds notes on a kept-alive connection, in turn to an incident of ten entries and to one of
a thousand: first each time as who goes on with what they began, then as the first who asks this
process for it since long (others have been added to meanwhile). It takes about a minute.
"""

import http.client
import json
import statistics
import sys
import time
from collections.abc import Iterator
from itertools import count, cycle
from typing import Any, Final

import uvloop

from bench.disk import on_disk
from bench.report import aim
from bench.rounds import new_id
from bench.service import running_service, sign_in
from bench.stage import OFFICERS, OPENING_AFTER_ID, OPENING_BEFORE_ID, entry, put_officers
from wildlife.settings import Settings

SHORT: Final = 10
LONG: Final = 1000
TURNS: Final = 120

# So many long timelines are more than a process keeps in mind.
OTHERS: Final = 12

AIM: Final = 2.0


def main() -> None:
    """Measure and print."""
    on_disk(_run)


def _run(settings: Settings) -> None:
    with running_service(settings) as service:
        uvloop.run(put_officers(settings))
        phone = _Phone(service.port, sign_in(service, OFFICERS[0].badge))
        shorts = (phone.incident(SHORT) for _ in count())
        long = phone.incident(LONG)
        warm = _measure(phone, _few_each(shorts), cycle([long]))
        others = [phone.incident(LONG) for _ in range(OTHERS)]
        cold = _measure(phone, shorts, cycle(others))
    print(f"| an append to a timeline of | {SHORT} entries, ms | {LONG} entries, ms | ratio |")
    print("|---|---:|---:|---:|")
    for name, (short_ms, long_ms) in {"gone on with": warm, "come back to": cold}.items():
        print(f"| {name} | {short_ms:.2f} | {long_ms:.2f} | {long_ms / short_ms:.2f} |")
    print()
    print(aim("gone on with, long beside short", warm[1] / warm[0], AIM, unit=" x", at_most=True))


def _few_each(incidents: Iterator[str]) -> Iterator[str]:
    for incident in incidents:
        yield from [incident] * 3


def _measure(phone: "_Phone", shorts: Iterator[str], longs: Iterator[str]) -> tuple[float, float]:
    """The median of an append to each, in ms."""
    taken: tuple[list[float], list[float]] = [], []
    for turn in range(TURNS):
        for times, incidents in zip(taken, (shorts, longs), strict=True):
            incident = next(incidents)
            started = time.perf_counter()
            phone.append(incident)
            if turn >= TURNS // 10:
                times.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken[0]), statistics.median(taken[1])


class _Phone:
    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._minutes = count()

    def incident(self, entries: int) -> str:
        """A new incident with so many entries, the opening among them."""
        incident = str(new_id())
        self._post("", OPENING_BEFORE_ID + incident.encode() + OPENING_AFTER_ID)
        for _ in range(entries - 1):
            self.append(incident)
        return incident

    def append(self, incident: str) -> None:
        """Add a note that is the latest of all."""
        said = "再次查看，精神尚可，已进食少量鱼"
        note = entry("note", _at(next(self._minutes)), note=said)
        self._post(f"/{incident}/entries", json.dumps(note).encode())

    def _post(self, path: str, body: bytes) -> Any:
        self._connection.request("POST", f"/api/v1/incidents{path}", body, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != http.HTTPStatus.CREATED:
            sys.exit(f"{path} answered {content.decode()}")


def _at(minute: int) -> str:
    days, minutes = divmod(minute, 1440)
    return f"2025-01-{1 + days:02}T{minutes // 60:02}:{minutes % 60:02}:00+08:00"


if __name__ == "__main__":
    main()
