"""What the OpenAPI document says, held against every answer that a test gets."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple

import httpx
import jsonschema_rs
import msgspec
from litestar import Litestar
from litestar.utils import normalize_path

from wildlife.app import create_app
from wildlife.demo.examples import EXAMPLES
from wildlife.settings import Settings
from wildlife.web.document import complete
from wildlife.web.problem_details import MEDIA_TYPE as PROBLEM

# What an answer says beside its body to a program that goes on from there.
_HEADERS = {
    "accept-ranges", "content-disposition", "content-range", "etag", "link", "location",
    "retry-after", "tus-resumable", "tus-version", "upload-expires", "upload-length",
    "upload-metadata", "upload-offset", "vary", "www-authenticate",
}  # fmt: skip
# What may be wrong with any request, and is no operation's own.
_ANYWHERE = {"bad_request", "method_not_allowed", "internal_error"}
# What shows the document, and is none of its operations.
_PAGES = re.compile("/|/docs(/.*)?")


class Operation(NamedTuple):
    """The document's words on what an address answers to a method."""

    path: re.Pattern[str]
    steps: int
    """How many steps of it stand for anything: the fewer, the more is meant by it."""
    method: str
    answers: dict[int, str]
    headers: dict[int, set[str]]
    schemas: dict[tuple[int, str], Any]
    """What its bodies of JSON are held against, by status and media type."""


@cache
def application() -> Litestar:
    """One that does not run, to ask what it has."""
    return create_app(Settings())


@cache
def document() -> dict[str, Any]:
    """The document as it is served."""
    schema = application().openapi_schema.to_schema()
    encoded = msgspec.json.encode(complete(schema, EXAMPLES))
    decoded: dict[str, Any] = msgspec.json.decode(encoded)
    return decoded


_OF_SEVERAL_PARTS: Final = {"index"}
"""The parameters in which a slash may stand, as C2SP tlog-tiles has it."""


def _addresses(path: str, operation: dict[str, Any]) -> re.Pattern[str]:
    """Those that lead to an operation: with another id than a UUID there is none."""
    ids = {
        one["name"]
        for one in operation.get("parameters", [])
        if one["in"] == "path" and one["schema"].get("format") == "uuid"
    }

    def any_of(name: re.Match[str]) -> str:
        if name[1] in ids:
            return "(?=(-*[0-9A-Fa-f]){32}-*(/|$))[0-9A-Fa-f-]+"
        return ".+" if name[1] in _OF_SEVERAL_PARTS else "[^/]+"

    return re.compile(re.sub(r"\{(\w+)\}", any_of, path))


@cache
def _validator(schema: bytes) -> Any:
    """Of a schema, once something is held against it: each has all that it may refer to."""
    whole = msgspec.json.decode(schema) | {"components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@cache
def operations() -> list[Operation]:
    """All that are documented."""
    return [
        Operation(
            _addresses(path, operation),
            path.count("{"),
            method.upper(),
            {int(status): said["description"] for status, said in operation["responses"].items()},
            {
                int(status): {name.lower() for name in said.get("headers", {})}
                for status, said in operation["responses"].items()
            },
            {
                (int(status), type_): content["schema"]
                for status, said in operation["responses"].items()
                for type_, content in said.get("content", {}).items()
                if type_.endswith("json") and not type_.endswith("ndjson")  # which is many
            },
        )
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


async def require_documented(answer: httpx.Response, *, is_all_known: bool = True) -> None:
    """Fail the test whose request gets an answer that the document does not know, or a header.

    is_all_known: whether the application has no more operations and fields than the document.
    """
    request = answer.request
    override = request.headers.get("x-http-method-override", "").strip().upper()
    is_meant = override and request.method == "POST" and "/uploads" in request.url.path
    # What is streamed is whoever's who asked for it.
    type_ = answer.headers.get("content-type", "")
    is_whole = (
        "json" in type_
        and "content-length" in answer.headers
        and (is_all_known or type_ == PROBLEM)
    )
    if is_whole:
        await answer.aread()
    require_known(
        override if is_meant else request.method,
        request.url.path,
        answer.status_code,
        answer.headers,
        answer.content if is_whole else b"",
        by_a_browser="origin" in request.headers,
        is_all_known=is_all_known,
    )


def require_known(
    method: str,
    path: str,
    status: int,
    headers: Mapping[str, str],
    content: bytes,
    *,
    by_a_browser: bool = False,
    is_all_known: bool = True,
) -> None:
    """Fail for an answer to this method at this path that the document does not know, or a header
    of it; the names of the headers are in small letters."""
    path = normalize_path(path)  # as the framework does
    asked = f"{method} {path}"
    code = None
    if headers.get("content-type") == PROBLEM:
        code = msgspec.json.decode(content)["code"] if content else None
        if code in _ANYWHERE:
            return
    at_path = [one for one in operations() if one.path.fullmatch(path)]
    matching = [one for one in at_path if one.method == method]
    if not matching and method == "HEAD":  # it is answered as GET is
        matching = [one for one in at_path if one.method == "GET"]
    if not matching:
        refused = 405 if at_path else 404
        is_no_operation = method == "OPTIONS" if at_path else _PAGES.fullmatch(path)
        is_no_operation = is_no_operation or not is_all_known
        assert status == refused or is_no_operation, f"{asked}: {status} isn't documented"
        return
    known = min(matching, key=lambda one: one.steps)
    assert status in known.answers, f"{asked}: {status} {code} isn't documented"
    if code is not None:
        assert f"`{code}`" in known.answers[status], f"{asked}: {code} isn't documented"
    untold = _HEADERS & set(headers) - known.headers[status]
    if by_a_browser:
        untold -= {"vary"}  # of CORS, which is no operation's own
    assert not untold, f"{asked}: {status} has {untold}, which isn't documented"
    media_type = headers.get("content-type", "").partition(";")[0]
    if content and (schema := known.schemas.get((status, media_type))) is not None:
        told, validator = msgspec.json.decode(content), _validator(msgspec.json.encode(schema))
        wrong = [f"{list(one.instance_path)}: {one.message}" for one in validator.iter_errors(told)]
        assert not wrong, f"{asked}: {status} isn't as documented: {wrong[:3]}"
