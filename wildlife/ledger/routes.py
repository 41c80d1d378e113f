"""The ledger for who verifies it from outside: a checkpoint, and the tiles of which every proof is
made (C2SP tlog-tiles)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import structlog
from litestar import Request, Response, get
from litestar.connection import ASGIConnection
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Schema,
)
from litestar.params import FromPath

from wildlife.ledger import queries, tree_queries
from wildlife.ledger.keys import CannotSign
from wildlife.ledger.signing import NOTHING_YET, Checkpoints
from wildlife.ledger.tree import HEIGHT, WIDTH, Row
from wildlife.people.may import Verb
from wildlife.service import FromService
from wildlife.settings import Settings
from wildlife.web.answer_headers import documented_headers
from wildlife.web.problems import Problem
from wildlife.web.responses import READING, problems
from wildlife.words.sentences import Sentence

log = structlog.get_logger()

_NOTE: Final = "text/plain"
_BYTES: Final = "application/octet-stream"

# Every number has one way to be written: in groups of three digits, all but the last after an x.
_INDEX: Final = re.compile(r"((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_ENTRIES: Final = "entries"
_LEVEL: Final = re.compile(rf"{_ENTRIES}|[0-7]")

_NO_TILE: Final = Sentence(
    "There is no such tile: write it like `tile/0/x001/234`, or `tile/0/x001/234.p/5` of one that"
    " is not full, and no further than the last checkpoint goes.",
    "没有这一分块。写法如 `tile/0/x001/234`，未满的分块如 `tile/0/x001/234.p/5`，且不超出最近的"
    "检查点。",
)
_KEY_IN_THE_WAY: Final = Sentence(
    "No checkpoint can be signed: the operators find the reason in the log, and by"
    " `wildlife checkpoint sign`.",
    "无法签署检查点：运维人员可在日志中、或用 `wildlife checkpoint sign` 查看原因。",
)


@dataclass
class CheckpointOperation(Operation):
    """An operation that answers a signed note."""

    OFFERED: ClassVar = (_NOTE,)

    def __post_init__(self) -> None:
        note = Schema(
            type=OpenAPIType.STRING, description="签名检查点。A signed note (C2SP tlog-checkpoint)."
        )
        _answers(self, _NOTE, note)


@dataclass
class TileOperation(Operation):
    """An operation that answers hashes, or digests."""

    OFFERED: ClassVar = (_BYTES,)

    def __post_init__(self) -> None:
        tile = Schema(
            type=OpenAPIType.STRING,
            format=OpenAPIFormat.BINARY,
            description="散列分块。Hashes of 32 bytes each; of `entries` salt and digest, after"
            " their length in two bytes.",
        )
        _answers(self, _BYTES, tile)


def _answers(operation: Operation, media_type: str, schema: Schema) -> None:
    answer = (operation.responses or {}).get("200")
    if isinstance(answer, OpenAPIResponse):
        answer.content = {media_type: OpenAPIMediaType(schema=schema)}


@contextmanager
def signing() -> Iterator[None]:
    """Sign within it. Raises Problem unavailable where that is not possible, and says why."""
    try:
        yield
    except CannotSign as error:
        raise Problem("unavailable", said=error.said) from None
    except (OSError, ValueError) as error:
        log.warning("checkpoints_not_signed", error=error)
        raise Problem("unavailable", said=_KEY_IN_THE_WAY) from None


def _is_open(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """To anybody: hashes alone. What the leaves are made of shows digests unblinded, by which who
    guesses what was said finds out that it is right."""
    settings: Settings = connection.app.state.settings
    return settings.ledger_open and connection.path_params.get("level") != _ENTRIES


@get(
    "/checkpoint",
    opt={"verb": Verb.READ_LEDGER, "open_where": _is_open},
    tags=["ledger"],
    media_type=_NOTE,
    operation_class=CheckpointOperation,
    response_headers=documented_headers("Cache-Control"),
    responses=problems(*READING, "not_found"),
)
async def get_checkpoint(request: Request[Any, Any, Any], service: FromService) -> Response[bytes]:
    """总账检查点。How many entries there are of all incidents, and the root of the tree over them,
    signed: it is signed now, where entries came since the last one.

    A signed note (C2SP tlog-checkpoint, Ed25519), as existing verifiers read it; they are told the
    verifier key by `wildlife checkpoint key`, which the operators say. Keep it elsewhere: what is
    taken away later, or changed, no longer fits it.

    Where the operators let anybody read it (`WILDLIFE_LEDGER_OPEN`), whoever shows no token is
    answered the last that was signed.
    """
    if request.scope.get("user") is None:
        async with service.database.reading() as connection:
            signed = await tree_queries.last_checkpoint(connection)
    else:
        checkpoints: Checkpoints = request.app.state.checkpoints
        with signing():
            signed = await checkpoints.latest()
    if signed is None:
        raise Problem("not_found", said=NOTHING_YET)
    return Response(signed.note.encode(), media_type=_NOTE, headers={"Cache-Control": "no-store"})


@get(
    "/tile/{level:str}/{index:path}",
    opt={"verb": Verb.READ_LEDGER, "open_where": _is_open},
    tags=["ledger"],
    media_type=_BYTES,
    operation_class=TileOperation,
    response_headers=documented_headers("Cache-Control"),
    responses=problems(*READING, "not_found"),
)
async def get_tile(
    service: FromService, level: FromPath[str], index: FromPath[str]
) -> Response[bytes]:
    """总账散列分块。Hashes of a level of the tree, 256 or as many of the last tile as `.p/` asks;
    of the level `entries` what the leaves are made of (C2SP tlog-tiles): of each entry 16 bytes of
    salt and the 32 of its `digest`, as its timeline tells it.

    A leaf is the SHA-256 of 0x00 and these: a tile names nobody, and tells nothing of what was
    said. Where the operators let anybody read the tree, it is read without a token, but for that
    level.
    """
    wanted = _row(level, index.lstrip("/"))
    of_entries = level == _ENTRIES
    # Whoever has a checkpoint asks for its tiles at once: sooner than a replica has them.
    async with service.database.writing() as connection:
        size = (await queries.read_end(connection)).size
        if wanted is None or wanted.first + wanted.many > size >> HEIGHT * wanted.level:
            raise Problem("not_found", said=_NO_TILE)
        if of_entries:
            end = wanted.first + wanted.many
            hashes = await tree_queries.list_leaves(connection, wanted.first, end)
        else:
            hashes = await tree_queries.read_row(connection, wanted)
    if len(hashes) < wanted.many:  # it was completed a moment ago, or taken away
        raise Problem("unavailable")
    lengths = (len(one).to_bytes(2, "big") if of_entries else b"" for one in hashes)
    content = b"".join(length + one for length, one in zip(lengths, hashes, strict=True))
    return Response(
        content,
        media_type=_BYTES,
        headers={"Cache-Control": "private, max-age=31536000, immutable"},
    )


def _row(level: str, index: str) -> Row | None:
    """What an address asks for; None: it is none."""
    named = _INDEX.fullmatch(index)
    if named is None or not _LEVEL.fullmatch(level):
        return None
    groups = named[1].replace("x", "").split("/")
    many = int(named[2] or WIDTH)
    if many > WIDTH or (named[2] and many == WIDTH) or (len(groups) > 1 and groups[0] == "000"):
        return None
    return Row(0 if level == _ENTRIES else int(level), int("".join(groups)) * WIDTH, many)
