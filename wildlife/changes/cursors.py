"""Where a reader of what is new goes on, as they are told it.

A place tells how many entries there are of everybody, so it is sealed. With it comes what stood
before it: a database that was brought back from a backup has something else there, or nothing.
"""

import base64
from hashlib import sha256
from struct import Struct
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request

from media.vault import Unsealable, Vault
from wildlife.changes.places import Place
from wildlife.web.problems import FieldError, Problem
from wildlife.words.sentences import Sentence

_PLACE: Final = Struct(">Q8s")
_EXPECTED: Final = "the next_cursor of the page before"
_NOT_OF_THE_QUESTION: Final = {"cursor", "limit", "wait", "since"}

_NONE_OF_OURS: Final = Sentence(
    "The cursor is not one that this service gave for this question, or was altered, or the key has"
    " been changed since: send the `next_cursor` of the answer before as it is, with the same"
    " filters; or begin again with `since`, at the time of the last entry that you have, and drop"
    " what you have already by `incident_id` and its id.",
    "该游标不是本系统为此查询给出的，或已被改动，或此后更换过密钥：请原样使用上一次的"
    " `next_cursor`，筛选条件保持不变；或用 `since` 从已有的最后一条记录的时间重新开始，并按"
    "警情编号（`incident_id`）和记录编号去掉已有的记录。",
)


def question_of(request: Request[Any, Any, Any]) -> UUID:
    """What a request asks for, wherever it goes on."""
    given = request.query_params.multi_items()
    asked = sorted((name, value) for name, value in given if name not in _NOT_OF_THE_QUESTION)
    return UUID(bytes=sha256(urlencode([("", "changes"), *asked]).encode()).digest()[:16])


def encode_cursor(vault: Vault, question: UUID, place: Place) -> str:
    """The cursor for a place."""
    sealed = vault.seal(question, _PLACE.pack(*place))
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def decode_cursor(vault: Vault, question: UUID, name: str, cursor: str) -> Place:
    """The place. name: of the parameter or header it came in. Raises Problem: invalid_parameter."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        sealed = base64.b64decode(padded, altchars=b"-_", validate=True)
        return Place(*_PLACE.unpack(vault.open(question, sealed)))
    except (ValueError, Unsealable):
        error = FieldError(name, cursor[:200], _EXPECTED, said=_NONE_OF_OURS)
        raise Problem("invalid_parameter", error) from None
