"""Settings come from the environment; a wrong one gets a sentence that names the variable."""

import re
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import certifi
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from tests.commandline import run
from tests.fixtures.service import running_application
from tests.pictures import encoded, noise
from tests.tus import PART, creation
from tests.users import API, Person
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings, read_settings, to_environment

# A value for every field, none of them the default.
GIVEN: dict[str, tuple[str, Any]] = {
    "WILDLIFE_DATA_DIR": ("/srv/wildlife", Path("/srv/wildlife")),
    "WILDLIFE_HOST": ("127.0.0.2", "127.0.0.2"),
    "WILDLIFE_PORT": ("8443", 8443),
    "WILDLIFE_TRUSTED_PROXY": ("10.0.0.5, fd00::/64", "10.0.0.5, fd00::/64"),
    "WILDLIFE_CORS_ORIGINS": ("https://app.example.cn", "https://app.example.cn"),
    "WILDLIFE_WORKERS": ("4", 4),
    "WILDLIFE_DATABASE_URL": ("postgresql://u:p@db/x", "postgresql://u:p@db/x"),
    "WILDLIFE_OWNER_DATABASE_URL": ("postgresql://o:p@db/x", "postgresql://o:p@db/x"),
    "WILDLIFE_READ_DATABASE_URL": ("postgresql://u:p@copy/x", "postgresql://u:p@copy/x"),
    "WILDLIFE_READ_DATABASE_BEHIND_S": ("5", 5),
    "WILDLIFE_DATABASE_CONNECTIONS": ("20", 20),
    "WILDLIFE_TIME_ZONE": ("Asia/Urumqi", "Asia/Urumqi"),
    "WILDLIFE_POLICY_FILE": ("policy.toml", Path("policy.toml")),
    "WILDLIFE_HIDDEN_PLACES": ("national_1,species:cervus_nippon",) * 2,
    "WILDLIFE_KEY_FILE": ("/run/secrets/key", Path("/run/secrets/key")),
    "WILDLIFE_CHECKPOINT_KEY_FILE": ("/run/secrets/sign", Path("/run/secrets/sign")),
    "WILDLIFE_CHECKPOINT_NAME": ("wildlife.example/log",) * 2,
    "WILDLIFE_CHECKPOINT_DIR": ("/mnt/worm", Path("/mnt/worm")),
    "WILDLIFE_CHECKPOINT_S": ("600", 600),
    "WILDLIFE_LEDGER_OPEN": ("true", True),
    "WILDLIFE_FUTURE_TOLERANCE_S": ("0", 0),
    "WILDLIFE_BODY_LIMIT_BYTES": ("50000", 50000),
    "WILDLIFE_ACCOUNT_REQUESTS_PER_MINUTE": ("7000", 7000),
    "WILDLIFE_ADDRESS_REFUSALS_PER_MINUTE": ("3000", 3000),
    "WILDLIFE_PHOTO_LIMIT_BYTES": ("60000", 60000),
    "WILDLIFE_MEDIA_URL": ("s3://photos/wildlife", "s3://photos/wildlife"),
    "WILDLIFE_UPLOAD_QUOTA_BYTES": ("80000", 80000),
    "WILDLIFE_UPLOAD_EXPIRY_S": ("900", 900),
    "WILDLIFE_RENDERING_MEMORY_BYTES": ("900000000", 900000000),
    "WILDLIFE_RENDERING_LIMIT_PIXELS": ("7000000", 7000000),
    "WILDLIFE_ACCESS_TOKEN_S": ("60", 60),
    "WILDLIFE_REFRESH_TOKEN_S": ("600", 600),
    "WILDLIFE_DESK_REFRESH_TOKEN_S": ("300", 300),
    "WILDLIFE_FEED_S": ("86400", 86400),
    "WILDLIFE_EXPORT_S": ("3600", 3600),
    "WILDLIFE_OIDC_ISSUER": ("https://id.example.cn/realms/agency",) * 2,
    "WILDLIFE_OIDC_CLIENT_ID": ("wildlife", "wildlife"),
    "WILDLIFE_OIDC_CLIENT_SECRET": ("s3cret", "s3cret"),
    "WILDLIFE_OIDC_REDIRECT_URL": ("https://wildlife.example.cn/signed-in",) * 2,
    "WILDLIFE_OIDC_ROLES": ("chifeng=official@1504",) * 2,
    "WILDLIFE_OIDC_ROLE_CLAIM": ("realm_access.roles",) * 2,
    "WILDLIFE_OIDC_BADGE_CLAIM": ("employee_number",) * 2,
    "WILDLIFE_OIDC_SCOPES": ("openid", "openid"),
    "WILDLIFE_OIDC_CA_FILE": (certifi.where(), Path(certifi.where())),
    "WILDLIFE_OIDC_SESSION_S": ("3600", 3600),
    "WILDLIFE_WEBHOOK_NETWORKS": ("10.0.0.0/8, fd00::/8",) * 2,
    "WILDLIFE_SMTP_URL": ("smtps://user:s3cret@mail.example.cn",) * 2,
    "WILDLIFE_MAIL_FROM": ("wildlife@example.cn",) * 2,
    "WILDLIFE_MAIL_DOMAINS": ("example.cn",) * 2,
    "WILDLIFE_LOG_FILE": ("日志.log", Path("日志.log")),
    "WILDLIFE_LANGUAGE": ("zh", "zh"),
    "WILDLIFE_DEMO": ("true", True),
}

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
# The bounds of each number, by its field.
BOUNDS = {
    field.name: (cast(int, field.type.ge), cast(int, field.type.le))
    for field in inspect.type_info(Settings).fields  # type: ignore[attr-defined]
    if isinstance(field.type, inspect.IntType)
}
NUMBERS = {name: st.integers(*bounds) for name, bounds in BOUNDS.items()}
FILE = TEXT.map(Path)
SETTINGS = st.builds(
    Settings,
    data_dir=FILE,
    host=TEXT | st.just("127.0.0.1"),
    trusted_proxy=st.none() | st.ip_addresses().map(str),
    database_url=st.none() | TEXT,
    owner_database_url=st.none() | TEXT,
    time_zone=st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "UTC"]),
    policy_file=st.none() | FILE,
    key_file=st.none() | FILE,
    media_url=st.none() | TEXT,
    log_file=st.none() | FILE,
    language=st.sampled_from([None, "en", "zh"]),
    demo=st.booleans(),
    **NUMBERS,
)


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()
    assert read_settings({"PATH": "/bin", "WILDLIFE_PORT": ""}) == Settings()


