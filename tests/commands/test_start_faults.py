"""Whatever stops a start is one sentence in the operator's language, says what to do, and leaves
nothing behind: no traceback, no worker, no new database."""

import asyncio
import json
import re
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from db.alone import connected
from db.database import Database
from db.identity import lasting_identity, with_login
from media.vault import make_key
from tests.commandline import WITHIN_S, Wildlife, lines_until, run, started, stopped_by
from tests.disks import fill_disk, small_disk
from tests.files import files
from tests.fixtures.database import ServiceLogin, new_database
from tests.photos.renditions import settled
from tests.pictures import encoded, noise
from tests.postgresql import needs_root
from tests.serving import free_port, is_ready, killable, until
from tests.users import Person
from wildlife.demo.cast import ACCOUNTS
from wildlife.informants.keys import open_fitting_vault
from wildlife.people.codes import Role
from wildlife.settings import Settings, to_environment


class Place(NamedTuple):
    """Where a start is tried."""

    url: str
    folder: Path
    refusing_store: str

    def on(self, database: str) -> str:
        """The URL of another database of the same server."""
        before, question, after = self.url.partition("?")
        return f"{before.rpartition('/')[0]}/{database}{question}{after}"


class Fault(NamedTuple):
    """What is wrong, as variables, and what is said of it: in English and in Chinese."""

    variables: Callable[[Place], dict[str, str]]
    en: str
    zh: str
    status: int = 1


def _variable(name: str, value: str) -> Callable[[Place], dict[str, str]]:
    return lambda place: {f"WILDLIFE_{name}": value.replace("{}", str(place.folder))}


def _url(make: Callable[[Place], str]) -> Callable[[Place], dict[str, str]]:
    return lambda place: {"WILDLIFE_DATABASE_URL": make(place)}


