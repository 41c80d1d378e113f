-- Which time an export was claimed: unlike `attempts`, which a claim that was let go is not one of,
-- this is never the same twice, so that nobody takes another's claim for their own.
alter table export add column claims integer not null default 0;
