"""What would let in who is not meant stops a start, in both languages; secrets may lie in files,
and no sentence repeats them."""

from pathlib import Path
from typing import Any

import pytest

from tests.commandline import Wildlife, is_whole, run
from tests.serving import Server, client_of, free_port
from tests.users import Person
from wildlife.app import create_app
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import SECRET, Settings, read_settings, to_environment

PROVIDER = {
    "WILDLIFE_OIDC_ISSUER": "https://id.example.cn/realms/agency",
    "WILDLIFE_OIDC_CLIENT_ID": "wildlife",
    "WILDLIFE_OIDC_CLIENT_SECRET": "s3cret",
    "WILDLIFE_OIDC_REDIRECT_URL": "https://wildlife.example.cn/signed-in",
    "WILDLIFE_OIDC_ROLES": "chifeng=official@1504",
}

MAIL = {
    "WILDLIFE_SMTP_URL": "smtps://u:p@mail.example.cn",
    "WILDLIFE_MAIL_FROM": "wildlife@example.cn",
    "WILDLIFE_MAIL_DOMAINS": "example.cn",
}

UNSAFE: list[tuple[dict[str, str], str, str]] = [
    (
        {"WILDLIFE_DEMO": "true", "WILDLIFE_HOST": "0.0.0.0"},
        "could sign in with a public password",
        "都可以用公开的演示密码登录",
    ),
    (
        {"WILDLIFE_DEMO": "1", "WILDLIFE_HOST": "::"},
        "could sign in with a public password",
        "都可以用公开的演示密码登录",
    ),
    (
        {"WILDLIFE_TRUSTED_PROXY": "0.0.0.0/0"},
        "could say that they come from anywhere",
        "可以冒充任何地址",
    ),
    (
        {"WILDLIFE_TRUSTED_PROXY": "10.0.0.5, ::/0"},
        "could say that they come from anywhere",
        "可以冒充任何地址",
    ),
    ({"WILDLIFE_CORS_ORIGINS": "*"}, "is no origin", "不是来源"),
    (
        PROVIDER | {"WILDLIFE_OIDC_ISSUER": "http://id.example.cn"},
        "could sign in as anybody",
        "都可以冒充他人登录",
    ),
    (
        PROVIDER | {"WILDLIFE_OIDC_REDIRECT_URL": "http://10.0.0.5/signed-in"},
        "could sign in as anybody",
        "都可以冒充他人登录",
    ),
    (
        PROVIDER | {"WILDLIFE_OIDC_ROLES": "boss=admin"},
        "admin is no role that an identity provider gives",
        "身份提供方不能授予 admin",
    ),
]


@pytest.mark.parametrize(("unsafe", "en", "zh"), UNSAFE)
async def test_what_lets_everybody_in_stops_every_command_with_a_sentence(
    unsafe: dict[str, str], en: str, zh: str, tmp_path: Path
) -> None:
    common = {"WILDLIFE_DATA_DIR": str(tmp_path / "x"), "WILDLIFE_PORT": str(free_port())}
    for language, sentence in (("en", en), ("zh", zh)):
        ended = await run("serve", WILDLIFE_LANGUAGE=language, **common, **unsafe)
        assert (ended.status, ended.out) == (2, "")
        assert sentence in ended.err.splitlines()[-1]
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_a_demo_that_nobody_else_reaches_may_be(host: str) -> None:
    assert read_settings({"WILDLIFE_DEMO": "true", "WILDLIFE_HOST": host}).demo


async def test_what_may_be_meant_on_an_intranet_is_a_warning_and_stops_nothing(
    wildlife: Wildlife,
) -> None:
    off = {"WILDLIFE_DEMO": ""}
    for changed, told in (
        ({"WILDLIFE_HOST": "0.0.0.0"}, "settings\twarning\tpasswords and names come to 0.0.0.0"),
        (
            {"WILDLIFE_HOST": "0.0.0.0", "WILDLIFE_TRUSTED_PROXY": "10.0.0.0/8"},
            "settings\twarning\twhoever is in 10.0.0.0/8 may say",
        ),
        (
            {"WILDLIFE_HOST": "0.0.0.0", "WILDLIFE_TRUSTED_PROXY": "172.30.77.0/28"},
            "settings\tok\t",
        ),
    ):
        ended = await wildlife("check", WILDLIFE_PORT=str(free_port()), **off, **changed)
        assert told in ended.out, ended.out
    told = (await wildlife("check", WILDLIFE_HOST="0.0.0.0", WILDLIFE_LANGUAGE="zh", **off)).out
    assert "设置\t警告\t密码和姓名以明文发到 0.0.0.0" in told


