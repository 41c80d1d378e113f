-- What became of what was refused and kept: a person accepted it onto its timeline, or put it aside. It
-- is never changed, and of two at once one is first.
create table refused_settlement (
    incident_id uuid not null,
    refused_id uuid not null,
    account_id uuid not null,  -- whose doing it is
    settled_at timestamptz not null default now(),
    dismissed_for text,  -- why it was put aside; null: it was accepted
    note text,
    -- Of what was accepted corrected: a keyed digest of it as it was sent, by which that is known again.
    corrected_as bytea,
    primary key (incident_id, refused_id)
);
create index refused_body_id on refused_body (refused_id);
create index refused_body_received on refused_body (received_at, incident_id, refused_id);
grant select, insert on refused_settlement to wildlife_service;
