"""The codes of people and their units, with their Chinese and English labels."""

from typing import Final

from wildlife.words.vocabularies import Code


class Role(Code):
    """角色。What an account may do, at a unit; those in which it writes come first."""

    OFFICER = "officer", "民警", "officer"
    CHIEF = "chief", "所队领导", "chief"
    RESCUER = "rescuer", "救护人员", "rescuer"
    OFFICIAL = "official", "主管部门工作人员", "official"
    AUDITOR = "auditor", "审计人员", "auditor"
    ADMIN = "admin", "管理员", "administrator"


class StationKind(Code):
    """单位类型。What kind of unit a station is."""

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


class EventKind(Code):
    """人员与设备事项。What happened to an account, a unit or a device."""

    ACCOUNT_ADDED = "account_added", "添加账号", "account added"
    ACCOUNT_CHANGED = "account_changed", "修改账号", "account changed"
    ACCOUNT_DISABLED = "account_disabled", "停用账号", "account disabled"
    ACCOUNT_ENABLED = "account_enabled", "恢复账号", "account enabled"
    APPOINTED = "appointed", "添加任职", "appointed"
    DISMISSED = "dismissed", "免去任职", "dismissed"
    PASSWORD_SET = "password_set", "重设密码", "password set by somebody else"
    PASSWORD_CHANGED = "password_changed", "本人修改密码", "password changed by its holder"
    LEFT_TO_PROVIDER = "left_to_provider", "改由身份提供方登录", "left to the identity provider"
    LINKED_TO_PROVIDER = "linked_to_provider", "关联身份提供方", "linked to an identity there"
    TOKEN_COPIED = "token_copied", "刷新令牌被复制", "copy of a refresh token used"
    DEVICE_ADDED = "device_added", "添加设备", "device added"
    CODE_RENEWED = "code_renewed", "更换设备登记码", "enrolment code of a device made anew"
    DEVICE_ENROLLED = "device_enrolled", "设备登记完成", "device enrolled"
    CODE_REUSED = "code_reused", "设备登记码被再次使用", "enrolment code used again"
    DEVICE_CUT_OFF = "device_cut_off", "停用设备", "device cut off"
    STATION_ADDED = "station_added", "添加单位", "unit added"
    STATION_CHANGED = "station_changed", "修改单位", "unit changed"


ALARMS: Final = frozenset({EventKind.TOKEN_COPIED, EventKind.CODE_REUSED})
"""The events that somebody has to look at."""
