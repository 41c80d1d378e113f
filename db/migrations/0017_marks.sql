-- By which rings and chips the animals of an incident are known again in others.
alter table incident add column marks text[] not null default '{}';
create index incident_marks on incident using gin (marks) where marks <> '{}';
