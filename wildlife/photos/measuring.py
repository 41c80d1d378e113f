"""What is true of the service as a whole, for whoever watches over it: looked up at a glance."""

import time
from contextlib import suppress
from pathlib import Path

from anyio import to_thread

from media.files import free_bytes
from wildlife.photos.rendition_queries import count_photos_to_render
from wildlife.photos.service import PhotoService
from wildlife.web.metrics import Values, at_a_glance


async def measure(service: PhotoService) -> Values:
    """By the names of `wildlife.web.metrics.MEASURED`; whether it is ready, it finds out itself."""
    waiting = await at_a_glance(service.database, count_photos_to_render)
    uploads: int | None = None
    silent_s: float | None = None
    on_disk: Values = {}
    with suppress(OSError):  # whoever asks is told of all else where a disk is gone
        uploads, touched_at = await service.uploads.at_a_glance()
        silent_s = max(0, time.time() - touched_at) if touched_at else 0
        on_disk = await to_thread.run_sync(_on_disk, service)
    replica = service.database.standing()
    return {
        "wildlife_database_up": waiting is not None,
        "wildlife_replica_used": replica and replica.state == "used",
        "wildlife_renditions_waiting": waiting.count if waiting else None,
        "wildlife_renditions_oldest_waiting_seconds": waiting.oldest_s or 0 if waiting else None,
        "wildlife_uploads_open": uploads,
        "wildlife_uploads_oldest_open_seconds": silent_s,
        **on_disk,
    }


def _on_disk(service: PhotoService) -> Values:
    settings, flaws = service.settings, None
    with suppress(OSError, ValueError):
        flaws = int(settings.verified_mark.read_text())
    return {
        "wildlife_disk_free_bytes": free_bytes(settings.media_dir),
        "wildlife_last_verify_timestamp_seconds": _made_at(settings.verified_mark),
        "wildlife_last_verify_flaws": flaws,
        "wildlife_last_backup_timestamp_seconds": _made_at(settings.backup_mark),
    }


def _made_at(mark: Path) -> float | None:
    """None where there is no such mark."""
    with suppress(OSError):
        return mark.stat().st_mtime
    return None
