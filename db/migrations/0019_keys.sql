-- Keys are changed while the service runs: what is sealed says with which key.

alter table informant add column sealed_by bytea not null default '';
alter table refused_body add column sealed_by bytea not null default '';
update informant set sealed_by = fingerprint from key_fingerprint;
update refused_body set sealed_by = fingerprint from key_fingerprint;

-- While that lasts the database remembers two.

alter table key_fingerprint drop constraint key_fingerprint_pkey;
alter table key_fingerprint drop column only_row;
alter table key_fingerprint add primary key (fingerprint);
