-- A text is searched in windows of time (wildlife/lists/windows.py): by its words, by who asks, by the
-- stations that had a part and by the week, all in one index, which then reads no more of a common word
-- than there is of it in a window. A case number has no pair of characters that is rare, and is found
-- as a whole, or by its station and its day. To make it takes some ten minutes for a million incidents,
-- in which nothing is written.
drop index incident_search;
drop index incident_seen_in;
drop index incident_station_ids;
create index incident_search on incident using gin (
    search_terms, seen_in, station_ids,
    (array[case when isfinite(found_at)
        then ((found_at at time zone 'UTC')::date - date '2000-01-03') / 7 end]),
    (regexp_split_to_array(search_text, '[^0-9-]+')
        || regexp_split_to_array(search_text, '[^0-9]+'))
);
-- What few have, or none, is found by its index alone.
create index incident_state on incident (state, found_at desc);
create index incident_kind on incident (kind, found_at desc);
create index hazard_passability on hazard (passability, found_at desc);
-- In which weeks those were found that were released then.
drop index release_released;
create index release_released on release (released_at desc, incident_id desc, entry_id desc)
include (found_at);
-- Else nothing were known of a word that not every fifteenth incident has.
alter table incident alter column search_terms set statistics 400;
-- Of the index of an expression nothing is known before.
analyze incident;
-- These tables grow and are hardly ever changed: by a fiftieth is often enough, and soon enough, to be
-- counted and to be found in an index alone.
alter table incident set (
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);
alter table animal set (
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);
alter table release set (
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);
alter table hazard set (
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);
alter table transfer set (
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);
