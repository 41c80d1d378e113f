"""Where the animals of these tests were, and where they are told to have been."""

from tests.users import Person, identification

POINT = [117.542, 43.318]
CELL = [117.55, 43.35]

WOLF, CORMORANT = "canis_lupus", "phalacrocorax_carbo"


async def identified(officer: Person, incident: str, species: str, day: int = 30) -> str:
    said = identification(species, happened_at=f"2024-07-{day}T10:00:00+08:00")
    await officer.appended(incident, said)
    return str(said["id"])


async def told(person: Person, incident: str) -> list[float]:
    """Where an incident is told to be, on which all that tells of it agrees."""
    shown = await person.read(f"/incidents/{incident}")
    [listed] = [one for one in (await person.read("/incidents"))["items"] if one["id"] == incident]
    animals = (await person.read("/animals"))["items"]
    [animal] = [one for one in animals if one["incident_id"] == incident]
    opening = (await person.read(f"/incidents/{incident}/entries"))["items"][0]
    here = [shown["place"]["wgs84"][name] for name in ("longitude", "latitude")]
    for one in (listed, animal, opening["body"]["place"]["point"]):
        assert [one["longitude"], one["latitude"]] == here
    hides = here == CELL
    for one in (shown, listed, animal):
        assert one["generalized"] == hides
    assert opening.get("generalized", False) == hides
    assert (shown["summary"] is None) == (shown["place"]["description"] is None) == hides
    assert (shown["digest"] is None) == (opening["digest"] is None) == hides
    assert (listed["coordinate_uncertainty_m"] is None) == (not hides)
    return here
