-- In which texts of its incident somebody is named who reported it, or their number is: they are told
-- to its stations, and to nobody else. What was written before is looked through by a rebuild.
alter table informant add column named_in text[] not null default '{}';
