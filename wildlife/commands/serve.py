"""`wildlife serve`: the service, from its first start on."""

from functools import partial

import click

from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.holding import hold_folder, holding_port
from wildlife.commands.preparing import prepare, run_before_workers
from wildlife.commands.running import load_settings, running_database
from wildlife.commands.server import serve as run_server
from wildlife.commands.showing import say
from wildlife.settings import Settings
from wildlife.words.speaking import said


@click.command()
@click.option(
    "--photos-lost", is_flag=True, help="Start although the store holds none of the photos."
)
def serve(photos_lost: bool) -> None:
    """Start the service and serve until Ctrl-C.

    Brings the tables up to date first, where it has their owner's login
    (WILDLIFE_OWNER_DATABASE_URL, or a private database), and refuses to start where they are not.
    Loads the register of species that ships with the project where the database has none.
    """
    settings = load_settings()
    with holding_port(settings), running_database(settings, begins=True) as settings:
        is_new_key = not settings.key_path.is_file()
        try:
            with saying_what_is_wrong():
                run_before_workers(settings, partial(prepare, settings, photos_lost=photos_lost))
                hold_folder(settings)  # which is there now
        except BaseException:
            if is_new_key:
                _say_new_key(settings)
            raise
        at = f"http://{settings.host}:{settings.port}"
        say(
            said(
                f"Serving on {at} — documentation at /docs",
                f"服务已启动：{at}，接口文档见 /docs",
            )
        )
        if is_new_key:
            _say_new_key(settings)
        run_server(settings)


def _say_new_key(settings: Settings) -> None:
    """Also where the start comes to nothing later: the next one finds it, and says nothing."""
    if settings.key_path.is_file():
        say(
            said(
                f"New key: {settings.key_path}. Back it up: nothing else opens who reported.",
                f"新密钥：{settings.key_path}。请备份：没有它，谁也看不到报告人。",
            )
        )
