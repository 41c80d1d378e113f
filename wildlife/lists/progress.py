"""How far the answer to a question is, for who waits for it without seeing it."""

from typing import Any, Final

from litestar import Request

from wildlife.lists.counting import Total
from wildlife.web.pages import Page

PROGRESS: Final = "progress"
"""In the state of a request: the `Progress` that is told of it, where anybody wants to know."""


class Progress:
    """How many rows are written, of about how many; None: that is not known, or there are none."""

    def __init__(self) -> None:
        self.rows: int | None = None
        self.expected: int | None = None

    def expect(self, total: Total | None) -> None:
        """So many there will be."""
        self.expected = None if total is None else total.rows

    def add(self, page: Page[Any]) -> None:
        """These are written."""
        self.rows = (self.rows or 0) + len(page.items) + len(page.unreadable)


def progress_of(request: Request[Any, Any, Any]) -> Progress | None:
    """Whom the answer to this request tells how far it is."""
    progress: Progress | None = request.scope["state"].get(PROGRESS)
    return progress
