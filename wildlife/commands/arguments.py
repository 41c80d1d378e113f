"""What arguments and options may be given: what is wrong with one is said in both languages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from wildlife.words.speaking import said


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
