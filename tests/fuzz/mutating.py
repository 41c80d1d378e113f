"""Bodies that are almost right: what people send, with something else in one place or a few."""

import json
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any

from tests.bodies import OPENINGS, changed_at, full_entries, leaves
from tests.fuzz.values import JSON_VALUES, NO_BODIES, TEXTS

_MARK = "@@%d@@"


def as_json(value: Any) -> bytes:
    """As a phone writes it; what is filled in later stands as null."""
    return json.dumps(value, ensure_ascii=False, default=lambda _: None).encode()


@cache
def said_anywhere() -> list[bytes]:
    """Every value of every body that there is: right somewhere, and perhaps here."""
    bodies = [*(full() for full in OPENINGS.values()), *full_entries()]
    said = {as_json(at(body, path)) for body in bodies for path in leaves(body)}
    return sorted(said)


def at(body: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        body = body[step]
    return body


def mutated(random: Random, body: Any, known: Sequence[str]) -> bytes:
    """A body with something else in up to three places; `known` are ids that there are."""
    marked = body
    raw: list[tuple[str, bytes]] = []
    for _ in range(random.choice((0, 0, 1, 1, 1, 1, 2, 3))):
        paths = list(leaves(marked))
        if not paths:
            break
        path = random.choice(paths)
        mark = _MARK % len(raw)
        marked, instead = _changed(random, marked, path, mark, known)
        raw.append((mark, instead))
    sent = as_json(marked)
    for mark, instead in reversed(raw):
        sent = sent.replace(f'"{mark}"'.encode(), instead)
    return sent


def _changed(
    random: Random, body: Any, path: tuple[str | int, ...], mark: str, known: Sequence[str]
) -> tuple[Any, bytes]:
    """The body with a mark at a place, and what is to stand for it."""
    value, around = at(body, path), at(body, path[:-1])
    there = changed_at(body, path, mark)
    match random.choices(range(9), (30, 20, 10, 8, 6, 6, 8, 6, 6))[0]:
        case 0:
            return there, random.choice(JSON_VALUES)
        case 1:
            return there, random.choice(said_anywhere())
        case 2:
            return there, as_json(random.choice(known) if known else "1")
        case 3 if isinstance(around, dict):  # left out
            left = {name: one for name, one in around.items() if name != path[-1]}
            return changed_at(body, path[:-1], left), b""
        case 4 if isinstance(path[-1], str):  # twice
            name = json.dumps(path[-1], ensure_ascii=False).encode()
            return there, as_json(value) + b"," + name + b":" + random.choice(JSON_VALUES)
        case 5 if isinstance(around, dict):  # another name
            renamed = dict(around)
            renamed[mark] = renamed.pop(path[-1])
            return changed_at(body, path[:-1], renamed), as_json(random.choice(TEXTS))
        case 6 if isinstance(around, dict):  # one field more
            more = around | {mark: random.choice((None, 1, {}, [], "x"))}
            return changed_at(body, path[:-1], more), as_json(random.choice(TEXTS))
        case 7:  # many of it
            many = random.choice((2, 3, 20, 101, 1001))
            return there, b"[" + b",".join([as_json(value)] * many) + b"]"
        case _:
            return there, _nudged(random, value)


def _nudged(random: Random, value: Any) -> bytes:
    """A value that is a little off."""
    if isinstance(value, bool) or value is None or value is ...:
        return as_json(random.choice((True, False, None)))
    if isinstance(value, int | float):
        nudges = (value + 1, value - 1, -value, value * 10, value * 1e6, value / 3, str(value))
        return as_json(random.choice(nudges))
    if isinstance(value, str):
        place = random.randrange(len(value) + 1)
        odd = random.choice(TEXTS)
        return as_json(value[:place] + odd[:100] + value[place + random.randrange(2) :])
    return as_json([value])


def spoiled(random: Random, sent: bytes) -> bytes:
    """A body that is none any more: cut off, with other bytes in it, or another thing."""
    match random.randrange(6):
        case 0:
            return random.choice(NO_BODIES)
        case 1:
            return sent[: random.randrange(len(sent) + 1)]
        case 2:
            return with_other_bytes(random, sent)
        case 3:
            codec = random.choice(("gbk", "utf-16", "utf-32", "utf-8-sig", "utf-7"))
            return sent.decode(errors="replace").encode(codec, errors="replace")
        case 4:
            return random.randbytes(random.choice((1, 10, 1000)))
        case _:
            return sent + random.choice((*JSON_VALUES, b" " * 1_100_000))


def with_other_bytes(random: Random, sent: bytes) -> bytes:
    """The same with a few bytes changed, taken away or put in."""
    bytes_ = bytearray(sent)
    for _ in range(random.choice((1, 1, 2, 8))):
        place = random.randrange(len(bytes_) + 1)
        instead = random.choice((b"", bytes([random.randrange(256)]), random.randbytes(4)))
        bytes_[place : place + random.choice((0, 1, 1, 4))] = instead
    return bytes(bytes_)
