-- Keys that were lost for good: what they sealed is kept, and opened should one be found. What a key
-- sealed that the database never knew (0.1) bears the empty fingerprint.
create table lost_key (
    fingerprint bytea primary key,
    lost_at timestamptz not null default now(),
    found_at timestamptz
);

grant select on lost_key to wildlife_service;
