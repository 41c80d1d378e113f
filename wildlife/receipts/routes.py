"""Which of these do you hold? A phone deletes only on this answer."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import post
from litestar.params import JSONBody

from media.store import original_key
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.receipts.model import held_entry
from wildlife.receipts.queries import find_entries
from wildlife.service import FromService
from wildlife.web.responses import KNOWN, SENDING_JSON, problems
from wildlife.words.values import Digest

_MOST = 1000


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """收执查询。Ids of incidents, entries and photos, and SHA-256 of photos; up to 1000 of each."""

    ids: Annotated[list[UUID], msgspec.Meta(max_length=_MOST)] = []
    """待确认编号。Ids of incidents, entries and photos: which of them are held?"""
    sha256: Annotated[list[Digest], msgspec.Meta(max_length=_MOST)] = []
    """待确认校验值。SHA-256 of photos: which of them are held?"""


class Receipts(msgspec.Struct, frozen=True):
    """收执。Those that are held, in the order they were asked for."""

    ids: list[UUID]
    """已存妥编号。Those of the ids that are held for good, in the order in which they were asked
    for."""
    sha256: list[str]
    """已存妥校验值。Those of the SHA-256 whose bytes are held for good, in the order of the
    question."""


@post(
    "/receipts",
    status_code=200,
    opt={"verb": Verb.READ},
    tags=["receipts"],
    responses=problems(*KNOWN, *SENDING_JSON),
)
async def find_receipts(
    service: FromService, actor: FromActor, data: JSONBody[Question]
) -> Receipts:
    """查询哪些已经存妥。Which of these ids and hashes are held for good, where you may see them.

    A photo is held when an entry names it and its bytes lie in the store. Of a photo that somebody
    else sent, its id is told only where the same question names its hash, too.
    """
    async with service.database.writing() as connection:
        found = await find_entries(connection, actor, data.ids, data.sha256)
    named = set(data.sha256)
    told = (held_entry(one, actor.account_id, named) for one in found)
    entries = [entry for entry in told if entry is not None]
    sizes = {entry.sha256: entry.size for entry in entries if entry.sha256 is not None}
    held = {
        digest
        for digest, size in sizes.items()
        if await service.store.size(original_key(digest)) == size
    }
    ids = {
        entry.entry_id
        for entry in entries
        if entry.is_told_by_id and (entry.sha256 is None or entry.sha256 in held)
    }
    return Receipts(
        ids=[one for one in data.ids if one in ids],
        sha256=[one for one in data.sha256 if one in held],
    )
