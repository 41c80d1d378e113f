"""What is said of an answer beside what was asked, for who has it as a file: of which time a period
is, and what heads are. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from wildlife.words.sentences import Sentence

TIMES: Final[Mapping[str, Sentence]] = {
    "found": Sentence("when it was found", "发现时间"),
    "received": Sentence("when it arrived at the service", "系统接收时间"),
    "updated": Sentence("when the incident last changed", "更新时间"),
    "closed": Sentence("when the incident was closed", "办结时间"),
    "outcome": Sentence("when the last of the animal left care", "处置时间"),
    "released": Sentence("when it was released", "放归时间"),
    "transferred": Sentence("when it was transferred", "移交时间"),
    "confirmed": Sentence("when the recipient had received it", "确认接收时间"),
    "taken": Sentence("when the photo was taken", "拍摄时间"),
    "secured": Sentence("when traffic was first warned", "警示时间"),
    "cleared": Sentence("when nothing blocked the road any more", "清除完毕时间"),
    "reopened": Sentence("when traffic flowed again", "恢复通行时间"),
}
"""What the times are called by which a period can be asked for (`by`)."""

_PERIOD: Final = Sentence(
    "The time that `from`, `to` and months are of", "起止时间（from、to）和月份所指"
)
_HEADS: Final = Sentence("Heads", "只数")
_IN_LISTS: Final = Sentence(
    "single animals: a row is one number of its incident, under which there may be several alike;"
    " how many is its number of heads",
    "指动物个体数：每行为警情中的一个动物序号，同一序号下可有同类多只，多少只见该行“只数”",
)
_IN_STATISTICS: Final = Sentence(
    "single animals; rows of the list are counted apart, of which one may stand for several alike",
    "指动物个体数；条数、次数按清单的行计，一行可有同类多只",
)

Explained = tuple[tuple[Sentence, Sentence], ...]
"""What is explained, and how."""


def of_list(time: str, answer: type[msgspec.Struct]) -> Explained:
    """Of a list: `time` is that of a period, of `TIMES`."""
    has_heads = "count" in answer.__struct_encode_fields__
    return tuple(_explained(time, _IN_LISTS if has_heads else None))


def of_statistic(time: str, figures: type[msgspec.Struct]) -> Explained:
    """The same of a statistic."""
    has_heads = "heads" in figures.__struct_encode_fields__
    return tuple(_explained(time, _IN_STATISTICS if has_heads else None))


def _explained(time: str, heads: Sentence | None) -> Iterator[tuple[Sentence, Sentence]]:
    yield _PERIOD, TIMES[time]
    if heads is not None:
        yield _HEADS, heads
