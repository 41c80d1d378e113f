"""Several clients at once who ask anything, and what was wrong with what they got."""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Final, NamedTuple

from tests.fuzz.asking import Asker
from tests.fuzz.calls import operations
from tests.fuzz.client import Asked
from tests.fuzz.judging import code_of, is_of_the_server, judged
from tests.fuzz.reported import as_sent
from tests.fuzz.wire import Unanswered, Wire

# As many as two workers have to do with at once, and more.
CLIENTS: Final = 4
# So often each of them asks what is right, and must be served.
_GOOD_EVERY: Final = 1000 // CLIENTS // 4
# More of them are the same again.
_MOST_TOLD: Final = 40


class Found(NamedTuple):
    """A request that got what none should get."""

    seed: str
    number: int
    what: str
    why: str
    sent: bytes

    def __str__(self) -> str:
        shown = self.sent if len(self.sent) < 3000 else self.sent[:3000] + b"..."
        return f"{self.why} ({self.what}, request {self.number} of {self.seed}):\n{shown!r}\n"


@dataclass
class Report:
    """What was asked, what was answered, and what was wrong."""

    statuses: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    found: dict[tuple[str, str], Found] = field(default_factory=dict)
    asked: int = 0
    unheard: int = 0
    """Requests that the server refused by itself, or that were none."""

    def add(self, other: "Report") -> None:
        self.statuses += other.statuses
        self.codes += other.codes
        self.found |= other.found
        self.asked += other.asked
        self.unheard += other.unheard

    def __str__(self) -> str:
        statuses = _listed(self.statuses)
        found = "\n".join(str(one) for one in list(self.found.values())[:_MOST_TOLD])
        return (
            f"{self.asked} requests, {self.unheard} of them none for the service. {statuses}.\n"
            f"{_listed(self.codes)}.\n"
            f"{len(self.found)} kinds of faults.\n{found}"
        )


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counted.items()))


def fuzz(port: int, tokens: Mapping[str, str], requests: int, seed: int, within_s: float) -> Report:
    """Ask a server on loopback so many times."""
    report = Report()
    operations()  # and with it the document, which is made once, and not by several threads at once
    with ThreadPoolExecutor(CLIENTS) as clients:
        each = [
            clients.submit(_client, port, tokens, requests // CLIENTS, f"{seed}.{number}", within_s)
            for number in range(CLIENTS)
        ]
        for one in each:
            report.add(one.result())
    return report


def ask_what_was_reported(port: int, token: str, within_s: float) -> Report:
    """What broke others' servers, each once, on one connection."""
    report, wire = Report(), Wire(port, within_s)
    for number, (one, sent) in enumerate(as_sent(token)):
        asked = Asked(one.what, sent, one.method, one.target)
        for why in _wrong(wire, asked, report, must_be_taken=False):
            report.found[one.what, why] = Found("reported", number, one.what, why, sent)
    wire.close()
    return report


def _client(
    port: int, tokens: Mapping[str, str], requests: int, seed: str, within_s: float
) -> Report:
    asker, wire, report = Asker(Random(seed), tokens), Wire(port, within_s), Report()
    for number in range(requests):
        is_good = number % _GOOD_EVERY == 0
        asked = asker.good() if is_good else asker.next()
        report.asked += 1
        for why in _wrong(wire, asked, report, must_be_taken=is_good):
            kind = asked.what, why
            report.found.setdefault(kind, Found(seed, number, *kind, asked.sent))
    wire.close()
    return report


def _wrong(wire: Wire, asked: Asked, report: Report, *, must_be_taken: bool) -> list[str]:
    """What is wrong with the answers to a request, of which all are noted."""
    try:
        if asked.is_whole:
            answers = [wire.ask(asked.sent, asked.method.decode("latin-1"))]
        else:
            answers = wire.tell(asked.sent)
    except Unanswered as error:
        report.statuses["none"] += 1
        return [str(error)]
    wrong = []
    for answer in answers:
        report.statuses[str(answer.status)] += 1
        report.unheard += is_of_the_server(answer)
        if answer.status >= 400 and not is_of_the_server(answer):
            report.codes[str(code_of(answer))] += 1
        asked.learn(answer)
        if why := judged(answer, asked.method, asked.target, asked.override):
            wrong.append(why)
        elif must_be_taken and answer.status != 201:
            wrong.append(f"{answer.status} {code_of(answer)} for what is right")
    return wrong
