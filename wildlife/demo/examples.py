"""Bodies for the OpenAPI document, in Chinese and in English: the two stories, and how they might
have gone on.

Each has the nil UUID where an id of one's own belongs, which no record may bear: what a click on
the documentation page sends as it stands is refused, and nobody files what nobody wrote.
"""

from collections.abc import Mapping
from typing import Any, Final

from wildlife.demo.stories import CORMORANT, CORMORANT_STORY, ROCKFALL_STORY
from wildlife.kinds import KINDS
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.timeline.entry import tag
from wildlife.web.document import Example, Examples, Json
from wildlife.words.sentences import Sentence

NIL: Final = "00000000-0000-0000-0000-000000000000"


def _entry(type_: str, at: str, /, **fields: Any) -> Json:
    happened_at = f"2024-{at}:00+08:00"
    times = {"happened_at": happened_at, "recorded_at": happened_at}
    return {"type": type_, "id": NIL, **times, **fields}


_AREA: Final[Json] = {
    "type": "Polygon",
    "coordinates": [[[117, 43], [118, 43], [118, 44], [117, 44], [117, 43]]],
}

# A pair is what is said in Chinese and in English.
_OF_ANY: Final = [
    _entry("note", "08-01T09:00", note=("鸟已能站立", "The bird can stand")),
    _entry(
        "told", "08-04T12:00", channel="telephone",
        result=("已告知报警人：鸟已放归", "The reporter was told that the bird was released"),
    ),
    _entry(
        "informant", "07-29T20:00",
        informant={"name": ("护林员甲", "Ranger A"), "role": "forest_ranger"},
    ),
    _entry(
        "amendment", "07-29T21:00", entry_id=NIL,
        changes={"summary": ("林中有一只怪鸟被困", "A strange bird is trapped in the wood")},
        reason=("补充摘要", "the summary was not complete"),
    ),
    _entry(
        "void", "07-29T21:10", entry_id=NIL, reason=("重复录入", "entered twice"),
    ),
    _entry(
        "handover", "07-30T08:00", station="150723",
        note=("鸟飞过辖区界，由当地分局继续处置", "It flew on: the branch there follows"),
    ),
    _entry("closing", "08-04T11:30", reason="completed"),
]  # fmt: skip

_OF_RESCUES: Final = [
    _entry(
        "assessment", "07-29T16:10", animal=1, exam="field", condition="weak",
        attitude="depressed", weight_g=1850,
        injuries=("未见明显外伤；羽毛湿透", "No wound to be seen; its plumage is soaked"),
    ),
    _entry(
        "care", "07-31T08:30", animal=1, feeding=("投喂小鱼", "Small fish"),
        place_kept=("派出所", "At the station"),
    ),
    _entry(
        "treatment", "07-29T19:00", animal=1, medication=("葡萄糖", "Glucose"), dose="5 mL",
    ),
    _entry(
        "identification", "07-30T10:00", animal=1, species_id="phalacrocorax_carbo",
        identified_by=("专业人员", "A specialist"), basis=("羽色和喙形", "Plumage and bill"),
        confidence="certain",
    ),
    _entry(
        "addition", "07-29T17:00",
        reported={"reported_as": ("同样的鸟", "Another of the same"), "cause": "weather_soaked"},
        note=("在附近又发现一只", "One more was found near by"),
    ),
    _entry(
        "split", "07-29T18:00", animal=1, count=3,
        note=("十只中伤重的三只单独救护", "Of ten, the three that are worse go on by themselves"),
    ),
    _entry(
        "marking", "08-04T09:00", animal=1, marks=[{"kind": "ring", "number": "A1234"}],
        note=("放归前环志", "Ringed before its release"),
    ),
    _entry(
        "disease_report", "07-30T11:00", animal=1,
        suspected_disease=("精神沉郁，原因不明", "Depressed, and nobody knows why"),
        reported_to=("旗疫源疫病监测站", "The banner's monitoring station"),
    ),
    _entry(
        "agency_opinion", "08-02T10:00", animal=1,
        agency=("旗市场监督管理局", "The banner's market administration"),
        opinion=("同意放归", "It agrees to a release"),
    ),
    _entry(
        "transfer", "08-01T10:00", animal=1, recipient_kind="rescue_centre",
        recipient=("市野生动物救护站", "The city's rescue centre"), station="15040201",
        receipt_number="YJ-7",
    ),
    _entry(
        "receipt", "08-01T12:00", animal=1, condition="weak", receipt_number="YJ-7",
        person=("王站长", "Station head Wang"),
    ),
    _entry(
        "release", "08-04T10:30", animal=1, method="hard", officers=["150425001"],
        fit_to_release=True,
        site={"description": ("响水水库", "The reservoir of Xiangshui"), "region_code": "150425"},
        habitat=("水库", "A reservoir"),
    ),
    _entry(
        "return", "08-05T07:00", animal=1,
        note=("次日在水库边被捡回", "Picked up at the reservoir the next day"),
    ),
    _entry(
        "death", "08-01T04:00", animal=1, circumstance="died_in_care", disposal_method="burial",
        cause_of_death=("衰竭", "Exhaustion"), disposal_place=("林场北沟", "North of the forest"),
    ),
    _entry(
        "escape", "08-01T05:00", animal=1,
        note=("夜间自行飞离", "It flew off by itself in the night"),
    ),
    _entry(
        "no_rescue_needed", "07-29T16:20", animal=1,
        note=("亲鸟在旁，不需救护", "Its parents are near: it needs no rescue"),
    ),
    _entry(
        "long_term_care", "08-03T10:00", animal=1, keeper=("市动物园", "The city's zoo"),
        reason=("翅部残疾，不宜放归", "It will not fly again"),
    ),
    _entry(
        "allocation", "08-03T10:00", animal=1, recipient=("市动物园", "The city's zoo"),
        approval=("林草局批件 6 号", "Permit 6 of the forestry administration"),
    ),
]  # fmt: skip

