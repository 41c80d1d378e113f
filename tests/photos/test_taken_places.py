"""Where the phone was when it took a photo: said beside the photo, since browsers strip what the
photo itself tells of it."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from PIL import ExifTags, Image

from tests.bodies import PHOTO_PARAMETERS, changed_at, leaves
from tests.pictures import encoded, exif, noise
from tests.uploading import Sending
from tests.users import Person, entry, rescue
from tests.web.edges import EDGES


def stripped() -> bytes:
    """A picture that tells of no place; each another, so that no two of them look the same."""
    return encoded(noise(60, 40))


TAKEN: dict[str, Any] = json.loads(PHOTO_PARAMETERS["taken_place"])


async def by_put(officer: Person, incident: str, said: str) -> Response:
    return await officer.put_photo(incident, stripped(), uuid4(), taken_place=said)


async def by_tus(officer: Person, incident: str, said: str) -> Response:
    sending = Sending(officer, incident, stripped(), {"taken_place": said})
    begun = await sending.begin()
    return begun if begun.is_error else await sending.send()


async def by_amendment(officer: Person, incident: str, said: str) -> Response:
    photo = uuid4()
    await officer.put_photo(incident, stripped(), photo)
    changes = {"taken_place": json.loads(said)}
    body = entry("amendment", entry_id=str(photo), changes=changes)
    return await officer.post(f"/incidents/{incident}/entries", body)


DOORS = pytest.mark.parametrize("door", [by_put, by_tus, by_amendment])


async def shown(person: Person, incident: str) -> dict[str, Any]:
    """The one photo of the incident."""
    [photo] = (await person.read(f"/incidents/{incident}/photos"))["items"]
    one: dict[str, Any] = photo
    return one


@DOORS
async def test_where_the_phone_was_is_told_with_the_photo_by_every_door(
    officer: Person, door: Any
) -> None:
    incident = await officer.opened()
    assert (await door(officer, incident, PHOTO_PARAMETERS["taken_place"])).is_success
    photo = await shown(officer, incident)
    assert photo["taken_place"] == TAKEN | {
        "wgs84": {"longitude": 117.542, "latitude": 43.318},
    }
    assert photo["exif"] is None
    assert photo["flags"] == []
    alone = await officer.read(f"/incidents/{incident}/photos/{photo['photo_id']}")
    [within] = (await officer.read(f"/incidents/{incident}"))["photos"]
    assert alone["taken_place"] == within["taken_place"] == photo["taken_place"]


async def test_what_was_said_is_kept_in_its_datum_beside_the_point_in_wgs_84(
    officer: Person,
) -> None:
    incident = await officer.opened()
    point = {"longitude": 117.5483, "latitude": 43.3196, "datum": "GCJ02"}
    said = json.dumps({"point": point, "fixed_at": "2024-07-29T08:05:00Z"})
    answer = await officer.put_photo(incident, stripped(), taken_place=said)
    assert answer.json()["body"]["taken_place"] == json.loads(said)
    place = (await shown(officer, incident))["taken_place"]
    assert place["point"] == point
    assert place["fixed_at"] == "2024-07-29T16:05:00+08:00"
    assert place["wgs84"]["longitude"] == pytest.approx(117.542, abs=1e-3)
    assert place["wgs84"]["latitude"] == pytest.approx(43.318, abs=1e-3)


async def test_it_is_seen_by_all_who_read_the_record_and_what_is_in_the_original_is_not(
    officer: Person, official: Person
) -> None:
    incident = await officer.opened()
    content = encoded(noise(60, 40), exif=exif())
    await officer.put_photo(incident, content, uuid4(), **PHOTO_PARAMETERS)
    photo = await shown(official, incident)
    assert photo["exif"] is None
    assert photo["taken_place"]["point"] == TAKEN["point"]
    assert (await shown(officer, incident))["exif"] is not None


async def flags_of(officer: Person, incident: str, longitude: float, latitude: float) -> Any:
    point = {"longitude": longitude, "latitude": latitude, "datum": "WGS84"}
    photo = uuid4()
    await officer.put_photo(incident, stripped(), photo, taken_place=json.dumps({"point": point}))
    alone = await officer.read(f"/incidents/{incident}/photos/{photo}")
    within = (await officer.read(f"/incidents/{incident}"))["photos"]
    assert [one["flags"] for one in within if one["photo_id"] == str(photo)] == [alone["flags"]]
    return alone["flags"]


async def test_a_position_that_can_not_be_is_flagged_whether_the_incident_has_a_point_or_not(
    officer: Person,
) -> None:
    for place in (
        {"description": "大局子林场三道沟", "region_code": "150425"},
        {"description": "大局子林场三道沟"},  # of the region of its station
        rescue()["place"],
    ):
        incident = await officer.opened(rescue(place=place))
        assert await flags_of(officer, incident, 117.542, 43.318) == []
        assert await flags_of(officer, incident, 0, 0) == ["taken_elsewhere", "point_at_zero"]
        assert await flags_of(officer, incident, 43.6, 87.6) == ["taken_elsewhere", "point_swapped"]
        assert await flags_of(officer, incident, 121.47, 31.23) == ["taken_elsewhere"]


WRONG = [
    ({"fixed_at": "2024-07-29T16:04:58+08:00"}, "missing_field", "taken_place.point"),
    ({"longitude": 117.5}, "unknown_field", "taken_place.longitude"),
    ({"point": TAKEN["point"] | {"latitude": 91}}, "invalid_value", "taken_place.point.latitude"),
    ({"point": TAKEN["point"] | {"latitude": "43"}}, "wrong_type", "taken_place.point.latitude"),
    ({"point": TAKEN["point"] | {"datum": "WGS72"}}, "unknown_code", "taken_place.point.datum"),
    ({"point": {"longitude": 117.5, "latitude": 43}}, "missing_field", "taken_place.point.datum"),
    (
        {"point": TAKEN["point"] | {"accuracy_m": -1}},
        "invalid_value",
        "taken_place.point.accuracy_m",
    ),
    (TAKEN | {"fixed_at": "2024-07-29T16:04:58"}, "time_without_offset", "taken_place.fixed_at"),
    (TAKEN | {"fixed_at": "1949-01-01T00:00:00Z"}, "invalid_value", "taken_place.fixed_at"),
    (TAKEN | {"fixed_at": "2090-01-01T00:00:00Z"}, "time_in_future", "taken_place.fixed_at"),
]


@DOORS
async def test_it_obeys_the_rules_of_any_point_and_time_at_every_door(
    officer: Person, door: Any
) -> None:
    incident = await officer.opened()
    for said, code, field in WRONG:
        answer = await door(officer, incident, json.dumps(said))
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, code), said
        prefix = "changes." if door is by_amendment else ""
        assert problem["errors"][0]["field"] == prefix + field
    photos = (await officer.read(f"/incidents/{incident}/photos"))["items"]
    assert {photo["taken_place"] is None for photo in photos} <= {True}
    assert len(photos) == (len(WRONG) if door is by_amendment else 0)


@pytest.mark.parametrize("door", [by_put, by_tus])
async def test_what_is_no_json_is_refused_by_name_in_either_language(
    officer: Person, door: Any
) -> None:
    incident = await officer.opened()
    for said in ("117.5,43.3", '{"point":', '"\\ud800"', "[" * 4000):
        answer = await door(officer, incident, said)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == "taken_place"
        assert len(answer.content) < 1500
    told = await officer.request(
        "PUT",
        f"/incidents/{incident}/photos/{uuid4()}",
        params={"taken_place": "x"},
        content=stripped(),
        headers={"Accept-Language": "zh"},
    )
    assert told.json()["detail"] == "拍摄位置（`taken_place`）填的是“x”，应为 JSON 对象。"


async def test_no_edge_in_any_field_of_it_is_more_than_refused(officer: Person) -> None:
    incident = await officer.opened()
    for path in leaves(TAKEN):
        for edge in EDGES:
            said = json.dumps(changed_at(TAKEN, path, edge))
            answer = await officer.put_photo(incident, stripped(), taken_place=said)
            assert answer.status_code in (201, 422), (path, edge, answer.text)
    await officer.read(f"/incidents/{incident}/photos")
    await officer.read(f"/incidents/{incident}")


async def test_the_same_photo_with_another_place_is_another_thing_said(officer: Person) -> None:
    incident, photo = await officer.opened(), uuid4()
    content = stripped()
    first = await officer.put_photo(incident, content, photo, **PHOTO_PARAMETERS)
    again = await officer.put_photo(incident, content, photo, **PHOTO_PARAMETERS)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    elsewhere = json.dumps(TAKEN | {"point": TAKEN["point"] | {"longitude": 117.6}})
    said = PHOTO_PARAMETERS | {"taken_place": elsewhere}
    answer = await officer.put_photo(incident, content, photo, **said)
    assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
    assert answer.json()["differing"] == ["taken_place.point.longitude"]


async def test_a_phone_far_from_the_find_is_flagged_without_any_exif_until_it_is_corrected(
    officer: Person,
) -> None:
    incident, photo = await officer.opened(), str(uuid4())
    beijing = {"longitude": 116.4, "latitude": 39.9, "datum": "WGS84", "accuracy_m": 12}
    answer = await officer.put_photo(
        incident, stripped(), UUID(photo), taken_place=json.dumps({"point": beijing})
    )
    assert answer.status_code == 201
    assert (await shown(officer, incident))["flags"] == ["taken_elsewhere"]
    changes = {
        "taken_place": {"point": {"longitude": 117.542, "latitude": 43.318, "datum": "WGS84"}}
    }
    await officer.appended(incident, entry("amendment", entry_id=photo, changes=changes))
    corrected = await shown(officer, incident)
    assert corrected["flags"] == []
    assert corrected["taken_place"]["point"] == beijing | changes["taken_place"]["point"]


async def test_what_the_phone_says_hides_no_other_place_that_the_photo_tells_of(
    officer: Person,
) -> None:
    incident = await officer.opened()
    told = Image.Exif()
    gps = told.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
    gps[ExifTags.GPS.GPSLatitude] = (39.9, 0.0, 0.0)
    gps[ExifTags.GPS.GPSLongitude] = (116.4, 0.0, 0.0)
    await officer.put_photo(
        incident, encoded(noise(60, 40), exif=told), uuid4(), **PHOTO_PARAMETERS
    )
    assert (await shown(officer, incident))["flags"] == ["taken_elsewhere"]


async def test_a_position_found_out_at_another_time_than_the_photo_is_flagged(
    officer: Person,
) -> None:
    for fixed_at, expected in [
        ("2024-07-29T15:10:00+08:00", []),
        ("2024-07-29T14:00:00+08:00", ["clock_skew"]),
        ("2024-07-29T16:14:00+08:00", []),
        ("2024-07-29T16:20:00+08:00", ["clock_skew"]),
    ]:
        incident = await officer.opened()
        said = PHOTO_PARAMETERS | {"taken_place": json.dumps(TAKEN | {"fixed_at": fixed_at})}
        await officer.put_photo(incident, stripped(), uuid4(), **said)
        assert (await shown(officer, incident))["flags"] == expected, fixed_at
