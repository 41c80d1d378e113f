"""What lists and hints are asked with, to tell two worlds apart; and all of an answer that does."""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Final
from zipfile import ZipFile

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
    "responsible": ["150425", "150723"],
    "source": ["report", "patrol"],
    **{
        f"{name}_known": ["true", "false"]
        for name in (
            *("source", "species", "protection", "cause"),
            *("county", "prefecture", "time"),
        )
    },
    "strictest_protection": ["national_2", "sanyou"],
    "outcome_all": ["released", "in_care"],
    "type_all": ["rockfall"],
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
    # A PDF is made of the page in HTML, and of nothing else.
    "format": ["json", "geojson", "ndjson", "csv", "xlsx", "html"],
    "fields": ["station", "station,region_code,longitude"],
    "labels": ["zh"],
    "count": ["exact", "estimated"],
    "entry": ["{release_id}"],
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
        "family,genus",
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
    "since": ["2024-07-29", "now"],
    "wait": ["0"],
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
    {"near", "radius_m", "sort"},
    {"station", "below"},
    {"by", "from"},
    {"year"},
    {"year", "region"},
    {"year", "station"},
    {"year", "as_of"},
    {"year", "format"},
    {"q", "bbox"},
    {"q", "region"},
    {"region", "count"},
    {"format", "labels"},
]
"""What goes together."""


def filled(asked: Mapping[str, str], **ids: str) -> dict[str, str]:
    """What is asked, with the ids of those that it is about; a polygon has braces, too."""
    texts = dict(asked)
    for name, id_ in ids.items():
        texts = {one: text.replace(f"{{{name}}}", id_) for one, text in texts.items()}
    return texts


# When it was made. A workbook has it as days since 1900, later than all that is on record.
VOLATILE: Final = re.compile(
    '<span class="printed">[^<]+</span>|"timeStamp":"[^"]+"'
    "|20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z|>20[0-9-]{8} [0-9:]{8}<"
    r'|"as_of":"[^"]+"|"made":{"at":"[^"]+"|<v>4[6-9][0-9]{3}\.[0-9]+</v>'
    r"|20[0-9-]{8} [0-9:]{8}\.[0-9]+\+08:00"
    r'|"next_cursor":"[^"]+","is_at_end"'
    "|[0-9]+年[0-9]+月[0-9]+日 [0-9]+时[0-9]+分[0-9]+秒".encode()
)
_SAVED_AT: Final = re.compile(r"-[0-9]{8}-[0-9]{4}\.")


def following(body: object) -> str | None:
    """Where a page goes on. What is new has no last one."""
    match body:
        case {"is_at_end": True} | {"next_cursor": None}:
            return None
        case {"next_cursor": str(cursor)}:
            return cursor
        case _:
            return None


def as_seen(answer: Response) -> tuple[int, dict[str, str], bytes]:
    """All of an answer but for when it was made, and the number of the request."""
    headers = dict(answer.headers)
    request = headers.pop("x-request-id").encode()
    if b'<span class="printed">' in answer.content:
        headers.pop("content-length")  # 9时59分 is shorter than 10时00分
    if answer.content.startswith(b"PK"):
        headers.pop("content-length", None)  # one time is packed into less than another
    name = headers.pop("content-disposition", "")
    headers["content-disposition"] = _SAVED_AT.sub(".", name)
    content = VOLATILE.sub(b"", _unpacked(answer.content)).replace(request, b"")
    return answer.status_code, headers, content


def _unpacked(content: bytes) -> bytes:
    """What is in a workbook, one file after the other; else the same."""
    if not content.startswith(b"PK"):
        return content
    with ZipFile(BytesIO(content)) as packed:
        return b"".join(packed.read(name) for name in packed.namelist())
