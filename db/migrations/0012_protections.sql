-- A taxon may be protected in several ways at once: by a list of the whole country, and by those of
-- the regions in which it is. Each list says where it holds; of one jurisdiction the periods follow on
-- each other, as the national lists exclude each other. Where a list holds is said once: what goes by
-- it follows when it is said anew.

alter table protection_list add column jurisdiction text not null default '';
alter table protection_list add unique (list, jurisdiction);
alter table species_protection add column jurisdiction text not null default '';
alter table species_protection drop constraint species_protection_pkey;
alter table species_protection add primary key (species_id, jurisdiction, valid_from);
alter table species_protection drop constraint species_protection_list_fkey;
alter table species_protection add foreign key (list, jurisdiction)
    references protection_list (list, jurisdiction) on update cascade;

-- Who is competent, and for which animals a row holds.

alter table species_protection add column authority text;
alter table species_protection add column population text not null default 'all';
update species_protection set population = 'wild' where note like '%仅限野外种群%';

alter table species add column native_to text[] not null default '{}';

-- One rule for the day from which a list holds: the one that its announcement bears. That of 2021 is
-- dated 1 February, and was published on the 5th.

update protection_list set valid_from = '2021-02-01'
    where list = 'NKPWA-2021-3' and valid_from = '2021-02-05';
update protection_list set valid_to = '2021-01-31'
    where list = 'NKPWA-1989' and valid_to = '2021-02-04';
update species_protection set valid_to = '2021-01-31'
    where list in ('NKPWA-1989', 'SANYOU-2000-7') and valid_to = '2021-02-04';
update species_protection set valid_from = '2021-02-01'
    where list = 'NKPWA-2021-3' and valid_from = '2021-02-05';

-- What is in the appendices of CITES and does not occur here is managed as nationally protected. The
-- register said of these that they are on no list.

insert into protection_list (list, title, issued_by, valid_from)
select 'CITES-2023-1', '濒危野生动植物种国际贸易公约附录Ⅰ、附录Ⅱ（非原产我国的野生动物）',
    '国家濒危物种进出口管理办公室公告2023年第1号', '2023-02-23'
where exists (select from species_protection)
on conflict do nothing;
update species_protection p
set valid_from = '2023-02-23', list = 'CITES-2023-1', protection = n.protection, authority = 'forestry'
from (values
    ('psittacus_erithacus', 'national_1'), ('myiopsitta_monachus', 'national_2'),
    ('iguana_iguana', 'national_2'), ('python_regius', 'national_2')
) as n(species_id, protection)
where p.species_id = n.species_id and p.protection = 'unlisted' and p.valid_from = '2023-06-26';

-- Queries read all of them, and find by any: one of the whole country is the strictest of a row and
-- has its index, a region's may stand behind it.

alter table animal add column protections text[] not null default '{}';
alter table release add column protections text[] not null default '{}';
update animal set protections = array[protection] where protection is not null;
update release set protections = array[protection] where protection is not null;
create index animal_provincial on animal (found_at desc) where 'provincial' = any(protections);
create index release_provincial on release (released_at desc) where 'provincial' = any(protections);
