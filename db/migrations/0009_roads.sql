-- Several things block a road at once; each of them finds it.

alter table hazard add column types text[] not null default '{}';
update hazard set types = array[type];
create index hazard_types on hazard using gin (types);

-- What was said of a road beside.

alter table hazard
    add column cause text,
    add column road_grade text,
    add column direction text,
    add column blocked_length_m double precision,
    add column blocked_lanes int,
    add column volume_m3 double precision,
    add column vehicles_stuck int,
    add column people_stuck int,
    add column injured int,
    add column dead int,
    add column damage_yuan double precision,
    add column recurrences int not null default 0,
    add column blocked_from timestamptz,
    add column blocked_until timestamptz,
    add column expected_reopening_at timestamptz,
    add column handed_over_to text;
