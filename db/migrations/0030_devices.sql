-- The phones of a unit, from which a session lasts: one that is lost is cut off, and all that goes on
-- there.
create table device (
    device_id uuid primary key,
    station_id uuid not null references station,
    name text not null,
    added_at timestamptz not null default now(),
    -- By which a phone becomes this device, once; its SHA-256.
    code_hash bytea unique,
    code_expires_at timestamptz not null,
    -- The SHA-256 of each token that was handed out for the code, since answers get lost; from the first
    -- that signs in on, that one alone.
    token_hashes bytea[] not null default '{}',
    enrolled_at timestamptz,
    last_used_at timestamptz,
    cut_off_at timestamptz
);
create index device_station on device (station_id);
create index device_token on device using gin (token_hashes);
grant select, insert, update on device to wildlife_service;

-- On which device a session goes on, if on one: for so long as that is not cut off.
alter table token add column device_id uuid references device;
create index token_device on token (device_id) where device_id is not null;
