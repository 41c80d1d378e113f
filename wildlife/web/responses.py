"""What a route answers beside its success, for the OpenAPI document: problems by their codes."""

from collections.abc import Iterable
from http import HTTPStatus
from itertools import groupby
from typing import Final

from litestar.openapi.datastructures import ResponseSpec

from wildlife.web.catalogue import CATALOGUE
from wildlife.web.problem_details import MEDIA_TYPE, ProblemDetail

# tus 1.0.0 has a status of its own, which no registry knows.
_CHECKSUM_MISMATCH: Final = 460

# What any question may be answered with: nobody has to be known.
ASKING: Final = (
    "bad_request",
    "invalid_parameter",
    "unknown_parameter",
    "address_too_long",
    "headers_too_large",
    "too_many_requests",
    "unavailable",
    "storage_full",
)
# What a question may be answered with that not everybody may ask.
KNOWN: Final = (*ASKING, "unauthenticated", "invalid_token", "forbidden")
# What a call may be answered with that reads: its answer comes in some formats and not in others.
READING: Final = (*KNOWN, "not_acceptable")
# What is further possible where a body is sent, of whatever type.
SENDING: Final = (
    "body_too_large",
    "unsupported_media_type",
    "body_stalled",
    "too_many_bodies",
    "stopping",
)
# What is further possible of what is said in a body of JSON, or in an address or a header.
SAYING: Final = (
    "unknown_field",
    "missing_field",
    "wrong_type",
    "unknown_code",
    "invalid_value",
    "invalid_time",
    "time_without_offset",
)
SENDING_JSON: Final = (*SENDING, "empty_body", "malformed_json", *SAYING)
# What a call may be answered with that puts anything on a timeline.
RECORDING: Final = (*KNOWN, *SAYING, "time_in_future", "id_conflict", "not_ready")
# … that opens one,
OPENING: Final = (*RECORDING, "mark_in_use")
# … that adds to one: a photo, which says little,
ADDING: Final = (
    *RECORDING,
    "unknown_animal",
    "impossible_step",
    "timeline_full",
    "not_found",
    "not_responsible",
    "no_longer_responsible",
    "not_in_custody",
)
# … and an entry.
FILING: Final = (
    *ADDING,
    "nothing_said",
    "mark_in_use",
    "unknown_species",
    "unknown_entry",
    "unknown_incident",
    "unknown_station",
    "station_without_officers",
    "station_without_rescuers",
    "unknown_badge",
    "officer_locked_out",
    "not_a_duplicate",
)


def unmetered(*codes: str) -> tuple[str, ...]:
    """The same, for a route that says `opt={"unmetered": True}`."""
    return tuple(code for code in codes if code != "too_many_requests")


def problems(*codes: str) -> dict[int, ResponseSpec]:
    """The problem answers of a route, by status."""
    by_status = sorted({(CATALOGUE[code].status, code) for code in codes})
    return {
        status: ResponseSpec(
            ProblemDetail,
            description=_describe(status, (code for _, code in same)),
            media_type=MEDIA_TYPE,
            generate_examples=False,
        )
        for status, same in groupby(by_status, lambda one: one[0])
    }


def _describe(status: int, codes: Iterable[str]) -> str:
    phrase = "Checksum Mismatch" if status == _CHECKSUM_MISMATCH else HTTPStatus(status).phrase
    types = ((code, CATALOGUE[code]) for code in codes)
    said = (f"- `{code}`: {type_.title} / {type_.title_zh}" for code, type_ in types)
    return "\n".join([f"{phrase}:", "", *said])


def also_answers(status: int, answer: type) -> dict[int, ResponseSpec]:
    """A further success answer of a route."""
    return {
        status: ResponseSpec(answer, description=HTTPStatus(status).phrase, generate_examples=False)
    }
