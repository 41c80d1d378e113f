-- By which body somebody was named and erased: the same one, sent again, names nobody any more.
alter table refused_body add column informant_erased_at timestamptz;
grant update (informant_erased_at) on refused_body to wildlife_service;
-- Which of those that name nobody once did is sealed: all are taken for such that were kept before.
update refused_body r set informant_erased_at = f.erased_at
from (select incident_id, max(erased_at) as erased_at from informant group by incident_id) f
where f.incident_id = r.incident_id and r.sealed_informant is null and r.received_at <= f.erased_at;
