"""A client who remembers what came back: ids, cursors, addresses of uploads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes
from uuid import UUID

from PIL import Image

from tests.fuzz.mutating import mutated, with_other_bytes
from tests.fuzz.values import TEXTS
from tests.fuzz.wire import Answer, chunked, request
from tests.pictures import encoded
from tests.users import API


class Asked(NamedTuple):
    """A request as it is sent."""

    what: str
    sent: bytes
    method: bytes = b"GET"
    target: bytes = b""
    override: bytes = b""
    is_whole: bool = True
    """Whether it is one request that ends where it says; if not, it has a connection to itself."""
    learn: Callable[[Answer], None] = lambda _: None


@dataclass
class Client:
    """With tokens of some people, and what came back before."""

    random: Random
    tokens: Mapping[str, str]
    incidents: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)
    photos: list[tuple[str, str]] = field(default_factory=list)
    uploads: list[bytes] = field(default_factory=list)
    cursors: list[bytes] = field(default_factory=list)

    def _new_id(self) -> str:
        if self.random.random() < 0.02:  # one that others use too, perhaps at the same time
            return f"01912f6e-0000-7000-8000-0000000000{self.random.randrange(16):02x}"
        return str(UUID(bytes=self.random.randbytes(16), version=4))

    def _opened(self, id_: str, answer: Answer) -> None:
        if answer.status == 201:
            self.incidents = [*self.incidents[-5:], id_]
            self.known = [*self.known[-20:], id_]

    def _appended(self, id_: str, answer: Answer) -> None:
        if answer.status == 201:
            self.known = [*self.known[-20:], id_]

    def _any_known(self) -> str:
        return self.random.choice(self.known) if self.known else self._new_id()

    def _incident(self) -> str:
        return self.random.choice(self.incidents) if self.incidents else self._new_id()

    def _mutated(self, body: dict[str, Any]) -> bytes:
        return mutated(self.random, body, self.known)

    def _text(self) -> bytes:
        codec = self.random.choice(("utf-8", "utf-8", "utf-8", "gbk", "utf-16"))
        text = self.random.choice(TEXTS)[: self.random.choice((5, 200, 5000))]
        return text.encode(codec, errors="replace")

    def _quoted(self, value: bytes) -> bytes:
        kept = b"".join(bytes([one]) for one in value if 0x21 <= one < 0x7F and one not in b"#&")
        return kept if self.random.random() < 0.1 else quote_from_bytes(value).encode()

    def _picture(self) -> bytes:
        picture = self.random.choice(pictures())
        return picture if self.random.random() < 0.2 else with_other_bytes(self.random, picture)

    def _sent(
        self,
        what: str,
        method: bytes,
        path: str | bytes,
        body: bytes | None,
        headers: list[tuple[bytes, bytes]] | None = None,
        *,
        by: str | None = None,
        override: bytes = b"",
        learn: Callable[[Answer], None] = lambda _: None,
    ) -> Asked:
        target = API.encode() + path.encode() if isinstance(path, str) else path
        if by is None:
            people = ("150425001", "150723001", "LC1504", "auditor", "")
            by = self.random.choices(people, (16, 2, 2, 1, 1))[0]
        said = list(headers or [])
        names = {name.lower() for name, _ in said}
        if b"host" not in names and self.random.random() < 0.98:
            said.insert(0, (b"Host", b"a"))
        if by and b"authorization" not in names:
            said.append((b"Authorization", b"Bearer " + self.tokens[by].encode()))
        if body is not None and b"content-type" not in names:
            said.append((b"Content-Type", b"application/json"))
        overriding = [value for name, value in said if name.lower() == b"x-http-method-override"]
        if overriding and method == b"POST" and b"/uploads" in target:
            override = overriding[-1].strip()
        if body is not None and self.random.random() < 0.05:
            said.append((b"Transfer-Encoding", b"chunked"))
            body = chunked(body, self.random.choice((1, 7, 1000)) if len(body) < 9000 else 64_000)
        sent = request(method, target, said, body)
        return Asked(what, sent, method, target, override, True, learn)


@cache
def pictures() -> list[bytes]:
    """Small ones of some formats."""
    small = Image.linear_gradient("L").resize((30, 20)).convert("RGB")
    return [
        *(encoded(small, kind) for kind in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")),
        *(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic", b""),
    ]
