-- What some readers are not told the place of is kept twice: as it is, and as they know it.

alter table incident add column generalized boolean not null default false;
alter table incident add column coordinate_uncertainty_m double precision;
alter table incident drop constraint incident_pkey;
alter table incident add constraint incident_pkey primary key (incident_id, generalized);
alter table animal add column generalized boolean not null default false;
alter table animal add column coordinate_uncertainty_m double precision;
alter table animal drop constraint animal_pkey;
alter table animal add constraint animal_pkey primary key (incident_id, generalized, number);
alter table release add column generalized boolean not null default false;
alter table release add column coordinate_uncertainty_m double precision;
alter table release drop constraint release_pkey;
alter table release add constraint release_pkey primary key (incident_id, generalized, entry_id);
alter table hazard add column generalized boolean not null default false;
alter table hazard add column coordinate_uncertainty_m double precision;
alter table hazard drop constraint hazard_pkey;
alter table hazard add constraint hazard_pkey primary key (incident_id, generalized);

-- Until `wildlife rebuild` has written the second rows, what is hidden where nobody says otherwise asks
-- nobody to see it but those who see it as it is.
update incident t set seen_in = '{}'
where exists (select from animal a where a.incident_id = t.incident_id
    and (a.protection in ('national_1', 'national_2') or a.protections && '{national_1,national_2}'));
update release t set seen_in = '{}'
where exists (select from animal a where a.incident_id = t.incident_id
    and (a.protection in ('national_1', 'national_2') or a.protections && '{national_1,national_2}'));
update animal t set seen_in = '{}'
where exists (select from animal a where a.incident_id = t.incident_id
    and (a.protection in ('national_1', 'national_2') or a.protections && '{national_1,national_2}'));
