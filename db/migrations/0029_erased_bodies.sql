-- By which body somebody was named and erased: the same one, sent again, names nobody any more.
alter table refused_body add column informant_erased_at timestamptz;
grant update (informant_erased_at) on refused_body to wildlife_service;
