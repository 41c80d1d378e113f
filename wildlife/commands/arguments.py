"""What arguments and options may be given: what is wrong with one is said in both languages."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from wildlife.words.speaking import said
from wildlife.words.values import EARLIEST


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


class Whole(click.IntRange):
    """A whole number, from one to another."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number. Fails where it is none of these."""
        try:
            return int(super().convert(value, param, ctx))
        except click.BadParameter:
            told = said(
                f"{value!r} is no whole number from {self.min} to {self.max}.",
                f"“{value}”不是 {self.min} 到 {self.max} 的整数。",
            )
            self.fail(told, param, ctx)


class Day(click.ParamType[date]):
    """A day, as 2024-12-31."""

    name = "day"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The day. Fails where it is none, or none on which a record may be."""
        if isinstance(value, date):
            return value
        try:
            day = datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            told = said(f"{value!r} is no day like 2024-12-31.", f"“{value}”应写作 2024-12-31。")
            self.fail(told, param, ctx)
        if day <= EARLIEST.date():
            self.fail(said("Records begin in 1950.", "记录从 1950 年开始。"), param, ctx)
        return day


class DeviceId(click.types.UUIDParameterType):
    """The id of a device."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The UUID. Fails where it is none."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            self.fail(
                said(error.message, f"“{value}”不是设备编号，见 `wildlife device list`。"),
                param,
                ctx,
            )


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
