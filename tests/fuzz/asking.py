"""Requests, one after another, of a client who means no good or whose program is broken."""

import re
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote_from_bytes
from uuid import UUID

from tests.bodies import OPENINGS, PHOTO_PARAMETERS, as_change, full_entries, full_photo
from tests.fuzz.broken import broken
from tests.fuzz.calls import HEADERS, METHODS, TARGETS, Documented, operations
from tests.fuzz.client import Asked, Client, pictures
from tests.fuzz.mutating import as_json, spoiled, with_other_bytes
from tests.fuzz.plausible import plausible
from tests.fuzz.values import HEADER_VALUES, JSON_VALUES, TEXTS
from tests.fuzz.wire import Answer
from tests.tus import metadata
from tests.users import API, rescue, road_hazard


class Asker(Client):
    """Who asks anything."""

    def good(self) -> Asked:
        """What is taken, whatever was sent before it."""
        id_ = str(UUID(bytes=self.random.randbytes(16), version=4))
        body = self.random.choice((rescue, road_hazard))(id=id_)
        by = "150425001" if body["kind"] == "rescue" else "150723001"
        return self._sent(
            "a good opening",
            b"POST",
            "/incidents",
            as_json(body),
            by=by,
            learn=partial(self._opened, body["id"]),
        )

    def next(self) -> Asked:
        """Anything."""
        ways: dict[Callable[[], Asked], int] = {
            self._opening: 12, self._entry: 22, self._plausible: 20, self._amendment: 10,
            self._session: 4, self._receipts: 2, self._spoiled: 6, self._parameters: 18,
            self._headers: 14, self._target: 5, self._photo: 3, self._upload: 8, self._broken: 4,
        }  # fmt: skip
        return self.random.choices(list(ways), list(ways.values()))[0]()

    def _opening(self) -> Asked:
        body = self.random.choice([*OPENINGS.values()])() | {"id": self._new_id()}
        learn = partial(self._opened, body["id"])
        return self._sent("opening", b"POST", "/incidents", self._mutated(body), learn=learn)

    def _entry(self) -> Asked:
        body = self._filled(self.random.choice(full_entries()))
        learn = partial(self._appended, body["id"])
        path = f"/incidents/{self._incident()}/entries"
        if self.random.random() < 0.4:  # less is said, so less stands in the way of it
            bare = {"type", "id", "happened_at", "recorded_at"}
            body = {n: v for n, v in body.items() if n in bare or self.random.random() < 0.6}
        sent = self._mutated(body)
        return self._sent(f"entry {body['type']}", b"POST", path, sent, learn=learn)

    def _filled(self, body: dict[str, Any]) -> dict[str, Any]:
        aims: dict[str, Any] = {
            name: self._any_known() for name, value in body.items() if value is ...
        }
        if self.random.random() < 0.3:  # at its time it would come before most others
            aims["happened_at"] = f"2024-08-{self.random.randrange(1, 29):02}T10:00:00+08:00"
        if "animal" in body:
            aims["animal"] = self.random.choice((1, 1, 2, 3, self._any_known()))
        id_ = self._any_known() if self.random.random() < 0.05 else self._new_id()
        return body | aims | {"id": id_}

    def _plausible(self) -> Asked:
        """A step of one incident's life; sometimes another one begins."""
        if not self.timeline or self.random.random() < 0.04:
            body = self.random.choice([*OPENINGS.values()])() | {"id": self._new_id()}

            def begin(answer: Answer) -> None:
                if answer.status == 201:
                    self.timeline = [body]

            return self._sent("a life begins", b"POST", "/incidents", as_json(body), learn=begin)
        timeline, there = self.timeline, f"/incidents/{self.timeline[0]['id']}"
        if self.random.random() < 0.1:
            part = self.random.choice(("", "/entries", "/refused", "/informant", "/photos"))
            return self._sent(f"a life is read: {part}", b"GET", there + part, None)
        body = plausible(self.random, self._new_id(), timeline)

        def learn_it(answer: Answer) -> None:
            if answer.status == 201:
                timeline.append(body)

        by = "150723001" if "hazard" in timeline[0] and self.random.random() < 0.5 else "150425001"
        what = f"a step of a life: {body['type']}"
        sent = as_json(body)
        return self._sent(what, b"POST", f"{there}/entries", sent, by=by, learn=learn_it)

    def _amendment(self) -> Asked:
        bodies = [*(full() for full in OPENINGS.values()), *full_entries(), full_photo("")]
        said = as_change(self.random.choice(bodies))
        names = self.random.sample(sorted(said), min(len(said), self.random.choice((1, 1, 2, 30))))
        changes = {name: said[name] for name in names if said[name] is not ...}
        body = {
            "type": "amendment",
            "id": self._new_id(),
            "happened_at": "2024-08-05T10:00:00+08:00",
            "recorded_at": "2024-08-05T10:00:00+08:00",
            "entry_id": self._any_known(),
            "changes": changes,
        }
        path = f"/incidents/{self._incident()}/entries"
        return self._sent("amendment", b"POST", path, self._mutated(body))

    def _session(self) -> Asked:
        badge = self.random.choice(("nobody", "LC1504", "admin"))
        token = self.random.choice(("x" * 43, self.tokens["spare"], self.tokens["spare refresh"]))
        path, body = self.random.choice((
            ("/session", {"badge": badge, "password": "not the right one"}),
            ("/session/refresh", {"refresh_token": token}),
        ))  # fmt: skip
        # From where they come, a trusted proxy says.
        came = self.random.choice((*HEADER_VALUES, b"10.0.0.1", b"::1%eth0")).translate(None, b"\0")
        headers = [(b"X-Forwarded-For", came)]
        return self._sent(path, b"POST", path, self._mutated(body), headers, by="")

    def _receipts(self) -> Asked:
        body = {"ids": [self._any_known(), self._new_id()], "sha256": ["0" * 64, "ab" * 32]}
        return self._sent("receipts", b"POST", "/receipts", self._mutated(body))

    def _spoiled(self) -> Asked:
        path, body = self.random.choice((
            ("/incidents", self.random.choice([*OPENINGS.values()])()),
            (f"/incidents/{self._incident()}/entries", self.random.choice(full_entries())),
            ("/session", {"badge": "nobody", "password": "not the right one"}),
            ("/session/refresh", {"refresh_token": "x" * 43}),
            ("/receipts", {"ids": [self._new_id()], "sha256": ["0" * 64]}),
        ))  # fmt: skip
        return self._sent("no body", b"POST", path, spoiled(self.random, as_json(body)))

    def _parameters(self) -> Asked:
        operation = self.random.choice(operations())
        path, query, headers = self._address(operation)
        mangled = self.random.choice((0, 0, 1, 1, 2, 3))
        for _ in range(mangled):
            names = [name for name, _ in query] or ["a"]
            name = self.random.choice([*names, "q", "cursor", "limit"])
            query.append((name, self._text()))
        return self._of(f"parameters of {operation.path}", operation, path, query, headers)

    def _headers(self) -> Asked:
        operation = self.random.choice(operations())
        path, query, headers = self._address(operation)
        for _ in range(self.random.choice((1, 1, 2, 5))):
            name = self.random.choice(HEADERS).encode()
            value = (
                self.random.choice(HEADER_VALUES) if self.random.random() < 0.8 else self._text()
            )
            headers = [one for one in headers if one[0] != name or self.random.random() < 0.1]
            headers.append((name, value.translate(None, b"\r\n\0")))
        return self._of(f"headers of {operation.path}", operation, path, query[:1], headers)

    def _address(
        self, operation: Documented
    ) -> tuple[bytes, list[tuple[str, bytes]], list[tuple[bytes, bytes]]]:
        """A path, what is asked there, and what is said in headers: right mostly."""
        incident, photo = self.random.choice(self.photos or [(self._incident(), self._new_id())])
        ids = {"incident_id": incident, "photo_id": photo, "species_id": "phalacrocorax_carbo"}
        ids |= {"badge": self.random.choice(("LC1504", "nobody")), "station_code": "150723"}
        ids |= {"device_id": self._new_id(), "day": "2024-08-04"}
        ids |= {"feed_id": self._new_id(), "paper": "rescue_form"}
        ids |= {"export_id": self._new_id(), "refused_id": self._new_id()}
        ids |= {"subscription_id": self._new_id()}
        ids |= {"level": "0", "index": "000"}
        ids["upload_id"] = self.random.choice(self.uploads or [b"x"]).decode()
        steps = {
            name: quote_from_bytes(
                self._text()[:500] if self.random.random() < 0.1 else id_.encode()
            )
            for name, id_ in ids.items()
        }
        path = operation.path.format_map(steps).encode()
        query, headers = [], []
        for place, name, said in operation.parameters:
            is_right = self.random.random() < 0.7 and said
            if place == "header" and (is_right or self.random.random() < 0.3):
                value = self.random.choice(said or ["1"]).encode()
                value = value if is_right else self.random.choice(HEADER_VALUES)
                headers.append((name.encode(), value))
            elif place == "query" and self.random.random() < 0.25:
                value = self.random.choice(said).encode() if is_right and said else self._text()
                if name == "cursor" and self.cursors and self.random.random() < 0.7:
                    value = self.random.choice(self.cursors)
                    value = value if is_right else with_other_bytes(self.random, value)
                query.append((name, value))
        return path, query, headers

    def _of(
        self,
        what: str,
        operation: Documented,
        path: bytes,
        query: list[tuple[str, bytes]],
        headers: list[tuple[bytes, bytes]],
    ) -> Asked:
        asked = b"&".join(name.encode() + b"=" + self._quoted(value) for name, value in query)
        body = None
        if operation.has_json:
            body = self.random.choice((b"{}", as_json(rescue(id=self._new_id())), b""))
        elif operation.method in (b"PUT", b"PATCH"):
            body = self._picture()
        target = path + (b"?" + asked if asked else b"")
        return self._sent(what, operation.method, target, body, headers, learn=self._read)

    def _read(self, answer: Answer) -> None:
        if found := re.search(rb'"next_cursor":"([^"]+)"', answer.content):
            self.cursors = [*self.cursors[-5:], found[1]]

    def _target(self) -> Asked:
        target = self.random.choice(TARGETS)
        if self.random.random() < 0.5:
            operation = self.random.choice(operations())
            target = self._address(operation)[0]
            if self.random.random() < 0.5:
                kept = with_other_bytes(self.random, target[1:])
                target = b"/" + kept.translate(None, b"\r\n \0")
        method = self.random.choice(METHODS)
        by = "spare" if method == b"DELETE" else None  # which may sign out whose token it is
        return self._sent("target", method, target, None, by=by)

    def _photo(self) -> Asked:
        incident, photo = self._incident(), self._new_id()
        said = {
            name: value.encode() if self.random.random() < 0.7 else self._text()
            for name, value in PHOTO_PARAMETERS.items()
            if self.random.random() < 0.5
        }
        query = b"&".join(name.encode() + b"=" + self._quoted(said[name]) for name in said)
        target = f"{API}/incidents/{incident}/photos/{photo}?".encode() + query

        def learn(answer: Answer) -> None:
            if answer.status == 201:
                self.photos = [*self.photos[-5:], (incident, photo)]
                self.known = [*self.known[-20:], photo]

        return self._sent("photo", b"PUT", target, self._picture(), learn=learn)

    def _upload(self) -> Asked:
        """A step of tus: some begin one, the others go on with it."""
        headers = [(b"Tus-Resumable", b"1.0.0")]
        if not self.uploads or self.random.random() < 0.3:
            said = {"incident_id": self._incident(), "photo_id": self._new_id()} | {
                name: value
                for name, value in PHOTO_PARAMETERS.items()
                if self.random.random() < 0.2
            }
            told = metadata(**said).encode()
            if self.random.random() < 0.4:
                odd = self.random.choice((*JSON_VALUES, *map(str.encode, TEXTS)))[:9000]
                name = self.random.choice(("taken_place", "taken_at", "about", "caption", "sha256"))
                told += b"," + name.encode() + b" " + b64encode(odd)
            length = self.random.choice((b"1", b"100", b"0", b"5000", b"9" * 18, b"-1", b"1e3"))
            headers += [(b"Upload-Length", length), (b"Upload-Metadata", told)]
            body = b"" if self.random.random() < 0.5 else self.random.choice(pictures())[:100]
            return self._sent("upload", b"POST", "/uploads", body, headers, learn=self._begun)
        target = self.random.choice(self.uploads)
        method = self.random.choices(
            (b"PATCH", b"HEAD", b"DELETE", b"POST", b"GET"), (6, 2, 2, 1, 1)
        )
        override = b""
        if method[0] == b"POST":
            override = self.random.choice((b"PATCH", b"DELETE", b"HEAD", b"FOO", b"\xff", b"get"))
            headers.append((b"X-HTTP-Method-Override", override))
        part = b"application/offset+octet-stream"
        headers.append((b"Content-Type", part if self.random.random() < 0.9 else b"text/plain"))
        offset = self.random.choice((b"0", b"0", b"100", b"1", b"9" * 18, b"-1", b"x", b"0x0"))
        headers.append((b"Upload-Offset", offset))
        body = self._picture()[: self.random.choice((0, 1, 100, 100, 5000))]
        path = API.encode() + b"/uploads/" + target
        return self._sent("upload goes on", method[0], path, body, headers, override=override)

    def _begun(self, answer: Answer) -> None:
        if answer.status == 201:
            location = (answer.header("location") or "").rpartition("/")[2]
            self.uploads = [*self.uploads[-5:], location.encode()]

    def _broken(self) -> Asked:
        token = self.tokens["150425001"].encode()
        sent = broken(self.random, token, self._incident().encode())
        return Asked("broken", sent, is_whole=False)
