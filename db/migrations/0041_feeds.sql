-- Addresses at which a spreadsheet fetches a list again and again, each for one question.
create table feed (
    feed_id uuid primary key,
    account_id uuid not null references account,
    name text not null,
    -- The list, and what is asked of it: below `/api/v1`, and behind the `?`.
    path text not null,
    query text not null,
    -- The SHA-256 of the password that fetches it, which was told once.
    secret_hash bytea not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    last_used_at timestamptz
);
create index feed_account on feed (account_id);
create index feed_expiry on feed (expires_at);
grant select on feed to wildlife_service;
grant insert, delete on feed to wildlife_service;
grant update (secret_hash, expires_at, last_used_at) on feed to wildlife_service;
