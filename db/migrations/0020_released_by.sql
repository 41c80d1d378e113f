-- A release by the people of another unit, who have no badges.
alter table release add column unit text;
alter table release add column persons text[] not null default '{}';
