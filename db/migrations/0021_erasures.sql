-- Every erasure of who reported: by whom, when and why, and nobody who was erased. The service adds
-- to it and never changes it.
create table informant_erasure (
    incident_id uuid not null,
    erasure_id uuid not null,
    account_id uuid not null,
    erased_at timestamptz not null default now(),
    reason text,
    primary key (incident_id, erasure_id)
);

grant select, insert on informant_erasure to wildlife_service;
