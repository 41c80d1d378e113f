"""A question that is only tried: whether it would be answered. By the very code of its route, up to
where rows would be read."""

from typing import Any, Final

from litestar import Request, Response

TRIED: Final = "tried"
"""In the state of a request: that it is one."""


def is_tried(request: Request[Any, Any, Any]) -> bool:
    """Whether nothing is to be read for this request, which is right so far: `would_answer`."""
    return TRIED in request.scope["state"]


def would_answer() -> Response[Any]:
    """What is answered then, which nobody puts on record: nothing is shown."""
    return Response(b"", status_code=204)
