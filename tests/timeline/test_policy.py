"""What a record owes, and until when, is an operator's policy."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.commandline import run
from tests.users import Person, rescue
from wildlife.settings import Settings, to_environment
from wildlife.timeline.policy import DEFAULT_POLICY, UnfitPolicy, read_policy
from wildlife.words.vocabularies import Owed


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """A service whose policy asks for an identification within a day, and for no photo."""
    file = tmp_path / "policy.toml"
    file.write_text("identification = 24\nphoto = false\npoint = 0.5\noutcome = true\n")
    return replace(settings, policy_file=file)


async def test_an_operator_sets_what_is_owed_and_until_when(officer: Person) -> None:
    body = rescue(place={"description": "路边", "region_code": "150425"})
    incident_id = await officer.opened(body)
    missing = (await officer.read(f"/incidents/{incident_id}"))["missing"]
    assert {m["code"]: m["due_at"] for m in missing} == {
        "point": "2024-07-29T15:50:00+08:00",
        "identification": "2024-07-30T15:20:00+08:00",
        "assessment": "2024-07-30T15:20:00+08:00",
        "outcome": None,
    }


async def test_what_another_policy_shows_is_not_what_a_client_has(
    officer: Person, settings: Settings
) -> None:
    incident = await officer.opened()
    path = f"/incidents/{incident}"
    before = await officer.get(path)
    unchanged = {"If-None-Match": before.headers["etag"]}
    assert (await officer.get(path, headers=unchanged)).status_code == 304
    built_in = to_environment(replace(settings, policy_file=None))
    assert "1 with differences" in (await run("rebuild", **built_in)).out
    after = await officer.get(path, headers=unchanged)
    assert after.status_code == 200
    assert after.json()["missing"] != before.json()["missing"]


def test_without_a_file_the_built_in_policy_names_everything_that_can_be_owed() -> None:
    assert read_policy(None).hours == DEFAULT_POLICY
    assert set(DEFAULT_POLICY) == set(Owed)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("identificaton = 24", "line 1: there is no code identificaton .perhaps identific"),
        ("# hours\nidentification = 'soon'", "line 2: identification takes hours, 0 to 100000"),
        ("identification = nan", "line 1: identification takes hours"),
        ("identification = -1", "line 1: identification takes hours"),
        ("[identification]", "line 1: identification takes hours"),
        ("identification = ", "line 1: it does not read like `identification = 48`"),
        ("identification = 1\nidentification = 2", "line 2: identification stands there twice"),
        ("photo = 1 h\nreceipt = 0x\n", "line 1: .*; line 2: it does not"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_with_all_that_is_wrong_and_the_codes(
    tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(text)
    with pytest.raises(UnfitPolicy, match=says) as raised:
        read_policy(file)
    assert str(file) in str(raised.value)
    assert "transfer_receipt" in str(raised.value)


def test_a_policy_is_utf_8_with_or_without_a_mark_and_may_have_comments(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    text = "# 期限（小时）\r\n\r\nidentification = 48  # 两天\r\nreceipt = false"
    for encoding in ("utf-8", "utf-8-sig"):
        file.write_bytes(text.encode(encoding))
        changed = {"identification": 48, "receipt": False}
        assert read_policy(file).hours == DEFAULT_POLICY | changed
    for encoding in ("gb18030", "utf-16"):
        file.write_bytes(text.encode(encoding))
        with pytest.raises(UnfitPolicy, match="is not UTF-8; save it as UTF-8"):
            read_policy(file)
    with pytest.raises(FileNotFoundError):
        read_policy(tmp_path / "none.toml")
