"""Every code that a record may carry, with its Chinese and English label.

A new hazard type, cause or role is one line here: decoding, errors, OpenAPI and
`GET /vocabularies` follow. Sources: domain.md of the project's brief (law, forms, WRMD, Darwin
Core, DATEX II, Open511).
"""

from enum import StrEnum
from typing import Self


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


class IncidentState(Code):
    """How far an incident is: `resolved` when every animal or the road is settled."""

    OPEN = "open", "处理中", "open"
    RESOLVED = "resolved", "已处置", "resolved"
    CLOSED = "closed", "已办结", "closed"


class Source(Code):
    """How the station learnt of it."""

    REPORT = "report", "群众报警", "reported by the public"
    PATROL = "patrol", "巡逻（巡护）发现", "found on patrol"
    HANDOVER = "handover", "群众送交", "handed over by the public"
    SEIZURE = "seizure", "执法查扣", "seized"
    INSTRUCTION = "instruction", "指令（110 或上级）", "instruction from 110 or above"
    REFERRAL = "referral", "部门移送", "referred by another department"
    MONITORING = "monitoring", "监控发现", "seen by a monitoring camera"


class Channel(Code):
    """By what way somebody was told."""

    HOTLINE_110 = "hotline_110", "110 报警", "by the emergency number 110"
    TELEPHONE = "telephone", "电话", "by telephone"
    IN_PERSON = "in_person", "当面", "in person"
    WECHAT = "wechat", "微信", "by WeChat"
    OTHER = "other", "其他", "another way"


class InformantRole(Code):
    """Who the informant is to the place."""

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
    """Class of protection (Wildlife Protection Law, Art. 10)."""

    NATIONAL_1 = "national_1", "国家一级", "national class I"
    NATIONAL_2 = "national_2", "国家二级", "national class II"
    SANYOU = "sanyou", "三有", "of ecological, scientific or social value"
    PROVINCIAL = "provincial", "地方重点", "provincial key"
    UNLISTED = "unlisted", "未列入名录", "on no list"


class Authority(Code):
    """Who is competent for a species: some that live on land are managed as aquatic animals."""

    FORESTRY = "forestry", "林业草原主管部门", "forestry and grassland authority"
    FISHERIES = "fisheries", "渔业主管部门", "fisheries authority"


class Population(Code):
    """For which animals of a species a list holds."""

    ALL = "all", "全部种群", "all"
    WILD = "wild", "仅限野外种群", "wild populations only"


class Cause(Code):
    """Why the animal needed help; the first five are statutory (Regulation, Art. 9)."""

    INJURED = "injured", "受伤", "injured"
    SICK = "sick", "病弱", "sick"
    STARVING = "starving", "饥饿", "starving"
    TRAPPED = "trapped", "受困", "trapped"
    LOST = "lost", "迷途", "lost"
    FALLEN_NESTLING = "fallen_nestling", "雏鸟坠巢", "fallen nestling"
    WEATHER_SOAKED = "weather_soaked", "雨淋失温", "soaked and chilled by weather"
    COLLISION = "collision", "撞击", "collision"
    POISONING = "poisoning", "中毒", "poisoning"
    CONFISCATED = "confiscated", "执法查扣", "confiscated"
    ALIEN = "alien", "外来物种", "alien species"
    ACCIDENTAL_CAPTURE = (
        "accidental_capture",
        "误捕（网、套、夹）",
        "caught by mistake in a net, snare or trap",
    )
    SHOT = "shot", "枪弹或弹弓伤", "shot with a gun or a slingshot"
    ELECTROCUTED = "electrocuted", "触电", "electrocuted"
    BITTEN = "bitten", "犬猫咬伤", "bitten by a dog or a cat"
    FROST_OR_SNOW = "frost_or_snow", "冻伤、雪灾", "frostbite or heavy snow"
    IN_A_HOUSE = "in_a_house", "误入民宅", "strayed into a house"
    UNKNOWN = "unknown", "不明", "unknown"


class Origin(Code):
    """Whether the animal lived in the wild; some rows of the lists hold for wild animals only."""

    WILD = "wild", "野外", "wild"
    CAPTIVE = "captive", "人工繁育", "captive"
    UNKNOWN = "unknown", "不明", "unknown"


