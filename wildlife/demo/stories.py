"""The two real stories that are the measure of the service, as the requests that tell them.

The cormorant: 大局子森林派出所, July and August 2024. The rockfall: 克一河分局, 4 August 2024.
The ids are fixed, so that telling a story twice files it once.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from wildlife.demo import pictures

CORMORANT: Final = "01910000-0000-7000-8000-000000000001"
ROCKFALL: Final = "01910000-0000-7000-8000-000000000002"


class Send(msgspec.Struct, frozen=True):
    """One request of a story: a JSON body, or a picture with its parameters."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    picture: Callable[[], bytes] | None = None
    parameters: dict[str, str] = {}


class Story(msgspec.Struct, frozen=True):
    """A story: whose it is, and what they send."""

    title: str
    badge: str
    incident_id: str
    requests: list[Send]


def _entry(incident: str, number: int, happened_at: str, type_: str, /, **fields: Any) -> Send:
    body = {
        "type": type_,
        "id": f"{incident[:-4]}{number:04x}",
        "happened_at": happened_at,
        "recorded_at": happened_at,
        **fields,
    }
    return Send("POST", f"/incidents/{incident}/entries", body)


def _photo(
    incident: str, number: int, taken_at: str, picture: Callable[[], bytes], /, **fields: str
) -> Send:
    path = f"/incidents/{incident}/photos/{incident[:-4]}{number:04x}"
    return Send("PUT", path, picture=picture, parameters={"taken_at": taken_at, **fields})


CORMORANT_STORY: Final = Story(
    "The cormorant",
    "150425001",
    CORMORANT,
    [
        Send(
            "POST",
            "/incidents",
            {
                "id": CORMORANT,
                "kind": "rescue",
                "source": "report",
                "found_at": "2024-07-29T15:20:00+08:00",
                "recorded_at": "2024-07-29T15:24:10+08:00",
                "place": {
                    "description": "大局子林场三道沟",
                    "region_code": "150425",
                    "point": {
                        "longitude": 117.542,
                        "latitude": 43.318,
                        "datum": "WGS84",
                        "accuracy_m": 30,
                        "source": "device",
                    },
                },
                "informant": {
                    "name": "王建国",
                    "role": "forest_ranger",
                    "phone": "13800000000",
                },
                "summary": "林中发现长嘴巴怪鸟被困，羽毛被雨水淋湿，无法飞行",
                "animals": [
                    {
                        "reported_as": "长嘴巴怪鸟",
                        "count": 1,
                        "life_stage": "juvenile",
                        "sex": "unknown",
                        "cause": "weather_soaked",
                    }
                ],
                "officers": ["150425002"],
            },
        ),
        _photo(
            CORMORANT, 0x11, "2024-07-29T16:05:00+08:00", pictures.cormorant_in_the_rain,
            caption="发现时：羽毛湿透，蹲在林下", about="animal:1",
        ),
        _entry(
            CORMORANT, 0x12, "2024-07-29T16:10:00+08:00", "assessment", animal=1,
            exam="field", condition="weak", attitude="depressed",
            injuries="未见外伤；羽毛湿透，不能飞行", note="体弱，精神萎靡",
        ),
        _entry(
            CORMORANT, 0x13, "2024-07-29T17:40:00+08:00", "care", animal=1,
            feeding="饮水", note="装入纸箱带回派出所，擦干羽毛，保温",
        ),
        _photo(
            CORMORANT, 0x14, "2024-07-29T18:00:00+08:00", pictures.cormorant_in_a_carton,
            caption="带回派出所", about="animal:1",
        ),
        _entry(
            CORMORANT, 0x15, "2024-07-30T10:00:00+08:00", "identification", animal=1,
            species_id="phalacrocorax_carbo", identified_by="旗林草局野生动物专家",
            basis="照片及实物", confidence="certain", note="普通鸬鹚幼鸟，三有动物",
        ),
        _entry(
            CORMORANT, 0x16, "2024-07-31T08:30:00+08:00", "care", animal=1,
            feeding="小鱼 200 克", note="开始主动进食",
        ),
        _entry(
            CORMORANT, 0x17, "2024-08-02T09:00:00+08:00", "assessment", animal=1,
            exam="daily", condition="fair", attitude="alert", body_condition="moderate",
            weight_g=1850, note="羽毛干燥，活泼有力",
        ),
        _entry(
            CORMORANT, 0x18, "2024-08-04T08:30:00+08:00", "assessment", animal=1,
            exam="release", condition="good", attitude="alert", weight_g=1920,
            note="状态良好，具备放归条件",
        ),
        _entry(
            CORMORANT, 0x19, "2024-08-04T10:30:00+08:00", "release", animal=1,
            site={
                "description": "响水水库",
                "region_code": "150425",
                "point": {
                    "longitude": 117.21,
                    "latitude": 43.57,
                    "datum": "WGS84",
                    "accuracy_m": 15,
                    "source": "device",
                },
            },
            habitat="水库", method="hard", officers=["150425001", "150425002"],
            witness="水库管理员", fit_to_release=True, note="展翅飞向水面",
        ),
        _photo(
            CORMORANT, 0x1A, "2024-08-04T10:31:00+08:00", pictures.cormorant_released,
            caption="响水水库放归", about="animal:1",
        ),
        _entry(CORMORANT, 0x1B, "2024-08-04T11:30:00+08:00", "closing", reason="completed"),
    ],
)  # fmt: skip

