"""What is written under a field of a class, where who reads its code finds it: for all others.

It begins with the field's Chinese name, as it stands on a form or over a column: `体重。Weight in
grams.`
"""

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from types import ModuleType


@cache
def written_under(cls: type) -> dict[str, str]:
    """The docstring under each field of a class, by the field's name; the class's own before those
    of what it derives from."""
    found: dict[str, str] = {}
    for one in reversed(cls.__mro__):
        module = sys.modules.get(one.__module__)
        definition = None if module is None else _classes(module).get(one.__name__)
        if definition is not None:
            found |= _docstrings(definition)
    return found


def label_of(cls: type, field: str) -> str:
    """The Chinese name of a field, which what is written under it begins with.

    Raises KeyError where nothing is.
    """
    return label_in(written_under(cls)[field])


def label_in(written: str) -> str:
    """The Chinese name that what is written under a field begins with."""
    return written.partition("。")[0]


@cache
def _classes(module: ModuleType) -> dict[str, ast.ClassDef]:
    try:
        source = inspect.getsource(module)
    except (OSError, TypeError):  # it is no Python
        return {}
    return {one.name: one for one in ast.parse(source).body if isinstance(one, ast.ClassDef)}


def _docstrings(definition: ast.ClassDef) -> dict[str, str]:
    body = definition.body
    return {
        field.target.id: " ".join(text.split())
        for field, below in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(text := below.value.value, str)
    }
