-- Renditions: why there are none, and what is tried again.

-- As `renditions` itself, these columns do not follow from the timeline.
-- Why a photo can't be shown, or not yet.
alter table photo add column renditions_reason text;
-- What went wrong and says nothing of the file is tried again, each time after a longer while.
alter table photo add column renditions_attempts int;
alter table photo add column renditions_after timestamptz;
-- Whether the renditions show only part of the picture: the file is cut off or damaged.
alter table photo add column incomplete boolean;

drop index photo_to_render;
create index photo_to_render on photo (renditions_after nulls first, received_at)
where renditions is null;

-- What was given up says no reason, and much of it can be shown by now.
update photo set renditions = null where renditions <> 'made';