class MarkKind(Code):
    """What an animal is known again by."""

    RING = "ring", "环志", "ring"
    CHIP = "chip", "电子芯片", "chip"
    TRANSMITTER = "transmitter", "卫星跟踪器", "satellite tag"
    EAR_TAG = "ear_tag", "耳标", "ear tag"
    OTHER = "other", "其他", "another mark"


class Quarantine(Code):
    """What the quarantine inspection found."""

    PASSED = "passed", "检疫合格", "passed"
    FAILED = "failed", "检疫不合格", "failed"
    PENDING = "pending", "待检", "not known yet"


class Disposal(Code):
    """What is done with a dead animal."""

    BURIAL = "burial", "深埋", "deep burial"
    INCINERATION = "incineration", "焚烧", "incineration"
    RENDERING = "rendering", "化制", "rendering"
    SPECIMEN = "specimen", "制作标本", "made into a specimen"
    OTHER = "other", "其他", "another way"


class Attitude(Code):
    """How the animal responds (WRMD's scale)."""

    ALERT = "alert", "警觉", "alert"
    QUIET = "quiet", "安静", "quiet"
    DEPRESSED = "depressed", "精神沉郁（萎靡）", "depressed"
    OBTUNDED = "obtunded", "嗜睡（反应迟钝）", "obtunded"
    STUPOROUS = "stuporous", "昏睡", "stuporous"
    NON_RESPONSIVE = "non_responsive", "无反应", "non-responsive"


class Condition(Code):
    """General condition."""

    GOOD = "good", "良好", "good"
    FAIR = "fair", "一般", "fair"
    WEAK = "weak", "虚弱", "weak"
    CRITICAL = "critical", "危重", "critical"
    DEAD = "dead", "死亡", "dead"
    UNKNOWN = "unknown", "不明", "unknown"


class BodyCondition(Code):
    """Nutritional condition."""

    EMACIATED = "emaciated", "极瘦", "emaciated"
    THIN = "thin", "瘦", "thin"
    MODERATE = "moderate", "适中", "moderate"
    GOOD = "good", "良好", "good"
    PLUMP = "plump", "肥胖", "plump"


class LifeStage(Code):
    """Darwin Core `lifeStage`."""

    EGG = "egg", "卵", "egg"
    HATCHLING = "hatchling", "初孵雏", "hatchling"
    NESTLING = "nestling", "巢内雏鸟", "nestling"
    FLEDGLING = "fledgling", "出飞幼鸟", "fledgling"
    JUVENILE = "juvenile", "幼体", "juvenile"
    SUBADULT = "subadult", "亚成体", "subadult"
    ADULT = "adult", "成体", "adult"
    UNKNOWN = "unknown", "不明", "unknown"


class Sex(Code):
    """Darwin Core `sex`."""

    MALE = "male", "雄", "male"
    FEMALE = "female", "雌", "female"
    UNKNOWN = "unknown", "不明", "unknown"


class Exam(Code):
    """On what occasion the animal was examined."""

    FIELD = "field", "现场", "in the field"
    INTAKE = "intake", "接收", "at intake"
    DAILY = "daily", "日常", "daily"
    RELEASE = "release", "放归前", "before release"


class Confidence(Code):
    """How sure an identification is (Darwin Core `identificationVerificationStatus`)."""

    CERTAIN = "certain", "确定", "certain"
    PROBABLE = "probable", "很可能", "probable"
    POSSIBLE = "possible", "可能", "possible"


class Outcome(Code):
    """What became of the animal (not Darwin Core `disposition`, which is a specimen's place)."""

    IN_CARE = "in_care", "继续救护", "in care"
    RELEASED = "released", "放归野外", "released to the wild"
    TRANSFERRED = "transferred", "移交收容救护机构", "transferred to a rescue centre"
    DEAD_ON_ARRIVAL = "dead_on_arrival", "接收时已死亡", "dead on arrival"
    DIED_IN_CARE = "died_in_care", "救护中死亡", "died in care"
    EUTHANIZED = "euthanized", "安乐死", "euthanized"
    ESCAPED = "escaped", "逃逸", "escaped"
    NO_RESCUE_NEEDED = "no_rescue_needed", "无需救护", "no rescue needed"
    RETURNED_TO_AGENCY = "returned_to_agency", "退回执法机关", "returned to the seizing agency"
    LONG_TERM_CARE = "long_term_care", "长期收容（不宜放归）", "kept for good, unfit for release"
    ALLOCATED = "allocated", "调配", "allocated to another keeper"


