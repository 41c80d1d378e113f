"""The two stories, from the first phone call to the officials' query, field by field."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.demo.telling import tell
from tests.users import API, Person
from wildlife.demo.stories import (
    CORMORANT,
    CORMORANT_STORY,
    ROCKFALL,
    ROCKFALL_STORY,
    STORIES,
    Story,
)
from wildlife.words.datums import distance_m
from wildlife.words.places import Position


@pytest.fixture
async def cormorant(officer: Person) -> dict[str, Any]:
    await tell(officer, CORMORANT_STORY)
    incident: dict[str, Any] = await officer.read(f"/incidents/{CORMORANT}")
    return incident


@pytest.fixture
async def rockfall(other_officer: Person) -> dict[str, Any]:
    await tell(other_officer, ROCKFALL_STORY)
    incident: dict[str, Any] = await other_officer.read(f"/incidents/{ROCKFALL}")
    return incident


async def test_the_cormorant_is_rescued_identified_and_released(
    cormorant: dict[str, Any],
) -> None:
    assert cormorant["kind"] == "rescue"
    assert cormorant["state"] == "closed"
    assert cormorant["case_number"].startswith("150425-")
    assert cormorant["case_number"].endswith("-001")
    assert cormorant["source"] == "report"
    assert cormorant["found_at"] == "2024-07-29T15:20:00+08:00"
    assert cormorant["summary"].startswith("改编自 2024 年 8 月的新闻报道：护林员打来电话")
    assert cormorant["officers"] == ["150425002"]
    assert cormorant["call"] == {"channel": "telephone"}
    assert cormorant["place"] == {
        "description": "大局子林场林中",
        "region_code": "150425",
        "point": {
            "longitude": 117.52,
            "latitude": 42.78,
            "datum": "WGS84",
            "accuracy_m": 20_000.0,
            "source": "description",
        },
        "wgs84": {"longitude": 117.52, "latitude": 42.78},
    }
    assert cormorant["station"]["name"] == "大局子森林派出所"
    assert cormorant["opened_by"]["badge"] == "150425001"
    assert cormorant["responsible"]["officer"]["badge"] == "150425001"
    assert cormorant["has_informant"] is True
    assert "护林员甲" not in str(cormorant)
    assert cormorant["entries"] == 11
    assert cormorant["missing"] == []
    assert cormorant["overdue"] == []
    assert cormorant["closing"] == {
        "closed_at": "2024-08-04T11:30:00+08:00",
        "reason": "completed",
        "duplicate_of": None,
        "entry_id": CORMORANT[:-4] + "001a",
    }

    [animal] = cormorant["animals"]
    assert animal["number"] == 1
    assert animal["reported_as"] == "长嘴巴怪鸟"
    assert (animal["count"], animal["remaining"]) == (1, 0)
    assert animal["life_stage"] == "juvenile"
    assert animal["sex"] == "unknown"
    assert animal["cause"] == "weather_soaked"
    assert animal["condition"] == "good"
    assert animal["attitude"] == "alert"
    assert animal["injuries"] == "未见明显外伤；羽毛湿透，不能飞行"
    assert animal["place_kept"] == "派出所"
    assert animal["outcome"] == "released"
    assert animal["outcome_at"] == "2024-08-04T10:30:00+08:00"
    sanyou = {
        "protection": "sanyou",
        "valid_from": "2023-06-26",
        "list": "SANYOU-2023-17",
        "authority": "forestry",
    }
    assert animal["species"] == {
        "species_id": "phalacrocorax_carbo",
        "chinese_name": "普通鸬鹚",
        "scientific_name": "Phalacrocorax carbo",
        "english_name": "Great Cormorant",
        "alien": False,
        "identified_by": "专业人员",
        "basis": None,
        "confidence": "certain",
        "identified_at": "2024-07-30T10:00:00+08:00",
        "native_to": [],
        "protection": sanyou,
        "protections": [sanyou],
    }
    assert [photo["caption"].partition("：")[2] for photo in cormorant["photos"]] == [
        "羽毛湿透，蹲在林中",
        "装在纸箱里带回",
        "响水水库放归",
    ]


async def test_the_cormorants_timeline_tells_what_happened_in_its_order(
    officer: Person, cormorant: dict[str, Any]
) -> None:
    timeline = await officer.read(f"/incidents/{CORMORANT}/entries")
    assert timeline["next_cursor"] is None
    assert [(e["type"], e["happened_at"][:16]) for e in timeline["items"]] == [
        ("opening", "2024-07-29T15:20"),
        ("photo", "2024-07-29T16:05"),
        ("assessment", "2024-07-29T16:10"),
        ("care", "2024-07-29T17:40"),
        ("photo", "2024-07-29T18:00"),
        ("identification", "2024-07-30T10:00"),
        ("care", "2024-07-31T08:30"),
        ("assessment", "2024-08-04T08:30"),
        ("release", "2024-08-04T10:30"),
        ("photo", "2024-08-04T10:31"),
        ("closing", "2024-08-04T11:30"),
    ]
    opening = timeline["items"][0]
    assert opening["facts"]["case_number"] == cormorant["case_number"]
    assert "informant" not in opening["body"]
    assert len(opening["facts"]["informant_digest"]) == 64
    assert opening["previous"] == "00" * 32
    for before, after in zip(timeline["items"], timeline["items"][1:], strict=False):
        assert after["previous"] == before["digest"]
    assert timeline["items"][-1]["digest"] == cormorant["digest"]


async def test_the_official_of_the_region_finds_the_release(
    cormorant: dict[str, Any], official: Person
) -> None:
    answer = await official.read(
        "/releases", params={"protection": "sanyou", "from": "2024-08-04", "to": "2024-08-04"}
    )
    [found] = answer["items"]
    assert answer["next_cursor"] is None
    assert found == {
        "id": "01910000-0000-7000-8001-000000000018",
        "incident_id": CORMORANT,
        "case_number": cormorant["case_number"],
        "station": "大局子森林派出所",
        "animal": 1,
        "released_at": "2024-08-04T10:30:00+08:00",
        "found_at": "2024-07-29T15:20:00+08:00",
        "duplicate_of": None,
        "species_id": "phalacrocorax_carbo",
        "chinese_name": "普通鸬鹚",
        "scientific_name": "Phalacrocorax carbo",
        "protection": "sanyou",
        "protection_list": "SANYOU-2023-17",
        "protections": ["sanyou"],
        "count": 1,
        "returned": 0,
        "died": 0,
        "life_stage": "juvenile",
        "sex": "unknown",
        "method": "hard",
        "habitat": "水库",
        "site": {
            "description": "响水水库",
            "region_code": "150425",
            "point": {
                "longitude": 117.12,
                "latitude": 42.98,
                "datum": "WGS84",
                "accuracy_m": 15_000.0,
                "source": "description",
            },
            "wgs84": {"longitude": 117.12, "latitude": 42.98},
        },
        "officers": ["150425001", "150425002"],
        "officers_named": [
            {"badge": badge, "name": name, "unit": "大局子森林派出所", "role": "officer"}
            for badge, name in (("150425001", "大局子民警"), ("150425002", "大局子民警二"))
        ],
        "unit": None,
        "persons": [],
        "witness": None,
        "ring_number": None,
        "marks": [],
        "fit_to_release": True,
        "judged_fit_by": None,
        "quarantine": None,
        "quarantine_certificate": None,
        "native_there": None,
        "reason_there": None,
        "weather": None,
        "consent": None,
        "monitoring": None,
        "region_code": "150425",
        "longitude": 117.12,
        "latitude": 42.98,
        "generalized": False,
        "coordinate_uncertainty_m": None,
    }
    timeline = await official.read(f"/incidents/{CORMORANT}/entries")
    assert "护林员甲" not in str(timeline)
    answer = await official.get(f"/incidents/{CORMORANT}/informant")
    assert answer.status_code == 403


async def test_the_handling_station_sees_who_reported(
    officer: Person, cormorant: dict[str, Any]
) -> None:
    assert await officer.read(f"/incidents/{CORMORANT}/informant") == {
        "name": "护林员甲（演示补充）",
        "role": "forest_ranger",
    }


async def test_the_rockfall_is_cleared_by_hand_and_the_road_reopened(
    rockfall: dict[str, Any],
) -> None:
    assert rockfall["kind"] == "road_hazard"
    assert rockfall["state"] == "closed"
    assert rockfall["case_number"].startswith("150723-")
    assert rockfall["source"] == "patrol"
    assert "animals" not in rockfall
    assert rockfall["has_informant"] is False
    assert rockfall["place"]["point"]["datum"] == "GCJ02"
    assert rockfall["place"]["point"]["longitude"] == 122.436
    assert rockfall["place"]["wgs84"]["longitude"] == pytest.approx(122.430, abs=5e-3)
    assert rockfall["place"]["wgs84"] != {"longitude": 122.436, "latitude": 50.642}
    assert [one["code"] for one in rockfall["missing"]] == ["notification", "traffic_police"]
    assert rockfall["hazard"] == {
        "type": "rockfall",
        "types": ["rockfall", "fallen_tree"],
        "state": "reopened",
        "passability": "open",
        "road": {"category": "forest_road"},
        "description": "落石和树枝阻断道路",
        "cause": None,
        "extent": {},
        "most_vehicles_stuck": None,
        "most_people_stuck": None,
        "casualties": None,
        "damage": None,
        "detour": None,
        "expected_reopening_at": None,
        "since": "2024-08-04T09:10:00+08:00",
        "recurrences": 0,
        "blocked_from": "2024-08-04T09:10:00+08:00",
        "blocked_until": "2024-08-04T10:45:00+08:00",
        "open_from": "2024-08-04T10:45:00+08:00",
        "found_false_at": None,
        "unreported_from": None,
        "measures": ["warning_sign"],
        "notified": [],
        "clearing_method": "by_hand",
        "people": None,
        "machines": None,
        "done_by": None,
        "secured_at": "2024-08-04T10:30:00+08:00",
        "clearing_at": "2024-08-04T09:20:00+08:00",
        "cleared_at": "2024-08-04T10:40:00+08:00",
        "reopened_at": "2024-08-04T10:45:00+08:00",
        "handed_over_to": None,
        "before_found": [],
    }
    assert [photo["about"] for photo in rockfall["photos"]] == ["before", "after"]


async def test_the_rockfall_is_found_by_its_own_station_and_not_in_another_region(
    other_officer: Person, officer: Person, official: Person, rockfall: dict[str, Any]
) -> None:
    found = await other_officer.read("/hazards", params={"type": "rockfall", "state": "reopened"})
    assert [hazard["incident_id"] for hazard in found["items"]] == [ROCKFALL]
    for stranger in (officer, official):
        assert (await stranger.read("/hazards"))["items"] == []
        assert (await stranger.get(f"/incidents/{ROCKFALL}")).status_code == 404


async def test_telling_a_story_twice_files_it_once(officer: Person, client: AsyncClient) -> None:
    first = []
    for one in CORMORANT_STORY.requests:
        content = one.picture() if one.picture else None
        first.append(
            await officer.request(
                one.method, one.path, json=one.body, content=content, params=one.parameters
            )
            if content is None
            else await officer.request(one.method, one.path, content=content, params=one.parameters)
        )
    for one, before in zip(CORMORANT_STORY.requests, first, strict=True):
        kwargs: dict[str, Any] = (
            {"content": one.picture(), "params": one.parameters}
            if one.picture
            else {"json": one.body}
        )
        again = await officer.request(one.method, one.path, **kwargs)
        assert before.status_code == 201
        assert again.status_code == 200, again.text
        assert again.json() == before.json()
    assert len((await officer.read("/incidents"))["items"]) == 1
    assert (await client.get(f"{API}/incidents")).status_code == 401


# ---------------------------------------------------------------- as the reports tell it


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.title)
def test_a_story_says_what_it_is_adapted_from_and_what_was_made_up_for_it(story: Story) -> None:
    opening, *later = story.requests
    assert opening.body is not None
    adapted, made_up = opening.body["summary"].split("演示补充：")
    assert adapted.startswith("改编自 2024 年 8 月的新闻报道：")
    assert "时刻、坐标" in made_up
    pictures = [one.parameters["caption"] for one in later if one.picture is not None]
    assert pictures
    assert all(caption.startswith("手绘示意图，非现场照片：") for caption in pictures)
    said = str([one.body for one in story.requests])
    for invented in ("三道沟", "王建国", "管理员", "K12", "防火公路", "养护队", "weight_g"):
        assert invented not in said


# In WGS-84: 经棚, the banner's seat, of which the reservoir lies south-west and the forest farm
# south; and 克一河.
JINGPENG, KEYIHE = Position(117.545, 43.265), Position(122.43, 50.64)


async def test_the_stories_lie_where_the_places_are_and_say_how_roughly_they_are_known(
    cormorant: dict[str, Any], rockfall: dict[str, Any]
) -> None:
    site = cormorant["animals"][0]["releases"][0]["site"]
    for place in (cormorant["place"], site, rockfall["place"]):
        assert place["point"]["source"] in ("description", "map")
        assert place["point"]["accuracy_m"] >= 10_000
    wood, reservoir, road = (
        Position(**place["wgs84"]) for place in (cormorant["place"], site, rockfall["place"])
    )
    assert wood.latitude < JINGPENG.latitude
    assert reservoir.latitude < JINGPENG.latitude
    assert reservoir.longitude < JINGPENG.longitude
    assert 35_000 < distance_m(reservoir, JINGPENG) < 76_000, "76 km by road"
    assert distance_m(road, KEYIHE) < 10_000
    assert cormorant["flags"] == rockfall["flags"] == []
