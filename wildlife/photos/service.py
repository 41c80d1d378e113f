"""What keeping photos takes."""

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from media.spool import Spool
from media.uploads import Uploads
from wildlife.photos.darkroom import Darkroom
from wildlife.timeline.service import TimelineService


class PhotoService(TimelineService, frozen=True, kw_only=True):
    """The service, with where photos come in and are developed."""

    spool: Spool
    uploads: Uploads
    darkroom: Darkroom


FromPhotoService: TypeAlias = NamedDependency[SkipValidation[PhotoService]]
