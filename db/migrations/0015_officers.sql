-- Who the officers of a release are whose badges were looked up: [{"badge", "name", "unit"}]. None of
-- those that came before: nobody had looked.
alter table release add column officers_named jsonb;
