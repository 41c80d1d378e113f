"""How rare the terms are that a text is searched by."""

from collections.abc import Sequence
from itertools import chain

from db.connection import Connection


async def rarest_terms(connection: Connection, words: Sequence[Sequence[str]]) -> list[str]:
    """Of the terms of each word the one that the fewest incidents have, as the planner knows them.

    By it alone the planner is right about how many have the word, at most. The terms of one word
    come together, and it takes them for independent: to it, `随即赶赴现场` were in no incident of a
    million, when it is in every tenth.
    """
    rows = await connection.fetch(
        """
        with known as (
            select unnest(most_common_elems::text::text[]) as term,
                unnest(most_common_elem_freqs) as frequency
            from pg_stats
            where schemaname = 'public' and tablename = 'incident' and attname = 'search_terms'
        )
        select distinct on (asked.word) asked.term
        from unnest($1::int[], $2::text[]) with ordinality as asked (word, term, place)
        left join known on known.term = asked.term
        order by asked.word, known.frequency nulls first, asked.place
        """,
        [number for number, terms in enumerate(words) for _ in terms],
        [*chain.from_iterable(words)],
    )
    return [row["term"] for row in rows]
