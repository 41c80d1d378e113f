-- A unit of this service that takes animals of a rescue over reads a row of these alone.
alter table incident add column view text not null default 'whole';
update incident set view = 'generalized' where generalized;
alter table incident drop constraint incident_pkey;
alter table incident drop column generalized;
alter table incident add constraint incident_pkey primary key (incident_id, view);
alter table incident add column custodian_ids uuid[] not null default '{}';

alter table animal add column view text not null default 'whole';
update animal set view = 'generalized' where generalized;
alter table animal drop constraint animal_pkey;
alter table animal drop column generalized;
alter table animal add constraint animal_pkey primary key (incident_id, view, number);

alter table release add column view text not null default 'whole';
update release set view = 'generalized' where generalized;
alter table release drop constraint release_pkey;
alter table release drop column generalized;
alter table release add constraint release_pkey primary key (incident_id, view, entry_id);

alter table hazard add column view text not null default 'whole';
update hazard set view = 'generalized' where generalized;
alter table hazard drop constraint hazard_pkey;
alter table hazard drop column generalized;
alter table hazard add constraint hazard_pkey primary key (incident_id, view);

alter table photo add column shown_in text[] not null default '{}';
