"""What gives the animals of a rescue their numbers, and what names one by its number."""

from typing import ClassVar
from uuid import UUID

from wildlife.rescues.opening import ReportedAnimal
from wildlife.timeline.entry import Appendable, Weight
from wildlife.words.sentences import Sentence
from wildlife.words.values import AnimalNumber, Count


class Addition(Appendable, frozen=True, kw_only=True, tag="addition"):
    """An animal, or several alike, found after the opening. It gets the next number, which the
    answer tells (`facts.number`); who has no answer yet names it by the id of this entry."""

    LABEL: ClassVar = Sentence("animal added", "新增动物")
    WEIGHT: ClassVar = Weight.ADDED

    reported: ReportedAnimal
    """动物情况。The animal, or several alike, as it was found."""


class OfAnimal(Appendable, frozen=True, kw_only=True):
    NEEDS: ClassVar[tuple[str, ...]] = ("animal",)
    IN_HANDS: ClassVar = True
    """Whether it is about an animal that somebody has, in care or as its keeper."""
    OF_THE_DEAD: ClassVar = False
    """Whether it may be said of a carcass, too."""

    animal: AnimalNumber | UUID
    """动物序号。Its number; or the id of the entry that added it, or split it off."""


class Split(OfAnimal, frozen=True, kw_only=True, tag="split"):
    """Of several alike, `count` go on by themselves, under the next number: of those in care, or of
    those that somebody else keeps."""

    LABEL: ClassVar = Sentence("split off", "分出")
    IN_HANDS: ClassVar = False  # it counts, and says nothing of them
    NEEDS: ClassVar = ("animal", "count", "entry_id")
    WEIGHT: ClassVar = Weight.SPLIT

    count: Count
    """分出只数。How many go on by themselves."""
    entry_id: UUID | None = None
    """前一处置记录编号。The entry by which those went that somebody else keeps; null: they are in
    care, or went by the one entry that can be meant."""
