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
        number, count = self.named(body["animal"]), body.get("count")
        if number is None:
            return False
        group, in_care = self.groups[number], self.of(number)
        if body["type"] == "identification":
            group.species, group.identified_at = body["species_id"], body["happened_at"]
            return True
        if body["type"] == "return":
            return self._take_back(number, body)
        if body["type"] in ("assessment", "care") and not in_care and self._are_dead(number):
            return True  # of the carcass
        if not in_care or (count or 0) > len(in_care):
            return False
        match body["type"]:
            case "assessment":
                group.condition = body["condition"]
            case "split":
                assert said.number is not None
                if count == sum(one.number == number for one in self.heads):
                    return False
                self.groups[said.number] = replace(group, entry_id=body["id"])
                for one in in_care[:count]:
                    one.number = said.number
            case kind if kind in ENDS:
                for one in in_care[:count]:
                    one.went_by = body["id"]
                self.went[body["id"]] = number, ENDS[kind], count or len(in_care)
                if kind == "death" and self._are_dead(number):
                    group.condition = "dead"
        return True

    def _are_dead(self, number: int) -> bool:
        ways = {one.went_by for one in self.heads if one.number == number}
        return all(one and self.went[one][1] == "died_in_care" for one in ways)

    def _take_back(self, number: int, body: Body) -> bool:
        """From the last that can give any back, if the entry does not say from whom."""
        count, from_ = body.get("count"), body.get("entry_id")
        for entry, (_, outcome, _) in reversed(self.went.items()):
            if away := self.of(number, entry):
                if outcome == "died_in_care" or from_ not in (None, entry):
                    continue
                if (count or 0) > len(away):
                    return False
                for one in away[:count]:
                    one.went_by = None
                return True
        return False

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
            (let_go["entry_id"], let_go["count"], let_go["returned"])
            for one in animals
            for let_go in one["releases"]
        ),
        "road": road and (road["state"], road["passability"]),
        "duplicates": sorted(one["id"] for one in shown["duplicates"]),
    }