def test_what_the_environment_says_of_the_framework_opens_no_debugger(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LITESTAR_DEBUG", "LITESTAR_PDB"):
        monkeypatch.setenv(name, "1")
    app = create_app(Settings(database_url="postgresql://nobody@localhost/none"))
    assert not app.debug
    assert not app.pdb_on_exception


# ---------------------------------------------------------------- secrets


@pytest.mark.parametrize("name", SECRET)
def test_every_secret_may_lie_in_a_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    field = name.removeprefix("WILDLIFE_").lower()
    secret = MAIL.get(name, "postgresql://u:p@db/x")
    for end in ("", "\n", "\r\n"):
        file.write_bytes(f"{secret}{end}".encode())
        others = next((one for one in (PROVIDER, MAIL) if name in one), {})
        if name == "WILDLIFE_READ_DATABASE_URL":  # of which there is one of a given database alone
            others = {"WILDLIFE_DATABASE_URL": "postgresql://u@db/x"}
        settings = read_settings({**others, f"{name}_FILE": str(file), name: ""})
        assert getattr(settings, field) == secret
        assert read_settings(to_environment(settings)) == settings


SECRETS: dict[str, Any] = {
    "empty": "",
    "two lines": "s3cret\ns3cret",
    "blank": " \n",
    "bytes": b"s3cret\xff",
    "folder": None,
}


@pytest.mark.parametrize("written", SECRETS.values(), ids=SECRETS)
async def test_a_file_that_holds_no_secret_is_named_and_not_repeated(
    written: Any, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    if written is None:
        file.mkdir()
    else:
        file.write_bytes(written if isinstance(written, bytes) else written.encode())
    for language in ("en", "zh"):
        ended = await run("serve", WILDLIFE_DATABASE_URL_FILE=str(file), WILDLIFE_LANGUAGE=language)
        assert ended.status == 2
        [*_, told] = ended.err.splitlines()
        assert f"WILDLIFE_DATABASE_URL_FILE={str(file)!r}" in told
        assert "s3cret" not in ended.err + ended.out


def test_a_secret_that_is_said_twice_and_one_that_is_not_there_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    both = {"WILDLIFE_DATABASE_URL": "postgresql://a", "WILDLIFE_DATABASE_URL_FILE": str(file)}
    with pytest.raises(ValueError, match="are both set"):
        read_settings(both)
    with pytest.raises(ValueError, match="can't be read"):
        read_settings({"WILDLIFE_DATABASE_URL_FILE": str(file)})
    for name in ("WILDLIFE_PORT_FILE", "WILDLIFE_MEDIA_URL_FILE"):
        with pytest.raises(ValueError, match=f"There is no setting {name}"):
            read_settings({name: str(file)})


async def test_the_service_runs_by_secrets_that_lie_in_files(
    settings: Settings, tmp_path: Path
) -> None:
    environment = to_environment(settings) | PROVIDER
    secret = [name for name in SECRET if name in environment]
    for name in secret:
        file = tmp_path / name
        file.write_text(environment.pop(name))
        environment[f"{name}_FILE"] = str(file)
    ended = await run("verify", **environment)
    assert is_whole(ended, 0)
    server = Server(settings)
    server.environment |= PROVIDER
    for name in secret:
        del server.environment[name]
        server.environment[f"{name}_FILE"] = str(tmp_path / name)
    try:
        server.start()
        async with client_of(server.base) as client:
            await Person.sign_in(client, "150425001", DEMO_PASSWORD)
    finally:
        server.stop()


def test_no_secret_has_an_option_of_a_command() -> None:
    """What stands on a command line, everybody on the machine can read."""
    import click

    from wildlife.commands.main import main

    def options(command: click.Command) -> set[str]:
        own = {opt for one in command.params for opt in one.opts}
        inner = command.commands.values() if isinstance(command, click.Group) else ()
        return own.union(*map(options, inner))

    said = {one.lower().replace("-", "_") for one in options(main)}
    assert not [one for one in said if "url" in one or "token" in one or "secret" in one]
