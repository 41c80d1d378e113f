"""How accesses are chained, whatever the clocks say."""

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.accesses.reading import an_access
from wildlife.accesses.chain import GENESIS, Checking, Day, Link, digest_of, put_behind

_ACCOUNT: Final = UUID(int=1)
_FIRST: Final = datetime(2024, 1, 1)  # noqa: DTZ001 - the zone is put to it
_MOMENTS: Final = st.datetimes(_FIRST, _FIRST + timedelta(days=4), timezones=st.just(UTC))


@given(st.lists(st.tuples(_MOMENTS, st.lists(_MOMENTS, min_size=1, max_size=4)), max_size=8))
def test_whatever_the_clocks_say_days_follow_on_each_other_and_hold(
    flushes: list[tuple[datetime, list[datetime]]],
) -> None:
    """Clocks are set back; what was read is put on record later."""
    days: dict[date, Day] = {}
    links: list[Link] = []
    last: Day | None = None
    for now, read_at in flushes:
        accesses = [an_access(_ACCOUNT, at) for at in read_at]
        after, more = put_behind(last, now, accesses)
        assert last is None or after.day >= last.day
        last = days[after.day] = after
        links += more
    assert [one.access.accessed_at for one in links] == [at for _, read in flushes for at in read]
    before = GENESIS
    for day in days.values():
        assert day.after == before
        of_it, checking = [one for one in links if one.day == day.day], Checking(day)
        assert [flaw for link in of_it for flaw in checking.flaws(link)] == []
        assert [*checking.flaws_at_the_end()] == []
        assert len(of_it) == day.count
        before = day.digest


def test_a_digest_is_the_one_that_anybody_can_compute() -> None:
    """As the README says how: with Python's own library."""
    at = datetime(2024, 8, 4, 10, 30, tzinfo=UTC) + timedelta(microseconds=5)
    access = an_access(_ACCOUNT, at, "q=鸬鹚")
    canonical = {
        "access": {
            "accessed_at": "2024-08-04T10:30:00.000005Z",
            "account_id": str(_ACCOUNT),
            "query": "q=鸬鹚",
            "reading": "list",
        },
        "day": "2024-08-04",
        "previous": "00" * 32,
        "seq": 1,
    }
    text = json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = sha256(text.encode()).digest()
    assert digest_of(date(2024, 8, 4), 1, GENESIS, access) == digest