FAULTS = {
    "a variable that there is not": Fault(
        _variable("DATABASE_URI", "x"),
        "There is no setting WILDLIFE_DATABASE_URI; did you mean WILDLIFE_DATABASE_URL?",
        "没有 WILDLIFE_DATABASE_URI 这项设置；是否想写 WILDLIFE_DATABASE_URL？",
        2,
    ),
    "a port that is none": Fault(
        _variable("PORT", "http"), "write a whole number from 1", "请写 1 到 65535 的整数", 2
    ),
    "a port that is taken": Fault(
        _variable("PORT", "taken"), "Can't listen on 127.0.0.1:", "无法监听 127.0.0.1:"
    ),
    "another machine's address": Fault(
        _variable("HOST", "192.0.2.1"),
        "is no address of this machine",
        "不是本机地址",
        2,
    ),
    "a data folder that is a file": Fault(
        _variable("DATA_DIR", "{}/a file"),
        "Not a directory",
        "informants.key 无法使用",
    ),
    "a data folder below a file": Fault(
        _variable("DATA_DIR", "{}/a file/data"),
        "Not a directory",
        "informants.key 无法使用",
    ),
    "a data folder where nobody may write": Fault(
        _variable("DATA_DIR", "/proc/wildlife"),
        "/proc/wildlife",
        "/proc/wildlife",
    ),
    "a log file whose folder is missing": Fault(
        _variable("LOG_FILE", "{}/none/service.log"),
        "No such file or directory",
        "不存在",
        2,
    ),
    "a log file that is a folder": Fault(
        _variable("LOG_FILE", "{}"),
        "Is a directory",
        "是文件夹，不是文件",
        2,
    ),
    "a policy that is missing": Fault(
        _variable("POLICY_FILE", "{}/none.toml"),
        "No such file or directory",
        "不存在",
        2,
    ),
    "a policy that is none": Fault(
        _variable("POLICY_FILE", "{}/a file"),
        "A line is `code = hours`",
        "每行写作 `代码 = 小时数`",
        2,
    ),
    "a key that is none": Fault(
        _variable("KEY_FILE", "{}/a file"), "is no key of 32 bytes", "不是 32 字节的密钥", 2
    ),
    "a key that is a device": Fault(
        _variable("KEY_FILE", "/dev/zero"), "it is no regular file", "字节文件", 2
    ),
    "an address that is none": Fault(
        _variable("HOST", "999.1.1.1"), "is no address of this machine", "不是本机地址", 2
    ),
    "a URL that is none": Fault(
        _url(lambda _: "x"), "Write it like postgresql://", "写法如 postgresql://", 2
    ),
    "a store that is none": Fault(_variable("MEDIA_URL", "x"), "s3://bucket", "写法如 s3://", 2),
    "a key that is gone": Fault(
        _variable("KEY_FILE", "{}/none.key"), "is not at", "处没有本数据库的密钥"
    ),
    "a key that is another database's": Fault(
        _variable("KEY_FILE", "{}/other.key"),
        "is the key of another database",
        "是另一个数据库的密钥",
    ),
    "a database where nobody listens": Fault(
        _url(lambda _: "postgresql://127.0.0.1:1/wildlife"),
        "Look whether it runs, and at host and port in WILDLIFE_DATABASE_URL",
        "请检查它是否在运行",
    ),
    "a database on a host that there is not": Fault(
        _url(lambda _: "postgresql://wildlife.invalid/wildlife"),
        "Look whether it runs",
        "请检查它是否在运行",
    ),
    "a database that there is not": Fault(
        _url(lambda place: place.on("none")), "Make that database", "请创建该数据库"
    ),
    "a login that there is not": Fault(
        _url(lambda place: with_login(place.url, "nobody_here", "wrong")),
        "Look at the login and the password",
        "请检查 WILDLIFE_DATABASE_URL 中的登录名和密码",
    ),
    "a URL of something else": Fault(
        _url(lambda _: "mysql://127.0.0.1/x"),
        "Write it like postgresql://",
        "写法如 postgresql://",
        2,
    ),
    "a certificate that is missing": Fault(
        _url(
            lambda place: (
                f"postgresql://127.0.0.1/x?sslmode=verify-ca&sslrootcert={place.folder}/no"
            )
        ),
        "can't be used",
        "无法使用",
        2,
    ),
    "a certificate that is none": Fault(
        _url(
            lambda place: (
                f"postgresql://127.0.0.1/x?sslmode=verify-ca&sslrootcert={place.folder}/a file"
            )
        ),
        "can't be used",
        "无法使用",
    ),
    "a store of another kind": Fault(
        _variable("MEDIA_URL", "https://photos"),
        "s3://bucket/prefix",
        "写法如 s3://",
        2,
    ),
    "a bucket that there is not": Fault(
        _variable("MEDIA_URL", "s3://nobody-made-it"),
        "There is no bucket for s3://nobody-made-it. Make it",
        "照片存储中没有这个存储桶",
    ),
    "a store where nobody listens": Fault(
        lambda _: {
            "WILDLIFE_MEDIA_URL": "s3://photos",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        },
        "The photo store can't be used",
        "无法使用照片存储",
    ),
    "a store without credentials": Fault(
        lambda _: {
            "WILDLIFE_MEDIA_URL": "s3://photos",
            "AWS_ACCESS_KEY_ID": "",
            "AWS_SECRET_ACCESS_KEY": "",
            "AWS_METADATA_ENDPOINT": "http://127.0.0.1:1",
        },
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Without them the machine is asked",
        "请设置 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY。没有设置时使用本机自身的身份",
    ),
    "a store with half of its credentials": Fault(
        lambda _: {"WILDLIFE_MEDIA_URL": "s3://photos", "AWS_SECRET_ACCESS_KEY": ""},
        "AWS_SECRET_ACCESS_KEY is missing",
        "缺少 AWS_SECRET_ACCESS_KEY",
        2,
    ),
    "a store at an address that is none": Fault(
        lambda _: {"WILDLIFE_MEDIA_URL": "s3://photos", "AWS_ENDPOINT_URL": "127.0.0.1:9000"},
        "AWS_ENDPOINT_URL='127.0.0.1:9000': write it like https://",
        "AWS_ENDPOINT_URL='127.0.0.1:9000'：写法如 https://",
        2,
    ),
    "a store without encryption": Fault(
        lambda _: {"WILDLIFE_MEDIA_URL": "s3://photos", "AWS_ALLOW_HTTP": ""},
        "allow it with AWS_ALLOW_HTTP=true",
        "或设置 AWS_ALLOW_HTTP=true",
        2,
    ),
    "a store that refuses who asks": Fault(
        lambda place: {
            "WILDLIFE_MEDIA_URL": "s3://photos",
            "AWS_ENDPOINT_URL": place.refusing_store,
        },
        "The photo store refuses the credentials (s3://photos: InvalidAccessKeyId)",
        "照片存储不接受所给的凭据（s3://photos: InvalidAccessKeyId）",
    ),
}


class _Refusing(BaseHTTPRequestHandler):
    """An S3 that knows nobody."""

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = (
            b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InvalidAccessKeyId</Code>'
            b"<Message>The Access Key Id you provided does not exist.</Message></Error>"
        )
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def refusing_store() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


