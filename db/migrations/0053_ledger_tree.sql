-- What an entry is blinded with in the tree: a proof of one shows the hashes of others beside it, and
-- whoever guessed what those say, as a hidden place, could find out by them that they are right.
alter table ledger add column salt uuid not null default gen_random_uuid();
-- The hashes of whole subtrees of 256^level entries (RFC 6962): any root and any proof is a few reads
-- of them. They follow from the ledger, and are written once.
create table ledger_node (
    level smallint check (level > 0),
    number bigint check (number >= 0),
    hash bytea not null,
    primary key (level, number)
);
-- The keys that checkpoints are signed with, one after the other: the last one is that of now.
create table checkpoint_key (
    number int primary key,
    public_key bytea not null unique
);
-- What was signed, as it was given out: a size that was signed is never signed with another root.
create table checkpoint (
    number bigint primary key,
    size bigint not null,
    note text not null
);
grant select, insert on ledger_node, checkpoint_key, checkpoint to wildlife_service;
