-- To whom what is new is told as it comes: other systems, and people by mail. Each has its place in
-- the ledger, and no queue of its own.
create table subscription (
    subscription_id uuid primary key,
    account_id uuid not null references account,
    name text not null,
    -- What of `/changes` is asked for, behind the `?`; told to which URL, in which language, by the
    -- service of which address.
    query text not null,
    destination text not null,
    language text not null,
    origin text not null,
    -- What messages to a webhook are signed with, under which key; null: mail.
    sealed bytea,
    sealed_by bytea not null default '',
    created_at timestamptz not null default now(),
    -- Where it goes on: how many entries come before, and how the digest of the last of them begins.
    position bigint not null,
    before bytea not null,
    -- When its destination first took something, and what it took since.
    begun_at timestamptz,
    delivered bigint not null default 0,
    delivered_at timestamptz,
    -- Not before this: mail comes in batches, and what failed is tried again after a longer while each
    -- time. Who tells it puts that off as long as it goes on; `claims` tells one from the other.
    due_at timestamptz not null default now(),
    failing_since timestamptz,
    attempts integer not null default 0,
    failure text,
    status integer,
    ended_at timestamptz,
    claims integer not null default 0
);
create index subscription_account on subscription (account_id);
create index subscription_due on subscription (due_at) where ended_at is null;
grant select, insert, update, delete on subscription to wildlife_service;