_OF_ROADS: Final = [
    _entry(
        "secured", "08-04T09:15", measures=["warning_sign"],
        note=("设置警示标志", "A warning sign was put up"),
    ),
    _entry(
        "notified", "08-04T09:18", unit_kind="road_authority",
        unit=("林场道路养护队", "The forest's road crew"),
    ),
    _entry(
        "clearing", "08-04T09:20", method="by_hand", people=2,
        note=("徒手清除落石和树枝", "Rocks and branches are cleared by hand"),
    ),
    _entry(
        "road_update", "08-04T09:50", passability="partly",
        note=("清出半幅路面", "Half of the width is free"),
    ),
    _entry("cleared", "08-04T10:40", note=("路面已清理", "Nothing lies on the road")),
    _entry(
        "reopened", "08-04T10:45", passability="open",
        note=("恢复通行", "Open to traffic again"),
    ),
    _entry(
        "handed_over", "08-04T10:50", unit_kind="road_authority",
        unit=("公路养护中心", "The road authority"), receipt_number="J-9",
    ),
    _entry(
        "false_report", "08-04T09:30",
        note=("现场未发现阻断", "Nothing blocks the road"),
    ),
]  # fmt: skip

_CORMORANT: Final[Json] = CORMORANT_STORY.requests[0].body or {}
_ROCKFALL: Final[Json] = ROCKFALL_STORY.requests[0].body or {}

_RESCUE: Final[Json] = _CORMORANT | {
    "place": _CORMORANT["place"] | {"description": ("大局子林场林中", "The wood of Dajuzi forest")},
    "informant": {"name": ("护林员甲", "Ranger A"), "role": "forest_ranger"},
    "summary": (
        "护林员打来电话，林中有一只长嘴巴怪鸟被困；民警冒雨进山查看",
        "A ranger called: a strange bird with a long bill is trapped in the wood",
    ),
    "animals": [
        _CORMORANT["animals"][0]
        | {"reported_as": ("长嘴巴怪鸟", "A strange bird with a long bill")}
    ],
}

_BLOCKED_ROAD: Final[Json] = _ROCKFALL | {
    "place": _ROCKFALL["place"] | {"description": ("克一河林区道路", "A forest road of Kehe")},
    "summary": (
        "民警巡逻时发现道路被落石和树枝阻断",
        "On patrol: rocks and branches block the road",
    ),
    "hazard": _ROCKFALL["hazard"]
    | {"description": ("落石和树枝阻断道路", "Rocks and branches block the road")},
}

