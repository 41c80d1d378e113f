"""The stories, told to the service, held against the forms of such records: line by line."""

from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from tests.bodies import ENTRY_TYPES, declared_fields
from tests.demo.forms import lines, record_of, said
from tests.demo.telling import tell
from tests.users import Person
from wildlife.demo.stories import CORMORANT_STORY, ROCKFALL_STORY, Story
from wildlife.hazards.kind import RoadHazardIncident
from wildlife.informants.model import Informant
from wildlife.rescues.incident import RescueIncident
from wildlife.settings import Settings
from wildlife.timeline.answers import ShownEntry
from wildlife.timeline.entry import Photo
from wildlife.timeline.incident import Incident
from wildlife.timeline.policy import DEFAULT_POLICY
from wildlife.words.vocabularies import Owed

KINDS: Final[dict[str, tuple[Story, type[Incident]]]] = {
    "cormorant": (CORMORANT_STORY, RescueIncident),
    "rockfall": (ROCKFALL_STORY, RoadHazardIncident),
}


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """A policy that counts every gap."""
    policy = tmp_path / "policy.toml"
    off = [code for code, hours in DEFAULT_POLICY.items() if hours is False]
    policy.write_text("".join(f"{code} = true\n" for code in off), "utf-8")
    return msgspec.structs.replace(settings, policy_file=policy)


@pytest.mark.parametrize("name", KINDS)
async def test_every_field_of_a_storys_forms_is_filled_or_named_as_missing(
    officer: Person, other_officer: Person, name: str
) -> None:
    story, _ = KINDS[name]
    person = {one.badge: one for one in (officer, other_officer)}[story.badge]
    await tell(person, story)
    record = await record_of(person, story.incident_id)
    missing = {one["code"] for one in record["incident"]["missing"]}
    for line in lines():
        is_there, is_owed = bool(said(record, line.where)), line.owed in missing
        match line.said[name]:
            case "filled":
                assert is_there, line
                assert not is_owed, line
            case "missing":
                assert is_owed, line
                assert not is_there, line
            case "not said":
                assert not is_there, line
                assert not line.owed, line
            case "another case":
                assert not is_there, line
                assert not is_owed, line
            case "":
                assert not is_owed, line
            case other:
                pytest.fail(f"{other!r} is no answer: {line}")
    named = {line.owed for line in lines() if line.said[name] == "missing"}
    assert missing == named


def test_every_field_of_a_form_has_its_place_in_the_record() -> None:
    for line in lines():
        source, _, path = line.where.partition("=")[0].partition(".")
        for name, (_, incident) in KINDS.items():
            if line.said[name]:
                types: dict[str, Any] = ENTRY_TYPES | {
                    "incident": incident,
                    "informant": Informant,
                    "timeline": ShownEntry,
                    "photo": Photo,
                }
                assert path in declared_fields(types[source]), line


def test_every_gap_that_a_record_may_have_is_that_of_a_field() -> None:
    assert {line.owed for line in lines()} - {""} == set(Owed)
