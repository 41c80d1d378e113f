"""What may be said of an animal as it is now, and why not. Pure."""

from typing import get_args

from wildlife.rescues.animal import DEAD, KEPT, AnimalState, Settled, is_dead, is_kept
from wildlife.rescues.entries import (
    Addition,
    AgencyOpinion,
    AnimalEntry,
    Assessment,
    Care,
    Death,
    DiseaseReport,
    Identification,
    Marking,
    NoRescueNeeded,
    Release,
    Return,
    Split,
    Treatment,
)
from wildlife.timeline.entry import ALWAYS, Impossible, tag


def steps_of(*animals: AnimalState) -> list[str]:
    """The types of entries that are possible of any of these animals, and of their incident."""
    own = [
        tag(entry)
        for entry in get_args(AnimalEntry)
        if any(_is_possible(entry, animal) for animal in animals)
    ]
    return [*own, tag(Addition), *ALWAYS]


def may_follow(entry: type[AnimalEntry], end: Settled) -> bool:
    """Whether some of those that went by `end` can come to what `entry` says without being taken
    back first: whoever keeps an animal goes on telling what becomes of it, and of one that is free
    it is told that it was found dead."""
    if end.left == 0 or end.outcome in DEAD:
        return False
    return entry is Death or (end.outcome in KEPT and entry is not NoRescueNeeded)


def may_return(end: Settled) -> bool:
    """Whether some of those that went by `end` can come back."""
    return end.left > 0 and end.outcome not in DEAD


def _is_possible(entry: type[AnimalEntry], animal: AnimalState) -> bool:
    is_there = animal.remaining > 0 or is_kept(animal)
    if entry in (Identification, Marking, DiseaseReport, AgencyOpinion):
        return True
    if entry in (Assessment, Care):
        return is_there or is_dead(animal)
    if entry is Treatment:
        return is_there
    if entry is Split:
        return animal.remaining > 0 and animal.count > 1
    if entry is Return:
        return any(may_return(end) for end in animal.settled)
    if entry is Release and (animal.species is None or animal.species.alien):
        return False
    return animal.remaining > 0 or any(may_follow(entry, end) for end in animal.settled)


def is_gone(animal: AnimalState) -> Impossible:
    """Why nothing more can be done with an animal of which nothing is in care."""
    if is_dead(animal):
        return Impossible(
            f"Animal {animal.number} is dead. What was found at it goes into an assessment or care;"
            " what was done with it, into a correction of its death.",
            f"{animal.number} 号动物已死亡。检验、检疫情况请登记检查或照料；"
            "处置情况请更正死亡记录。",
            steps_of(animal),
        )
    ended = animal.outcome
    return Impossible(
        f"Nothing of animal {animal.number} is in care any more"
        f" ({ended.en if ended else 'several outcomes'}). If it is back, record its return first.",
        f"{animal.number} 号动物已不在救护中（{ended.zh if ended else '已分别处置'}）。"
        "如已收回，请先记录收回。",
        steps_of(animal),
    )