_OUTBOX: Final = (
    "一起警情、一条记录、一张待上传照片",
    "An incident, an entry of it, and a photo that is to be sent",
)
_PHOTO_TO_COME: Final[Json] = {
    "incident_id": NIL,
    "photo_id": NIL,
    "size": 2_483_712,
    "sha256": "0" * 64,
}

# Of which part may go on by itself.
_FLOCK: Final[Json] = _RESCUE | {
    "summary": ("林中有十只同样的鸟被困", "Ten birds of one kind are trapped in the wood"),
    "animals": [_RESCUE["animals"][0] | {"count": 10}],
}
_SEVERAL: Final = Sentence("Several animals alike", "多只动物")


_LANGUAGES: Final = ("zh", "en")


def _in(language: int, value: Any) -> Any:
    """What is said in one language: the first of each pair, or the second."""
    match value:
        case tuple():
            return value[language]
        case dict():
            return {name: _in(language, inner) for name, inner in value.items()}
        case list():
            return [_in(language, inner) for inner in value]
        case _:
            return value


def _both(bodies: list[Json], told_by: str, labels: Mapping[str, Sentence]) -> dict[str, Example]:
    """Each body in both languages, named by its type or kind."""
    return {
        f"{body[told_by]}_{language}": Example(
            getattr(labels[body[told_by]], language), _in(index, body) | {"id": NIL}
        )
        for body in bodies
        for index, language in enumerate(_LANGUAGES)
    }


_KINDS: Final = {kind.name: kind.label for kind in KINDS}
_TYPES: Final = {tag(type_): type_.LABEL for type_ in KINDS.entries}

