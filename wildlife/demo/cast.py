"""Who is in the demo. Pure."""

from typing import Final

from wildlife.people.codes import Role, StationKind

STATIONS: Final = (
    ("150425", "大局子森林派出所", StationKind.POLICE_STATION, "150425"),
    ("150723", "克一河分局", StationKind.POLICE_BRANCH, "150723"),
    ("1504", "赤峰市林业和草原局", StationKind.ADMINISTRATION, "1504"),
    ("15040201", "赤峰市野生动物救护站", StationKind.RESCUE_CENTRE, "150402"),
)
ACCOUNTS: Final = (
    ("150425001", "大局子民警", Role.OFFICER, "150425"),
    ("150425002", "大局子民警二", Role.OFFICER, "150425"),
    ("150723001", "克一河民警", Role.OFFICER, "150723"),
    ("chief", "大局子所长", Role.CHIEF, "150425"),
    ("LC1504", "赤峰野生动物主管", Role.OFFICIAL, "1504"),
    ("JH001", "赤峰救护员", Role.RESCUER, "15040201"),
    ("auditor", "审计员", Role.AUDITOR, None),
    ("admin", "管理员", Role.ADMIN, None),
)
