"""What a phone has gathered, and what it is answered."""

from hashlib import sha256
from typing import Any
from uuid import uuid4

from tests.users import Person


def opening(body: dict[str, Any]) -> dict[str, Any]:
    return {"opening": body}


def added(incident_id: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"incident_id": incident_id, "entry": body}


def declared(incident_id: str, content: bytes, **said: Any) -> dict[str, Any]:
    """That a photo with this content is on the phone."""
    photo = {
        "incident_id": incident_id,
        "photo_id": str(uuid4()),
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
    }
    return {"photo": photo | said}


async def synced(person: Person, *items: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    """The result of each."""
    answer = await person.post("/sync", {"items": items}, headers=headers)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["items"]
    assert len(results) == len(items)
    return results


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    return [one["outcome"] for one in results]
