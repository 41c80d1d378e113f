-- What happens to accounts, units and devices, and by whose word. The service adds to it and never
-- changes it; who is in it is never deleted.
create table people_event (
    event_id uuid primary key,
    happened_at timestamptz not null default clock_timestamp(),
    kind text not null,
    account_id uuid,
    station_id uuid,
    device_id uuid,
    -- The units that it concerns, as it was then: who directs one of them hears of it.
    station_ids uuid[] not null,
    author_id uuid,      -- the account that did it; null: a command, or nobody who is known
    by_command boolean not null,
    address inet,
    change jsonb not null
);
create index people_event_happened on people_event (happened_at, event_id);
create index people_event_station on people_event using gin (station_ids);
grant select, insert on people_event to wildlife_service;
