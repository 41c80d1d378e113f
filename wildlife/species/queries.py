"""The SQL of the register."""

from datetime import date

import msgspec

from db.pool import Connection
from db.rows import fetch_all, fetch_one
from wildlife.species.model import (
    FoundTaxon,
    NamePattern,
    Taxon,
    TaxonRef,
    exact_pattern,
    near_patterns,
)


async def find_taxon(connection: Connection, species_id: str) -> TaxonRef | None:
    """The taxon as a timeline keeps it, with all periods of protection."""
    return await fetch_one(
        connection,
        TaxonRef,
        """
        select s.species_id, s.chinese_name, s.scientific_name, s.english_name, s.alien,
            (select coalesce(jsonb_agg(to_jsonb(p) - 'species_id' order by p.valid_from), '[]')
                from species_protection p where p.species_id = s.species_id) as protection
        from species s where s.species_id = $1
        """,
        species_id,
    )


async def fetch_species(connection: Connection, species_id: str, on: date) -> Taxon | None:
    """A taxon with its protection on a day and before."""
    return await fetch_one(
        connection,
        Taxon,
        """
        select s.species_id, s.chinese_name, s.scientific_name, s.english_name, s.aliases,
            s.pinyin, s.rank, s.class, s."order", s.family, s.alien,
            (select to_jsonb(p) from species_protection p where p.species_id = s.species_id
                and $2 between p.valid_from and coalesce(p.valid_to, 'infinity')) as protection,
            (select coalesce(jsonb_agg(to_jsonb(p) order by p.valid_from), '[]')
                from species_protection p where p.species_id = s.species_id) as history
        from species s where s.species_id = $1
        """,
        species_id,
        on,
    )


async def search_species(
    connection: Connection, query: str, on: date, limit: int
) -> list[FoundTaxon]:
    """The taxa with a name that contains `query`; failing that, but for one wrong character.

    Best first: a whole name before the beginning of one before a part; Chinese names before
    aliases before the rest; the shortest first; then by name.
    """
    found = await _search(connection, [exact_pattern(query)], on, limit, exact=True)
    return found or await _search(connection, near_patterns(query), on, limit, exact=False)


async def _search(
    connection: Connection, patterns: list[NamePattern], on: date, limit: int, *, exact: bool
) -> list[FoundTaxon]:
    return await fetch_all(
        connection,
        FoundTaxon,
        """
        with matching as (
            select distinct on (n.species_id) n.species_id, n.name as matched_name,
                case when length(n.folded) = p.length then 0
                    when n.folded like any(p.at_start) then 1 else 2 end as fit,
                case n.kind when 'chinese_name' then 0 when 'alias' then 1 else 2 end as kind
            from jsonb_to_recordset($1)
                as p(anywhere text[], at_start text[], length int, terms text[])
            join species_name n on n.terms @> p.terms and n.folded like any(p.anywhere)
            order by n.species_id, fit, kind, n.name
        ), best as (
            select * from matching
            order by fit, kind, length(matched_name), matched_name, species_id
            limit $3
        )
        select s.species_id, s.chinese_name, s.scientific_name, s.english_name, s.aliases,
            s.pinyin, s.rank, s.class, s."order", s.family, s.alien, b.matched_name,
            $4::boolean as matched_exactly,
            (select to_jsonb(p) from species_protection p where p.species_id = s.species_id
                and $2 between p.valid_from and coalesce(p.valid_to, 'infinity')) as protection,
            (select coalesce(jsonb_agg(to_jsonb(p) order by p.valid_from), '[]')
                from species_protection p where p.species_id = s.species_id) as history
        from best b join species s using (species_id)
        order by b.fit, b.kind, length(b.matched_name), b.matched_name, s.species_id
        """,
        msgspec.json.encode(patterns),
        on,
        limit,
        exact,
    )