class DeathCircumstance(Code):
    """When and how an animal died; each is an outcome too."""

    DEAD_ON_ARRIVAL = "dead_on_arrival", "接收时已死亡", "dead on arrival"
    DIED_IN_CARE = "died_in_care", "救护中死亡", "died in care"
    EUTHANIZED = "euthanized", "安乐死", "euthanized"


class RecipientKind(Code):
    """To whom an animal is transferred."""

    RESCUE_CENTRE = "rescue_centre", "收容救护机构", "rescue centre"
    AUTHORITY = "authority", "林草主管部门", "forestry and grassland authority"
    ZOO = "zoo", "动物园", "zoo"
    RESERVE = "reserve", "保护区", "nature reserve"
    AGENCY = "agency", "执法机关", "seizing agency"
    OTHER_UNIT = "other_unit", "其他单位", "another unit"


class ReleaseMethod(Code):
    """How an animal was returned. The word is 放归; 放生 is the public act of Art. 41."""

    HARD = "hard", "硬放归", "hard release"
    SOFT = "soft", "软放归", "soft release"
    SELF = "self", "自行离开", "left by itself"


class HazardType(Code):
    """What blocks the road (DATEX II obstruction types). Two codes of the first version stand for
    two things each; what is told apart today has a code of its own."""

    ROCKFALL = "rockfall", "落石", "rockfall"
    FALLEN_TREE = "fallen_tree", "倒木、断枝", "fallen tree or branches"
    LANDSLIDE = "landslide", "塌方或滑坡（未细分）", "landslide or collapse, not told apart"
    COLLAPSE = "collapse", "塌方", "collapsed slope or roadbed"
    SLOPE_SLIDE = "slope_slide", "滑坡", "sliding slope"
    MUDSLIDE = "mudslide", "泥石流", "mudslide"
    FLOODING = "flooding", "积水或水毁（未细分）", "flooding or washout, not told apart"
    STANDING_WATER = "standing_water", "路面积水", "standing water"
    WASHOUT = "washout", "水毁", "washout"
    SNOWDRIFT = "snowdrift", "积雪", "snowdrift"
    ICE = "ice", "结冰", "ice"
    SUBSIDENCE = "subsidence", "路基沉陷", "subsidence"
    BRIDGE_DAMAGE = "bridge_damage", "桥涵损毁", "damaged bridge or culvert"
    POTHOLE = "pothole", "坑槽", "potholes"
    CARCASS = "carcass", "动物尸体", "carcass"
    LIVE_ANIMAL = "live_animal", "动物上路", "animal on the road"
    FALLEN_CABLE = "fallen_cable", "断线", "fallen cable"
    DEBRIS = "debris", "遗洒物", "spilled load"
    OTHER = "other", "其他", "other"


class HazardCause(Code):
    """Why it came onto the road."""

    NATURAL = "natural", "自然灾害", "natural"
    ACCIDENT = "accident", "事故", "an accident"
    OTHER = "other", "其他", "other"


class Passability(Code):
    """How traffic passes (Open511 road states)."""

    BLOCKED = "blocked", "全幅阻断", "blocked over its whole width"
    PARTLY = "partly", "半幅（借道、单车道）通行", "partly passable: half its width, or one lane"
    LIMITED_HOURS = "limited_hours", "限时通行", "passable at certain hours"
    MAKESHIFT = "makeshift", "便道通行", "passable by a makeshift way"
    OPEN = "open", "畅通", "open"


class HazardState(Code):
    """How far the hazard is dealt with."""

    DISCOVERED = "discovered", "发现", "discovered"
    SECURED = "secured", "已警示", "secured"
    CLEARING = "clearing", "清除中", "being cleared"
    CLEARED = "cleared", "已清除", "cleared"
    REOPENED = "reopened", "恢复通行", "reopened"
    HANDED_OVER = "handed_over", "移交", "handed over"
    FALSE_REPORT = "false_report", "误报", "false report"


