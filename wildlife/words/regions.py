"""What region codes say: which there are, which lies in which, and roughly where the provinces are.

The latter is enough to notice a point that lies nowhere near its region: boxes of whole and half
degrees around each province, by the first two digits of GB/T 2260, with room to spare; no borders,
and none can be read from them. Where prefectures and counties lie is in no data that may come with
the service, so a point in another prefecture of its province goes unnoticed.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from wildlife.words.datums import LonLat, in_china
from wildlife.words.sentences import Sentence
from wildlife.words.values import whole


class _Box(NamedTuple):
    west: float
    south: float
    east: float
    north: float


_PROVINCES: Final = {
    "11": _Box(115, 39, 118, 41.5),
    "12": _Box(116, 38, 118.5, 40.5),
    "13": _Box(113, 35.5, 120.5, 43),
    "14": _Box(110, 34, 115, 41),
    "15": _Box(96.5, 37, 126.5, 54),
    "21": _Box(118.5, 38, 126, 43.5),
    "22": _Box(121, 40.5, 132, 46.5),
    "23": _Box(121, 43, 135.5, 54),
    "31": _Box(120.5, 30.5, 122.5, 32),
    "32": _Box(116, 30.5, 122.5, 35.5),
    "33": _Box(117.5, 26.5, 123.5, 31.5),
    "34": _Box(114.5, 29, 120, 35),
    "35": _Box(115.5, 23, 121, 28.5),
    "36": _Box(113, 24, 119, 30.5),
    "37": _Box(114.5, 34, 123, 38.5),
    "41": _Box(110, 31, 117, 36.5),
    "42": _Box(108, 28.5, 116.5, 33.5),
    "43": _Box(108.5, 24.5, 114.5, 30.5),
    "44": _Box(109, 20, 117.5, 26),
    "45": _Box(104, 20.5, 112.5, 26.5),
    "46": _Box(108, 3, 118, 20.5),
    "50": _Box(105, 28, 110.5, 32.5),
    "51": _Box(97, 26, 109, 34.5),
    "52": _Box(103.5, 24.5, 110, 29.5),
    "53": _Box(97, 21, 106.5, 29.5),
    "54": _Box(78, 26.5, 99.5, 37),
    "61": _Box(105, 31.5, 111.5, 40),
    "62": _Box(92, 32.5, 109, 43),
    "63": _Box(89, 31.5, 103.5, 39.5),
    "64": _Box(104, 35, 108, 39.5),
    "65": _Box(73, 34, 97, 49.5),
    "71": _Box(118, 20.5, 123, 26.5),
    "81": _Box(113.5, 22, 114.5, 23),
    "82": _Box(113, 21.5, 114, 22.5),
}

# The second two digits of GB/T 2260, also those that a prefecture of this century had before it was
# merged or became a city: records are older than the last list.
_PREFECTURES: Final = {
    "11": "01-02",
    "12": "01-02",
    "13": "01-11 90",
    "14": "01-11 22-24 26-27",
    "15": "01-09 21-29",
    "21": "01-14",
    "22": "01-08 22 24",
    "23": "01-12 21 23 27",
    "31": "01-02",
    "32": "01-13",
    "33": "01-11 23 25-26",
    "34": "01-08 10-18 21-26 29",
    "35": "01-09 21-22 26",
    "36": "01-11 21-25",
    "37": "01-17 23-24 28-29",
    "41": "01-17 23 25 27-28 90",
    "42": "01-03 05-13 21-23 26 28 90",
    "43": "01-13 21-26 28 30-31",
    "44": "01-09 12-20 51-53",
    "45": "01-14 21-28",
    "46": "01-04 90",
    "50": "01-03",
    "51": "01 03-11 13-39",
    "52": "01-06 22-27",
    "53": "01 03-09 21-35",
    "54": "01-06 21-26",
    "61": "01-10 21-27",
    "62": "01-12 21-30",
    "63": "01-02 21-23 25-28",
    "64": "01-05 21-22",
    "65": "01-02 04-05 21-23 25 27-32 40-43 90",
}
# What lies below these has no codes of six digits, or several.
_WITHOUT_PREFECTURES: Final = {"71", "81", "82"}


def _between(ranges: str) -> set[str]:
    ends = [(one[:2], one[-2:]) for one in ranges.split()]
    return {f"{n:02}" for first, last in ends for n in range(int(first), int(last) + 1)}


_KNOWN: Final = {
    province + prefecture
    for province, ranges in _PREFECTURES.items()
    for prefecture in _between(ranges)
}

A_REGION: Final = whole(r"[1-8][0-9]{5,11}")
"""Where a thing is: no region larger than a county needs fewer digits, 150400 is all of Chifeng."""

A_REGION_OR_ITS_BEGINNING: Final = whole(f"(?:{'|'.join(_PROVINCES)})[0-9]{{0,10}}")
"""What can be asked for: in a province that there is not, there never is anything."""


def prefix_of(region_code: str) -> str:
    """What the codes of all that lies in a region begin with: 15 for 150000, 1504 for 150400."""
    county, below = region_code[:6], region_code[6:]
    while below.endswith("000"):
        below = below[:-3]
    while not below and len(county) in (4, 6) and county.endswith("00"):
        county = county[:-2]
    return county + below


def lies_in(region_code: str, region: str) -> bool:
    """Whether all of it lies in the region."""
    return prefix_of(region_code).startswith(prefix_of(region))


def may_lie_in(region_code: str, regions: Iterable[str]) -> bool:
    """Whether it lies in one of the regions, or one of them in it."""
    code = prefix_of(region_code)
    return any(code.startswith(region) or region.startswith(code) for region in regions)


def is_division(code: str) -> bool:
    """Whether it looks like the code of a prefecture or a county. Longer codes of units look like
    those of townships, and are none."""
    return len(code) in (4, 6) and is_region(code)


def is_region(code: str) -> bool:
    """Whether it looks like the code of a region: a province that there is, and two digits for each
    step down to the county, three for a township and again for a village."""
    return (
        len(code) in (2, 4, 6, 9, 12)
        and code.isascii()
        and code.isdigit()
        and code[:2] in _PROVINCES
    )


def in_no_province(code: object) -> Sentence | None:
    """That there is no such province, where that is what is wrong with what was given as a code."""
    if not isinstance(code, str) or not re.fullmatch("[0-9]{2,12}", code):
        return None
    province = code[:2]
    if province in _PROVINCES:
        return None
    return Sentence(f"No province has the code {province}.", f"没有以 {province} 开头的省级代码。")


def is_in_a_prefecture(code: str) -> bool:
    """Whether a region lies in a prefecture that there is or was, or is a whole province. Which
    counties there are is in no data that may come with the service."""
    province, prefecture, below = code[:2], code[2:4], code[4:]
    if prefecture == "00":
        return not below.strip("0") or province in _WITHOUT_PREFECTURES
    return province in _WITHOUT_PREFECTURES or province + prefecture in _KNOWN


def lies_near(region_code: str | None, longitude: float, latitude: float) -> bool:
    """Whether a point lies in China, and may lie in the region; also where nothing is known of
    it."""
    if not in_china(LonLat(longitude, latitude)):
        return False
    box = _PROVINCES.get((region_code or "")[:2])
    return box is None or (box.west <= longitude <= box.east and box.south <= latitude <= box.north)
