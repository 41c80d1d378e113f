"""Records in which all that can be said is said, some of it more than once."""

from copy import deepcopy
from typing import Any, Final
from uuid import uuid4

from PIL import Image

from tests.bodies import full_entries, full_hazard
from tests.hiding.world import hidden_rescue
from tests.pictures import encoded, noise
from tests.users import Person, entry, rescue

PLACE: Final = "三道沟"
"""What stands in every text of the full rescue that people write."""

_OF_ROADS: Final = (
    *("secured", "notified", "road_update", "clearing", "cleared", "reopened", "handed_over"),
    *("note", "told", "informant"),
)


async def full_rescue_of(officer: Person) -> str:
    """A rescue with an entry of each type, and an amendment and a void."""
    held = await hidden_rescue(officer, "phalacrocorax_carbo", PLACE)
    return held.id


async def full_hazard_of(officer: Person) -> str:
    """A road hazard with an entry of each type that one may have, but that there was none."""
    incident = await officer.opened(full_hazard() | {"source": "report"})
    bodies = {one["type"]: one for one in full_entries()}
    for minute, type_ in enumerate(_OF_ROADS):
        at = f"2024-08-04T11:{minute:02}:00+08:00"
        said: dict[str, Any] = deepcopy(bodies[type_])
        said |= {"id": str(uuid4()), "happened_at": at, "recorded_at": at}
        await officer.appended(incident, said)
    for about in ("before", "after", "document"):
        picture = encoded(noise(60, 40))
        answer = await officer.put_photo(incident, picture, about=about, caption=f"照片：{about}")
        assert answer.status_code == 201
    return incident


ODD: Final = "䴙䴘𩷶<b>&amp;\"'</b>{{ 7 * 7 }}"
"""Characters beyond the common ones, and such as mean something to HTML and to templates."""


async def big_rescue_of(officer: Person, *, entries: int = 200, photos: int = 30) -> str:
    """A rescue of which a lot was said: long, and in odd characters."""
    animal = {"reported_as": ODD, "count": 3}
    incident = await officer.opened(rescue(animals=[animal], summary=f"{ODD}\n" + "长" * 3900))
    for number in range(entries):
        at = f"2024-07-{30 + number // 100}T{10 + number // 60 % 3}:{number % 60:02}:00+08:00"
        said = f"第 {number} 次投喂，{ODD}" if number % 50 else "喂" * 4000
        await officer.appended(incident, entry("care", at, animal=1, feeding=said))
    for number in range(photos):
        picture = encoded(Image.new("RGB", (400, 300), (number * 8, 90, 120)))
        answer = await officer.put_photo(incident, picture, caption=f"{ODD}，第 {number} 张")
        assert answer.status_code == 201
    return incident