class RoadCategory(Code):
    """Whose road it is (Highway Law, Arts. 6 and 11). A forest road may or may not be a 公路: keep
    the category. A motorway is a grade of road; as a category it is what the first version had."""

    EXPRESSWAY = "expressway", "高速公路", "expressway"
    NATIONAL = "national", "国道", "national road"
    PROVINCIAL = "provincial", "省道", "provincial road"
    COUNTY = "county", "县道", "county road"
    TOWNSHIP = "township", "乡道", "township road"
    VILLAGE = "village", "村道", "village road"
    SPECIAL = "special", "专用公路", "special-purpose road"
    FOREST_ROAD = "forest_road", "林区道路", "forest road"
    GRASSLAND_TRACK = "grassland_track", "草原自然路", "grassland track"
    URBAN = "urban", "城市道路", "urban road"
    OTHER = "other", "其他", "other"


class RoadGrade(Code):
    """How the road is built (Highway Law, Art. 6), which is another thing than whose it is."""

    EXPRESSWAY = "expressway", "高速公路", "expressway"
    GRADE_1 = "grade_1", "一级公路", "grade I"
    GRADE_2 = "grade_2", "二级公路", "grade II"
    GRADE_3 = "grade_3", "三级公路", "grade III"
    GRADE_4 = "grade_4", "四级公路", "grade IV"
    BELOW_GRADE = "below_grade", "等外公路", "below grade"


class RoadDirection(Code):
    """Which carriageway: up is that of rising stake marks."""

    UP = "up", "上行", "up"
    DOWN = "down", "下行", "down"
    BOTH = "both", "双向", "both"


class SafetyMeasure(Code):
    """What warns and protects traffic (Road traffic law, Art. 30)."""

    WARNING_SIGN = "warning_sign", "警示标志", "warning sign"
    CORDON = "cordon", "警戒带", "cordon"
    DETOUR = "detour", "绕行", "detour"
    TRAFFIC_CONTROL = "traffic_control", "交通管制", "traffic control"
    TRAFFIC_GUIDANCE = "traffic_guidance", "疏导交通", "traffic is guided past"
    ON_SITE_WATCH = "on_site_watch", "现场值守", "somebody keeps watch"


class RoadUnit(Code):
    """What kind of unit is told of a hazard, or takes it over. Who finds a road damaged tells the
    road authority and the traffic police (Highway protection rules, Art. 47)."""

    ROAD_AUTHORITY = "road_authority", "公路管理机构（养护单位）", "road authority"
    TRAFFIC_POLICE = "traffic_police", "公安机关交通管理部门", "traffic police"
    FIRE_SERVICE = "fire_service", "消防救援机构", "fire service"
    MEDICAL_SERVICE = "medical_service", "医疗急救机构", "medical service"
    EMERGENCY_MANAGEMENT = "emergency_management", "应急管理部门", "emergency management"
    POWER_OR_TELECOM = "power_or_telecom", "电力、通信单位", "power or telecommunications"
    LOCAL_GOVERNMENT = "local_government", "属地人民政府", "local government"
    SUPERIOR = "superior", "上级机关", "the station's superior"
    OTHER = "other", "其他单位", "another unit"


class ClearingMethod(Code):
    """How the road is cleared."""

    BY_HAND = "by_hand", "人工（徒手）", "by hand"
    MACHINE = "machine", "机械", "machine"


class ClosingReason(Code):
    """Why an incident is closed."""

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
    """What somebody should look at: the photo's own data and the report do not agree, or the file
    is damaged."""

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
    SAME_PICTURE = "same_picture", "疑似其他警情的照片", "looks like a photo of another incident"
    INCOMPLETE = "incomplete", "照片不完整", "only part of the picture is there"


class RecordFlag(Code):
    """Where what was said contradicts itself: taken, and shown for a person to look at."""

    RELEASED_BEFORE_FOUND = "released_before_found", "放归早于发现", "released before it was found"
    RELEASED_DEAD = "released_dead", "放归已记录死亡的动物", "released though recorded dead"
    RELEASED_UNFIT = "released_unfit", "放归不宜放归的动物", "released though judged unfit"
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
    MARK_ON_TWO = "mark_on_two", "同一标识用于两只动物", "two animals carry the same mark"
    UNKNOWN_BADGE = "unknown_badge", "警号查无此人", "a badge number that nobody has"
    POINT_AT_ZERO = "point_at_zero", "坐标为 0,0", "the point is at 0,0"
    POINT_SWAPPED = "point_swapped", "经纬度疑似颠倒", "longitude and latitude look swapped"
    POINT_ELSEWHERE = (
        "point_elsewhere",
        "坐标不在所填行政区划附近",
        "the point lies nowhere near its region",
    )


