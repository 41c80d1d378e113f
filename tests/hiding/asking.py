"""What lists and hints are asked with, to tell two worlds apart; and all of an answer that does."""

import re
from typing import Final

from httpx import Response

from tests.hiding.world import HERE, THERE

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
    "order": ["oldest", "newest"],
    # A PDF is made of the page in HTML, and of nothing else.
    "format": ["json", "geojson", "html"],
    "entry": ["{release_id}"],
    "kind": ["rescue", "road_hazard"],
    "state": ["open", "released", "in_care", "discovered"],
    "species": ["canis_lupus"],
    "protection": ["national_2", "sanyou"],
    "overdue": ["true", "false"],
    "mark": ["A1234"],
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
    {"q", "bbox"},
    {"q", "region"},
]
"""What goes together."""

VOLATILE: Final = re.compile(
    rb'"timeStamp":"[^"]+"'
    rb'|<span class="printed">[^<]+</span>'
)


def as_seen(answer: Response) -> tuple[int, dict[str, str], bytes]:
    """All of an answer but for when it was made, and the number of the request."""
    headers = dict(answer.headers)
    request = headers.pop("x-request-id").encode()
    if b'<span class="printed">' in answer.content:
        headers.pop("content-length")  # 9时59分 is shorter than 10时00分
    return answer.status_code, headers, VOLATILE.sub(b"", answer.content).replace(request, b"")