def test_every_field_is_read_from_its_variable() -> None:
    fields = [field.name for field in msgspec.structs.fields(Settings)]
    assert [f"WILDLIFE_{name.upper()}" for name in fields] == list(GIVEN)
    settings = read_settings({name: text for name, (text, _) in GIVEN.items()})
    for name, (_, value) in zip(fields, GIVEN.values(), strict=True):
        assert getattr(settings, name) == value != getattr(Settings(), name), name


@given(SETTINGS)
def test_a_worker_reads_the_settings_that_it_was_handed(settings: Settings) -> None:
    if settings.demo:
        settings = msgspec.structs.replace(settings, host="127.0.0.1")
    environment = to_environment(settings)
    assert read_settings(environment) == settings
    assert all("\0" not in value for value in environment.values())


@pytest.mark.parametrize("said", ["true", "True", "1"])
def test_a_switch_is_on_by_true_or_1(said: str) -> None:
    assert read_settings({"WILDLIFE_DEMO": said}).demo is True


@pytest.mark.parametrize("said", ["false", "False", "0"])
def test_a_switch_is_off_by_false_or_0(said: str) -> None:
    assert read_settings({"WILDLIFE_DEMO": said}).demo is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WILDLIFE_PORT", "abc"),
        ("WILDLIFE_PORT", "80.5"),
        ("WILDLIFE_PORT", "0"),
        ("WILDLIFE_PORT", "65536"),
        ("WILDLIFE_PORT", "-1"),
        ("WILDLIFE_LANGUAGE", "fr"),
        ("WILDLIFE_LANGUAGE", "zh_CN.UTF-8"),
        ("WILDLIFE_TRUSTED_PROXY", "proxy"),
        ("WILDLIFE_TRUSTED_PROXY", "10.0.0.5/8"),
        ("WILDLIFE_TRUSTED_PROXY", "10.0.0.5,"),
        ("WILDLIFE_TRUSTED_PROXY", "0.0.0.0/0"),
        ("WILDLIFE_TRUSTED_PROXY", "10.0.0.5, ::/0"),
        ("WILDLIFE_CORS_ORIGINS", "*"),
        ("WILDLIFE_CORS_ORIGINS", "app.example.cn"),
        ("WILDLIFE_CORS_ORIGINS", "https://app.example.cn/app"),
        ("WILDLIFE_CORS_ORIGINS", "https://app.example.cn,"),
        ("WILDLIFE_CORS_ORIGINS", "https://app.example.cn:99999"),
        ("WILDLIFE_CORS_ORIGINS", "https://app.example.cn:0"),
        ("WILDLIFE_CORS_ORIGINS", "https://app.example.cn:x"),
        ("WILDLIFE_CORS_ORIGINS", "https://:443"),
        ("WILDLIFE_CORS_ORIGINS", "https://[::1"),
        ("WILDLIFE_CORS_ORIGINS", "https://[x:y]"),
        ("WILDLIFE_CORS_ORIGINS", "https://me@app.example.cn"),
        ("WILDLIFE_CORS_ORIGINS", "ftp://app.example.cn"),
        ("WILDLIFE_WORKERS", "two"),
        ("WILDLIFE_WORKERS", "0"),
        ("WILDLIFE_DATABASE_CONNECTIONS", "0"),
        ("WILDLIFE_FUTURE_TOLERANCE_S", "10min"),
        ("WILDLIFE_FUTURE_TOLERANCE_S", "-1"),
        ("WILDLIFE_BODY_LIMIT_BYTES", "1MB"),
        ("WILDLIFE_BODY_LIMIT_BYTES", "0"),
        ("WILDLIFE_PHOTO_LIMIT_BYTES", "0"),
        ("WILDLIFE_RENDERING_LIMIT_PIXELS", "0"),
        ("WILDLIFE_ACCESS_TOKEN_S", "0"),
        ("WILDLIFE_REFRESH_TOKEN_S", "0"),
        ("WILDLIFE_DEMO", "maybe"),
        ("WILDLIFE_TIME_ZONE", "Mars"),
        ("WILDLIFE_TIME_ZONE", "Asia"),
        ("WILDLIFE_TIME_ZONE", "../etc/passwd"),
    ],
)
def test_a_wrong_value_gets_a_sentence_that_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}='{re.escape(value)}': ..."):
        read_settings({"WILDLIFE_HOST": "localhost", name: value})


