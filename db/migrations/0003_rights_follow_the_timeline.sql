-- Who had a part in an incident goes on reading it; a refused body belongs to who sent it.

-- ---------------------------------------------------------------- who had a part in it

-- Every station that was ever responsible for the incident, or filed an entry of it. `rebuild` finds
-- those in the middle of several handovers, who had been left out.
alter table incident add column station_ids uuid[];
update incident set station_ids = array(select distinct unnest(array[station_id, responsible_station_id]));
alter table incident alter column station_ids set not null, drop column station_id;
alter table animal add column station_ids uuid[];
update animal set station_ids = array(select distinct unnest(array[station_id, responsible_station_id]));
alter table animal alter column station_ids set not null, drop column station_id;
alter table release add column station_ids uuid[];
update release set station_ids = array(select distinct unnest(array[station_id, responsible_station_id]));
alter table release alter column station_ids set not null, drop column station_id;
alter table hazard add column station_ids uuid[];
update hazard set station_ids = array(select distinct unnest(array[station_id, responsible_station_id]));
alter table hazard alter column station_ids set not null, drop column station_id;

-- ---------------------------------------------------------------- refused bodies

-- The station through which who sent it had a part in the incident, else the one they were at; and
-- why it was refused.
alter table refused_body add column station_id uuid;
update refused_body r set station_id = a.station_id from account a where a.account_id = r.account_id;
alter table refused_body alter column station_id set not null;
alter table refused_body add column code text not null default 'id_conflict';
-- Whether that station, or who sent it, had a part in the incident: a stranger's stays a stranger's.
alter table refused_body add column had_a_part boolean;
update refused_body r set had_a_part = exists (
    select from incident i where i.incident_id = r.incident_id and r.station_id = any(i.station_ids));
alter table refused_body alter column had_a_part set not null;
-- How many one account has here is bounded.
create index refused_body_account on refused_body (account_id);

-- ---------------------------------------------------------------- codes

-- `\d` is, by the locale, also the digits of other scripts.
alter table station drop constraint station_code_check;
alter table station add constraint station_code_check check (code ~ '^[0-9]{4,12}$');
alter table station drop constraint station_region_code_check;
alter table station add constraint station_region_code_check check (region_code ~ '^[0-9]{2,12}$');
