-- Who signs in by the identity provider of their agency has no password here.
alter table account alter column password_hash drop not null;
alter table account add column oidc_issuer text;
alter table account add column oidc_subject text;
alter table account add constraint account_signs_in_one_way
    check ((oidc_issuer is null) = (oidc_subject is null)
        and (oidc_subject is null or password_hash is null));
alter table account add constraint account_oidc_subject_key unique (oidc_issuer, oidc_subject);

-- When a session ends that began at the provider, however much it is gone on with.
alter table token add column session_ends_at timestamptz;
