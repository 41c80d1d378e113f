"""The codes of animals in care, each with its Chinese and English label.

Sources: order 47 of 2018 and its forms, the law, the scales of WRMD, Darwin Core.
"""

from wildlife.words.vocabularies import Code


class Cause(Code):
    """受困原因。Why the animal needed help; the first five are statutory (Regulation, Art. 9)."""

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
    """动物来源。Whether the animal lived in the wild; some rows of the lists hold for wild animals
    only."""

    WILD = "wild", "野外", "wild"
    CAPTIVE = "captive", "人工繁育", "captive"
    UNKNOWN = "unknown", "不明", "unknown"


class MarkKind(Code):
    """标识类型。What an animal is known again by."""

    RING = "ring", "环志", "ring"
    CHIP = "chip", "电子芯片", "chip"
    TRANSMITTER = "transmitter", "卫星跟踪器", "satellite tag"
    EAR_TAG = "ear_tag", "耳标", "ear tag"
    OTHER = "other", "其他", "another mark"


class Quarantine(Code):
    """检疫结果。What the quarantine inspection found."""

    PASSED = "passed", "检疫合格", "passed"
    FAILED = "failed", "检疫不合格", "failed"
    PENDING = "pending", "待检", "not known yet"


class Disposal(Code):
    """死体处理方式。What is done with a dead animal."""

    BURIAL = "burial", "深埋", "deep burial"
    INCINERATION = "incineration", "焚烧", "incineration"
    RENDERING = "rendering", "化制", "rendering"
    SPECIMEN = "specimen", "制作标本", "made into a specimen"
    OTHER = "other", "其他", "another way"


class Attitude(Code):
    """精神状态。How the animal responds (WRMD's scale)."""

    ALERT = "alert", "警觉", "alert"
    QUIET = "quiet", "安静", "quiet"
    DEPRESSED = "depressed", "精神沉郁（萎靡）", "depressed"
    OBTUNDED = "obtunded", "嗜睡（反应迟钝）", "obtunded"
    STUPOROUS = "stuporous", "昏睡", "stuporous"
    NON_RESPONSIVE = "non_responsive", "无反应", "non-responsive"


class Condition(Code):
    """总体状况。General condition."""

    GOOD = "good", "良好", "good"
    FAIR = "fair", "一般", "fair"
    WEAK = "weak", "虚弱", "weak"
    CRITICAL = "critical", "危重", "critical"
    DEAD = "dead", "死亡", "dead"
    UNKNOWN = "unknown", "不明", "unknown"


class BodyCondition(Code):
    """体况。Nutritional condition."""

    EMACIATED = "emaciated", "极瘦", "emaciated"
    THIN = "thin", "瘦", "thin"
    MODERATE = "moderate", "适中", "moderate"
    GOOD = "good", "良好", "good"
    PLUMP = "plump", "肥胖", "plump"


class LifeStage(Code):
    """生长阶段。Darwin Core `lifeStage`."""

    EGG = "egg", "卵", "egg"
    HATCHLING = "hatchling", "初孵雏", "hatchling"
    NESTLING = "nestling", "巢内雏鸟", "nestling"
    FLEDGLING = "fledgling", "出飞幼鸟", "fledgling"
    JUVENILE = "juvenile", "幼体", "juvenile"
    SUBADULT = "subadult", "亚成体", "subadult"
    ADULT = "adult", "成体", "adult"
    UNKNOWN = "unknown", "不明", "unknown"


class Sex(Code):
    """性别。Darwin Core `sex`."""

    MALE = "male", "雄", "male"
    FEMALE = "female", "雌", "female"
    UNKNOWN = "unknown", "不明", "unknown"


class Exam(Code):
    """检查时机。On what occasion the animal was examined."""

    FIELD = "field", "现场", "in the field"
    INTAKE = "intake", "接收", "at intake"
    DAILY = "daily", "日常", "daily"
    RELEASE = "release", "放归前", "before release"


class Confidence(Code):
    """鉴定把握程度。How sure an identification is (Darwin Core
    `identificationVerificationStatus`)."""

    CERTAIN = "certain", "确定", "certain"
    PROBABLE = "probable", "很可能", "probable"
    POSSIBLE = "possible", "可能", "possible"


class Outcome(Code):
    """处置结果。What became of the animal (not Darwin Core `disposition`, which is a specimen's
    place)."""

    IN_CARE = "in_care", "继续救护", "in care"
    RELEASED = "released", "放归野外", "released to the wild"
    TRANSFERRED = "transferred", "移交收容救护机构", "transferred to a rescue centre"
    DEAD_ON_ARRIVAL = "dead_on_arrival", "接收时已死亡", "dead on arrival"
    DIED_IN_CARE = "died_in_care", "救护中死亡", "died in care"
    EUTHANIZED = "euthanized", "安乐死", "euthanized"
    FOUND_DEAD = "found_dead", "野外发现死亡", "found dead in the wild"
    ESCAPED = "escaped", "逃逸", "escaped"
    NO_RESCUE_NEEDED = "no_rescue_needed", "无需救护", "no rescue needed"
    RETURNED_TO_AGENCY = "returned_to_agency", "退回执法机关", "returned to the seizing agency"
    LONG_TERM_CARE = "long_term_care", "长期收容（不宜放归）", "kept for good, unfit for release"
    ALLOCATED = "allocated", "调配", "allocated to another keeper"


class DeathCircumstance(Code):
    """死亡情形。When and how an animal died; each is an outcome too. One that died in nobody's
    care, since it was let go or got away before, is `found_dead`, whether that is said or not."""

    DEAD_ON_ARRIVAL = "dead_on_arrival", "接收时已死亡", "dead on arrival"
    DIED_IN_CARE = "died_in_care", "救护中死亡", "died in care"
    EUTHANIZED = "euthanized", "安乐死", "euthanized"
    FOUND_DEAD = "found_dead", "野外发现死亡", "found dead"


class RecipientKind(Code):
    """接收单位类型。To whom an animal is transferred."""

    RESCUE_CENTRE = "rescue_centre", "收容救护机构", "rescue centre"
    AUTHORITY = "authority", "林草主管部门", "forestry and grassland authority"
    ZOO = "zoo", "动物园", "zoo"
    RESERVE = "reserve", "保护区", "nature reserve"
    AGENCY = "agency", "执法机关", "seizing agency"
    OTHER_UNIT = "other_unit", "其他单位", "another unit"


class ReleaseMethod(Code):
    """放归方式。How an animal was returned. The word is 放归; 放生 is the public act of Art. 41."""

    HARD = "hard", "硬放归", "hard release"
    SOFT = "soft", "软放归", "soft release"
    SELF = "self", "自行离开", "left by itself"
