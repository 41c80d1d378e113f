"""The SQL of the register."""

from datetime import UTC, date, datetime
from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from db.connection import Connection
from db.rows import fetch_one
from db.sql import Statement
from wildlife.species.model import FoundTaxon, Taxon, TaxonKey, TaxonRef, Within
from wildlife.species.names import NamePattern, exact_pattern, fold_name, near_patterns
from wildlife.species.protections import WHOLE_COUNTRY, holding
from wildlife.web.near import Choice

EVERYTHING: Final = Within()

_MOST_NEAR: Final = 5
_MOST_CHARACTERS: Final = 100

T = TypeVar("T", bound=Taxon)


async def find_taxon(connection: Connection, species_id: str) -> TaxonRef | None:
    """The taxon as a timeline keeps it, with all periods of protection."""
    return await fetch_one(
        connection,
        TaxonRef,
        """
        select s.species_id, s.chinese_name, s.scientific_name, s.english_name, s.alien,
            s.native_to,
            (select coalesce(jsonb_agg(to_jsonb(p) - 'species_id'
                    order by p.valid_from, p.jurisdiction), '[]')
                from species_protection p where p.species_id = s.species_id) as protection
        from species s where s.species_id = $1
        """,
        species_id,
    )


_TAXON: Final = """
    s.species_id, s.chinese_name, s.scientific_name, s.english_name, s.aliases, s.pinyin, s.rank,
    s.class, s."order", s.family, s.alien, s.native_to,
    null as protection, '[]'::jsonb as protections,
    (select coalesce(jsonb_agg(to_jsonb(p) order by p.valid_from, p.jurisdiction), '[]')
        from species_protection p where p.species_id = s.species_id) as history
"""
"""A taxon `s`, but for what holds of its protection: `_protected` says that."""

# As `wildlife.species.protections.holding` has it; of what has no protection all rows say so.
_WITHIN: Final = """
    (:protection::text is null or (
        select bool_or(p.protection = :protection)
            and (:protection <> 'unlisted' or bool_and(p.protection = :protection))
        from species_protection p
        where p.species_id = s.species_id and starts_with(:region, p.jurisdiction)
            and :on between p.valid_from and coalesce(p.valid_to, 'infinity')))
    and (:order::text is null or s."order" = :order)
    and (:family::text is null or s.family = :family)
"""
"""Whether a taxon `s` is in the part of the register that is asked for."""

_BY_ID: Final = Statement(f"select {_TAXON} from species s where s.species_id = :species_id")


async def fetch_species(
    connection: Connection, species_id: str, on: date, region: str
) -> Taxon | None:
    """A taxon with its protection on a day in a region, and before."""
    taxon = await _BY_ID.one(connection, Taxon, {"species_id": species_id})
    return _protected(taxon, on, region) if taxon else None


def _protected(taxon: T, on: date, region: str) -> T:
    """The same with what holds then and there."""
    protections = holding(taxon.history, on, region)
    return replace(
        taxon, protection=protections[0] if protections else None, protections=protections
    )


_PAGE: Final = Statement(f"""
    select {_TAXON}, null as matched_name, null as matched_exactly
    from species s
    where {_WITHIN}
        and (:after::text[] is null or (s.class, s."order", s.family, s.species_id)
            > ((:after::text[])[1], (:after::text[])[2], (:after::text[])[3], (:after::text[])[4]))
    order by s.class, s."order", s.family, s.species_id
    limit :limit
    """)


async def list_species(
    connection: Connection,
    within: Within,
    on: date,
    region: str,
    limit: int,
    after: TaxonKey | None,
) -> list[FoundTaxon]:
    """The taxa of a part of the register, or of all of it, by class, order, family and id."""
    values = _values(within, on, region) | {"after": after, "limit": limit}
    taxa = await _PAGE.all(connection, FoundTaxon, values)
    return [_protected(taxon, on, region) for taxon in taxa]


def _values(within: Within, on: date, region: str) -> dict[str, object]:
    """The parameters of `_WITHIN`."""
    return msgspec.structs.asdict(within) | {"on": on, "region": region}


