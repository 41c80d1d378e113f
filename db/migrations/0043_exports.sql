-- Answers that are made once, in the background, and kept for a while as files: exports as jobs.
create table export (
    export_id uuid primary key,
    account_id uuid not null references account,
    -- What is asked: below `/api/v1`, and behind the `?`; in which language, of the service by which
    -- name, and from which address.
    path text not null,
    query text not null,
    language text not null,
    origin text not null,
    address inet,
    asked_at timestamptz not null default now(),
    -- When it is taken away, whatever became of it. Who ends it, ends it by this: the file goes
    -- before the row.
    expires_at timestamptz not null,
    -- Who makes it has it until then, and says again and again that it goes on. Where it says no more
    -- it was killed, and another makes it anew; `attempts` tells the one from the other.
    held_until timestamptz,
    attempts integer not null default 0,
    begun_at timestamptz,
    bytes bigint not null default 0,
    rows bigint,
    expected_rows bigint,
    finished_at timestamptz,
    -- Of what was made: its SHA-256, with the id the name of its file, and what its answer said of it.
    sha256 bytea,
    media_type text,
    disposition text,
    -- Or why it could not be: a code of the catalogue, and the sentence in both languages.
    problem text,
    problem_en text,
    problem_zh text
);
create index export_account on export (account_id);
create index export_expiry on export (expires_at);
create index export_waiting on export (asked_at, export_id) where finished_at is null;
grant select on export to wildlife_service;
grant insert, update, delete on export to wildlife_service;
