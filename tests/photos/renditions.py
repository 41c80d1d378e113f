"""When the renditions of a photo are made."""

from typing import Any

from tests.serving import until
from tests.users import Person


async def settled(phone: Person, incident: str) -> list[dict[str, Any]]:
    """The photos of an incident once none of them waits."""

    async def all_settled() -> list[dict[str, Any]] | None:
        photos: list[dict[str, Any]] = (await phone.read(f"/incidents/{incident}/photos"))["items"]
        return None if any(photo["renditions"] == "pending" for photo in photos) else photos

    return await until(all_settled)
