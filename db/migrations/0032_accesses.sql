-- Who read or erased what. The service adds to it and never changes it. It stays on one node, as tokens do: it
-- is one chain, in the order in which it was put on record. What `digest` covers, says
-- wildlife/accesses/chain.py.
create table access (
    day date not null,  -- on which it was put on record, in the service's zone
    seq int not null,
    accessed_at timestamptz not null,
    account_id uuid not null,
    station_ids uuid[] not null,  -- the units at which they were what lets them read it
    device_id uuid,     -- null: at a desk
    address inet,
    reading text not null,
    incident_id uuid,
    photo_id uuid,
    listed text,        -- null: it was of one incident
    query text,
    digest bytea,
    primary key (day, seq)
);
create index access_incident on access (incident_id, day, seq) where incident_id is not null;
create index access_account on access (account_id, day, seq);
create index access_device on access (device_id, day, seq) where device_id is not null;
create index access_listed on access (listed, day, seq) where listed is not null;
create index access_station on access using gin (station_ids);
-- Those that are asked for most, and are few.
create index access_reading on access (reading, day, seq)
where reading in
    ('refused', 'informant', 'informant_erased', 'original', 'export', 'access_log');

-- How each day of the log ends: a past day never grows.
create table access_day (
    day date primary key,
    after bytea not null,  -- the digest of the day before
    count int not null,
    digest bytea not null,
    earliest timestamptz not null  -- the first `accessed_at` in it
);

insert into access (day, seq, accessed_at, account_id, station_ids, reading, incident_id, photo_id)
select day, row_number() over (partition by day order by accessed_at, access_id)
    - count(*) over (partition by day), accessed_at, account_id, '{}', 'original', incident_id, photo_id
from (select *, (accessed_at at time zone 'UTC')::date as day from original_access) as looks;
drop table original_access;
-- These have a place below 1, and no digest; from now on none is without.
alter table access add constraint access_is_chained check (digest is not null and seq > 0) not valid;
grant select, insert on access, access_day to wildlife_service;
grant update (count, digest, earliest) on access_day to wildlife_service;
