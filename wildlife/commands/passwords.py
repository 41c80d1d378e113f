"""A password as a command is given one: as an option, typed twice, or as a line of a pipe."""

import sys
from typing import Final

import click

from wildlife.commands.wrong import CalledWrongly
from wildlife.people.passwords import check_password
from wildlife.words.speaking import said


def _read_password(_: click.Context, __: click.Parameter, given: str | None) -> str:
    wrong: type[click.ClickException] = click.BadParameter
    if given is None:
        given, wrong = _typed(), CalledWrongly
    try:
        return check_password(given)
    except ValueError as error:
        raise wrong(str(error)) from None


def _typed() -> str:
    """Typed by a person, or a line that a program gives."""
    if sys.stdin is None:  # closed by who called
        raise CalledWrongly(
            said(
                "No password came: standard input is closed. Type it at a terminal, or give one"
                " line of a pipe.",
                "没有收到密码：标准输入已关闭。请在终端输入，或由管道给出一行。",
            )
        )
    return _typed_twice() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _typed_twice() -> str:
    while True:
        given: str = click.prompt(said("Password", "密码"), hide_input=True)
        again = said("Repeat for confirmation", "请再输入一次")
        if click.prompt(again, hide_input=True) == given:
            return given
        click.echo(
            said("Error: The two entered values do not match.", "错误：两次输入不一致。"), err=True
        )


password_option: Final = click.option(
    "--password",
    callback=_read_password,
    help="At least 8 characters; others on this machine can see it here (ps). When not given:"
    " asked for twice, or one line of a pipe.",
)
