"""What an upload is to become: a photo of an incident."""

from hashlib import sha256
from secrets import token_bytes
from typing import Final
from uuid import UUID

import msgspec

from media.shared_uploads import SharedUploads
from media.store import Store
from media.upload_state import Limits, Upload
from media.uploads import Uploads
from wildlife.people.accounts import Actor
from wildlife.settings import Settings
from wildlife.timeline.photo import Said


class UploadNote(msgspec.Struct, frozen=True):
    """What is kept with the bytes until they are whole; whose they are is the upload's owner."""

    said: Said
    sha256: str | None
    """What the phone says that they hash to."""
    metadata: str
    """`Upload-Metadata` as it was sent."""


def upload_of(actor: Actor, length: int, note: UploadNote) -> Upload:
    """The upload of this photo. The same photo of the same actor has the same id each time: who
    lost the answer, or the phone, begins again and goes on.

    Where nobody says what it hashes to, it may be another picture each time: each has an id of its
    own, of which the first half tells the photo.
    """
    said = note.said
    content = (actor.account_id, said.incident_id, said.photo_id, length, note.sha256)
    digest = sha256(msgspec.json.encode(content)).digest()
    upload_id = UUID(bytes=digest[:16] if note.sha256 else digest[:8] + token_bytes(8))
    return Upload(actor.account_id, upload_id, length, msgspec.json.encode(note))


class UnreadableNote(Exception):
    """What an upload was begun with says nothing to this version of the service."""


def read_note(upload: Upload) -> UploadNote:
    """The note that an upload was begun with. Raises UnreadableNote."""
    try:
        return msgspec.json.decode(upload.note, type=UploadNote)
    except msgspec.DecodeError as error:
        raise UnreadableNote(str(error)) from None


# A phone sends a few photos at a time, and begins anew what it had begun. A hundred is a long day
# without signal; of thousands, each new one would look through all before it.
MOST_UNFINISHED: Final = 100

# A phone that was switched off for a holiday still learns that its photo is held.
_FINISHED_S: Final = 28 * 24 * 3600


def open_uploads(settings: Settings, store: Store) -> Uploads:
    """The uploads of the data folder; where several servers may share the store, by way of that
    those of the others, too."""
    limits = Limits(
        most=MOST_UNFINISHED,
        quota_bytes=settings.upload_quota_bytes,
        expiry_s=settings.upload_expiry_s,
        finished_s=_FINISHED_S,
    )
    if settings.media_url is None:
        return Uploads(settings.media_dir, limits)
    return SharedUploads(settings.media_dir, limits, store)
