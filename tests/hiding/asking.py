"""What lists and hints are asked with, to tell two worlds apart; and all of an answer that does."""

import re
from typing import Final

from httpx import Response

from tests.hiding.world import HERE, THERE

SQUARE: Final = (
    '{{"type":"Polygon","coordinates":[[[{0},{1}],[{2},{1}],[{2},{3}],[{0},{3}],[{0},{1}]]]}}'
)
BOXES: Final = [
    (117.5, 43.3, 117.6, 43.4),
    (117.54, 43.31, 117.545, 43.32),
    (117.57, 43.37, 117.575, 43.38),
    (117.549, 43.349, 117.551, 43.351),
]

ASKED: Final[dict[str, list[str]]] = {
    "region": ["15", "1504", "150425", "150425101", "150425203", "150723"],
    "station": ["150425", "150723"],
    "from": ["2024-07-29", "2024-08-03"],
    "to": ["2024-07-29", "2024-08-03"],
    "bbox": [
        "117.5,43.3,117.6,43.4",
        "117.5,43.3,117.55,43.35",
        "117.54,43.31,117.545,43.32",
        "117.57,43.37,117.575,43.38",
        "117.549,43.349,117.551,43.351",
    ],
    "near": ["117.542,43.318", "117.571,43.377", "117.55,43.35"],
    "radius_m": ["100", "3000", "6000"],
    "q": [HERE, THERE, "沟", "狼", "A1234", "150425101", "长嘴巴怪鸟", "民警", "…"],
    "duplicates": ["include"],
    "limit": ["1"],
    "sort": ["time", "-time", "distance", "-distance", "number", "-number"],
    "below": ["true"],
    "polygon": [SQUARE.format(*box) for box in BOXES],
    "updated_since": ["2024-07-29", "2100-01-01"],
    "by": ["found", "received", "updated", "released", "outcome", "closed", "cleared"],
    "officer": ["150425001", "150425002", "LC1504", "1394768250"],
    "missing": ["photo", "region_code", "point"],
    "flag": ["released_far_away", "unknown_region", "point_elsewhere", "before_found"],
    "has_photos": ["true", "false"],
    "has_mark": ["true", "false"],
    "genus": ["Canis"],
    "family": ["犬科"],
    "order": ["食肉目"],
    "class": ["哺乳纲"],
    "cause": ["weather_soaked", "unknown"],
    "life_stage": ["juvenile", "unknown"],
    "sex": ["unknown", "male"],
    "outcome": ["released", "in_care"],
    "method": ["hard", "soft"],
    "road_category": ["forest_road"],
    "confirmed": ["true", "false"],
    "about": ["animal", "site"],
    "media_type": ["image/jpeg"],
    "photo_flag": ["taken_elsewhere", "taken_earlier"],
    "renditions": ["made", "pending"],
    "format": ["json", "geojson", "html"],
    "year": ["2024"],
    "as_of": ["2025-01-15"],
    "kind": ["rescue", "road_hazard"],
    "state": ["open", "released", "in_care", "discovered"],
    "species": ["canis_lupus"],
    "protection": ["national_2", "sanyou"],
    "overdue": ["true", "false"],
    "mark": ["A1234"],
    "group_by": [
        "county",
        "month,station",
        "source",
        "species,outcome",
        "protection",
        "type,state",
    ],
    "type": ["rockfall"],
    "passability": ["blocked"],
    "incident": ["{incident_id}"],
    "datum": ["WGS84", "GCJ02"],
    "found_at": ["2024-07-29T15:20:00+08:00"],
    "words": [HERE, THERE, "狼"],
    "days": ["1", "30"],
}
"""What each parameter of a query is asked with: values that would tell the two worlds apart."""

TOGETHER: Final = [
    {"near", "radius_m"},
    {"kind", "near", "datum", "found_at"},
    {"kind", "near", "datum", "found_at", "words"},
    {"kind", "near", "datum", "found_at", "radius_m"},
    {"incident", "radius_m"},
    {"incident", "words"},
    {"incident", "days"},
    {"year"},
    {"year", "region"},
    {"year", "station"},
    {"year", "as_of"},
    {"year", "format"},
    {"near", "radius_m", "sort"},
    {"station", "below"},
    {"by", "from"},
    {"q", "bbox"},
    {"q", "region"},
]
"""What goes together."""

# When it was made; a workbook of the report has the same in another form, and is packed.
VOLATILE: Final = re.compile(
    '"timeStamp":"[^"]+"|"as_of":"[^"]+"|"made":{"at":"[^"]+"'
    "|[0-9]+年[0-9]+月[0-9]+日 [0-9]+时[0-9]+分[0-9]+秒".encode()
)


def as_seen(answer: Response) -> tuple[int, dict[str, str], bytes]:
    """All of an answer but for when it was made, and the number of the request."""
    headers = dict(answer.headers)
    request = headers.pop("x-request-id").encode()
    return answer.status_code, headers, VOLATILE.sub(b"", answer.content).replace(request, b"")
