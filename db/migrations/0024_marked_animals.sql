-- By which rings and chips each animal is known again: whoever holds one finds the animal.
alter table animal add column marks text[] not null default '{}';
create index animal_marks on animal using gin (marks) where marks <> '{}';
