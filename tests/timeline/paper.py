"""An incident on paper: what becomes of it with each entry.

An animal is a head, which has a number and is in care or went by some entry; so heads can't be lost
or made.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from tests.hazards.roads import Road

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
    split_from: int | None = None
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
    supposed: list[str] = field(default_factory=list)
    """What counts with what it supposes, by what came late."""
    holders: list[tuple[tuple[str, str], str]] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    groups: dict[int, Group] = field(default_factory=dict)
    went: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    """By what entries heads went: of which number, what became of them, how many they were."""
    ends: Counter[tuple[int, str]] = field(default_factory=Counter)
    """How many of a number have each end, wherever they are now."""
    moved: Counter[tuple[int, str]] = field(default_factory=Counter)
    """How many of them went on by a later one, without being back in between."""
    back: set[tuple[int, str]] = field(default_factory=set)
    """Of which number some came back when."""
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
        if not in_care and not KEPT_BY & {*self.outcomes(number)}:
            return False
        if kind == "assessment":
            group.condition = body["condition"]
        return kind != "split" or self._split(number, said, body)

    def _split(self, number: int, said: Said, body: Body) -> bool:
        """They go by themselves from where they are: in care, or with who keeps them."""
        assert said.number is not None
        count, from_, there = body["count"], body.get("entry_id"), self.of(number)
        if from_ is not None or not there:
            kept = [entry for entry, (_, outcome, _) in self.went.items() if outcome in KEPT_BY]
            ways = [one for one in kept if from_ in (None, one) and self.of(number, one)]
            there = self.of(number, ways[0]) if len(ways) == 1 else []
        if count > len(there) or count == sum(one.number == number for one in self.heads):
            return False
        self.groups[said.number] = replace(
            self.groups[number], entry_id=body["id"], split_from=number
        )
        for one in there[:count]:
            one.number = said.number
        if there[0].went_by is not None:
            self.ends[number, there[0].went_by] -= count
            self.ends[said.number, there[0].went_by] = count
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
            self.moved[number, from_] += len(going)
            before = self.went[from_][1]
            if kind == "death" and before not in KEPT_BY:
                outcome = "found_dead"
            self.went_on[before, outcome] += len(going)
        self.went[body["id"]] = number, outcome, len(going)
        self.ends[number, body["id"]] = len(going)
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
        self.back.add((number, body["happened_at"]))
        return True

    # ------------------------------------------------------------ what it supposes

    def suppose(self, said: Said, body: Body) -> bool:
        """Write down what can't be by what came late, with what it supposes; whether it can."""
        number = self.named(body.get("animal", 0))
        if number is None or self.closing is not None:
            return False
        named, there = body.get("entry_id"), number
        while named and not self.ends[there, named]:
            if (whole := self.groups[there].split_from) is None:
                return False  # it rests on what is not there any more
            there = whole
        body = {**body, "entry_id": None}
        went = self.ends[there, named] - self.moved[there, named] if named else 0
        by_that = (went or self.ends[there, named]) if named else None
        kind, in_care, away = body["type"], self.of(number), self._away(number)
        if kind == "return":
            return self._return_supposing(number, body, by_that)
        if kind in ENDS:
            return self._end_supposing(number, body, by_that)
        if kind == "split" and body["count"] < sum(one.number == number for one in self.heads):
            lacking = body["count"] - len(in_care)
            if lacking <= 0:
                return self._tell_of_animal(said, body)
            kept = [one.went_by for one in away if self.went[one.went_by or ""][1] in KEPT_BY]
            for entry in reversed(kept):
                if len(self.of(number, entry)) >= body["count"]:
                    return self._split(number, said, {**body, "entry_id": entry})
        elif kind in ("assessment", "care", "treatment") and away and not in_care:
            lacking = len(self.of(number, away[-1].went_by))
        else:
            return False
        return self._had_come_back(away, lacking) and self._tell_of_animal(said, body)

    def _return_supposing(self, number: int, body: Body, by_that: int | None) -> bool:
        """Any of those away are back; or some that were back had gone again, and are back."""
        count, away = body.get("count"), len(self._away(number))
        if by_that and away >= (count or 1):
            return self._take_back(number, {**body, "count": count or min(by_that, away)})
        if (number, body["happened_at"]) in self.back:
            return False  # two at one time are rather one thing
        back, whole = self._came_back(number), self.groups[number].split_from
        while not back and whole is not None:
            back, whole = self._came_back(whole), self.groups[whole].split_from
            back = dict([*back.items()][-1:])
        once = min(sum(back.values()) if count else [0, *back.values()][-1], len(self.of(number)))
        if not 0 < (count - away if count else once) <= once:
            return False
        for entry in back:
            self.ends[number, entry] = self.ends[number, entry] or once
        self.back.add((number, body["happened_at"]))
        return not away or self._take_back(number, {**body, "count": away})

    def _came_back(self, number: int) -> dict[str, int]:
        """How many are not away any more by which entries, nor went on by others."""
        gone = {
            entry: self.moved[number, entry] + len(self.of(number, entry)) for entry in self.went
        }
        back = {entry: self.ends[number, entry] - gone[entry] for entry in self.went}
        return {entry: count for entry, count in back.items() if count > 0}

    def _end_supposing(self, number: int, body: Body, by_that: int | None) -> bool:
        """They are in care; or went by the last way that can be meant; or some had come back."""
        in_care = self.of(number)
        # The same said twice is rather one thing.
        same = [entry for entry in self.went if self._is_the_same(body, entry)]
        others = [one for one in self._away(number) if one.went_by not in same]
        count: int | None = body.get("count")
        if by_that and not count:
            count = min(by_that, len(in_care) + len(others)) or None
        known = {**body, "count": count}
        if not 0 < (count or 0) <= len(in_care):
            ways = self._ways_on(number, body["type"]) if not in_care else []
            for entry in reversed(ways):
                if entry not in same and len(self.of(number, entry)) >= (count or 1):
                    return self._end(number, {**known, "entry_id": entry})
            if not self._had_come_back(others, (count or len(others)) - len(in_care)):
                return False
        return self._end(number, known)

    def _is_the_same(self, body: Body, entry: str) -> bool:
        """Who keeps them is said, and another keeper is another one."""
        return self.went[entry][1] == ENDS[body["type"]] and all(
            self.bodies[entry].get(name) == body.get(name) for name in ("recipient", "keeper")
        )

    def _away(self, number: int) -> list[Head]:
        ends = [entry for entry, (_, outcome, _) in self.went.items() if outcome not in DEAD]
        return [head for entry in ends for head in self.of(number, entry)]

    def _had_come_back(self, away: list[Head], lacking: int) -> bool:
        if not 0 < lacking <= len(away):
            return False
        for one in away[-lacking:]:
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