class Renditions(Code):
    """Whether a photo can be shown; its original is kept in every case."""

    PENDING = "pending", "处理中", "not made yet"
    MADE = "made", "已生成", "made"
    UNREADABLE = "unreadable", "无法解码", "the file can't be decoded"
    ABANDONED = "abandoned", "超出处理限制", "given up: decoding it costs too much"


class RenditionsReason(Code):
    """Why a photo can't be shown, or not yet; of the latter it is tried again by itself."""

    UNDECODABLE = "undecodable", "文件无法解码", "the file can't be decoded"
    TOO_MANY_PIXELS = "too_many_pixels", "像素过多", "it has too many pixels"
    TOO_MANY_SCANS = "too_many_scans", "扫描次数过多", "it has more scans than any camera writes"
    TOO_MUCH_TIME = "too_much_time", "解码耗时过长", "decoding it takes too much CPU time"
    TOO_MUCH_MEMORY = "too_much_memory", "解码占用内存过多", "decoding it takes too much memory"
    DECODER_CRASHED = "decoder_crashed", "解码程序崩溃", "the decoder crashes on it"
    INTERRUPTED = "interrupted", "解码被中断", "decoding it was interrupted"
    STORE_UNAVAILABLE = "store_unavailable", "照片存储不可用", "the photo store did not answer"
    ORIGINAL_MISSING = "original_missing", "原始文件缺失", "its file is not where it should be"
    INTERNAL_ERROR = "internal_error", "服务内部错误", "a fault of the service itself"


class Datum(Code):
    """What a pair of coordinates refers to. There is no default: a guess moves a site by 500 m."""

    WGS84 = "WGS84", "WGS-84（手机 GPS）", "WGS 84 (GPS)"
    CGCS2000 = "CGCS2000", "2000 国家大地坐标系", "CGCS2000 (survey data)"
    GCJ02 = "GCJ02", "GCJ-02（高德、腾讯）", "GCJ-02 (Amap, Tencent)"
    BD09 = "BD09", "BD-09（百度）", "BD-09 (Baidu)"


class PointSource(Code):
    """How a point was found."""

    DEVICE = "device", "设备定位", "the device's own position"
    MAP = "map", "地图选点", "picked on a map"
    SURVEY = "survey", "测量", "surveyed"
    DESCRIPTION = "description", "按描述估计", "estimated from the description"


class Role(Code):
    """What an account may do."""

    OFFICER = "officer", "民警", "officer"
    OFFICIAL = "official", "主管部门工作人员", "official"
    ADMIN = "admin", "管理员", "administrator"


class StationKind(Code):
    """What kind of unit a station is."""

    POLICE_STATION = "police_station", "派出所", "police station"
    POLICE_BRANCH = "police_branch", "分局", "police branch"
    POLICE_BRIGADE = "police_brigade", "大队", "police brigade"
    POLICE_BUREAU = "police_bureau", "公安局", "public security bureau"
    FOREST_POLICE_BUREAU = "forest_police_bureau", "森林公安局", "forest police bureau"
    ADMINISTRATION = "administration", "林草主管部门", "forestry and grassland administration"
    STATE_FOREST_BUREAU = "state_forest_bureau", "国有林管理局", "state forest bureau"
    FORESTRY_BUREAU = "forestry_bureau", "林业局", "forestry bureau"
    RESERVE = "reserve", "保护区", "nature reserve"
    RESCUE_CENTRE = "rescue_centre", "收容救护机构", "rescue centre"
    ROAD_AUTHORITY = "road_authority", "公路管理机构", "road authority"


class Owed(Code):
    """What a record may still owe (`missing`); the policy says which, and until when."""

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
    UPWARD_REPORT = "upward_report", "上报阻断信息", "the report upward of a long closure"
    CLEARANCE = "clearance", "清除结果", "how the road was cleared"
    FULL_REOPENING = "full_reopening", "全幅恢复通行", "the reopening of the whole road"
    PHOTO_AFTER = "photo_after", "清除后照片", "a photo of the cleared road"


def vocabularies() -> dict[str, type[Code]]:
    """Every vocabulary by its name in snake_case, as `GET /vocabularies` answers them."""
    return {_snake_case(code.__name__): code for code in Code.__subclasses__()}


def _snake_case(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
