-- Photos as evidence: what a photo says of itself, which have renditions yet, who saw an original.

-- ---------------------------------------------------------------- the timeline

-- The SHA-256 of a photo's bytes, as `canonical` has it: nothing that an entry names is an orphan.
alter table entry add column sha256 bytea;
update entry set sha256 = decode(canonical::jsonb #>> '{facts,image,sha256}', 'hex')
where type = 'photo';
create index entry_sha256 on entry (sha256) where sha256 is not null;
-- A phone asks for its receipts by the ids of entries alone.
create index entry_entry_id on entry (entry_id);

-- The same of a photo that was refused because its id was taken: its bytes are kept too.
alter table refused_body add column sha256 bytea;
create index refused_body_sha256 on refused_body (sha256) where sha256 is not null;

-- ---------------------------------------------------------------- projections

-- Where the header can't be read there is no size; the bytes are kept all the same.
alter table photo alter column width drop not null;
alter table photo alter column height drop not null;
alter table photo add column exif jsonb;
alter table photo add column flags text[] not null default '{}';
-- The two columns that do not follow from the timeline but from decoding the bytes. A photo without
-- a `renditions` is the work list; nothing else says so.
alter table photo add column renditions text
    check (renditions in ('made', 'unreadable', 'abandoned'));
alter table photo add column difference_hash bigint;
create index photo_to_render on photo (received_at) where renditions is null;
-- Two hashes that differ in at most three of 64 bits agree in one of their four quarters.
create function quarters(hash bigint) returns int[] language sql immutable strict parallel safe
return array[
    (hash >> 48 & 65535)::int, (hash >> 32 & 65535)::int + 65536,
    (hash >> 16 & 65535)::int + 131072, (hash & 65535)::int + 196608
];
create index photo_difference_hash on photo using gin (quarters(difference_hash))
where difference_hash is not null;

-- ---------------------------------------------------------------- who sees originals

-- An original holds what renditions leave out (the place, the phone): a permission of its own.
alter table account add column sees_originals boolean not null default false;
update account set sees_originals = true where role = 'officer';

-- Every look at an original. The service adds to it and never changes it.
create table original_access (
    incident_id uuid not null,
    access_id uuid not null,
    photo_id uuid not null,
    account_id uuid not null,
    accessed_at timestamptz not null default now(),
    primary key (incident_id, access_id)
);
create index original_access_photo on original_access (incident_id, photo_id, accessed_at);

grant select, insert on original_access to wildlife_service;
