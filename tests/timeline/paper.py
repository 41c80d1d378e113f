"""An incident on paper: what becomes of it with each entry.

An animal is a head, which has a number and is in care or went by some entry; so heads can't be lost
or made.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from tests.hazards.test_road_machine import Road

Body: TypeAlias = dict[str, Any]

ENDS = {
    "release": "released",
    "transfer": "transferred",
    "death": "died_in_care",
    "escape": "escaped",
    "no_rescue_needed": "no_rescue_needed",
    "long_term_care": "long_term_care",
    "allocation": "allocated",
}
# Where somebody has them, who tells what becomes of them; of those that are free, one is found.
KEPT_BY = {"transferred", "long_term_care", "allocated"}
DEAD = {"died_in_care", "found_dead"}


@dataclass
class Said:
    """An entry that was taken."""

    body: Body
    station: str
    """That of who said it."""
    number: int | None = None
    """What it gave to the animals that it added."""


@dataclass
class Head:
    """One animal."""

    number: int
    went_by: str | None = None


@dataclass
class Group:
    """What heads of one number have in common."""

    entry_id: str | None = None
    species: str | None = None
    identified_at: str = ""
    condition: str = "unknown"


@dataclass
class Paper:
    """An incident as it is after all that counts."""

    opening: Body
    bodies: dict[str, Body]
    """What counts, by id. Both are as amended."""
    closing: Body | None = None
    impossible: list[str] = field(default_factory=list)
    lapsed: list[str] = field(default_factory=list)
    """The closings that have no effect until all is settled again."""
    holders: list[tuple[tuple[str, str], str]] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    groups: dict[int, Group] = field(default_factory=dict)
    went: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    """By what entries heads went: of which number, what became of them, how many they were."""
    moved: Counter[str] = field(default_factory=Counter)
    """How many of them went on by a later one, without being back in between."""
    went_on: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The same by what became of them before and after."""
    road: Road | None = None

    @property
    def holder(self) -> str:
        return self.holders[-1][1]

    def holder_at(self, at: tuple[str, str]) -> str:
        """Who hands over has the moment."""
        return [station for since, station in self.holders if since < at][-1]

    def named(self, animal: int | str) -> int | None:
        """The number of the animal of this number, or that the entry of this id added."""
        return next((n for n, group in self.groups.items() if animal in (n, group.entry_id)), None)

    def of(self, number: int, went_by: str | None = None) -> list[Head]:
        return [one for one in self.heads if (one.number, one.went_by) == (number, went_by)]

    def outcomes(self, number: int) -> Counter[str]:
        ends = {None: "in_care"} | {entry: outcome for entry, (_, outcome, _) in self.went.items()}
        return Counter(ends[one.went_by] for one in self.heads if one.number == number)

    @property
    def is_settled(self) -> bool:
        if self.road is not None:
            return self.road.nothing or bool(self.road.done & {"reopened", "handed_over"})
        return all(one.went_by for one in self.heads)

    @property
    def state(self) -> str:
        return "closed" if self.closing else "resolved" if self.is_settled else "open"

    # ------------------------------------------------------------ what becomes of it

    def tell(self, said: Said, body: Body) -> bool:
        """Write down what an entry says; whether that could be."""
        kind = body["type"]
        if self.closing is not None and kind not in ("note", "told", "informant"):
            return False
        match kind:
            case "note" | "told" | "informant":
                return True
            case "handover":
                if said.station != self.holder:
                    return False
                self.holders.append((moment(body), body["station"]))
                return True
            case "closing":
                if body.get("reason", "completed") == "completed" and not self.is_settled:
                    self.lapsed.append(body["id"])
                else:
                    self.closing = body
                return True
            case "addition":
                assert said.number is not None
                self.add(said.number, body["reported"]["count"], Group(body["id"]))
                return True
        return self._tell_of_road(body) if self.road else self._tell_of_animal(said, body)

    def add(self, number: int, count: int, group: Group) -> None:
        self.groups[number] = group
        self.heads += [Head(number) for _ in range(count)]

    def _tell_of_road(self, body: Body) -> bool:
        assert self.road is not None
        step, passes = body["type"], body.get("passability")
        at = body["happened_at"]
        if not self.road.may(step, at):
            return False
        passes = "open" if step == "reopened" and not passes else passes
        self.road = self.road.after(step, passes, at)
        return True

    def _tell_of_animal(self, said: Said, body: Body) -> bool:
        number = self.named(body["animal"])
        if number is None:
            return False
        group, in_care = self.groups[number], self.of(number)
        kind = body["type"]
        if kind == "identification":
            group.species, group.identified_at = body["species_id"], body["happened_at"]
            return True
        if kind == "return":
            return self._take_back(number, body)
        if kind in ENDS:
            return self._end(number, body)
        if kind in ("assessment", "care") and self._are_dead(number):
            return True  # of the carcass
        if not in_care and (kind == "split" or not KEPT_BY & {*self.outcomes(number)}):
            return False
        if kind == "assessment":
            group.condition = body["condition"]
        if kind == "split":
            assert said.number is not None
            count = body["count"]
            if count > len(in_care) or count == sum(one.number == number for one in self.heads):
                return False
            self.groups[said.number] = replace(group, entry_id=body["id"])
            for one in in_care[:count]:
                one.number = said.number
        return True

    def _end(self, number: int, body: Body) -> bool:
        """They go from where they are: in care, or where they went before."""
        kind, count, from_ = body["type"], body.get("count"), body.get("entry_id")
        if from_ is None and not self.of(number):
            ways = [
                entry
                for entry in self._ways_on(number, kind)
                if self.bodies[entry]["happened_at"] < body["happened_at"]
                and self.went[entry][1] != ENDS[kind]
            ]
            if len(ways) != 1:
                return False
            [from_] = ways
        elif from_ is not None and from_ not in self._ways_on(number, kind):
            return False
        there = self.of(number, from_)
        if (count or 0) > len(there):
            return False
        going = there[:count]
        for one in going:
            one.went_by = body["id"]
        outcome = ENDS[kind]
        if from_ is not None:
            self.moved[from_] += len(going)
            before = self.went[from_][1]
            if kind == "death" and before not in KEPT_BY:
                outcome = "found_dead"
            self.went_on[before, outcome] += len(going)
        self.went[body["id"]] = number, outcome, len(going)
        if kind == "death" and self._are_dead(number):
            self.groups[number].condition = "dead"
        return True

    def _ways_on(self, number: int, kind: str) -> list[str]:
        """By what entries some went of whom it may be told that they came to this since."""
        return [
            entry
            for entry, (_, outcome, _) in self.went.items()
            if self.of(number, entry)
            and outcome not in DEAD
            and (kind == "death" or (outcome in KEPT_BY and kind != "no_rescue_needed"))
        ]

    def _are_dead(self, number: int) -> bool:
        return {*self.outcomes(number)} <= DEAD

    def _take_back(self, number: int, body: Body) -> bool:
        """From the last that can give any back, if the entry does not say from whom; and from those
        before it, where it says how many."""
        count, from_ = body.get("count"), body.get("entry_id")
        away = [
            self.of(number, entry)
            for entry, (_, outcome, _) in reversed(self.went.items())
            if outcome not in DEAD and from_ in (None, entry) and self.of(number, entry)
        ]
        if not away or (count or 0) > sum(map(len, away)):
            return False
        for one in [one for some in away for one in some][: count or len(away[0])]:
            one.went_by = None
        return True

    def unfit(self) -> set[str]:
        """The releases of what nobody has identified."""
        return {
            entry
            for entry, (number, outcome, _) in self.went.items()
            if outcome == "released" and self.groups[number].species is None
        }


def moment(body: Body) -> tuple[str, str]:
    return body["happened_at"], body["recorded_at"]


def told(shown: Body) -> Body:
    """What an answer says of all that the paper says."""
    closing, road = shown["closing"], shown.get("hazard")
    animals = shown.get("animals", [])
    holders = [*shown["responsible_before"], shown["responsible"]]
    return {
        "state": shown["state"],
        "closing": closing and (closing["reason"], closing["duplicate_of"]),
        "responsible": [one["station"]["code"] for one in holders],
        "entries": shown["entries"],
        "heads": sum(one["count"] for one in animals),
        "animals": [
            (
                one["number"],
                Counter({heads["outcome"]: heads["count"] for heads in one["outcomes"]}),
                one["remaining"],
                one["species"] and one["species"]["species_id"],
                one["condition"],
            )
            for one in animals
        ],
        "releases": sorted(
            (let_go["entry_id"], let_go["count"], let_go["returned"], let_go["died"])
            for one in animals
            for let_go in one["releases"]
        ),
        "road": road and (road["state"], road["passability"]),
        "duplicates": sorted(one["id"] for one in shown["duplicates"]),
    }
