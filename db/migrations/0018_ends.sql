-- What becomes of an animal after the end of its care: how many of a release were found dead.
alter table release add column died int not null default 0;