async def has_order(connection: Connection, order: str) -> bool:
    """Whether a taxon of the register is of this order."""
    found = await connection.fetchval(
        'select exists (select from species where "order" = $1)', order
    )
    return bool(found)


async def has_family(connection: Connection, family: str, order: str | None = None) -> bool:
    """Whether a taxon of the register is of this family, in this order if one is named."""
    found = await connection.fetchval(
        """
        select exists (
            select from species where family = $1 and ($2::text is null or "order" = $2)
        )
        """,
        family,
        order,
    )
    return bool(found)


_NAMES_OF: Final = Statement("""
    select distinct case :rank::text when 'class' then class when 'order' then "order"
        when 'family' then family else split_part(scientific_name, ' ', 1) end as name
    from species
    order by name
    """)


async def list_names_of(connection: Connection, rank: str) -> list[str]:
    """What the register has of a rank: `class`, `order`, `family` or `genus`."""
    rows = await _NAMES_OF.rows(connection, {"rank": rank})
    return [row["name"] for row in rows]


async def search_species(
    connection: Connection,
    query: str,
    on: date,
    limit: int,
    within: Within = EVERYTHING,
    region: str = WHOLE_COUNTRY,
) -> list[FoundTaxon]:
    """The taxa with a name that contains `query`; failing that, but for one wrong character.

    Best first: a whole name before the beginning of one before a part; Chinese names before
    aliases before what stands for the Chinese name before what stands for an alias; the shortest
    first; then by name. A name that is right, though of what is not asked for, is not guessed at.
    """
    exact, near = [exact_pattern(query)], near_patterns(query)
    found = await _search(connection, exact, on, region, limit, within, exact=True)
    if found or (
        within != EVERYTHING
        and await _search(connection, exact, on, region, 1, EVERYTHING, exact=True)
    ):
        return found
    return await _search(connection, near, on, region, limit, within, exact=False)


async def near_species(connection: Connection, given: str) -> tuple[Choice, ...]:
    """The few taxa that somebody may have meant who gave a name, or an id that is none."""
    query = given.replace("_", " ")[:_MOST_CHARACTERS]
    if not fold_name(query):
        return ()
    taxa = await search_species(connection, query, datetime.now(UTC).date(), _MOST_NEAR)
    return tuple(
        Choice(one.species_id, one.chinese_name, one.english_name or one.scientific_name)
        for one in taxa
    )


_FOUND: Final = Statement(f"""
    with matching as (
        select distinct on (n.species_id) n.species_id, n.name as matched_name,
            case when length(n.folded) = p.length then 0
                when n.folded like any(p.at_start) then 1 else 2 end as fit,
            case n.kind when 'chinese_name' then 0 when 'alias' then 1
                when 'alias_pinyin' then 3 when 'alias_initials' then 3 else 2 end as kind
        from jsonb_to_recordset(:patterns)
            as p(anywhere text[], at_start text[], length int, terms text[])
        join species_name n on n.terms @> p.terms and n.folded like any(p.anywhere)
        order by n.species_id, fit, kind, n.name
    ), best as (
        select m.*
        from matching m join species s using (species_id)
        where {_WITHIN}
        order by fit, kind, length(matched_name), matched_name, species_id
        limit :limit
    )
    select {_TAXON}, b.matched_name, :exact::boolean as matched_exactly
    from best b join species s using (species_id)
    order by b.fit, b.kind, length(b.matched_name), b.matched_name, s.species_id
    """)


async def _search(
    connection: Connection,
    patterns: list[NamePattern],
    on: date,
    region: str,
    limit: int,
    within: Within,
    *,
    exact: bool,
) -> list[FoundTaxon]:
    values = _values(within, on, region) | {
        "patterns": msgspec.json.encode(patterns),
        "limit": limit,
        "exact": exact,
    }
    taxa = await _FOUND.all(connection, FoundTaxon, values)
    return [_protected(taxon, on, region) for taxon in taxa]
