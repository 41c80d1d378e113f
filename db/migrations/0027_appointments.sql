-- One account may be several things, each at a unit; and who sees road incidents is decided apart.

-- What an account is: a role at a station, or at none. What it may, wildlife/people/may.py says; a role
-- that is not there may nothing. Whatever an account writes as, it is at one and the same station.
create table appointment (
    account_id uuid not null references account,
    role text not null,
    station_id uuid references station
        check (station_id is not null or role in ('auditor', 'admin')),
    -- Of an official: whether road incidents are seen, too.
    sees_roads boolean not null default false,
    unique nulls not distinct (account_id, role, station_id)
);
insert into appointment (account_id, role, station_id)
select account_id, role, station_id from account;
grant select, insert, update, delete on appointment to wildlife_service;
alter table account drop column role, drop column station_id;

-- Whom else a record asks to see it, beside the stations that had a part in it: the officials of the
-- regions that it belongs to, and those of units that are competent for one of the stations. What is of
-- a road asks only those to whom that is granted.
update incident set seen_in = case
    when kind = 'road_hazard' then
        array(select 'road:' || named from unnest(seen_in || station_ids::text[]) named)
    else seen_in || station_ids::text[]
end;
update animal set seen_in = seen_in || station_ids::text[];
update release set seen_in = seen_in || station_ids::text[];
update hazard set seen_in =
    array(select 'road:' || named from unnest(seen_in || station_ids::text[]) named);
