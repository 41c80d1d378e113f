"""What a command that is called wrongly, or can't do its work, says; and in Chinese."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final

import click
from click.exceptions import Exit, NoArgsIsHelpError, NoSuchCommand

from wildlife.words.speaking import in_chinese

_EXTRA: Final = re.compile(r"Got unexpected extra arguments? \((.*)\)")


class CalledWrongly(click.ClickException):
    """An argument can't be meant; it is told like any fault."""

    exit_code = 2


class WrongSetting(CalledWrongly):
    """A setting is what is wrong."""


@contextmanager
def speaking() -> Iterator[None]:
    """Let what the library says of a call be Chinese where the terminal is."""
    try:
        yield
    except NoArgsIsHelpError:
        raise
    except click.ClickException as error:
        if in_chinese():
            raise _InChinese(error) from None
        raise
    except (KeyboardInterrupt, EOFError, click.Abort):
        if in_chinese():
            click.echo("\n已中断。", err=True)
            raise Exit(1) from None
        raise


class _InChinese(click.ClickException):
    """What another error says, in Chinese."""

    def __init__(self, error: click.ClickException) -> None:
        super().__init__(_in_chinese(error))
        self.exit_code = error.exit_code  # type: ignore[misc]  # the library's own do so, too
        context = getattr(error, "ctx", None)
        self._usage = (
            f"{context.get_usage()}\n运行 `{context.command_path} --help` 查看帮助。\n"
            if isinstance(context, click.Context)
            else None
        )

    def show(self, file: IO[Any] | None = None) -> None:
        """As the library does."""
        if self._usage:
            click.echo(self._usage, file=file, err=True)
        click.echo(f"错误：{self.message}", file=file, err=True)


def _in_chinese(error: click.ClickException) -> str:
    match error:
        case click.NoSuchOption():
            return f"没有 {error.option_name} 这个选项。{_meant(error.possibilities)}"
        case NoSuchCommand():
            return f"没有 {error.command_name} 这个命令。{_meant(error.possibilities)}"
        case click.MissingParameter():
            kind = "选项" if isinstance(error.param, click.Option) else "参数"
            return f"缺少{kind} {_name(error)}。"
        case click.BadOptionUsage():
            takes = "does not take" not in error.message
            return f"选项 {error.option_name} {'须带一个值' if takes else '不带值'}。"
        case click.BadParameter():
            return f"{_name(error)} 无效：{error.message}"
    if extra := _EXTRA.match(error.message):
        return f"多出了参数：{extra[1]}"
    return error.message  # ours


def _name(error: click.BadParameter) -> str:
    """What it is called in the help."""
    if error.param is None:
        return str(error.param_hint or "")
    return error.param.get_error_hint(error.ctx).replace("'", "")


def _meant(possibilities: Any) -> str:
    return f"是否想写 {'、'.join(sorted(possibilities))}？" if possibilities else ""