ROCKFALL_STORY: Final = Story(
    "The rockfall",
    "150723001",
    ROCKFALL,
    [
        Send(
            "POST",
            "/incidents",
            {
                "id": ROCKFALL,
                "kind": "road_hazard",
                "source": "patrol",
                "found_at": "2024-08-04T09:10:00+08:00",
                "place": {
                    "description": "克一河林场防火公路",
                    "region_code": "150723",
                    "point": {
                        "longitude": 122.35,
                        "latitude": 50.62,
                        "datum": "GCJ02",
                        "accuracy_m": 20,
                        "source": "map",
                    },
                },
                "summary": "巡逻途中发现落石和树枝阻断道路",
                "hazard": {
                    "type": "rockfall",
                    "types": ["fallen_tree"],
                    "passability": "blocked",
                    "road": {
                        "name": "克一河林场防火公路",
                        "category": "forest_road",
                        "stake_from": "K12+300",
                    },
                    "description": "落石和断枝占满路面",
                },
            },
        ),
        _photo(
            ROCKFALL, 0x21, "2024-08-04T09:12:00+08:00", pictures.road_blocked,
            caption="落石阻断道路", about="before",
        ),
        _entry(
            ROCKFALL, 0x22, "2024-08-04T09:20:00+08:00", "clearing",
            method="by_hand", people=4, note="徒手清除落石和树枝",
        ),
        _entry(
            ROCKFALL, 0x23, "2024-08-04T09:40:00+08:00", "notified",
            unit="克一河林场道路养护队", person="值班室", unit_kind="road_authority",
        ),
        _entry(
            ROCKFALL, 0x29, "2024-08-04T09:45:00+08:00", "notified",
            unit="鄂伦春自治旗公安局交通管理大队", unit_kind="traffic_police",
        ),
        _entry(
            ROCKFALL, 0x24, "2024-08-04T10:30:00+08:00", "secured",
            measures=["warning_sign"], note="设置警示标志，提醒注意落石",
        ),
        _entry(ROCKFALL, 0x25, "2024-08-04T10:40:00+08:00", "cleared"),
        _entry(ROCKFALL, 0x26, "2024-08-04T10:45:00+08:00", "reopened", passability="open"),
        _photo(
            ROCKFALL, 0x27, "2024-08-04T10:46:00+08:00", pictures.road_cleared,
            caption="恢复通行", about="after",
        ),
        _entry(ROCKFALL, 0x28, "2024-08-04T11:00:00+08:00", "closing", reason="completed"),
    ],
)  # fmt: skip

STORIES: Final = (CORMORANT_STORY, ROCKFALL_STORY)
