"""What arguments and options may be given: what is wrong with one is said in both languages."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from wildlife.words.speaking import said
from wildlife.words.values import DAY


class _Text(click.ParamType[str]):
    """What is given, unless it is bytes that are no text."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            value.encode()
        except UnicodeEncodeError:
            told = said(f"{value!r} is no text in UTF-8.", f"{value!r} 不是 UTF-8 文字。")
            self.fail(told, param, ctx)
        return value


TEXT: Final = _Text()


class Choice(click.Choice[str]):
    """One of a few codes."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Names the codes that there are."""
        return said(
            super().get_invalid_choice_message(value, ctx),
            f"“{value}”不在可选的值之中：{'、'.join(self.choices)}。",
        )


def station_option(
    help_text: str, *, required: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--station`, as `station_code`."""
    return click.option("--station", "station_code", type=TEXT, required=required, help=help_text)


class Whole(click.ParamType[int]):
    """A whole number, from one to another."""

    name = "number"

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The number. Fails where it is none of these."""
        given = str(value)
        if not re.fullmatch("[0-9]{1,20}", given) or not self._least <= int(given) <= self._most:
            told = said(
                f"{given!r} is no whole number from {self._least} to {self._most}.",
                f"{given!r} 不是 {self._least} 到 {self._most} 的整数。",
            )
            self.fail(told, param, ctx)
        return int(given)


class Day(click.ParamType[date]):
    """A day of whose moments an id (UUIDv7) can tell, as 2024-12-31."""

    name = "day"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The day. Fails where it is none."""
        given = str(value)
        try:
            day = date.fromisoformat(given) if re.fullmatch(DAY, given) else None
        except ValueError:
            day = None
        if day is None:
            told = said(f"{given!r} is no day like 2024-12-31.", f"{given!r} 应写作 2024-12-31。")
            self.fail(told, param, ctx)
        if day < _FIRST:
            told = said(
                f"{day} is too early: ids tell the time since 1970. Take a later day.",
                f"{day} 过早：编号所含的时间从 1970 年算起。请改用较晚的日期。",
            )
            self.fail(told, param, ctx)
        return day


_FIRST: Final = date(1970, 1, 2)  # in every zone


class Id(click.types.UUIDParameterType):
    """The id of something that a command lists. zh: what it is called; listed_by: that command."""

    def __init__(self, zh: str, listed_by: str) -> None:
        self._zh, self._listed_by = zh, listed_by

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The UUID. Fails where it is none."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            told = f"“{value}”不是{self._zh}，见 `wildlife {self._listed_by}`。"
            self.fail(said(error.message, told), param, ctx)


class InputFile(click.Path):
    """A file that is there."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Fails where there is no such file."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            self.fail(said(error.message, f"“{value}”不是可以读取的文件。"), param, ctx)


class InputFolder(click.Path):
    """A folder that is there."""

    def __init__(self) -> None:
        super().__init__(exists=True, file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Fails where there is no such folder."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            self.fail(said(error.message, f"“{value}”不是可以读取的文件夹。"), param, ctx)


class InputPath(click.Path):
    """A file or a folder that is there."""

    def __init__(self) -> None:
        super().__init__(exists=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Fails where there is nothing."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            self.fail(said(error.message, f"“{value}”不是可以读取的文件或文件夹。"), param, ctx)
