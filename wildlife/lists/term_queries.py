"""How rare the terms are that a text is searched by."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

from db.connection import Connection
from db.sql import Statement

_FREQUENCIES: Final = """
    select unnest(most_common_elems::text::text[]) as term,
        unnest(most_common_elem_freqs) as frequency
    from pg_stats
    where schemaname = 'public' and tablename = 'incident' and attname = 'search_terms'
"""

_ARE_COMMON: Final = Statement(f"""
    with known as ({_FREQUENCIES})
    select bool_and(rarest >= 0.1) as are_common from (
        select asked.word, min(coalesce(known.frequency, 0)) as rarest
        from unnest(:words::int[], :terms::text[]) as asked (word, term)
        left join known on known.term = asked.term
        group by asked.word
    ) as of_words
    """)


async def rarest_terms(connection: Connection, words: Sequence[Sequence[str]]) -> list[str]:
    """Of the terms of each word the one that the fewest incidents have, as the planner knows them.

    By it alone the planner is right about how many have the word, at most. The terms of one word
    come together, and it takes them for independent: to it, `随即赶赴现场` were in no incident of a
    million, when it is in every tenth.
    """
    rows = await connection.fetch(
        f"""
        with known as ({_FREQUENCIES})
        select distinct on (asked.word) asked.term
        from unnest($1::int[], $2::text[]) with ordinality as asked (word, term, place)
        left join known on known.term = asked.term
        order by asked.word, known.frequency nulls first, asked.place
        """,
        [number for number, terms in enumerate(words) for _ in terms],
        [*chain.from_iterable(words)],
    )
    return [row["term"] for row in rows]


async def for_all(connection: Connection, values: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a question of which all rows are gone through: where each of its words is
    common, without the terms. No index leads to less than most rows then, and to look at their
    terms takes five times as long as to look at their texts."""
    words: Sequence[Sequence[str]] = values.get("terms_of") or ()
    if not any(words):
        return {**values}
    asked = {
        "words": [number for number, terms in enumerate(words) for _ in terms],
        "terms": [*chain.from_iterable(words)],
    }
    [row] = await _ARE_COMMON.rows(connection, asked)
    return {**values, "terms": None} if row["are_common"] else {**values}
