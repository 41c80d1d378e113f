"""A photo that was voided counts no more, and is still to be seen by who may read the incident."""

from uuid import UUID, uuid4

import pytest

from tests.pictures import encoded, noise
from tests.users import Person, entry


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    return encoded(noise(600, 400))


@pytest.fixture
async def incident(officer: Person) -> str:
    """A rescue of 大局子森林派出所."""
    return await officer.opened()


@pytest.fixture
async def voided(officer: Person, incident: str, jpeg: bytes) -> str:
    """The address of a photo that was amended, looked at and voided."""
    photo = uuid4()
    await officer.put_photo(incident, jpeg, photo, caption="鹭鸶", about="animal:1")
    changes = {"caption": "普通鸬鹚"}
    await officer.appended(incident, entry("amendment", entry_id=str(photo), changes=changes))
    path = f"/incidents/{incident}/photos/{photo}"
    await officer.get(f"{path}/original")
    await officer.appended(incident, entry("void", entry_id=str(photo), reason="不属本起警情"))
    return path


async def test_a_voided_photo_is_shown_as_it_was_last(officer: Person, voided: str) -> None:
    shown = await officer.read(voided)
    assert (shown["caption"], shown["about"]) == ("普通鸬鹚", "animal:1")
    assert shown["voided_by"]
    assert shown["same_pictures"] == []


async def test_the_original_of_a_voided_photo_takes_the_permission_and_every_look_is_on_record(
    officer: Person, official: Person, auditor: Person, voided: str, jpeg: bytes
) -> None:
    assert (await officer.get(f"{voided}/original")).content == jpeg
    refused = await official.get(f"{voided}/original")
    assert (refused.status_code, refused.json()["code"]) == (403, "originals_forbidden")
    looks = (await auditor.read(f"{voided}/accesses"))["items"]
    assert [one["badge"] for one in looks] == ["150425001"] * 2, "those before the void, too"
    assert (await official.get(f"{voided}/screen")).status_code == 200


async def test_who_may_not_read_the_incident_sees_none_of_its_voided_photos(
    other_officer: Person, officer: Person, voided: str
) -> None:
    for name in ("", "/original", "/thumbnail"):
        assert (await other_officer.get(f"{voided}{name}")).status_code == 404
    incident = voided.partition("/photos/")[0]
    assert (await officer.get(f"{incident}/photos/{uuid4()}")).status_code == 404
    note = entry("note", note="羽毛已干")
    await officer.appended(incident.rpartition("/")[2], note)
    assert (await officer.get(f"{incident}/photos/{note['id']}")).status_code == 404


async def test_a_voided_photo_comes_back_under_a_new_id_and_not_under_its_own(
    officer: Person, incident: str, voided: str, jpeg: bytes
) -> None:
    wrong, right = UUID(voided.rpartition("/")[2]), uuid4()
    again = await officer.put_photo(incident, jpeg, wrong, caption="鹭鸶", about="animal:1")
    assert again.status_code == 200
    assert (await officer.read(voided))["voided_by"]
    assert (await officer.put_photo(incident, jpeg, right)).status_code == 201
    [shown] = (await officer.read(f"/incidents/{incident}/photos"))["items"]
    assert (shown["photo_id"], shown["voided_by"]) == (str(right), None)
