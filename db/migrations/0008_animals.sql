-- What became of several alike is several things, each with its count.

alter table animal alter outcome drop not null;
alter table animal add column outcomes jsonb not null default '[]';
update animal set outcomes = jsonb_build_array(
    jsonb_build_object('outcome', outcome, 'count', count, 'since', outcome_at));
create index animal_outcomes on animal using gin (outcomes jsonb_path_ops);

-- Some of what was let go may be caught again.

alter table release add column returned int not null default 0;

-- What the forms of a release ask for.

alter table release add column marks jsonb not null default '[]';
alter table release add column judged_fit_by text;
alter table release add column quarantine text;
alter table release add column quarantine_certificate text;
alter table release add column native_there boolean;
alter table release add column reason_there text;
alter table release add column weather text;
alter table release add column consent text;
alter table release add column monitoring text;
