-- What lists are asked for beside what they were: what an incident owes, where it contradicts itself,
-- who dealt with it, whether it has photos, and when the last entry came. What was written before is
-- filled in from the documents. Of the part that a unit has in its custody it can't be said here of
-- which entries it is told: it counts as told when the incident came, until it is written again.
alter table incident add column updated_at timestamptz not null default now();
alter table incident add column missing text[] not null default '{}';
alter table incident add column flags text[] not null default '{}';
alter table incident add column officers text[] not null default '{}';
alter table incident add column photos int not null default 0;

update incident t set
    updated_at = case when t.view like 'custody:%' then t.received_at
        else coalesce((select max(e.received_at) from entry e where e.incident_id = t.incident_id),
            t.received_at) end,
    missing = array(select o.one ->> 'code'
        from jsonb_array_elements(t.document -> 'missing') with ordinality as o(one, n)
        group by 1 order by min(o.n)),
    flags = array(select o.one ->> 'code'
        from jsonb_array_elements(t.document -> 'flags') with ordinality as o(one, n)
        group by 1 order by min(o.n)),
    -- In the order in which they are named: who opened it, was there, is or was responsible, let go.
    officers = array(select badge from (
            select t.document #>> '{opened_by,badge}' as badge, 0::bigint as place
            union all
            select o.badge, 1 * 10^15 + o.n
            from jsonb_array_elements_text(t.document -> 'officers')
                with ordinality as o(badge, n)
            union all
            select o.one #>> '{officer,badge}', 2 * 10^15 + o.n
            from jsonb_array_elements(coalesce(t.document -> 'responsible_before', '[]')
                || (t.document -> 'responsible')) with ordinality as o(one, n)
            union all
            select o.badge, 3 * 10^15 + a.n * 10^9 + r.n * 10^4 + o.n
            from jsonb_array_elements(coalesce(t.document -> 'animals', '[]'))
                    with ordinality as a(one, n),
                jsonb_array_elements(coalesce(a.one -> 'releases', '[]'))
                    with ordinality as r(one, n),
                jsonb_array_elements_text(r.one -> 'officers') with ordinality as o(badge, n)
        ) as named
        where badge is not null group by badge order by min(place)),
    photos = coalesce(jsonb_array_length(t.document -> 'photos'), 0);

create index incident_updated on incident (updated_at);
create index incident_number on incident (case_number collate "C");
create index incident_officers on incident using gin (officers);
create index incident_flags on incident using gin (flags) where flags <> '{}';
create index incident_missing on incident using gin (missing) where missing <> '{}';
create index photo_received on photo (received_at desc, incident_id desc, photo_id desc);

-- Animals that changed hands: handed over, allocated, taken back by who had seized them.
create table transfer (
    incident_id uuid not null,
    view text not null default 'whole',
    entry_id uuid not null,
    animal int not null,
    station_ids uuid[] not null,
    responsible_station_id uuid not null,
    seen_in text[] not null default '{}',  -- whom else it asks to see it
    region_code text not null,
    location point,
    coordinate_uncertainty_m double precision,  -- of `location`, where that is on the grid
    found_at timestamptz not null,
    duplicate_of uuid,
    transferred_at timestamptz not null,
    outcome text not null,
    recipient text,
    unit text,  -- the code of the unit of this service that took them over
    receipt_number text,
    confirmed int,  -- how many came, as who took them over says
    confirmed_at timestamptz,
    count int not null,
    returned int not null,
    went_on int not null,
    species_id text,
    chinese_name text,
    scientific_name text,
    protection text,
    protection_list text,
    protections text[] not null default '{}',
    life_stage text not null,
    sex text not null,
    primary key (incident_id, view, entry_id, animal)  -- of several alike, split since
);
create index transfer_transferred
on transfer (transferred_at desc, incident_id desc, entry_id desc, animal desc);
create index transfer_species on transfer (species_id, transferred_at desc);
create index transfer_region on transfer (region_code text_pattern_ops, transferred_at desc);
create index transfer_location on transfer using gist (location);
create index transfer_seen_in on transfer using gin (seen_in);
create index transfer_station_ids on transfer using gin (station_ids);
grant select, insert, update, delete on transfer to wildlife_service;

insert into transfer (incident_id, view, entry_id, animal, station_ids, responsible_station_id, seen_in,
    region_code, location, coordinate_uncertainty_m, found_at, duplicate_of, transferred_at, outcome,
    recipient, unit, receipt_number, confirmed, confirmed_at, count, returned, went_on, species_id,
    chinese_name, scientific_name, protection, protection_list, protections, life_stage, sex)
select t.incident_id, t.view, (e.one ->> 'entry_id')::uuid, (a.one ->> 'number')::int, t.station_ids,
    t.responsible_station_id, t.seen_in, t.region_code, t.location, t.coordinate_uncertainty_m,
    t.found_at, t.duplicate_of, (e.one ->> 'happened_at')::timestamptz, e.one ->> 'outcome',
    e.one ->> 'recipient', e.one #>> '{unit,code}', e.one ->> 'receipt_number',
    (e.one #>> '{received,count}')::int, (e.one #>> '{received,happened_at}')::timestamptz,
    (e.one ->> 'count')::int, coalesce((e.one ->> 'returned')::int, 0),
    coalesce((e.one ->> 'went_on')::int, 0),
    a.one #>> '{species,species_id}', a.one #>> '{species,chinese_name}',
    a.one #>> '{species,scientific_name}', a.one #>> '{species,protection,protection}',
    a.one #>> '{species,protection,list}',
    array(select o.one ->> 'protection'
        from jsonb_array_elements(case when a.one #> '{species,protections}' is null then '[]'
            else a.one #> '{species,protections}' end) with ordinality as o(one, n)
        group by 1 order by min(o.n)),
    a.one ->> 'life_stage', a.one ->> 'sex'
from incident t,
    jsonb_array_elements(coalesce(t.document -> 'animals', '[]')) as a(one),
    jsonb_array_elements(coalesce(a.one -> 'settled', '[]')) as e(one)
where e.one ->> 'outcome' in ('transferred', 'allocated', 'returned_to_agency')
on conflict do nothing;
