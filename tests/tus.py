"""How a phone speaks tus 1.0.0: the headers that several tests send."""

from base64 import b64encode
from typing import Final
from uuid import uuid4

TUS: Final = {"Tus-Resumable": "1.0.0"}
PART: Final = TUS | {"Content-Type": "application/offset+octet-stream"}


def metadata(**said: str) -> str:
    """`Upload-Metadata` of these keys."""
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())


def creation(length: int, **said: str) -> dict[str, str]:
    """The headers that begin an upload of that many bytes."""
    return TUS | {"Upload-Length": str(length), "Upload-Metadata": metadata(**said)}


def any_creation(incident: str) -> dict[str, str]:
    """Those of some photo of the incident."""
    return creation(1000, incident_id=incident, photo_id=str(uuid4()))
