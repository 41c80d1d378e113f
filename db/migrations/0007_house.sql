-- Which version of the fold made an incident's row: one of another is made again when it is read.

alter table incident add column fold_version int not null default 0;