@pytest.mark.parametrize(
    ("written", "as_browsers"),
    [
        ("https://App.Example.cn", "https://app.example.cn"),
        ("HTTPS://app.example.cn", "https://app.example.cn"),
        ("https://b.example.cn:443", "https://b.example.cn"),
        ("http://b.example.cn:80", "http://b.example.cn"),
        ("http://b.example.cn:443", "http://b.example.cn:443"),
        ("https://b.example.cn:8443", "https://b.example.cn:8443"),
        ("http://[0:0::1]:5173", "http://[::1]:5173"),
        ("https://林业.中国", "https://xn--vhq343d.xn--fiqs8s"),
        (" https://a.cn ,https://B.cn:443", "https://a.cn, https://b.cn"),
    ],
)
def test_origins_are_compared_as_browsers_write_them(written: str, as_browsers: str) -> None:
    read = read_settings({"WILDLIFE_CORS_ORIGINS": written})
    assert read.cors_origins == as_browsers
    assert read_settings(to_environment(read)) == read


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("WILDLIFE_PORT", "abc", "write a whole number from 1 to 65535, like 8000"),
        ("WILDLIFE_PORT", "65536", "write a whole number from 1 to 65535, like 8000"),
        ("WILDLIFE_WORKERS", "two", "write a whole number from 1 to 256, like 1"),
        ("WILDLIFE_FUTURE_TOLERANCE_S", "-1", "write a whole number from 0 to 86400, like 600"),
        ("WILDLIFE_DEMO", "maybe", "write true or false"),
    ],
)
def test_a_wrong_value_is_told_what_would_be_right(name: str, value: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}='{value}': {wanted}$"):
        read_settings({name: value})


