"""The SQL of whether what queries read hides what is to be hidden, and all of that is there."""

from db.connection import Connection
from wildlife.words.hidden_places import HiddenPlaces


async def tells_hidden(connection: Connection, hidden: HiddenPlaces) -> bool:
    """Whether somebody is asked to see the place, as it is, of an animal whose place is hidden."""
    tells: bool = await connection.fetchval(
        """
        select exists (
            select from animal
            where view in ('whole', 'withheld') and seen_in <> '{}'
                and (protections && $1::text[] or species_id = any($2::text[])
                    or $3 and species_id is null)
        )
        """,
        [one.value for one in hidden.protections],
        [*hidden.species_ids],
        hidden.unidentified,
    )
    return tells


async def unknown_species(connection: Connection, hidden: HiddenPlaces) -> list[str]:
    """The ids of the species whose place is hidden that the register does not have."""
    rows = await connection.fetch(
        """
        select named from unnest($1::text[]) named
        where named <> all(array(select species_id from species)) order by named
        """,
        [*hidden.species_ids],
    )
    return [row["named"] for row in rows]
