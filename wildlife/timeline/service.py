"""What keeping timelines takes."""

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from wildlife.people.service import PeopleService
from wildlife.timeline.kind import Kinds
from wildlife.timeline.policy import Policy
from wildlife.timeline.recent import RecentTimelines


class TimelineService(PeopleService, frozen=True, kw_only=True):
    """The service, and what it knows of incidents."""

    kinds: Kinds
    policy: Policy
    recent: RecentTimelines


FromTimelineService: TypeAlias = NamedDependency[SkipValidation[TimelineService]]
