-- Every entry of every incident, once, in one order: a place is given once an entry is committed, is
-- never changed, and there is none without an entry. An entry that commits late comes late in it.
create table ledger (
    position bigint primary key check (position >= 0),
    incident_id uuid not null,
    entry_id uuid not null,
    digest bytea not null,
    unique (incident_id, entry_id)
);
-- The entries that have no place yet; written together with them.
create table unsequenced (
    incident_id uuid not null,
    entry_id uuid not null,
    seq int not null,
    digest bytea not null,
    primary key (incident_id, entry_id)
);
-- Those of before in the order in which they came; none before one that it followed, whatever the
-- clock said.
insert into ledger (position, incident_id, entry_id, digest)
select row_number() over (order by came_at, incident_id, seq) - 1, incident_id, entry_id, digest
from (
    select *, max(received_at) over (partition by incident_id order by seq) as came_at from entry
) as e;
grant select, insert on ledger to wildlife_service;
grant select, insert, delete on unsequenced to wildlife_service;
