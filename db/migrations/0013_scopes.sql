-- What a station is competent for is a set of regions and of stations; where it lies is another thing.

-- Whose records its officials see: those of these regions, and those in which these stations, or ones
-- below them, had a part. With neither they see nothing.
alter table station add column competent_for_regions text[] not null default '{}';
alter table station add column competent_for_stations uuid[] not null default '{}';
-- So far it was the one region, which was also where it lies.
update station set competent_for_regions = array[region_code];
alter table station add constraint station_competent_for_regions_check
    check (competent_for_regions::text ~ '^[{]([0-9]{2,12}(,[0-9]{2,12})*)?[}]$');

-- By which what somebody sees of stations is found, as by `seen_in` what they see of regions.
create index incident_station_ids on incident using gin (station_ids);
create index animal_station_ids on animal using gin (station_ids);
create index release_station_ids on release using gin (station_ids);
create index hazard_station_ids on hazard using gin (station_ids);
