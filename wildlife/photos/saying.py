"""What is said of a photo beside its bytes, in an address or in `Upload-Metadata`."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from wildlife.photos.attaching import entry_of
from wildlife.settings import Settings
from wildlife.timeline.kind import Kinds
from wildlife.timeline.photo import Said
from wildlife.timeline.rules import broken_alone
from wildlife.web.decoding import convert, is_too_deep
from wildlife.web.problems import Problem

_NO_JSON: Final = "an object as JSON"


def read_said(settings: Settings, kinds: Kinds, given: Mapping[str, Any]) -> Said:
    """What the address of a photo, or its `Upload-Metadata`, says of it: texts, of which
    `taken_place` is JSON. Raises Problem with all that is wrong with it."""
    said = dict(given)
    if (text := said.get("taken_place")) is not None:
        said["taken_place"] = _json_or_text(text)

    def rules(said: Said) -> Iterator[Problem]:
        for problem in broken_alone(settings, kinds, entry_of(said, datetime.now(settings.zone))):
            if all(error.field.partition(".")[0] in given for error in problem.errors):
                yield problem

    try:
        return convert(said, Said, rules)
    except Problem as problem:
        raise problem.mapped(
            lambda error: (
                replace(error, expected=_NO_JSON)
                if error.field == "taken_place" and isinstance(error.given, str)
                else error
            )
        ) from None


def _json_or_text(text: str) -> Any:
    """A text as JSON; where it is none, as it is, which is not what it should be."""
    with suppress(msgspec.DecodeError):
        if not is_too_deep(text.encode()):
            return msgspec.json.decode(text)
    return text
