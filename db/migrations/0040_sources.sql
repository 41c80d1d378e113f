-- How a station learnt of it, on every row that is counted by it: a million documents are not opened to
-- find that out. Where a row has none, an earlier version wrote it, and it is not known until it is
-- written again.
alter table incident add column source text;
alter table animal add column source text;
alter table release add column source text;
alter table transfer add column source text;
alter table hazard add column source text;

update incident set source = document ->> 'source';
update animal t set source = i.source
from incident i where i.incident_id = t.incident_id and i.view = t.view;
update release t set source = i.source
from incident i where i.incident_id = t.incident_id and i.view = t.view;
update transfer t set source = i.source
from incident i where i.incident_id = t.incident_id and i.view = t.view;
update hazard t set source = i.source
from incident i where i.incident_id = t.incident_id and i.view = t.view;