async def checked_as(said: str, status: int, **environment: str) -> None:
    """`wildlife check` says what stops a start, in the same words; it may say more."""
    told = said.removeprefix("Error: ").removeprefix("错误：")
    checked = await run("check", **environment)
    if not checked.out:  # not even the settings can be read
        assert (checked.status, checked.err.splitlines()[-1]) == (status, said), checked
        return
    assert (checked.status, checked.err) == (1, ""), checked
    faults = [line.split("\t")[2] for line in checked.out.splitlines() if FAULT.search(line)]
    assert told in faults, (told, checked.out)


FAULT = re.compile(r"\t(fault|故障)\t")


async def refused(settings: Settings, **changed: str) -> dict[str, str]:
    """The sentence with which a start is refused, by language; `wildlife check` says the same."""
    told = {}
    environment = to_environment(replace(settings, port=free_port())) | changed
    for language in LANGUAGES:
        for command in ("serve", "check"):
            before = files(settings.data_dir)
            ended = await run(command, **environment | {"LC_ALL": language})
            assert ended.status in {1, 2}, ended
            if command == "serve":
                assert len(ended.err.splitlines()) == 1, ended
                told[language] = ended.err.rstrip("\n")
            else:
                assert files(settings.data_dir) == before
        await checked_as(told[language], 1, **environment | {"LC_ALL": language})
    return told


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.usefixtures("bucket")
async def test_what_stops_a_start_is_one_sentence_that_says_what_to_do(
    fault: Fault,
    settings: Settings,
    database: Database,
    tmp_path: Path,
    refusing_store: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "a file").write_text("neither a folder nor a certificate")
    (tmp_path / "other.key").write_bytes(bytes(32))
    make_key(settings.key_path)
    async with database.writing() as connection:
        await open_fitting_vault(connection, settings.key_path)
    place = Place(settings.database_url or "", tmp_path, refusing_store)
    real = replace(settings, port=free_port(), owner_database_url=None, demo=False)
    right = to_environment(real)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wrong = {
            name: str(taken.getsockname()[1]) if value == "taken" else value
            for name, value in fault.variables(place).items()
        }
        for name, value in wrong.items():
            if name.startswith("AWS_") and not value:  # to the client, nothing is something
                monkeypatch.delenv(name, raising=False)
        wrong = {name: value for name, value in wrong.items() if value}
        for language, sentence in (("C.UTF-8", fault.en), ("zh_CN.UTF-8", fault.zh)):
            ended = await run("serve", **right | wrong | {"LC_ALL": language})
            assert (ended.status, ended.out) == (fault.status, ""), ended
            *usage, said = ended.err.splitlines()
            assert sentence in said, ended
            assert said.startswith("错误：" if language.startswith("zh") else "Error: "), ended
            assert fault.status == 2 or not usage, ended
            if language.startswith("zh"):
                assert re.search("[\u4e00-\u9fff]", said), ended
            await checked_as(said, fault.status, **right | wrong | {"LC_ALL": language})


@pytest.mark.parametrize(
    ("changed", "en", "zh"),
    [
        (
            "insert into migration (name) values ('9999_later.sql')",
            "A later version of this program has changed the tables (9999_later.sql)",
            "数据表已被更高版本的程序修改（9999_later.sql）",
        ),
        (
            "delete from migration where name = '0001_records.sql'",
            "The database lacks 0001_records.sql",
            "数据库缺少 0001_records.sql",
        ),
    ],
    ids=["newer", "older"],
)
async def test_tables_of_another_version_are_named_by_whatever_is_started(
    settings: Settings, database: Database, changed: str, en: str, zh: str
) -> None:
    async with database.writing() as connection:
        await connection.execute(changed)
    service = to_environment(replace(settings, port=free_port(), owner_database_url=None))
    every = [(("serve",), service), (("verify",), service)]
    if "later" in changed:
        # Not even the owner changes what it does not know.
        every += [(("migrate",), to_environment(settings)), (("serve",), to_environment(settings))]
    for command, environment in every:
        for language, sentence in (("C.UTF-8", en), ("zh_CN.UTF-8", zh)):
            ended = await run(*command, **environment | {"LC_ALL": language})
            assert (ended.status, ended.out) == (1, ""), ended
            assert sentence in ended.err
            assert len(ended.err.splitlines()) == 1
            if command == ("serve",):
                await checked_as(ended.err.rstrip(), 1, **environment | {"LC_ALL": language})


