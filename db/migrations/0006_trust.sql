-- ---------------------------------------------------------------- who the service is

-- The service signs in as this role, which owns nothing: a role that is merely put on by the tables'
-- owner is taken off again by `set role none`. Its password is the operator's to set; another login
-- that is a member of the role does as well.
do $$
begin
    if not (select rolcanlogin from pg_roles where rolname = 'wildlife_service') then
        alter role wildlife_service login;
    end if;
exception
    when insufficient_privilege then null;  -- somebody else's role: the operator picks the login
    when internal_error then null;  -- another database of this server does the same at this moment
end
$$;
-- So it is where the database began with version 15 or later; older ones let anybody make tables.
revoke create on schema public from public;

-- ---------------------------------------------------------------- which key fits

-- A digest under the key that informants are sealed with: it tells whether a key is the right one,
-- and nothing about the key. One row, for ever.
create table key_fingerprint (
    only_row boolean primary key default true check (only_row),
    fingerprint bytea not null,
    adopted_at timestamptz not null default now()
);
grant select, insert on key_fingerprint to wildlife_service;
