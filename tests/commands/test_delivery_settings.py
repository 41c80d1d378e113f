"""Where what is new may be sent: what is wrong is named, and no password is told."""

from typing import Final

import pytest

from tests.languages import HAN
from wildlife.settings import read_settings

SECRET: Final = "s3cret-of-the-mail-server"
MAIL: Final = {
    "WILDLIFE_SMTP_URL": f"smtp://user:{SECRET}@mail.example.cn:587",
    "WILDLIFE_MAIL_FROM": "wildlife@example.cn",
    "WILDLIFE_MAIL_DOMAINS": "Example.cn, forest.example.cn",
}


def test_a_mail_server_is_read_whole() -> None:
    server = read_settings(MAIL).mail_server
    assert server is not None
    assert (server.host, server.port, server.is_by_tls) == ("mail.example.cn", 587, False)
    assert (server.user, server.password) == ("user", SECRET)
    assert server.domains == {"example.cn", "forest.example.cn"}
    by_tls = read_settings({**MAIL, "WILDLIFE_SMTP_URL": "smtps://mail.example.cn"}).mail_server
    assert by_tls is not None
    assert (by_tls.port, by_tls.is_by_tls, by_tls.user) == (465, True, None)


@pytest.mark.parametrize("name", MAIL)
def test_what_is_missing_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for language in ("en", "zh"):
        monkeypatch.setenv("WILDLIFE_LANGUAGE", language)
        with pytest.raises(ValueError, match=name) as refused:
            read_settings({one: value for one, value in MAIL.items() if one != name})
        assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("WILDLIFE_SMTP_URL", f"https://user:{SECRET}@mail.example.cn"),
        ("WILDLIFE_SMTP_URL", f"smtp://user:{SECRET}@mail.example.cn:99999"),
        ("WILDLIFE_SMTP_URL", f"smtp://user:{SECRET}@mail.example.cn/path"),
        ("WILDLIFE_SMTP_URL", "smtp://"),
        ("WILDLIFE_MAIL_FROM", "nobody"),
        ("WILDLIFE_MAIL_FROM", "a@b\nBcc: c@d"),
        ("WILDLIFE_MAIL_DOMAINS", "*"),
        ("WILDLIFE_MAIL_DOMAINS", "example.cn,,"),
        ("WILDLIFE_MAIL_DOMAINS", "duty@example.cn"),
        ("WILDLIFE_WEBHOOK_NETWORKS", "intranet"),
        ("WILDLIFE_WEBHOOK_NETWORKS", "10.0.0.1/8"),
        ("WILDLIFE_WEBHOOK_NETWORKS", "10.0.0.0/8,"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages_without_the_password(
    name: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language in ("en", "zh"):
        monkeypatch.setenv("WILDLIFE_LANGUAGE", language)
        with pytest.raises(ValueError, match=name) as refused:
            read_settings({**MAIL, name: wrong})
        assert SECRET not in str(refused.value)
        assert bool(HAN.search(str(refused.value))) == (language == "zh")
