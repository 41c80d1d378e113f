"""What can be said of any Struct."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from wildlife.words.structs import in_zone


class Weighing(msgspec.Struct):
    at: datetime


class Day(msgspec.Struct):
    since: datetime
    first: Weighing
    weighings: list[Weighing]
    badges: list[str]


def test_every_time_is_told_in_the_zone_of_the_answer_wherever_it_stands() -> None:
    noon = datetime(2024, 8, 4, 12, tzinfo=UTC)
    day = in_zone(
        Day(noon, Weighing(noon), [Weighing(noon)], ["150425001"]), ZoneInfo("Asia/Shanghai")
    )
    told = [day.since, day.first.at, *(one.at for one in day.weighings)]
    assert [f"{at:%H:%M%z}" for at in told] == ["20:00+0800"] * 3
    assert day.badges == ["150425001"]
