-- Who may fetch originals by their role, and who because an administrator said so: what a role gave
-- ends with it.
alter table account alter column sees_originals drop not null;
alter table account alter column sees_originals drop default;
update account a set sees_originals = null
where sees_originals = exists (
    select from appointment p where p.account_id = a.account_id and p.role = 'officer');
