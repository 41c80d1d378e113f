-- A taxon is found by the pinyin of its other names, too. Which version of the service made the names
-- of a taxon: those of another are made again at the next start.

alter table species_name drop constraint species_name_kind_check;
alter table species_name add constraint species_name_kind_check check (kind in
    ('chinese_name', 'alias', 'pinyin', 'initials', 'alias_pinyin', 'alias_initials',
    'scientific_name', 'english_name'));
alter table species add column names_version int not null default 0;