EXAMPLES: Final[Examples] = {
    "openIncident": _both([_RESCUE, _BLOCKED_ROAD], "kind", _KINDS)
    | {
        f"several_{language}": Example(
            getattr(_SEVERAL, language), _in(index, _FLOCK) | {"id": NIL}
        )
        for index, language in enumerate(_LANGUAGES)
    },
    "appendEntry": _both([*_OF_ANY, *_OF_RESCUES, *_OF_ROADS], "type", _TYPES),
    "signIn": {
        "demo": Example(
            "An officer of the demo / 演示中的民警",
            {"badge": CORMORANT_STORY.badge, "password": DEMO_PASSWORD},
        )
    },
    "changePassword": {
        "new": Example(
            "Four words that have nothing to do with each other / 几个互不相干的词",
            {"password": "the-password-so-far", "new_password": "水库 纸箱 秋天 铅笔"},
        )
    },
    # A password that nobody may set, and a unit above that there is not.
    "addAccount": {
        "officer": Example(
            "An officer of a station / 派出所民警",
            {
                "badge": "150425009",
                "name": "张三",
                "role": "officer",
                "station": "150425",
                "password": "12345678",
            },
        )
    },
    "changeAccount": {
        "moves": Example("Moves to another unit / 调往其他单位", {"station": "150723"}),
        "leaves": Example("Has left / 离职", {"disabled": True}),
    },
    "setAccountPassword": {
        "new": Example("A password of its own / 另设的密码", {"password": "12345678"})
    },
    "appointAccount": {
        "chief": Example(
            "Is chief there, too / 兼任所队领导", {"role": "chief", "station": "150425"}
        )
    },
    "addUnit": {
        "post": Example(
            "A post of a station / 派出所的警务室",
            {
                "code": "15042501",
                "name": "响水警务室",
                "kind": "police_station",
                "region_code": "150425",
                "parent_code": "000000",
            },
        )
    },
    "changeUnit": {
        "renamed": Example("Is called otherwise now / 更名", {"name": "响水森林派出所"})
    },
    "acceptRefused": {
        "as_sent": Example("As it was sent / 按原样", {}),
        "corrected": Example(
            "Put right first / 更正后",
            {"corrected": _entry("care", "07-31T08:30", animal=1, feeding="投喂小鱼 / Small fish")},
        ),
    },
    "dismissRefused": {
        "filed": Example("It was filed already / 已另行登记", {"reason": "filed_otherwise"})
    },
    "addUnitDevice": {
        "phone": Example(
            "A phone of the own unit / 本单位的一部手机", {"id": NIL, "name": "一号机"}
        )
    },
    "makeFeed": {
        "releases": Example(
            "The releases of 三有 species as a table / 三有动物放归清单的表格",
            {
                "id": NIL,
                "name": "三有动物放归",
                "address": "/api/v1/releases?protection=sanyou&format=csv&labels=zh",
            },
        )
    },
    "makeSubscription": {
        "strictest": Example(
            "What is new of first-class species / 一级保护动物的新记录",
            {
                "id": NIL,
                "name": "一级保护动物",
                "address": "/api/v1/changes?kind=rescue&protection=national_1",
                "destination": "https://platform.example.cn/wildlife",
            },
        )
    },
    "restart": {
        "there": Example("Where it stopped / 从停止处继续", {}),
        "since": Example("From a day on / 从某日开始", {"since": "2024-08-01"}),
    },
    "makeExport": {
        "releases": Example(
            "The releases of a year as a workbook / 一年放归清单的工作簿",
            {
                "id": NIL,
                "address": "/api/v1/releases?from=2024-01-01&to=2024-12-31&format=xlsx&labels=zh",
            },
        )
    },
    "enrolDevice": {
        "code": Example(
            "The code that the chief has / 所队领导提供的登记码", {"code": "7Q4K-9ZTM-2XVB"}
        )
    },
    "refreshTokens": {
        "refresh": Example(
            "The refresh token of the last sign-in / 上次登录所得的刷新令牌",
            {"refresh_token": "the-refresh-token-of-your-last-sign-in"},
        )
    },
    "comeFromProvider": {
        "returned": Example(
            "What the address of the page came with / 页面地址中带回的参数",
            {"state": "the-state-that-came-back", "code": "the-code-that-came-back"},
        )
    },
    "syncItems": {
        f"outbox_{language}": Example(
            _OUTBOX[index],
            {
                "items": [
                    {"opening": _in(index, _RESCUE) | {"id": NIL}},
                    {"incident_id": NIL, "entry": _in(index, _OF_ANY[0])},
                    {"photo": _PHOTO_TO_COME},
                ]
            },
        )
        for index, language in enumerate(_LANGUAGES)
    },
    "findReceipts": {
        "opening": Example(
            "Is the opening of the cormorant held? / 鸬鹚警情是否已存妥",
            {"ids": [CORMORANT]},
        )
    },
    **{
        f"countSearched{name}": {
            "where": Example(
                "2024 年以来各县各月的数量 / How many in each county and month since 2024",
                {"region": "1504", "from": "2024-01-01", "group_by": "county,month"},
            )
        }
        for name in ("Incidents", "Animals", "Releases", "Transfers", "Hazards")
    },
    "getSearchedPhotoArchive": {
        "where": Example(
            "某范围内清除前的照片 / Photos in an area, from before the clearing",
            {"polygon": _AREA, "about": "before", "labels": "zh"},
        )
    },
    **{
        f"search{name}": {"where": Example(f"{zh} / {en}", {"region": "1504", **asked})}
        for name, zh, en, asked in (
            (
                "Incidents",
                "本单位及下级单位的逾期警情",
                "What is overdue of a station and those below it",
                {"station": "150425", "below": True, "overdue": True},
            ),
            (
                "Animals",
                "在养的鸬鹚科、鹭科动物",
                "Cormorants and herons in care",
                {"family": ["鸬鹚科", "鹭科"], "outcome": ["in_care"]},
            ),
            (
                "Releases",
                "某范围内有环志而无照片的放归",
                "Releases in an area, with a mark and without photos",
                {"polygon": _AREA, "has_mark": True, "has_photos": False},
            ),
            (
                "Transfers",
                "尚未确认接收的移交",
                "Transfers that nobody has confirmed",
                {"confirmed": False, "sort": "time"},
            ),
            (
                "Hazards",
                "仍未通行的道路",
                "Roads on which nothing passes",
                {"passability": ["blocked"]},
            ),
            (
                "Photos",
                "拍摄早于发现的照片",
                "Photos from before the find",
                {"photo_flag": ["taken_earlier"]},
            ),
        )
    },
}
