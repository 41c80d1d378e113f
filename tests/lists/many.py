"""Many records like one that was filed, put into the rows that lists are read from."""

from typing import Final

from db.pool import Database

LISTS: Final = {
    "/incidents": "incident",
    "/animals": "animal",
    "/releases": "release",
    "/transfers": "transfer",
    "/hazards": "hazard",
    "/photos": "photo",
}
"""Every list of records, and the table that it is read from."""

_OWN: Final = {
    "incident": "'case_number', t.case_number || '-' || n",
    "animal": "'number', t.number",
    "release": "'entry_id', md5(t.entry_id || '-' || n)::uuid",
    "transfer": "'entry_id', md5(t.entry_id || '-' || n)::uuid",
    "hazard": "'type', t.type",
    "photo": "'photo_id', md5(t.photo_id || '-' || n)::uuid",
}


async def multiply(database: Database, incident_id: str, times: int) -> None:
    """Let there be `times` like this incident, found at the same moment, in all lists in which it
    is."""
    async with database.transaction() as connection:
        for table, own in _OWN.items():
            await connection.execute(
                f"""
                insert into {table} select (jsonb_populate_record(t, jsonb_build_object(
                    'incident_id', md5(t.incident_id || '-' || n)::uuid, {own}))).*
                from {table} t, generate_series(2, $2::int) n where t.incident_id = $1::text::uuid
                """,
                incident_id,
                times,
            )
