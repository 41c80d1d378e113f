"""The same id again: the same content is answered as the first time, other content kept."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from db.pool import Connection
from wildlife.accounts.model import Actor
from wildlife.incidents import queries
from wildlife.incidents.entries import AnyEntry, Opening
from wildlife.photos.model import ImageFacts
from wildlife.problems import FieldError, Problem
from wildlife.service import Service


class Written(msgspec.Struct, frozen=True):
    """What a write answers; `created` is False for a replay."""

    answer: Any
    created: bool


def differing_fields(stored: Any, given: Any) -> list[str]:
    """The paths at which two bodies differ; two writings of one instant do not."""
    if stored == given:
        return []
    return list(_paths(msgspec.to_builtins(stored), msgspec.to_builtins(given), "")) or ["type"]


def _paths(a: Any, b: Any, path: str) -> Iterator[str]:
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted({*a, *b}):
            yield from _paths(a.get(name), b.get(name), f"{path}.{name}" if path else name)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for index, (left, right) in enumerate(zip(a, b, strict=True)):
            yield from _paths(left, right, f"{path}[{index}]")
    elif a != b:
        yield path


async def refuse(
    service: Service,
    connection: Connection,
    actor: Actor,
    incident_id: UUID,
    body: Opening | AnyEntry,
    differing: list[str],
    image: ImageFacts | None = None,
) -> None:
    """Keep a body whose id is taken, and say so. Always raises."""
    # Whom it names lies apart; a photo's bytes are in the store, under the hash kept with it.
    informant = body.informant if isinstance(body, Opening) else None
    said = msgspec.to_builtins(replace(body, informant=None) if informant else body)
    if image is not None:
        said["image"] = msgspec.to_builtins(image)
    await queries.keep_refused(
        connection,
        incident_id=incident_id,
        entry_id=body.id,
        actor=actor,
        differing=differing,
        sealed=service.vault.seal(incident_id, msgspec.json.encode(said, order="sorted")),
        sealed_informant=service.vault.seal(incident_id, msgspec.json.encode(informant))
        if informant
        else None,
        sha256=bytes.fromhex(image.sha256) if image else None,
    )
    raise Problem("id_conflict", FieldError("id", str(body.id)), differing=differing)
