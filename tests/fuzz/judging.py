"""What any answer must be, whatever was sent for it."""

import json
import re
from typing import Final
from urllib.parse import unquote

from tests.documented import require_known
from tests.fuzz.wire import Answer
from wildlife.web.catalogue import CATALOGUE

# What the server itself answers to what is no HTTP, or too long for it, or no HTTP any more (a
# websocket): the service never hears of it.
_NO_REQUEST: Final = {400, 403, 414, 431}


# What may stand around the UUID in a path: it is the same one.
_AROUND_A_UUID: Final = re.compile(r"(?:urn:|uuid:|\{)+([0-9a-f-]{32,36})\}*|([0-9a-f-]{36})\}+")
_ABSOLUTE: Final = re.compile(r"https?://", re.IGNORECASE)


def is_of_the_server(answer: Answer) -> bool:
    """Whether the service was never asked."""
    return answer.header("x-request-id") is None


def judged(answer: Answer, method: bytes, target: bytes, override: bytes = b"") -> str | None:
    """What is wrong with an answer; None where nothing is."""
    if answer.status >= 500:
        return f"{answer.status} {code_of(answer)}"
    if is_of_the_server(answer):
        if answer.status in _NO_REQUEST and not answer.content:
            return None
        return f"{answer.status} without a request id"
    if answer.status >= 400 and (wrong := _wrong_problem(answer, method)):
        return wrong
    return _undocumented(answer, method, target, override)


def code_of(answer: Answer) -> object:
    """The code of a problem, or what stands in its place."""
    try:
        return json.loads(answer.content)["code"]
    except (ValueError, KeyError, TypeError):
        return answer.content[:40]


def _wrong_problem(answer: Answer, method: bytes) -> str | None:
    if answer.header("content-type") != "application/problem+json":
        return f"{answer.status} is {answer.header('content-type')}"
    if method == b"HEAD":
        return None
    try:
        told = json.loads(answer.content.decode())
    except ValueError as error:
        return f"{answer.status} is no JSON: {error}"
    if told["code"] not in CATALOGUE or told["status"] != answer.status or not told["detail"]:
        return f"{answer.status} is {told}"
    return None


def _undocumented(answer: Answer, method: bytes, target: bytes, override: bytes) -> str | None:
    """What the document does not say of it."""
    if not target:  # what is broken asks for nothing that anybody knows
        return None
    path = unquote(target.partition(b"?")[0].partition(b"#")[0].decode("latin-1"))
    path = _AROUND_A_UUID.sub(r"\1\2", path)
    if _ABSOLUTE.match(path):  # as proxies are asked
        path = f"/{path.partition('://')[2].partition('/')[2]}"
    elif not path.startswith("/"):  # of no form that an address has: any answer will do
        return None
    headers = {name.lower(): value for name, value in answer.headers}
    meant = (override.decode("latin-1") or method.decode("latin-1")).upper()
    try:
        require_known(meant, path, answer.status, headers, answer.content)
    except AssertionError as error:
        return str(error).partition("\n")[0]
    return None
