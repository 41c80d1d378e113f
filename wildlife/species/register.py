"""Putting a species list into the register: all of it or nothing.

Each table's rows go in by one statement. `executemany` is none for a command that a person may end:
cancelled, it waits for ever (asyncpg 0.32).
"""

import msgspec

from db.connection import Connection
from wildlife.species.announced import ProtectionList
from wildlife.species.listed import ListedTaxon
from wildlife.species.names import NAMES_VERSION, fold_name, names_of
from wildlife.words.text import terms


async def is_empty(connection: Connection) -> bool:
    """Whether the register has no taxon yet."""
    return not await connection.fetchval("select exists (select from species)")


async def known_lists(connection: Connection) -> dict[str, ProtectionList]:
    """The announced lists that the register has, by their code."""
    rows = await connection.fetch(
        "select list, title, issued_by, valid_from, valid_to, taxa, jurisdiction"
        " from protection_list"
    )
    return {row["list"]: ProtectionList(**row) for row in rows}


async def put_lists(connection: Connection, lists: dict[str, ProtectionList]) -> None:
    """Add the announced lists, or bring them up to date."""
    await connection.execute(
        """
        insert into protection_list
            (list, title, issued_by, valid_from, valid_to, taxa, jurisdiction)
        select list, title, issued_by, valid_from, valid_to, taxa, jurisdiction
        from jsonb_populate_recordset(null::protection_list, $1::jsonb)
        on conflict (list) do update set title = excluded.title, issued_by = excluded.issued_by,
            valid_from = excluded.valid_from, valid_to = excluded.valid_to, taxa = excluded.taxa,
            jurisdiction = excluded.jurisdiction
        """,
        msgspec.json.encode(list(lists.values())),
    )


async def put_species(connection: Connection, taxa: list[ListedTaxon]) -> None:
    """Add the taxa with their protection, or bring them up to date; call it in a transaction.

    What a row is silent about stays as the register has it. A period of protection replaces the
    one of its jurisdiction that begins on the same day, and ends the one before it.
    """
    taxa = sorted(taxa, key=lambda taxon: taxon.valid_from)
    latest: dict[str, ListedTaxon] = {}
    for taxon in taxa:
        before = latest.get(taxon.species_id)
        latest[taxon.species_id] = taxon.completed_by(before) if before else taxon
    await connection.execute(
        """
        insert into species as s (species_id, scientific_name, chinese_name, english_name, aliases,
            pinyin, rank, class, "order", family, alien, native_to)
        select species_id, scientific_name, chinese_name, english_name, aliases, pinyin, rank,
            class, "order", family,
            coalesce(alien, (select s.alien from species s where s.species_id = r.species_id),
                false),
            native_to
        from jsonb_populate_recordset(null::species, $1::jsonb) as r
        on conflict (species_id) do update set
            chinese_name = excluded.chinese_name,
            rank = excluded.rank,
            english_name = coalesce(nullif(excluded.english_name, ''), s.english_name),
            aliases = case when excluded.aliases = '{}' then s.aliases else excluded.aliases end,
            pinyin = excluded.pinyin,
            class = coalesce(nullif(excluded.class, ''), s.class),
            "order" = coalesce(nullif(excluded."order", ''), s."order"),
            family = coalesce(nullif(excluded.family, ''), s.family),
            alien = excluded.alien,
            native_to = case when excluded.native_to = '{}' then s.native_to
                else excluded.native_to end
        """,
        msgspec.json.encode(
            [
                {
                    "species_id": species_id,
                    "scientific_name": taxon.scientific_name,
                    "chinese_name": taxon.chinese_name,
                    "english_name": taxon.english_name,
                    "aliases": taxon.aliases,
                    "pinyin": taxon.pinyin,
                    "rank": taxon.rank,
                    "class": taxon.class_,
                    "order": taxon.order,
                    "family": taxon.family,
                    "alien": taxon.alien,
                    "native_to": taxon.native_to,
                }
                for species_id, taxon in latest.items()
            ]
        ),
    )
    periods = {(taxon.species_id, taxon.jurisdiction, taxon.valid_from): taxon for taxon in taxa}
    await connection.execute(
        """
        insert into species_protection (species_id, jurisdiction, valid_from, valid_to, protection,
            list, authority, population, note)
        select species_id, jurisdiction, valid_from, valid_to, protection, list, authority,
            population, note
        from jsonb_populate_recordset(null::species_protection, $1::jsonb)
        on conflict (species_id, jurisdiction, valid_from) do update set
            valid_to = excluded.valid_to, protection = excluded.protection, list = excluded.list,
            authority = excluded.authority, population = excluded.population, note = excluded.note
        """,
        msgspec.json.encode(
            [
                {
                    "species_id": taxon.species_id,
                    "jurisdiction": taxon.jurisdiction,
                    "valid_from": taxon.valid_from,
                    "valid_to": taxon.valid_to,
                    "protection": taxon.protection,
                    "list": taxon.list,
                    "authority": taxon.authority,
                    "population": taxon.population,
                    "note": taxon.note,
                }
                for taxon in periods.values()
            ]
        ),
    )
    await _end_before_the_next(connection, list(latest))
    await _put_names(connection, list(latest))


async def _end_before_the_next(connection: Connection, species_ids: list[str]) -> None:
    """Let no period of these taxa go beyond the day before the next one of its jurisdiction begins.

    Of the whole country the lists exclude each other; so one that is new ends another's, too.
    """
    await connection.execute(
        """
        update species_protection p set valid_to = n.next_from - 1
        from (
            select species_id, jurisdiction, valid_from, lead(valid_from) over (
                partition by species_id, jurisdiction order by valid_from) as next_from
            from species_protection where species_id = any($1)
        ) as n
        where (p.species_id, p.jurisdiction, p.valid_from)
                = (n.species_id, n.jurisdiction, n.valid_from)
            and coalesce(p.valid_to, 'infinity') >= n.next_from
        """,
        species_ids,
    )


async def renew_names(connection: Connection) -> None:
    """Make the names that another version made; call it in a transaction.

    Whoever comes second waits for the rows, and finds that nothing is left to do.
    """
    rows = await connection.fetch(
        "select species_id from species where names_version <> $1 for update", NAMES_VERSION
    )
    if rows:
        await _put_names(connection, [row["species_id"] for row in rows])


async def _put_names(connection: Connection, species_ids: list[str]) -> None:
    """Make the names by which these taxa are found, from what the register now says."""
    rows = await connection.fetch(
        """
        update species set names_version = $2 where species_id = any($1)
        returning species_id, chinese_name, aliases, pinyin, scientific_name, english_name
        """,
        species_ids,
        NAMES_VERSION,
    )
    names = {
        (row["species_id"], kind, name)
        for row in rows
        for kind, name in names_of(
            row["chinese_name"],
            row["aliases"],
            row["pinyin"],
            row["scientific_name"],
            row["english_name"],
        )
        if name
    }
    await connection.execute("delete from species_name where species_id = any($1)", species_ids)
    await connection.execute(
        """
        insert into species_name (species_id, kind, name, folded, terms)
        select species_id, kind, name, folded, terms
        from jsonb_populate_recordset(null::species_name, $1::jsonb)
        """,
        msgspec.json.encode(
            [
                {
                    "species_id": species_id,
                    "kind": kind,
                    "name": name,
                    "folded": fold_name(name),
                    "terms": sorted(terms(fold_name(name))),
                }
                for species_id, kind, name in sorted(names)
            ]
        ),
    )
