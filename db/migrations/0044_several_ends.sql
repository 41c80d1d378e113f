-- Few animals came to several ends: statistics count them apart, and went through all to find them.
create index animal_several_ends on animal (found_at desc, incident_id desc, number desc)
where jsonb_array_length(outcomes) > 1;
