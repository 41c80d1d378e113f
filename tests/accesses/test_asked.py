"""What the log keeps of what was asked: to know what was sought, and not who reported."""

from urllib.parse import quote, urlencode

import pytest

from tests.accesses.reading import read_by
from tests.users import Person
from wildlife.accesses.asked import as_recorded

_MOBILE = [
    "13812345678",
    "138 1234 5678",
    "138-1234-5678",
    "+86 138 1234 5678",
    "008613812345678",
    "8613812345678",
    "１３８１２３４５６７８",
    "138.1234.5678",
    "١٣٨١٢٣٤٥٦٧٨",
    "138\u200b1234\u200b5678",
    "138，1234，5678",
    "138_1234_5678",
    "138 --- 1234 --- 5678",
    "①③⑧①②③④⑤⑥⑦⑧",
    "一三八一二三四五六七八",
    "幺三八 壹贰叁肆 伍陆柒捌",
]
_OTHERS = [
    "0476-1234567",
    "（0476）1234567",
    "(010) 12345678",
    "04761234567",
    "0476 123 4567",
    "〇四七六，一二三四五六七",
]
_DOCUMENTS = [
    "150425198001021234",
    "15042519800102123X",
    "150425 19800102 123x",
    "150425_1980-01-02，1234",
]


@pytest.mark.parametrize("number", [*_MOBILE, *_OTHERS, *_DOCUMENTS])
@pytest.mark.parametrize("around", ["{}", "报警人{}说", "电话：{}，鸬鹚", "150425 {}"])
def test_a_number_of_somebody_is_kept_as_its_last_digits(number: str, around: str) -> None:
    last = [one for one in number if one.isalnum()][-4:]
    for name in ("mark", "officer", "species", "anything"):
        asked = as_recorded(urlencode({name: around.format(number)}).encode())
        assert asked.endswith("…" + "".join(last) + around.partition("{}")[2]), asked
    kept = as_recorded(urlencode({"q": around.format(number), "limit": "5"}).encode())
    before, _, behind = around.partition("{}")
    assert kept.removesuffix(f"{behind}&limit=5").endswith("…" + "".join(last)), kept
    # Other figures right before it read as its beginning.
    whole = f"q=…{''.join(last)}{behind}&limit=5"
    assert kept.startswith(f"q={before}") or (before[-2:].strip().isdigit() and kept == whole), kept
    assert sum(one.isdecimal() for one in kept.removeprefix(f"q={before}")) <= 5
    named = as_recorded(urlencode({number: "1"}).encode())
    assert named.endswith(f"…{''.join(last)}=1"), named


@pytest.mark.parametrize(
    "sought",
    [
        *("150425-20240804-001", "150425001", "K12+300", "2024-08-04", "H12-3456", "鸬鹚"),
        *("156000012345678", "2024-08-04 10:30", "1234567", "150425", "响水水库 12 只", "100000"),
    ],
)
def test_what_is_nobodys_number_is_kept_as_it_is(sought: str) -> None:
    assert as_recorded(f"q={quote(sought)}".encode()) == f"q={sought}"
    assert as_recorded(f"mark={quote(sought)}&near=117.12345678901,42".encode()) == (
        f"mark={sought}&near=117.12345678901,42"
    )


@pytest.mark.parametrize(
    "asked",
    [
        "bbox=117.0,42.5,118.0,43.5",
        "from=2024-08-04T10:30:00+08:00&to=2024-08-05T00:00:00.000Z",
        "incident=01380013-8000-7000-8000-138000138000",
        "polygon=[[1.3812345678,1]]",
        "cursor=13812345678",
        "station=150425000000&region=1504",
    ],
)
def test_a_place_a_time_and_an_id_are_kept_as_they_are(asked: str) -> None:
    assert as_recorded(asked.replace("+", "%2B").encode()) == asked


async def test_neither_a_number_nor_what_is_reported_stands_in_the_log(
    officer: Person, auditor: Person
) -> None:
    nearby = {"kind": "rescue", "near": "117.5,43.3", "datum": "WGS84", "found_at": "2024-07-29"}
    words = "护林员张三（13812345678）报告：鸬鹚被困"
    await officer.read("/incidents", params={"q": "鸬鹚 13812345678"})
    await officer.read("/incidents/nearby", params=nearby | {"words": words})
    asked = [one["query"] for one in await read_by(auditor, badge=officer.badge)]
    assert asked[0] == "q=鸬鹚 …5678"
    assert asked[1].endswith("found_at=2024-07-29&words=…")


@pytest.mark.parametrize("query", ["%71=13812345678", "q=1381234%35678", "q=138%201234%205678"])
def test_no_spelling_of_the_address_gets_round_it(query: str) -> None:
    assert as_recorded(query.encode()) == "q=…5678"
