"""The codes that any record may carry, with their Chinese and English labels; those of a kind of
incident, of people or of photos are in its folder (`codes.py`).

A new source is one line here: decoding, errors, OpenAPI and `GET /vocabularies` follow.
Sources: the law, the police procedure rules and the forms of 110 calls.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final, Self

from msgspec import Meta

from wildlife.words.sentences import Sentence


class Code(StrEnum):
    """A code with its labels: `NAME = "code", "中文", "English"`."""

    zh: str
    en: str

    def __new__(cls, code: str, zh: str = "", en: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        member.en = en
        return member


NAMED: Final = "named"


def named_by(name: Callable[[str], Sentence]) -> Meta:
    """Of a text that is a code of no closed vocabulary: what says what it is called."""
    return Meta(extra={NAMED: name})


class ErasureReason(Code):
    """报告人信息删除原因。Why it was erased who reported: a code, since words could name them."""

    REQUESTED = "requested", "本人要求删除", "they asked for it"
    EXPIRED = "expired", "保存期限已满", "kept long enough"
    MISTAKEN = "mistaken", "登记有误", "named by mistake"


class DismissalReason(Code):
    """留存内容不予登记的原因。Why what was refused and kept is put aside."""

    FILED_OTHERWISE = "filed_otherwise", "已另行登记", "filed already, under another id"
    SUPERSEDED = "superseded", "情况已变，无需登记", "nothing that is still to be filed"
    MISTAKEN = "mistaken", "误报误填", "sent by mistake"
    TEST = "test", "测试内容", "a test"


class RefusedOutcome(Code):
    """留存内容的处理结果。What became of what was refused and kept."""

    ACCEPTED = "accepted", "已接受登记", "accepted onto the timeline"
    DISMISSED = "dismissed", "不予登记", "put aside"


class IncidentState(Code):
    """警情状态。How far an incident is: `resolved` when every animal or the road is settled."""

    OPEN = "open", "处理中", "open"
    RESOLVED = "resolved", "已处置", "resolved"
    CLOSED = "closed", "已办结", "closed"


class Source(Code):
    """警情来源。How the station learnt of it."""

    REPORT = "report", "群众报警", "reported by the public"
    PATROL = "patrol", "巡逻（巡护）发现", "found on patrol"
    HANDOVER = "handover", "群众送交", "handed over by the public"
    SEIZURE = "seizure", "执法查扣", "seized"
    INSTRUCTION = "instruction", "指令（110 或上级）", "instruction from 110 or above"
    REFERRAL = "referral", "部门移送", "referred by another department"
    MONITORING = "monitoring", "监控发现", "seen by a monitoring camera"


class Channel(Code):
    """告知方式。By what way somebody was told."""

    HOTLINE_110 = "hotline_110", "110 报警", "by the emergency number 110"
    TELEPHONE = "telephone", "电话", "by telephone"
    IN_PERSON = "in_person", "当面", "in person"
    WECHAT = "wechat", "微信", "by WeChat"
    OTHER = "other", "其他", "another way"


class InformantRole(Code):
    """报告人身份。Who the informant is to the place."""

    FOREST_RANGER = "forest_ranger", "护林员", "forest ranger"
    GRASSLAND_RANGER = "grassland_ranger", "草管员", "grassland ranger"
    FOREST_FARM_WORKER = "forest_farm_worker", "林场职工", "worker of a forest farm"
    RESERVE_STAFF = "reserve_staff", "保护区人员", "staff of a nature reserve"
    VOLUNTEER = "volunteer", "志愿者", "volunteer"
    RESIDENT = "resident", "居民", "resident"
    HERDER = "herder", "牧民", "herder"
    DRIVER = "driver", "驾驶员", "driver"
    VISITOR = "visitor", "游客", "visitor"
    OTHER_UNIT = "other_unit", "其他单位", "another unit"
    OTHER = "other", "其他", "other"


class Protection(Code):
    """保护级别。Class of protection (Wildlife Protection Law, Art. 10)."""

    NATIONAL_1 = "national_1", "国家一级", "national class I"
    NATIONAL_2 = "national_2", "国家二级", "national class II"
    SANYOU = "sanyou", "三有", "of ecological, scientific or social value"
    PROVINCIAL = "provincial", "地方重点", "provincial key"
    UNLISTED = "unlisted", "未列入名录", "on no list"


class Authority(Code):
    """主管部门。Who is competent for a species: some that live on land are managed as aquatic
    animals."""

    FORESTRY = "forestry", "林业草原主管部门", "forestry and grassland authority"
    FISHERIES = "fisheries", "渔业主管部门", "fisheries authority"


class Population(Code):
    """适用种群。For which animals of a species a list holds."""

    ALL = "all", "全部种群", "all"
    WILD = "wild", "仅限野外种群", "wild populations only"


class ClosingReason(Code):
    """办结原因。Why an incident is closed."""

    COMPLETED = "completed", "办结", "completed"
    DUPLICATE = "duplicate", "重复登记", "a duplicate of another incident"
    NOT_OURS = "not_ours", "不属本单位管辖", "not a matter for this unit"


class PhotoSubject(Code):
    """What a photo that shows no single animal shows."""

    SITE = "site", "现场", "the site"
    BEFORE = "before", "清除前", "before clearing"
    AFTER = "after", "清除后", "after clearing"
    DOCUMENT = "document", "单据", "a document"


class PhotoFlag(Code):
    """照片提示。What somebody should look at: the photo's own data and the report do not agree, or
    the file is damaged."""

    TAKEN_EARLIER = "taken_earlier", "拍摄早于发现一天以上", "taken more than a day before the find"
    TAKEN_ELSEWHERE = (
        "taken_elsewhere",
        "拍摄地点不符",
        "taken far from the incident's places",
    )
    CLOCK_SKEW = (
        "clock_skew",
        "相机、手机与定位的时间不一致",
        "the times of the camera, the phone and its position do not agree",
    )
    POINT_AT_ZERO = "point_at_zero", "手机定位为 0,0", "the phone's position is at 0,0"
    POINT_SWAPPED = (
        "point_swapped",
        "手机定位的经纬度疑似颠倒",
        "longitude and latitude of the phone's position look swapped",
    )
    SAME_PICTURE = "same_picture", "疑似其他警情的照片", "looks like a photo of another incident"
    INCOMPLETE = "incomplete", "照片不完整", "only part of the picture is there"


class RecordFlag(Code):
    """记录提示。Where what was said contradicts itself: taken, and shown for a person to look
    at."""

    NAMES_INFORMANT = (
        "names_informant",
        "文字中写有报告人姓名、电话或证件号码",
        "a text names who reported, or gives their number",
    )
    RELEASED_BEFORE_FOUND = "released_before_found", "放归早于发现", "released before it was found"
    RELEASED_DEAD = "released_dead", "放归已记录死亡的动物", "released though recorded dead"
    RELEASED_UNFIT = (
        "released_unfit",
        "放归不宜放归或危重的动物",
        "released though judged unfit or critical",
    )
    RELEASED_AFTER_FAILED_QUARANTINE = (
        "released_after_failed_quarantine",
        "检疫不合格而放归",
        "released though the last quarantine inspection failed",
    )
    RELEASED_IN_ISOLATION = (
        "released_in_isolation",
        "隔离期未满而放归",
        "released before its isolation ended",
    )
    RELEASED_ALIEN = "released_alien", "放归外来物种", "an alien species was released"
    RELEASED_OUTSIDE_RANGE = (
        "released_outside_range",
        "放归地不在该物种自然分布区",
        "released outside the species' native range",
    )
    RELEASED_FAR_AWAY = (
        "released_far_away",
        "放归地远离发现地且未说明",
        "released far from the find without a word why",
    )
    COUNT_CHANGED = (
        "count_changed",
        "按“全部”登记的只数因其他记录而改变",
        "all that it means are other in number than when it was filed",
    )
    RELEASED_UNDER_SUSPICION = (
        "released_under_suspicion",
        "已报告疑似疫病，未经检疫合格而放归",
        "released after a suspected disease was reported and not ruled out",
    )
    ALIVE_AFTER_DEATH = (
        "alive_after_death",
        "已记录死亡，其后又有存活的记录",
        "recorded dead, and dealt with as alive afterwards",
    )
    DEAD_ON_ARRIVAL_AFTER_RELEASE = (
        "dead_on_arrival_after_release",
        "放归或逃逸后又记为接收时已死亡",
        "dead on arrival, though let go or got away before and not taken back",
    )
    ISOLATION_OUT_OF_ORDER = (
        "isolation_out_of_order",
        "隔离结束早于隔离开始",
        "the isolation ended before it began",
    )
    RECEIVED_BEFORE_SENT = (
        "received_before_sent",
        "接收时间早于移交时间",
        "received before it was handed over",
    )
    RECEIVED_OTHERS = (
        "received_others",
        "接收只数与移交只数不符",
        "more or fewer were received than were handed over",
    )
    RECEIVED_NOTHING = (
        "received_nothing",
        "所确认接收的移交已不在记录中",
        "received by a transfer that is not on the record any more",
    )
    IDENTIFIED_AS_TWO = (
        "identified_as_two",
        "同一时间鉴定为不同物种",
        "identified as two species at the same time",
    )
    PHOTO_OF_NONE = (
        "photo_of_none",
        "照片所指的动物不在记录中",
        "a photo is of an animal that is not on the record",
    )
    MARK_ON_TWO = (
        "mark_on_two",
        "同一标识同时用于两只动物",
        "two animals carried the same mark at the same time",
    )
    TAKEN_OFF_UNRECORDED = (
        "taken_off_unrecorded",
        "取下的标识此前没有佩戴记录",
        "a mark was taken off that it is not known to have carried",
    )
    RELEASED_WITH_TAKEN_OFF = (
        "released_with_taken_off",
        "放归时所戴标识此前已取下",
        "released with a mark that was taken off before",
    )
    BEFORE_FOUND = "before_found", "检查或处置时间早于发现时间", "dealt with before it was found"
    CASUALTIES_TOO_FEW = (
        "casualties_too_few",
        "伤亡总数少于受伤与死亡人数之和",
        "fewer casualties than injured and dead together",
    )
    CALL_OUT_OF_ORDER = (
        "call_out_of_order",
        "接警、出警、到场的时间先后颠倒",
        "the call came, was set out on and arrived at in another order",
    )
    CLOSING_LAPSED = (
        "closing_lapsed",
        "办结后补报的内容尚未处置，办结暂不生效",
        "something came late that is not settled: the closing has no effect until it is",
    )
    RETURN_MISSING = (
        "return_missing",
        "此前已离开救护，缺少收回记录",
        "dealt with after it had gone: that it came back is not recorded",
    )
    END_MISSING = (
        "end_missing",
        "收回时已在救护中，缺少再次离开的记录",
        "taken back while in care: that it had gone again is not recorded",
    )
    END_ASSUMED = (
        "end_assumed",
        "所续的处置记录不明，按现有记录推定",
        "which outcome it goes on from is no longer clear, and is assumed",
    )
    END_CHANGED = (
        "end_changed",
        "未指明所续的处置记录，因补报或更正，现所指的个体与登记时不同",
        "it names no outcome that it goes on from, and is about others than when it was filed",
    )
    OPINION_MISSING = (
        "opinion_missing",
        "执法查扣的动物在取得执法机关处理意见前已处置",
        "a seized animal was disposed of before the agency's opinion was there",
    )
    UNKNOWN_BADGE = "unknown_badge", "警号查无此人", "a badge number that nobody has"
    UNKNOWN_REGION = (
        "unknown_region",
        "行政区划代码查无此地",
        "a region code that no prefecture has",
    )
    POINT_AT_ZERO = "point_at_zero", "坐标为 0,0", "the point is at 0,0"
    POINT_SWAPPED = "point_swapped", "经纬度疑似颠倒", "longitude and latitude look swapped"
    POINT_ELSEWHERE = (
        "point_elsewhere",
        "坐标在境外，或不在所填省份附近",
        "the point lies abroad, or nowhere near its province",
    )


class Datum(Code):
    """坐标系。What a pair of coordinates refers to. There is no default: a guess moves a site by
    500 m."""

    WGS84 = "WGS84", "WGS-84（手机 GPS）", "WGS 84 (GPS)"
    CGCS2000 = "CGCS2000", "2000 国家大地坐标系", "CGCS2000 (survey data)"
    GCJ02 = "GCJ02", "GCJ-02（高德、腾讯）", "GCJ-02 (Amap, Tencent)"
    BD09 = "BD09", "BD-09（百度）", "BD-09 (Baidu)"


class PointSource(Code):
    """坐标来源。How a point was found."""

    DEVICE = "device", "设备定位", "the device's own position"
    MAP = "map", "地图选点", "picked on a map"
    SURVEY = "survey", "测量", "surveyed"
    DESCRIPTION = "description", "按描述估计", "estimated from the description"


class Owed(Code):
    """待补项类型。What a record may still owe (`missing`); the policy says which, and until
    when."""

    REGION_CODE = "region_code", "行政区划代码", "the region code of the place"
    POINT = "point", "坐标", "the coordinates of the place"
    INFORMANT = "informant", "报告人", "who reported it"
    RECEIPT = "receipt", "接收凭证", "the receipt given at hand-over"
    PHOTO = "photo", "照片", "a photo"
    ASSESSMENT = "assessment", "首次检查", "a first assessment"
    IDENTIFICATION = "identification", "物种鉴定", "an identification"
    PROTECTION = "protection", "发现当日的保护级别", "the protection on the day it was found"
    OUTCOME = "outcome", "处置结果", "what became of the animal"
    RELEASE_SITE = "release_site", "放归地坐标", "the coordinates of the release site"
    AGENCY_OPINION = "agency_opinion", "执法机关处理意见", "the seizing agency's opinion"
    QUARANTINE = "quarantine", "检疫结果", "the result of the quarantine inspection"
    DISPOSAL = "disposal", "无害化处理方式", "what was done with the dead animal"
    REPORTER_TOLD = "reporter_told", "反馈报警人", "what came of it, told to who reported it"
    SECOND_OFFICER = "second_officer", "第二名放归人员", "a second officer at the release"
    TRANSFER_RECEIPT = "transfer_receipt", "移交凭证", "the receipt of the transfer"
    SAFETY_MEASURE = "safety_measure", "安全措施", "a safety measure"
    NOTIFICATION = "notification", "通知养护单位", "the notice to the unit that maintains the road"
    TRAFFIC_POLICE = "traffic_police", "通知交警", "the notice to the traffic police"
    UPWARD_REPORT = (
        "upward_report",
        "向上级机关上报阻断信息",
        "the report of a long closure to the station's superior",
    )
    CLEARANCE = "clearance", "清除结果", "how the road was cleared"
    FULL_REOPENING = "full_reopening", "全幅恢复通行", "the reopening of the whole road"
    PHOTO_AFTER = "photo_after", "清除后照片", "a photo of the cleared road"


def vocabularies() -> dict[str, type[Code]]:
    """Every vocabulary by its name in snake_case, as `GET /vocabularies` answers them."""
    return {_snake_case(code.__name__): code for code in Code.__subclasses__()}


def _snake_case(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
