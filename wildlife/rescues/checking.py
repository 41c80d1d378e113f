"""What a body said of a rescue must be, as far as its animals tell. Pure."""

from collections.abc import Iterator
from typing import Final

from wildlife.rescues.animal import AnimalState
from wildlife.rescues.checking_marks import marks_in_use, unfit_marks
from wildlife.rescues.ends import Release
from wildlife.rescues.incident import RescueIncident, find, numbers_of, shown_by
from wildlife.rescues.numbers import OfAnimal
from wildlife.rescues.steps import steps_of
from wildlife.timeline.entry import Entry, Opening, Photo
from wildlife.timeline.rules import nowhere
from wildlife.web.near import Choice
from wildlife.web.problems import FieldError, Problem
from wildlife.web.readable import as_far_as_known
from wildlife.words.sentences import Sentence

_BY_WHOM: Final = Sentence(
    "Say who let it go: the officers by their badges (`officers`), or the unit (`unit`) where"
    " people without a badge did.",
    "请填写由谁放归：民警填写警号（`officers`）；由无警号人员放归的，填写放归单位（`unit`）。",
)


def check(body: Opening | Entry, incident: RescueIncident) -> Iterator[Problem]:
    """invalid_value, missing_field, unknown_animal, impossible_step, mark_in_use."""
    rules = [unfit_marks(body), _of_animals(body, incident)]
    if isinstance(body, Release):
        rules = [nowhere("site", body.site), _by_nobody(body), *rules]
    yield from as_far_as_known(*rules)


def _by_nobody(entry: Release) -> Iterator[Problem]:
    if not entry.officers and entry.unit is None:
        yield Problem("missing_field", FieldError("officers", said=_BY_WHOM))


def _of_animals(body: Opening | Entry, incident: RescueIncident) -> Iterator[Problem]:
    """What the animals tell that the incident has."""
    if isinstance(body, Photo) and not is_there(body.about, incident):
        numbers = [animal.number for animal in incident.animals]
        known = tuple(Choice(f"animal:{number}", f"{number} 号动物") for number in numbers)
        yield Problem("unknown_animal", FieldError("about", body.about, choices=known))
    named = body.animal if isinstance(body, OfAnimal) else body.id
    animal = find(incident, named)
    if isinstance(body, OfAnimal) and animal is None:
        yield Problem("unknown_animal", FieldError("animal", str(named), numbers_of(incident)))
        return  # whether it bears what others do, nobody can tell
    if isinstance(body, Release) and animal is not None:
        yield from _let_go_though_alien(body, animal)
    yield from marks_in_use(body, animal, incident.animals)


def is_there(about: str | None, incident: RescueIncident) -> bool:
    """Whether there is the animal that a photo shows, where it shows one."""
    named = shown_by(about)
    return named is None or find(incident, named) is not None


def _let_go_though_alien(entry: Release, animal: AnimalState) -> Iterator[Problem]:
    """No alien is let go; what was found out to be one later is shown."""
    species = animal.species
    if species is None or not species.alien or species.identified_at > entry.happened_at:
        return
    name = species.chinese_name
    yield Problem(
        "impossible_step",
        FieldError("animal", str(entry.animal)),
        reason=Sentence(
            f"{name} is an alien species, which is never released (Wildlife Protection Law,"
            " Art. 40); transfer it instead.",
            f"{name}为外来物种，不得放归（野生动物保护法第四十条第二款）；请移交。",
        ),
        possible=steps_of(animal),
    )