@pytest.mark.parametrize("name", BOUNDS)
def test_every_number_has_bounds_and_one_beyond_them_is_told_them(name: str) -> None:
    least, most = BOUNDS[name]
    variable = f"WILDLIFE_{name.upper()}"
    for right in (least, most):
        assert getattr(read_settings({variable: str(right)}), name) == right
    for wrong in (least - 1, most + 1, 10**20, -(10**20), 10**400):
        told = f"^{variable}='{wrong}': write a whole number from {least} to {most}, like "
        with pytest.raises(ValueError, match=told):
            read_settings({variable: str(wrong)})


async def test_a_number_beyond_its_bounds_ends_the_start_with_a_sentence() -> None:
    for variable in ("WORKERS", "ACCESS_TOKEN_S"):
        ended = await run("serve", **{f"WILDLIFE_{variable}": "9" * 20})
        assert ended.status == 2
        assert ended.err.splitlines()[-1].startswith(f"Error: WILDLIFE_{variable}='999")


@pytest.mark.parametrize("at", [0, 1], ids=["smallest", "largest"])
async def test_with_every_number_at_its_bound_phones_sign_in_and_open_and_upload(
    settings: Settings, at: int
) -> None:
    numbers = {name: bounds[at] for name, bounds in BOUNDS.items()}
    read = read_settings(to_environment(msgspec.structs.replace(settings, **numbers)))
    async with running_application(read) as client:
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await officer.opened()
        photo = encoded(noise(40, 30))
        said = {"incident_id": incident, "photo_id": str(uuid4())}
        begun = await officer.request("POST", "/uploads", headers=creation(len(photo), **said))
        assert begun.status_code == 201, begun.text
        path = begun.headers["Location"].partition(API)[2]
        sent = await officer.request(
            "PATCH", path, headers=PART | {"Upload-Offset": "0"}, content=photo
        )
        assert sent.status_code == 204, sent.text
        put = await officer.request("PUT", f"/incidents/{incident}/photos/{uuid4()}", content=photo)
        assert put.status_code in (200, 201), put.text


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("WILDLIFE_DATABASE_URI", "WILDLIFE_DATABASE_URL"),
        ("WILDLIFE_KEYFILE", "WILDLIFE_KEY_FILE"),
        ("WILDLIFE_DATADIR", "WILDLIFE_DATA_DIR"),
        ("wildlife_media_url", "WILDLIFE_MEDIA_URL"),
        ("WILDLIFE_TIMEZONE", "WILDLIFE_TIME_ZONE"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_one_that_was_meant(name: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"^There is no setting {name}; did you mean {meant}\\?$"):
        read_settings({"PATH": "/bin", name: "x"})


def test_a_variable_that_is_like_no_other_is_refused_with_all_there_are() -> None:
    with pytest.raises(ValueError, match="There is no setting WILDLIFE_XYZ; there are ") as refused:
        read_settings({"WILDLIFE_XYZ": "1"})
    assert all(name in str(refused.value) for name in GIVEN)
    assert read_settings({"WILDLIFE_XYZ": "", "WILDLIFE": "1"}) == Settings()


def test_a_variable_of_an_earlier_version_says_what_took_its_place() -> None:
    with pytest.raises(ValueError, match=r"^WILDLIFE_DATABASE_ROLE is not read any more"):
        read_settings({"WILDLIFE_DATABASE_ROLE": "wildlife_service"})
    with pytest.raises(ValueError, match=r"not read any more: .* WILDLIFE_RENDERING_LIMIT_PIXELS"):
        read_settings({"WILDLIFE_PHOTO_LIMIT_PIXELS": "1000"})


def test_what_lies_in_the_data_folder_follows_it() -> None:
    settings = Settings(data_dir=Path("/srv"))
    assert settings.media_dir == Path("/srv/media")
    assert settings.database_dir == Path("/srv/postgresql")
    assert settings.key_path == Path("/srv/informants.key")
    assert Settings(key_file=Path("/run/key")).key_path == Path("/run/key")
    assert settings.zone.key == "Asia/Shanghai"