@pytest.mark.parametrize("fault", ["gone", "empty", "a file", "another's"])
async def test_a_store_that_is_not_the_databases_is_told_by_the_check_as_by_the_start(
    settings: Settings, officer: Person, tmp_path: Path, fault: str
) -> None:
    incident_id = await officer.opened()
    put = await officer.put_photo(incident_id, encoded(noise(60, 40)))
    assert put.status_code == 201
    media, other = settings.media_dir, tmp_path / "elsewhere"
    media.rename(other)
    named = "The store holds none of 1 photos that this database names."
    match fault:
        case "empty":
            (media / "originals").mkdir(parents=True)
        case "a file":
            media.write_text("none")
            named = f"{media}/aside can't be used: Not a directory."
        case "another's":
            shutil.copytree(other, media)
            for original in files(media / "originals"):
                original.rename(original.with_name("0" * 64))
    told = await refused(settings)
    assert named in told["C.UTF-8"]
    shutil.rmtree(media, ignore_errors=True)
    media.unlink(missing_ok=True)
    other.rename(media)
    assert (await run("check", **to_environment(settings))).status == 0


async def test_photos_of_another_database_are_told_by_the_check_as_by_the_start(
    settings: Settings, tmp_path: Path
) -> None:
    (settings.media_dir / "originals/00").mkdir(parents=True)
    (settings.media_dir / "originals/00" / ("0" * 64)).write_text("a photo")
    (settings.media_dir / "aside").mkdir()
    (settings.media_dir / "renditions").mkdir()
    assert "this database has no entry yet" in (await refused(settings))["C.UTF-8"]


@pytest.mark.parametrize("key", ["gone", "another"])
async def test_the_key_of_a_database_of_0_1_is_told_by_the_check_as_by_the_start(
    settings: Settings, officer: Person, database: Database, key: str
) -> None:
    """It remembered none: what is sealed tells."""
    await officer.opened()
    async with database.writing() as connection:
        await connection.execute("delete from key_fingerprint")
    right = settings.key_path.read_bytes()
    settings.key_path.unlink()
    if key == "another":
        settings.key_path.write_bytes(bytes(32))
    named = "is not at" if key == "gone" else "is the key of another database"
    assert named in (await refused(settings))["C.UTF-8"]
    settings.key_path.write_bytes(right)
    assert (await run("check", **to_environment(settings))).status == 0
    async with database.reading() as connection:
        assert await connection.fetchval("select count(*) from key_fingerprint") == 0


async def test_a_database_without_tables_is_told_so_in_one_sentence(
    server_url: str, service_login: ServiceLogin, tmp_path: Path
) -> None:
    async with new_database(server_url) as url:
        settings = Settings(data_dir=tmp_path, database_url=service_login.on(url))
        told = await refused(settings)
        assert told["C.UTF-8"] == (
            "Error: The database has no tables yet. If it is the right one, make them with"
            " `wildlife migrate`, as the login that owns its tables (WILDLIFE_OWNER_DATABASE_URL)."
        )
        assert told["zh_CN.UTF-8"].startswith("错误：数据库中还没有数据表。")
        checked = await run("check", "--json", **to_environment(settings))
        states = {one["part"]: one["state"] for one in json.loads(checked.out)}
        assert states["key"] == states["photos"] == "unchecked"


async def test_the_port_of_the_service_itself_is_not_taken(settings: Settings) -> None:
    with killable(settings) as server:
        environment = to_environment(replace(settings, port=server.port))
        checked = await run("check", **environment)
        assert checked.status == 0, checked
        assert f"address\tok\tthe service answers at 127.0.0.1:{server.port}" in checked.out


LANGUAGES = ("C.UTF-8", "zh_CN.UTF-8")


@needs_root
async def test_on_a_disk_without_room_no_private_database_is_begun(data_dir: Path) -> None:
    with small_disk(data_dir, "20m") as disk:
        environment = {"WILDLIFE_DATA_DIR": str(disk / "var"), "WILDLIFE_PORT": str(free_port())}
        for command in ("serve", "demo", "migrate"):
            for language, sentence in zip(
                LANGUAGES, ("is full. Make room", "磁盘已满"), strict=True
            ):
                ended = await run(command, **environment, LC_ALL=language)
                assert (ended.status, ended.out) == (1, ""), ended
                assert sentence in ended.err
                assert str(disk / "var") in ended.err
                assert len(ended.err.splitlines()) == 1
        assert [*disk.iterdir()] == []


