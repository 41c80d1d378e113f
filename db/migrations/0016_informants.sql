-- Who reported may be named, or named better, by an entry after the opening.
alter table informant add column entry_id uuid;
update informant set entry_id = incident_id;
alter table informant alter column entry_id set not null;
alter table informant drop constraint informant_pkey;
alter table informant add primary key (incident_id, entry_id);
