-- Which version of the fold made an incident's row: one of another is made again when it is read.

alter table incident add column fold_version int not null default 0;

-- Who sees a row is another thing than where it is: a release lies where it took place, and is seen
-- by the officials of the find, too. `seen_in` holds the codes of their regions.

alter table incident add column seen_in text[] not null default '{}';
alter table animal add column seen_in text[] not null default '{}';
alter table release add column seen_in text[] not null default '{}';
alter table hazard add column seen_in text[] not null default '{}';
update incident set seen_in =
    array(select left(region_code, n) from generate_series(2, length(region_code)) as n);
update animal set seen_in =
    array(select left(region_code, n) from generate_series(2, length(region_code)) as n);
update release set seen_in =
    array(select left(region_code, n) from generate_series(2, length(region_code)) as n);
update hazard set seen_in =
    array(select left(region_code, n) from generate_series(2, length(region_code)) as n);
create index incident_seen_in on incident using gin (seen_in);
create index animal_seen_in on animal using gin (seen_in);
create index release_seen_in on release using gin (seen_in);
create index hazard_seen_in on hazard using gin (seen_in);

-- What a role may stands in one table (wildlife/people/may.py); one that is not in it may nothing.

alter table account drop constraint account_role_check;
