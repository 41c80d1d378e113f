"""The two real stories, from the first phone call to the officials' query, field by field."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.users import API, Person
from wildlife.demo.stories import CORMORANT, CORMORANT_STORY, ROCKFALL, ROCKFALL_STORY, Story


async def tell(person: Person, story: Story) -> None:
    for one in story.requests:
        if one.picture is not None:
            answer = await person.request(
                one.method, one.path, content=one.picture(), params=one.parameters
            )
        else:
            answer = await person.request(one.method, one.path, json=one.body)
        assert answer.status_code == 201, f"{one}: {answer.text}"


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
    assert cormorant["summary"] == "林中发现长嘴巴怪鸟被困，羽毛被雨水淋湿，无法飞行"
    assert cormorant["officers"] == ["150425002"]
    assert cormorant["place"] == {
        "description": "大局子林场三道沟",
        "region_code": "150425",
        "point": {
            "longitude": 117.542,
            "latitude": 43.318,
            "datum": "WGS84",
            "accuracy_m": 30.0,
            "source": "device",
        },
        "wgs84": {"longitude": 117.542, "latitude": 43.318},
    }
    assert cormorant["station"]["name"] == "大局子森林派出所"
    assert cormorant["opened_by"]["badge"] == "150425001"
    assert cormorant["responsible"]["officer"]["badge"] == "150425001"
    assert cormorant["has_informant"] is True
    assert "王建国" not in str(cormorant)
    assert cormorant["entries"] == 12
    assert cormorant["missing"] == []
    assert cormorant["overdue"] == []
    assert cormorant["closing"] == {
        "closed_at": "2024-08-04T11:30:00+08:00",
        "reason": "completed",
        "duplicate_of": None,
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
    assert animal["body_condition"] == "moderate"
    assert animal["injuries"] == "未见外伤；羽毛湿透，不能飞行"
    assert animal["weight_g"] == 1920
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
        "identified_by": "旗林草局野生动物专家",
        "basis": "照片及实物",
        "confidence": "certain",
        "identified_at": "2024-07-30T10:00:00+08:00",
        "native_to": [],
        "protection": sanyou,
        "protections": [sanyou],
    }
    assert [photo["caption"] for photo in cormorant["photos"]] == [
        "发现时：羽毛湿透，蹲在林下",
        "带回派出所",
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
        ("assessment", "2024-08-02T09:00"),
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
        "id": "01910000-0000-7000-8000-000000000019",
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
        "life_stage": "juvenile",
        "sex": "unknown",
        "method": "hard",
        "habitat": "水库",
        "site": {
            "description": "响水水库",
            "region_code": "150425",
            "point": {
                "longitude": 117.21,
                "latitude": 43.57,
                "datum": "WGS84",
                "accuracy_m": 15.0,
                "source": "device",
            },
            "wgs84": {"longitude": 117.21, "latitude": 43.57},
        },
        "officers": ["150425001", "150425002"],
        "witness": "水库管理员",
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
        "longitude": 117.21,
        "latitude": 43.57,
    }
    timeline = await official.read(f"/incidents/{CORMORANT}/entries")
    assert "王建国" not in str(timeline)
    assert "13800000000" not in str(timeline)
    answer = await official.get(f"/incidents/{CORMORANT}/informant")
    assert answer.status_code == 403


async def test_the_handling_station_sees_who_reported(
    officer: Person, cormorant: dict[str, Any]
) -> None:
    assert await officer.read(f"/incidents/{CORMORANT}/informant") == {
        "name": "王建国",
        "role": "forest_ranger",
        "phone": "13800000000",
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
    assert rockfall["place"]["point"]["longitude"] == 122.35
    assert rockfall["place"]["wgs84"]["longitude"] == pytest.approx(122.3440, abs=5e-3)
    assert rockfall["place"]["wgs84"] != {"longitude": 122.35, "latitude": 50.62}
    assert rockfall["missing"] == []
    assert rockfall["hazard"] == {
        "type": "rockfall",
        "types": ["rockfall", "fallen_tree"],
        "state": "reopened",
        "passability": "open",
        "road": {
            "name": "克一河林场防火公路",
            "category": "forest_road",
            "stake_from": "K12+300",
        },
        "description": "落石和断枝占满路面",
        "cause": None,
        "extent": {},
        "casualties": None,
        "damage": None,
        "detour": None,
        "expected_reopening_at": None,
        "since": "2024-08-04T09:10:00+08:00",
        "recurrences": 0,
        "blocked_from": "2024-08-04T09:10:00+08:00",
        "blocked_until": "2024-08-04T10:45:00+08:00",
        "measures": ["warning_sign"],
        "notified": [
            {
                "unit": "克一河林场道路养护队",
                "person": "值班室",
                "notified_at": "2024-08-04T09:40:00+08:00",
                "unit_kind": "road_authority",
            },
            {
                "unit": "鄂伦春自治旗公安局交通管理大队",
                "person": None,
                "notified_at": "2024-08-04T09:45:00+08:00",
                "unit_kind": "traffic_police",
            },
        ],
        "clearing_method": "by_hand",
        "people": 4,
        "machines": None,
        "done_by": None,
        "secured_at": "2024-08-04T10:30:00+08:00",
        "clearing_at": "2024-08-04T09:20:00+08:00",
        "cleared_at": "2024-08-04T10:40:00+08:00",
        "reopened_at": "2024-08-04T10:45:00+08:00",
        "handed_over_to": None,
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
