"""Addresses that are not there: which may have been meant."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

from litestar.routes import BaseRoute

from wildlife.words.case_numbers import how_to_find
from wildlife.words.sentences import Sentence

_BASE: Final = "/api/v1"
_ALIKE: Final = 0.7
_MOST_CHARACTERS: Final = 200


def hint_at(routes: Iterable[BaseRoute], path: str) -> Sentence:
    """What is said of an address that no route has, with the one that is nearest to it."""
    # Of several that are equally near the first is taken: one that ends with a word goes before one
    # that ends with an id.
    formats = (route.path_format for route in routes)
    templates = sorted(formats, key=lambda template: template.endswith("}"))
    likely = max(templates, key=lambda template: _likeness(template, path), default=None)
    en = "There is no such address. /docs lists all that there are."
    zh = "没有这个地址。全部地址见 /docs。"
    if likely is None or _likeness(likely, path) < _ALIKE:
        return Sentence(en, zh)
    if "_id" in likely:  # all is right but what stands for the id
        numbers = (how_to_find(step) for step in path.split("/"))
        if found := next(filter(None, numbers), None):
            return found
        return Sentence(
            f"The id in `{likely}` should be a UUID.", f"`{likely}` 中的编号应为 UUID。"
        )
    return Sentence(f"{en} Did you mean `{likely}`?", f"{zh}是否应为 `{likely}`？")


def _likeness(template: str, path: str) -> float:
    """How much of two addresses is the same; what stands for an id is like any."""
    if len(path) > _MOST_CHARACTERS:
        return 0
    steps = [step for step in path.split("/") if step]
    wanted = [step for step in template.split("/") if step]
    if template.startswith(_BASE) and not path.startswith("/api"):
        steps = [*_BASE.strip("/").split("/"), *steps]
    if len(steps) != len(wanted):
        return 0
    alike = [
        1.0 if want.startswith("{") else SequenceMatcher(None, want, step).ratio()
        for want, step in zip(wanted, steps, strict=True)
    ]
    return min(alike, default=0)
