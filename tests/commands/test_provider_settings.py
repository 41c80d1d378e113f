"""The identity provider is set up whole, or not at all; what is wrong is named."""

import re

import pytest

from tests.languages import HAN, foreign_words
from wildlife.people.codes import Role
from wildlife.people.may import FOR_ONE_UNIT, MAY, Verb
from wildlife.provider_settings import NEEDED
from wildlife.settings import read_settings
from wildlife.words.claimed_roles import AT_A_UNIT, MAY_BE_CLAIMED, ClaimedRole, read_claimed_roles

OIDC = "WILDLIFE_OIDC_"
SECRET = "s3cret-of-this-service"
PROVIDER = {
    f"{OIDC}ISSUER": "https://id.example.cn/realms/agency",
    f"{OIDC}CLIENT_ID": "wildlife",
    f"{OIDC}CLIENT_SECRET": SECRET,
    f"{OIDC}REDIRECT_URL": "https://wildlife.example.cn/signed-in",
    f"{OIDC}ROLES": "chifeng=official@1504",
}


def sentences(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> tuple[str, str]:
    """What is said of settings that are refused, in English and in Chinese."""
    told = []
    for language in ("en", "zh"):
        monkeypatch.setenv("WILDLIFE_LANGUAGE", language)
        with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is looked at
            read_settings(environment)
        told.append(str(refused.value))
        assert SECRET not in told[-1]
    en, zh = told
    assert HAN.search(zh)
    return en, zh


def test_without_any_of_it_there_is_no_provider() -> None:
    assert read_settings({}).provider is None
    assert read_settings({f"{OIDC}SCOPES": "openid"}).provider is None


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variable = f"{OIDC}{name.upper()}"
    environment = {key: value for key, value in PROVIDER.items() if key != variable}
    en, zh = sentences(monkeypatch, environment)
    assert f"{variable} is missing" in en
    assert f"还缺 {variable}" in zh


def test_all_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    en, zh = sentences(monkeypatch, {f"{OIDC}ISSUER": "https://id.example.cn"})
    for name in NEEDED[1:]:
        assert f"{OIDC}{name.upper()}" in en
        assert f"{OIDC}{name.upper()}" in zh


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("ISSUER", "id.example.cn", "no address that a browser goes to"),
        ("ISSUER", "ftp://id.example.cn", "no address"),
        ("ISSUER", "https://", "no address"),
        ("ISSUER", "https://id.example.cn?x=1", "no address"),
        ("ISSUER", "https://id.example.cn#x", "no address"),
        ("ISSUER", "https://u:p@id.example.cn", "no address"),
        ("ISSUER", "https://id.example.cn:99999", "no address"),
        ("ISSUER", "https://[id", "no address"),
        ("ISSUER", "https://身份.cn", "no address"),
        ("ISSUER", "http://id.example.cn", "could sign in as anybody"),
        ("ISSUER", "http://10.1.2.3", "could sign in as anybody"),
        ("ISSUER", "http://localhost.example.cn", "could sign in as anybody"),
        ("REDIRECT_URL", "/signed-in", "no address"),
        ("REDIRECT_URL", "http://wildlife.example.cn/", "could sign in as anybody"),
        ("CLIENT_ID", "wild life", "can't be sent"),
        ("CLIENT_ID", "x" * 501, "more than 500"),
        ("CLIENT_SECRET", "密钥", "can't be sent"),
        ("ROLE_CLAIM", "角色", "can't be sent"),
        ("BADGE_CLAIM", "a b", "can't be sent"),
        ("SCOPES", "profile email", "without openid"),
        ("SCOPES", "openid 资料", "can't be sent"),
        ("CA_FILE", "/nowhere/ca.pem", "no file of certificates"),
        ("CA_FILE", "/dev/null", "no file of certificates"),
        ("ROLES", "chifeng", "does not say what a role is"),
        ("ROLES", "=official@1504", "does not say what a role is"),
        ("ROLES", "chifeng=", "does not say what a role is"),
        ("ROLES", "a=official@1504,", "does not say what a role is"),
        ("ROLES", "chifeng=boss@1504", "no role that an identity provider gives"),
        ("ROLES", "chifeng=official", "no unit's code"),
        ("ROLES", "chifeng=official@赤峰", "no unit's code"),
        ("ROLES", "chifeng=official@150", "no unit's code"),
        ("ROLES", "chifeng=official@1504 ", ""),
        ("ROLES", "audit=auditor@x", "no unit's code"),
        ("ROLES", "audit=auditor+roads", "is for officials"),
    ],
)
def test_what_is_wrong_is_named_with_what_would_be_right(
    name: str, value: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = PROVIDER | {f"{OIDC}{name}": value}
    if not wanted:
        assert read_settings(environment).provider is not None
        return
    en, zh = sentences(monkeypatch, environment)
    assert f"{OIDC}{name}" in en
    assert wanted in en
    assert f"{OIDC}{name}" in zh
    en, zh = (re.sub(r"'[^']*'", "", one) for one in (en, zh))  # what was given
    assert not HAN.search(en)
    names = {"https", "ASCII", "PEM", "openid", "profile", "official", "auditor", "roads", "boss"}
    examples = {"wildlife", "id", "example", "cn", "realms", "agency", "chifeng", "audit"}
    words = {one for one in foreign_words(zh) if not one.startswith(OIDC)}
    assert words <= names | examples | {"WILDLIFE_OIDC_"}


def test_plain_http_is_for_this_machine_and_for_demos() -> None:
    for host in ("127.0.0.1", "127.9.9.9", "[::1]", "localhost"):
        assert read_settings(PROVIDER | {f"{OIDC}ISSUER": f"http://{host}:8080"}).provider
    demo = {"WILDLIFE_DEMO": "true", f"{OIDC}ISSUER": "http://id.example.cn"}
    assert read_settings(PROVIDER | demo).provider


def test_a_list_of_roles_is_read_as_it_is_written() -> None:
    text = "a=official@1504, a=auditor ,/group/b=official+roads@150425001122,cn=x=auditor@1504"
    assert read_claimed_roles(text) == [
        ClaimedRole("a", "official", "1504", False),
        ClaimedRole("a", "auditor", None, False),
        ClaimedRole("/group/b", "official", "150425001122", True),
        ClaimedRole("cn=x", "auditor", "1504", False),
    ]


def test_only_roles_that_read_are_given_by_a_provider() -> None:
    """Whoever runs the provider makes nobody who writes, manages people, or hears who reported."""
    roles = {Role(one) for one in MAY_BE_CLAIMED}
    for verb in (Verb.FILE, Verb.TEND, Verb.DIRECT, Verb.MANAGE_PEOPLE, Verb.HANDLE_INFORMANTS):
        assert not roles & MAY[verb]
    assert not roles & FOR_ONE_UNIT
    assert AT_A_UNIT in MAY_BE_CLAIMED
