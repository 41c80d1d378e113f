"""Settings come from the environment; a wrong one gets a sentence that names the variable."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildlife.settings import Settings, read_settings, to_environment

unhurried = settings(deadline=None)  # a busy machine is no fault

# A value for every field, none of them the default.
GIVEN: dict[str, tuple[str, Any]] = {
    "WILDLIFE_DATA_DIR": ("/srv/wildlife", Path("/srv/wildlife")),
    "WILDLIFE_HOST": ("0.0.0.0", "0.0.0.0"),
    "WILDLIFE_PORT": ("8443", 8443),
    "WILDLIFE_TRUSTED_PROXY": ("10.0.0.5, fd00::/64", "10.0.0.5, fd00::/64"),
    "WILDLIFE_CORS_ORIGINS": ("https://app.example.cn", "https://app.example.cn"),
    "WILDLIFE_WORKERS": ("4", 4),
    "WILDLIFE_DATABASE_URL": ("postgresql://u:p@db/x", "postgresql://u:p@db/x"),
    "WILDLIFE_OWNER_DATABASE_URL": ("postgresql://o:p@db/x", "postgresql://o:p@db/x"),
    "WILDLIFE_DATABASE_CONNECTIONS": ("20", 20),
    "WILDLIFE_TIME_ZONE": ("Asia/Urumqi", "Asia/Urumqi"),
    "WILDLIFE_POLICY_FILE": ("policy.toml", Path("policy.toml")),
    "WILDLIFE_KEY_FILE": ("/run/secrets/key", Path("/run/secrets/key")),
    "WILDLIFE_FUTURE_TOLERANCE_S": ("0", 0),
    "WILDLIFE_BODY_LIMIT_BYTES": ("5000", 5000),
    "WILDLIFE_PHOTO_LIMIT_BYTES": ("6000", 6000),
    "WILDLIFE_MEDIA_URL": ("s3://photos/wildlife", "s3://photos/wildlife"),
    "WILDLIFE_UPLOAD_QUOTA_BYTES": ("8000", 8000),
    "WILDLIFE_UPLOAD_EXPIRY_S": ("900", 900),
    "WILDLIFE_RENDERING_MEMORY_BYTES": ("9000", 9000),
    "WILDLIFE_RENDERING_LIMIT_PIXELS": ("7000", 7000),
    "WILDLIFE_ACCESS_TOKEN_S": ("60", 60),
    "WILDLIFE_REFRESH_TOKEN_S": ("600", 600),
    "WILDLIFE_LOG_FILE": ("日志.log", Path("日志.log")),
    "WILDLIFE_DEMO": ("true", True),
}

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
COUNT = st.integers(1, 60_000)
FILE = TEXT.map(Path)
SETTINGS = st.builds(
    Settings,
    data_dir=FILE,
    host=TEXT,
    port=COUNT,
    trusted_proxy=st.none() | st.ip_addresses().map(str),
    workers=COUNT,
    database_url=st.none() | TEXT,
    owner_database_url=st.none() | TEXT,
    database_connections=COUNT,
    time_zone=st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "UTC"]),
    policy_file=st.none() | FILE,
    key_file=st.none() | FILE,
    future_tolerance_s=st.integers(0, 10_000),
    body_limit_bytes=COUNT,
    photo_limit_bytes=COUNT,
    rendering_limit_pixels=COUNT,
    media_url=st.none() | TEXT,
    upload_quota_bytes=COUNT,
    upload_expiry_s=COUNT,
    rendering_memory_bytes=COUNT,
    access_token_s=COUNT,
    refresh_token_s=COUNT,
    log_file=st.none() | FILE,
    demo=st.booleans(),
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


@unhurried
@given(SETTINGS)
def test_a_worker_reads_the_settings_that_it_was_handed(settings: Settings) -> None:
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
        ("WILDLIFE_TRUSTED_PROXY", "proxy"),
        ("WILDLIFE_TRUSTED_PROXY", "10.0.0.5/8"),
        ("WILDLIFE_TRUSTED_PROXY", "10.0.0.5,"),
        ("WILDLIFE_CORS_ORIGINS", "*"),
        ("WILDLIFE_CORS_ORIGINS", "app.example.cn"),
        ("WILDLIFE_CORS_ORIGINS", "https://app.example.cn/app"),
        ("WILDLIFE_CORS_ORIGINS", "https://app.example.cn,"),
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
    ("name", "value", "wanted"),
    [
        ("WILDLIFE_PORT", "abc", "write a whole number from 1 to 65535, like 8000"),
        ("WILDLIFE_PORT", "65536", "write a whole number from 1 to 65535, like 8000"),
        ("WILDLIFE_WORKERS", "two", "write a whole number of at least 1, like 1"),
        ("WILDLIFE_FUTURE_TOLERANCE_S", "-1", "write a whole number of at least 0, like 600"),
        ("WILDLIFE_DEMO", "maybe", "write true or false"),
    ],
)
def test_a_wrong_value_is_told_what_would_be_right(name: str, value: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}='{value}': {wanted}$"):
        read_settings({name: value})


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
