"""Two stories that are the measure of the service, as the requests that tell them.

They are adapted from news reports of August 2024: of the cormorant of 大局子森林派出所, and of the
rockfall of 克一河分局. What the reports do not say is left out, or where a record can't be without
it marked as made up for the demo (演示补充): times, coordinates, badge numbers. The pictures are
drawn.

The ids are fixed, so that telling a story twice files it once. A story that is told otherwise gets
other ids: what an earlier version told stays as it was told.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from wildlife.demo import pictures

CORMORANT: Final = "01910000-0000-7000-8001-000000000001"
ROCKFALL: Final = "01910000-0000-7000-8001-000000000002"


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
    title_zh: str
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
    "鸬鹚",
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
                    "description": "大局子林场林中",
                    "region_code": "150425",
                    # In the south of the banner; the report says no more than the wood.
                    "point": {
                        "longitude": 117.52,
                        "latitude": 42.78,
                        "datum": "WGS84",
                        "accuracy_m": 20_000,
                        "source": "description",
                    },
                },
                "call": {"channel": "telephone"},
                "informant": {"name": "护林员甲（演示补充）", "role": "forest_ranger"},
                "summary": "改编自 2024 年 8 月的新闻报道：护林员打来电话，林中有一只"
                "长嘴巴怪鸟被困；民警冒雨进山查看。演示补充：发现的日期、各项时刻、坐标、民警警号。",
                "animals": [
                    {
                        "reported_as": "长嘴巴怪鸟",
                        "count": 1,
                        "life_stage": "juvenile",
                        "cause": "weather_soaked",
                    }
                ],
                "officers": ["150425002"],
            },
        ),
        _photo(
            CORMORANT, 0x11, "2024-07-29T16:05:00+08:00", pictures.cormorant_in_the_rain,
            caption="手绘示意图，非现场照片：羽毛湿透，蹲在林中", about="animal:1",
        ),
        _entry(
            CORMORANT, 0x12, "2024-07-29T16:10:00+08:00", "assessment", animal=1,
            exam="field", condition="weak", attitude="depressed",
            injuries="未见明显外伤；羽毛湿透，不能飞行", note="身体虚弱，精神萎靡",
        ),
        _entry(
            CORMORANT, 0x13, "2024-07-29T17:40:00+08:00", "care", animal=1,
            place_kept="派出所", note="装入纸箱，带回派出所",
        ),
        _photo(
            CORMORANT, 0x14, "2024-07-29T18:00:00+08:00", pictures.cormorant_in_a_carton,
            caption="手绘示意图，非现场照片：装在纸箱里带回", about="animal:1",
        ),
        _entry(
            CORMORANT, 0x15, "2024-07-30T10:00:00+08:00", "identification", animal=1,
            species_id="phalacrocorax_carbo", identified_by="专业人员", confidence="certain",
            note="普通鸬鹚幼鸟，属“三有”动物",
        ),
        _entry(
            CORMORANT, 0x16, "2024-07-31T08:30:00+08:00", "care", animal=1,
            feeding="投喂", note="精心喂养照料数日",
        ),
        _entry(
            CORMORANT, 0x17, "2024-08-04T08:30:00+08:00", "assessment", animal=1,
            exam="release", condition="good", attitude="alert", note="活泼有力，恢复健康",
        ),
        _entry(
            CORMORANT, 0x18, "2024-08-04T10:30:00+08:00", "release", animal=1,
            site={
                "description": "响水水库",
                "region_code": "150425",
                # South-west of 经棚, on the Xar Moron.
                "point": {
                    "longitude": 117.12,
                    "latitude": 42.98,
                    "datum": "WGS84",
                    "accuracy_m": 15_000,
                    "source": "description",
                },
            },
            habitat="水库", method="hard", officers=["150425001", "150425002"],
            fit_to_release=True, note="演示补充：时刻、坐标、民警警号",
        ),
        _photo(
            CORMORANT, 0x19, "2024-08-04T10:31:00+08:00", pictures.cormorant_released,
            caption="手绘示意图，非现场照片：响水水库放归", about="animal:1",
        ),
        _entry(CORMORANT, 0x1A, "2024-08-04T11:30:00+08:00", "closing", reason="completed"),
    ],
)  # fmt: skip

ROCKFALL_STORY: Final = Story(
    "The rockfall",
    "落石",
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
                    "description": "克一河林区道路",
                    "region_code": "150723",
                    # The town: on which of its roads, the report does not say.
                    "point": {
                        "longitude": 122.436,
                        "latitude": 50.642,
                        "datum": "GCJ02",
                        "accuracy_m": 10_000,
                        "source": "map",
                    },
                },
                "summary": "改编自 2024 年 8 月的新闻报道：民警巡逻时发现道路被落石和树枝阻断。"
                "演示补充：各项时刻、坐标、道路类别。",
                "hazard": {
                    "type": "rockfall",
                    "types": ["fallen_tree"],
                    "passability": "blocked",
                    "road": {"category": "forest_road"},
                    "description": "落石和树枝阻断道路",
                },
            },
        ),
        _photo(
            ROCKFALL, 0x21, "2024-08-04T09:12:00+08:00", pictures.road_blocked,
            caption="手绘示意图，非现场照片：道路被阻断", about="before",
        ),
        _entry(
            ROCKFALL, 0x22, "2024-08-04T09:20:00+08:00", "clearing",
            method="by_hand", note="徒手清除落石和树枝",
        ),
        _entry(
            ROCKFALL, 0x23, "2024-08-04T10:30:00+08:00", "secured",
            measures=["warning_sign"], note="设置警示标志",
        ),
        _entry(ROCKFALL, 0x24, "2024-08-04T10:40:00+08:00", "cleared"),
        _entry(
            ROCKFALL, 0x25, "2024-08-04T10:45:00+08:00", "reopened",
            passability="open", note="恢复通行",
        ),
        _photo(
            ROCKFALL, 0x26, "2024-08-04T10:46:00+08:00", pictures.road_cleared,
            caption="手绘示意图，非现场照片：恢复通行", about="after",
        ),
        # Whom they notified the report does not say: the record names it as missing.
        _entry(ROCKFALL, 0x27, "2024-08-04T11:00:00+08:00", "closing", reason="completed"),
    ],
)  # fmt: skip

STORIES: Final = (CORMORANT_STORY, ROCKFALL_STORY)
