-- What an incident was closed as a duplicate of: lists and counts leave its rows out. What stands in
-- the documents of earlier days is taken from there; the fold says the same.

alter table incident add column duplicate_of uuid;
alter table animal add column duplicate_of uuid;
alter table release add column duplicate_of uuid;
alter table hazard add column duplicate_of uuid;
update incident set duplicate_of = (document #>> '{closing,duplicate_of}')::uuid
    where document #>> '{closing,reason}' = 'duplicate'
        and document #>> '{closing,duplicate_of}' <> incident_id::text;
update animal t set duplicate_of = i.duplicate_of
    from incident i where i.incident_id = t.incident_id and i.duplicate_of is not null;
update release t set duplicate_of = i.duplicate_of
    from incident i where i.incident_id = t.incident_id and i.duplicate_of is not null;
update hazard t set duplicate_of = i.duplicate_of
    from incident i where i.incident_id = t.incident_id and i.duplicate_of is not null;
create index incident_duplicate on incident (duplicate_of) where duplicate_of is not null;
