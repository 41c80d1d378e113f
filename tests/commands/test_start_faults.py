"""Whatever stops a start is one sentence in the operator's language, says what to do, and leaves
nothing behind: no traceback, no worker, no new database."""

import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from db.identity import with_login
from db.pool import Database
from media.vault import make_key
from tests.commandline import run
from tests.media.test_store import bucket, s3  # noqa: F401 - fixtures
from tests.serving import free_port
from wildlife.informants.keys import open_fitting_vault
from wildlife.settings import Settings, to_environment


class Place(NamedTuple):
    """Where a start is tried."""

    url: str
    folder: Path

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
        _variable("HOST", "192.0.2.1"), "is no address of this machine", "不是本机地址"
    ),
    "a data folder that is a file": Fault(
        _variable("DATA_DIR", "{}/a file"), "Not a directory", "密钥无法使用"
    ),
    "a data folder below a file": Fault(
        _variable("DATA_DIR", "{}/a file/data"), "Not a directory", "密钥无法使用"
    ),
    "a data folder where nobody may write": Fault(
        _variable("DATA_DIR", "/proc/wildlife"), "/proc/wildlife", "/proc/wildlife"
    ),
    "a log file whose folder is missing": Fault(
        _variable("LOG_FILE", "{}/none/service.log"), "No such file or directory", "不存在"
    ),
    "a log file that is a folder": Fault(
        _variable("LOG_FILE", "{}"), "Is a directory", "是文件夹，不是文件"
    ),
    "a policy that is missing": Fault(
        _variable("POLICY_FILE", "{}/none.toml"), "No such file or directory", "无法读取"
    ),
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
        _url(lambda _: "mysql://127.0.0.1/x"), "Write it like postgresql://", "写法如 postgresql://"
    ),
    "a certificate that is missing": Fault(
        _url(
            lambda place: (
                f"postgresql://127.0.0.1/x?sslmode=verify-ca&sslrootcert={place.folder}/no"
            )
        ),
        "can't be used",
        "无法使用",
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
        _variable("MEDIA_URL", "https://photos"), "s3://bucket/prefix", "写法如 s3://"
    ),
    "a bucket that there is not": Fault(
        _variable("MEDIA_URL", "s3://nobody-made-it"), "there is no bucket", "无法使用照片存储"
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.usefixtures("bucket")
async def test_what_stops_a_start_is_one_sentence_that_says_what_to_do(
    fault: Fault, settings: Settings, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("neither a folder nor a certificate")
    (tmp_path / "other.key").write_bytes(bytes(32))
    make_key(settings.key_path)
    async with database.writing() as connection:
        await open_fitting_vault(connection, settings.key_path)
    place = Place(settings.database_url or "", tmp_path)
    right = to_environment(replace(settings, port=free_port(), owner_database_url=None))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wrong = {
            name: str(taken.getsockname()[1]) if value == "taken" else value
            for name, value in fault.variables(place).items()
        }
        for language, sentence in (("C.UTF-8", fault.en), ("zh_CN.UTF-8", fault.zh)):
            ended = await run("serve", **right | wrong | {"LC_ALL": language})
            assert (ended.status, ended.out) == (fault.status, ""), ended
            *usage, said = ended.err.splitlines()
            assert sentence in said, ended
            assert said.startswith("Error: "), ended
            assert fault.status == 2 or not usage, ended
            if language.startswith("zh"):
                assert re.search("[\u4e00-\u9fff]", said), ended


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
