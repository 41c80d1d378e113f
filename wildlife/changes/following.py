"""Reading on for the service itself: from a place that it keeps, to where it goes on after each."""

from dataclasses import dataclass
from typing import Any, Final

from litestar import Request

from wildlife.changes.places import Place
from wildlife.changes.reading import News

FOLLOWING: Final = "following"
"""In the state of a request that the service makes itself: the `Following` that is told."""


@dataclass
class Following:
    """Where to begin; and what is new from there, once it is answered."""

    place: Place
    news: News | None = None


def following_of(request: Request[Any, Any, Any]) -> Following | None:
    """None: somebody else asks, by a cursor."""
    following: Following | None = request.scope["state"].get(FOLLOWING)
    return following