@needs_root
async def test_a_key_for_which_there_is_no_room_is_made_when_there_is(
    settings: Settings, database: Database, data_dir: Path
) -> None:
    with small_disk(data_dir, "64k") as disk:
        ballast = fill_disk(disk)
        there = replace(settings, data_dir=disk, log_file=None, port=free_port())
        environment = to_environment(replace(there, owner_database_url=None))
        for language, sentence in zip(
            LANGUAGES, ("No space left on device", "磁盘已满"), strict=True
        ):
            ended = await run("serve", **environment, LC_ALL=language)
            assert (ended.status, ended.out) == (1, ""), ended
            assert f"{disk}/informants.key" in ended.err
            assert sentence in ended.err
            assert len(ended.err.splitlines()) == 1
        assert [*disk.iterdir()] == [ballast]
        async with database.reading() as connection:
            assert await connection.fetchval("select count(*) from key_fingerprint") == 0
        ballast.unlink()
        async with started("serve", **environment) as process:
            assert "New key" in (await lines_until(process, "New key"))[-1]


async def test_of_two_that_are_started_at_once_on_one_port_one_serves(data_dir: Path) -> None:
    port = free_port()
    environment = {"WILDLIFE_DATA_DIR": str(data_dir / "var"), "WILDLIFE_PORT": str(port)}
    async with started("serve", **environment) as one, started("serve", **environment) as other:
        both = {asyncio.create_task(each.wait()): each for each in (one, other)}
        [ended], _ = await asyncio.wait(both, timeout=WITHIN_S, return_when="FIRST_COMPLETED")
        refused = both.pop(ended)
        [serving] = both.values()
        out, err = await refused.communicate()
        assert (refused.returncode, out) == (1, b"")
        assert err.decode().startswith(f"Error: Can't listen on 127.0.0.1:{port}")
        assert len(err.splitlines()) == 1
        await lines_until(serving, "Started worker-1")
        await until(lambda: is_ready(port))
        assert (await stopped_by(serving, signal.SIGINT)).status == 0


async def test_of_two_on_one_folder_the_second_is_refused_until_the_first_has_ended(
    settings: Settings,
) -> None:
    """On another port, with the same database; killed, it holds nothing any more."""
    with killable(replace(settings, workers=2)) as server:
        other = to_environment(replace(settings, port=free_port()))
        for language, sentence in zip(
            LANGUAGES, ("Another service works on", "已由另一个服务"), strict=True
        ):
            for command in ("serve", "check"):
                ended = await run(command, **other | {"LC_ALL": language})
                assert ended.status == 1
                assert sentence in ended.out + ended.err
                assert f"127.0.0.1:{server.port}" in ended.out + ended.err
        server.kill()
        async with started("serve", **other) as process:
            await lines_until(process, "Serving on")
        server.start()


async def test_a_copy_of_a_database_is_refused_the_store_of_the_original_until_it_takes_it_over(
    settings: Settings, officer: Person, server_url: str, template: str
) -> None:
    """For training, say; its sweep would take what the original has received since."""
    incident = await officer.opened()
    assert (await officer.put_photo(incident, encoded(noise(60, 40)))).is_success
    await settled(officer, incident)
    with killable(settings):
        pass
    belongs_to = settings.media_dir / "belongs_to.json"
    own = json.loads(belongs_to.read_bytes())
    async with new_database(server_url, like=template) as url, connected(url) as connection:
        copy = await lasting_identity(connection)
        assert copy != own["database"]
    belongs_to.write_text(json.dumps({"database": copy, "name": "training"}))
    before = files(settings.media_dir)
    assert "belongs to another database: training" in (await refused(settings))["C.UTF-8"]
    swept = await run("media", "sweep", **to_environment(settings))
    assert swept.status == 1
    assert "wildlife media take-over" in swept.err
    assert files(settings.media_dir) == before
    taken = await run("media", "take-over", **to_environment(settings))
    assert (taken.status, json.loads(belongs_to.read_bytes())) == (0, own)
    with killable(settings):
        assert (await run("media", "sweep", **to_environment(settings))).status == 0


async def test_a_role_that_there_is_not_is_told_which_there_are(
    wildlife: Wildlife, database: Database
) -> None:
    add = ("account", "add", "150425009", "新民警", "--role", "boss", "--password", "long enough")
    for language, sentence in zip(
        LANGUAGES,
        (
            f"'boss' is not one of {', '.join(repr(role.value) for role in Role)}.",
            f"“boss”不在可选的值之中：{'、'.join(Role)}。",
        ),
        strict=True,
    ):
        ended = await wildlife(*add, status=2, LC_ALL=language)
        assert ended.out == ""
        assert sentence in ended.err.splitlines()[-1]
    async with database.reading() as connection:
        assert await connection.fetchval("select count(*) from account") == len(ACCOUNTS)
