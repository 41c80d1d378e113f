"""`wildlife demo`: prepare, serve, tell the stories over HTTP, say where to look."""

import os
import signal
import threading
import time
from functools import partial
from pathlib import Path

import click
import httpx
from msgspec.structs import replace

from db.database import open_database
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.holding import hold_folder, holding_port
from wildlife.commands.preparing import prepare, run_before_workers
from wildlife.commands.running import load_settings, running_database
from wildlife.commands.server import serve
from wildlife.commands.showing import say
from wildlife.commands.tables import service_url
from wildlife.demo.cast import ACCOUNTS, STATIONS
from wildlife.demo.people import put_people, require_demo_or_nothing
from wildlife.demo.stories import STORIES, Story
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import LOG, Settings
from wildlife.synth.units import units_of
from wildlife.words.speaking import said
from wildlife.words.vocabularies import IncidentState

_START_WITHIN_S = 60


@click.command()
@click.option("--stories/--no-stories", default=True, help="Replay the two stories (default: yes).")
def demo(stories: bool) -> None:
    """Start everything on this machine, tell two stories, and serve until Ctrl-C.

    The accounts of the demo share a public password; it signs in nowhere else. A database that
    holds anything real is refused.
    """
    settings = demo_settings(load_settings())
    with holding_port(settings), running_database(settings, begins=True) as settings:
        run_demo(settings, with_stories=stories)


def demo_settings(settings: Settings) -> Settings:
    """The same for a demo: on loopback, with the public password, its log in a file."""
    return replace(
        settings,
        demo=True,
        host="127.0.0.1",
        log_file=settings.log_file or settings.data_dir / LOG,
    )


def run_demo(settings: Settings, *, with_stories: bool) -> None:
    """Serve the demo until a signal."""
    with saying_what_is_wrong():
        run_before_workers(settings, partial(prepare_demo, settings))
        hold_folder(settings)
    guide = threading.Thread(target=_guide, args=(settings, with_stories), daemon=True)
    guide.start()
    serve(settings)
    say(
        said(
            "Stopped. The data stays in the data folder; the next start finds it again.",
            "已停止。数据保留在数据目录中，下次启动时仍在。",
        )
    )


async def prepare_demo(settings: Settings) -> None:
    """Make what a first start makes, with the demo's people, where nothing real is. Raises
    ValueError, or what `prepare` does."""
    url = service_url(settings)
    invented = {one.badge for one in units_of(0).accounts}  # those of every seed
    await require_demo_or_nothing(settings.owner_database_url or url, invented)
    await prepare(settings, photos_lost=True)  # nobody took those that `wildlife synth` invents
    async with open_database(url, confined=True, zone=settings.zone, size=1) as database:
        await put_people(database)


def _guide(settings: Settings, with_stories: bool) -> None:
    base = f"http://{settings.host}:{settings.port}"
    try:
        with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
            _wait_until_ready(client)
            if with_stories:
                for story in STORIES:
                    say(tell(client, story))
                say(
                    said(
                        "Adapted from news reports; what these do not say is marked as 演示补充.",
                        "改编自新闻报道；报道中没有的内容标为“演示补充”。",
                    )
                )
            say_where_to_look(base, settings.log_file)
    except (httpx.HTTPError, RuntimeError) as error:
        sentence = said("The demo could not be shown:", "演示未能进行：")
        click.echo(f"{sentence} {error}", err=True)
        os.kill(os.getpid(), signal.SIGTERM)


def tell(client: httpx.Client, story: Story) -> str:
    """Send a story's requests, in their order; a line that says what came of it."""
    headers = sign_in(client, story.badge)
    for one in story.requests:
        if one.picture is not None:
            answer = client.put(
                f"/api/v1{one.path}",
                content=one.picture(),
                params=one.parameters,
                headers=headers | {"Content-Type": "image/jpeg"},
            )
        else:
            answer = client.post(f"/api/v1{one.path}", json=one.body, headers=headers)
        if answer.is_error:
            raise RuntimeError(f"{one.method} {one.path}: {answer.status_code} {answer.text}")
    answer = client.get(f"/api/v1/incidents/{story.incident_id}", headers=headers)
    incident = answer.raise_for_status().json()
    number, entries, photos = (
        incident["case_number"],
        incident["entries"],
        len(incident["photos"]),
    )
    state = IncidentState(incident["state"])
    return said(
        f"{story.title}: {number}, {entries} entries, {photos} photos, {state.value}.",
        f"{story.title_zh}：{number}，{entries} 条记录，{photos} 张照片，{state.zh}。",
    )


def sign_in(client: httpx.Client, badge: str) -> dict[str, str]:
    """The header that lets this account of the demo in."""
    credentials = {"badge": badge, "password": DEMO_PASSWORD}
    answer = client.post("/api/v1/session", json=credentials)
    return {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}


def _wait_until_ready(client: httpx.Client) -> None:
    give_up = time.monotonic() + _START_WITHIN_S
    while time.monotonic() < give_up:
        try:
            if client.get("/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(
        said(
            f"the server did not answer within {_START_WITHIN_S} s",
            f"服务在 {_START_WITHIN_S} 秒内没有响应",
        )
    )


def say_where_to_look(base: str, log_file: Path | None) -> None:
    """The demo's addresses, accounts, and a first question."""
    stations = {code: name for code, name, *_ in STATIONS}
    say()
    documentation = said("documentation", "接口文档")
    say(f"API       {base}/api/v1   {documentation} {base}/docs")
    say(said(f"Accounts  password of all: {DEMO_PASSWORD}", f"账号      密码均为：{DEMO_PASSWORD}"))
    for badge, _, role, station in ACCOUNTS:
        called = said(f"{role.value:<9}", role.zh)
        say(f"          {badge:<10} {called} {stations.get(station or '', '')}".rstrip())
    say()
    say(
        said(
            "Sign in as the official and ask for the releases of 三有 species:",
            "以主管部门人员的账号登录，查询三有动物的放归记录：",
        )
    )
    say()
    say(f"""  TOKEN=$(curl -s {base}/api/v1/session -H 'Content-Type: application/json' \\
    -d '{{"badge":"LC1504","password":"{DEMO_PASSWORD}"}}' | sed 's/.*access_token":"//;s/".*//')
  curl -s "{base}/api/v1/releases?protection=sanyou" -H "Authorization: Bearer $TOKEN" \\
    | python3 -m json.tool --no-ensure-ascii""")
    say()
    say(
        said(
            f"The log is in {log_file}. Ctrl-C stops everything.",
            f"日志在 {log_file}。按 Ctrl-C 停止全部组件。",
        )
    )
