"""Where a list goes on."""

import re

import httpx


def next_of(answer: httpx.Response) -> str | None:
    """Where `Link` says that a list goes on."""
    if "link" not in answer.headers:
        return None
    said = re.fullmatch(r'<([^<>"\s]+)>; rel="next"', answer.headers["link"])
    assert said, answer.headers["link"]
    return said[1]
