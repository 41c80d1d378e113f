-- Where a photo was taken, as the phone says it beside the photo: browsers strip what is in it.

alter table photo add column taken_place jsonb;
