"""What a statistic answers."""

from typing import Generic, TypeVar

import msgspec

F = TypeVar("F", bound=msgspec.Struct)


class Key(msgspec.Struct, frozen=True):
    """分组值。To which group of one grouping a figure belongs."""

    code: str | None
    """代码。The group: a code, a month as 2024-08; null: it is not known."""
    zh: str
    """中文名称。What it is called in Chinese."""
    en: str
    """英文名称。What it is called in English, or in Chinese where nobody translated it."""


class Group(msgspec.Struct, Generic[F], frozen=True):
    """一组。The figures of one group."""

    keys: list[Key]
    """分组值。The group, by each of `group_by`, in its order."""
    figures: F
    """数值。How many, and how long."""
    listed: str | None
    """对应清单。The address of the list of exactly those that are counted here; null where it would
    be longer than 4,000 characters: `POST …/search` of the list has no such bound."""


class Statistic(msgspec.Struct, Generic[F], frozen=True):
    """统计结果。How many there are of what was asked for."""

    group_by: list[str]
    """分组方式。By what they are told apart."""
    total: F
    """合计。Of all that were asked for, each counted once."""
    groups: list[Group[F]]
    """分组。The largest first, but of months and years the earliest; 1000 at most."""
    groups_left_out: int
    """未列出的组数。How many smaller groups there are beside these; they count in `total`."""


def part_of(some: int, all_: int) -> float | None:
    """Which part of all they are, from 0 to 1; None of none."""
    return round(some / all_, 4) if all_ else None
