"""The codes of roads and what blocks them, each with its Chinese and English label.

Sources: the highway law and regulation, DATEX II, Open511.
"""

from wildlife.words.vocabularies import Code


class HazardType(Code):
    """险情类型。What blocks the road (DATEX II obstruction types). Two codes of the first version
    stand for two things each; what is told apart today has a code of its own."""

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
    """险情成因。Why it came onto the road."""

    NATURAL = "natural", "自然灾害", "natural"
    ACCIDENT = "accident", "事故", "an accident"
    OTHER = "other", "其他", "other"


class Passability(Code):
    """通行状况。How traffic passes (Open511 road states)."""

    BLOCKED = "blocked", "全幅阻断", "blocked over its whole width"
    PARTLY = "partly", "半幅（借道、单车道）通行", "partly passable: half its width, or one lane"
    LIMITED_HOURS = "limited_hours", "限时通行", "passable at certain hours"
    MAKESHIFT = "makeshift", "便道通行", "passable by a makeshift way"
    OPEN = "open", "畅通", "open"


class HazardState(Code):
    """险情处置进度。How far the hazard is dealt with."""

    DISCOVERED = "discovered", "发现", "discovered"
    SECURED = "secured", "已警示", "secured"
    CLEARING = "clearing", "清除中", "being cleared"
    CLEARED = "cleared", "已清除", "cleared"
    REOPENED = "reopened", "恢复通行", "reopened"
    HANDED_OVER = "handed_over", "移交", "handed over"
    FALSE_REPORT = "false_report", "误报", "false report"


class RoadCategory(Code):
    """道路类别。Whose road it is (Highway Law, Arts. 6 and 11). A forest road may or may not be a
    公路: keep the category. A motorway is a grade of road; as a category it is what the first
    version had."""

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
    """公路技术等级。How the road is built (Highway Law, Art. 6), which is another thing than whose
    it is."""

    EXPRESSWAY = "expressway", "高速公路", "expressway"
    GRADE_1 = "grade_1", "一级公路", "grade I"
    GRADE_2 = "grade_2", "二级公路", "grade II"
    GRADE_3 = "grade_3", "三级公路", "grade III"
    GRADE_4 = "grade_4", "四级公路", "grade IV"
    BELOW_GRADE = "below_grade", "等外公路", "below grade"


class RoadDirection(Code):
    """行车方向。Which carriageway: up is that of rising stake marks."""

    UP = "up", "上行", "up"
    DOWN = "down", "下行", "down"
    BOTH = "both", "双向", "both"


class SafetyMeasure(Code):
    """安全防护措施。What warns and protects traffic (Road traffic law, Art. 30)."""

    WARNING_SIGN = "warning_sign", "警示标志", "warning sign"
    CORDON = "cordon", "警戒带", "cordon"
    DETOUR = "detour", "绕行", "detour"
    TRAFFIC_CONTROL = "traffic_control", "交通管制", "traffic control"
    TRAFFIC_GUIDANCE = "traffic_guidance", "疏导交通", "traffic is guided past"
    ON_SITE_WATCH = "on_site_watch", "现场值守", "somebody keeps watch"


class RoadUnit(Code):
    """接报或接管单位类型。What kind of unit is told of a hazard, or takes it over. Who finds a road
    damaged tells the road authority and the traffic police (Highway protection rules, Art. 47);
    that a trunk road is closed for long is reported upward, which only the station's superior
    is."""

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
    """清除方式。How the road is cleared."""

    BY_HAND = "by_hand", "人工（徒手）", "by hand"
    MACHINE = "machine", "机械", "machine"
