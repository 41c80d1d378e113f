"""What is invented obeys every rule that what is sent obeys."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Final

from msgspec.structs import replace

from tests.synth.invented import ZONE, setting, stories
from wildlife.kinds import KINDS
from wildlife.settings import Settings
from wildlife.synth import phrases
from wildlife.synth.planning import pieces
from wildlife.synth.story import Story, World
from wildlife.synth.telling import recorded
from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.fold import fold
from wildlife.timeline.rules import broken

MANY: Final = 40


def test_each_entry_could_be_as_it_came_and_means_what_it_meant_then() -> None:
    for story in stories(World(setting()), MANY):
        require_possible(story)


def require_possible(story: Story) -> None:
    settings = Settings()
    opening, entries = recorded(setting(), story, "150425-20240101-001")
    after = fold(KINDS, opening, [], ZONE)
    assert [*broken(settings, after.kind, story.opening, after.incident, story.received_at)] == []
    came: list[RecordedEntry] = []
    for saying, entry in zip(story.sayings, entries, strict=True):
        said, known = saying.body, after.incident
        assert [*broken(settings, after.kind, said, known, saying.received_at)] == [], said
        after = fold(KINDS, opening, [*came, replace(entry, facts=saying.facts)], ZONE)
        assert after.refusals == [], (said, after.refusals)
        assert after.kind.meant(said, after.incident, saying.facts) == entry.facts
        came.append(entry)
    times = [story.received_at, *(one.received_at for one in story.sayings)]
    assert times == sorted(times)
    assert times[-1] <= setting().until
    assert story.received_at.date() == story.opening.found_at.date(), "as its case number says"
    ids = [story.opening.id, *(one.body.id for one in story.sayings)]
    assert len({*ids}) == len(ids)
    assert all(one.version == 7 for one in ids)


def test_a_plan_has_what_was_asked_for_on_each_of_its_days() -> None:
    chance = Random(1)
    for _ in range(30):
        begins = date(2019, 1, 1) + timedelta(days=chance.randrange(2000))
        ends = begins + timedelta(days=chance.choice((0, 1, 59, 60, 61, 400, 3000)))
        releases, hazards = chance.choice((1, 2, 700, 6000, 200_000)), chance.choice((0, 1, 5000))
        changes = [begins + timedelta(days=30), date(2021, 2, 1), date(2023, 6, 26)]
        planned = pieces(releases, hazards, begins, ends, sorted(changes))
        assert sum(one.releases for one in planned) == releases
        assert sum(one.hazards for one in planned) == hazards
        days = [one.day + timedelta(days=n) for one in planned for n in range(one.days)]
        assert days == [begins + timedelta(days=n) for n in range((ends - begins).days + 1)]
        words = Counter(word for one in planned for word in one.words)
        assert words[phrases.THRICE] == 3
        assert words[phrases.NOW_AND_THEN] == len(range(500, releases, 1000))
        for one in planned:
            held = {
                sum(change <= day for change in changes)
                for day in (one.like, one.day, one.day + timedelta(days=one.days - 1))
            }
            assert len(held) == 1, "what is protected is so on all of them"
            assert one.like.month == one.day.month
            assert one.like == one.day or not one.is_fresh
