-- Signing in: a token that was superseded is remembered, and guessing passwords is slowed.

-- Of a refresh token: when it was first used. Whoever uses one of the same or an earlier generation
-- afterwards holds a copy.
alter table token add column used_at timestamptz;

-- Signing in with a badge from an address: how many wrong passwords came since the last right one,
-- and when. Rows are forgotten in time (wildlife/people/attempts.py); it stays on one node.
create table sign_in (
    badge_hash bytea not null,  -- a hash: some type their password into the field of the badge
    address inet not null,      -- of IPv6 the network of 64 bits
    failures int not null,
    failed_at timestamptz not null,
    succeeded_at timestamptz,
    primary key (badge_hash, address)
);
create index sign_in_failed_from on sign_in (address) where failures > 0;

grant select, insert, update, delete on sign_in to wildlife_service;
