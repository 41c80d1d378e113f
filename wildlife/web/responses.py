"""What a route answers beside its success, for the OpenAPI document: problems by their codes."""

from collections.abc import Iterable
from http import HTTPStatus
from itertools import groupby
from typing import Final

from litestar.datastructures import ResponseHeader
from litestar.openapi.datastructures import ResponseSpec

from wildlife.web.catalogue import CATALOGUE
from wildlife.web.problems import MEDIA_TYPE, ProblemDetail

# tus 1.0.0 has a status of its own, which no registry knows.
_CHECKSUM_MISMATCH: Final = 460

# Whoever asks anything.
ASKING: Final = (
    "bad_request",
    "invalid_parameter",
    "unknown_parameter",
    "unavailable",
)
# … and has to be known, and to have the right.
KNOWN: Final = (*ASKING, "unauthenticated", "invalid_token", "forbidden")
# … who reads what is answered in some formats and not in others.
READING: Final = (*KNOWN, "not_acceptable")
# … who sends a body, of whatever type,
SENDING: Final = (
    "empty_body",
    "body_too_large",
    "body_stalled",
    "too_many_bodies",
    "stopping",
)
# … what is said in one of JSON, and in an address or a header like it;
SAYING: Final = (
    "unknown_field",
    "missing_field",
    "wrong_type",
    "unknown_code",
    "invalid_value",
    "invalid_time",
    "time_without_offset",
)
SENDING_JSON: Final = (*SENDING, "malformed_json", *SAYING)
# … which opens a timeline,
OPENING: Final = (
    *KNOWN,
    *SAYING,
    "nothing_said",
    "time_in_future",
    "mark_in_use",
    "id_conflict",
    "too_many_refused",
)
# … or goes to one that is there.
FILING: Final = (
    *OPENING,
    "unknown_species",
    "unknown_animal",
    "unknown_entry",
    "unknown_incident",
    "unknown_station",
    "station_without_officers",
    "unknown_badge",
    "not_a_duplicate",
    "impossible_step",
    "timeline_full",
    "not_found",
    "not_responsible",
    "no_longer_responsible",
)


# What the answers of a list say beside their bodies.
PAGED: Final = (
    ResponseHeader(
        name="Link",
        description='下一页的地址。Where the list goes on (RFC 8288): `<…>; rel="next"`, an address'
        " that can be called as it stands. Absent on the last page.",
        documentation_only=True,
    ),
)


def problems(*codes: str) -> dict[int, ResponseSpec]:
    """The problem answers of a route, by status."""
    kinds = sorted({(CATALOGUE[code].status, code) for code in codes})
    return {
        status: ResponseSpec(
            ProblemDetail,
            description=_describe(status, (code for _, code in same)),
            media_type=MEDIA_TYPE,
            generate_examples=False,
        )
        for status, same in groupby(kinds, lambda kind: kind[0])
    }


def _describe(status: int, codes: Iterable[str]) -> str:
    phrase = "Checksum Mismatch" if status == _CHECKSUM_MISMATCH else HTTPStatus(status).phrase
    kinds = ((code, CATALOGUE[code]) for code in codes)
    said = (f"- `{code}`: {kind.title} / {kind.title_zh}" for code, kind in kinds)
    return "\n".join([f"{phrase}:", "", *said])


def also_answers(status: int, answer: type) -> dict[int, ResponseSpec]:
    """A further success answer of a route."""
    return {
        status: ResponseSpec(answer, description=HTTPStatus(status).phrase, generate_examples=False)
    }
