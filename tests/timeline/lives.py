"""Incidents as they would be kept on paper: what `test_lives.py` holds the service against.

It knows what bodies say, and none of the service's code. Everything is gone through again from the
opening with every entry: what counts is as amended, in the order in which things happened.
"""

from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from tests.hazards.roads import Road
from tests.timeline.paper import ENDS, Body, Group, Paper, Said, moment

Lives: TypeAlias = dict[str, "Life"]

ALIENS = {"pavo_cristatus"}
NO_SPECIES = "nobody"
# Of what happened in one moment: what counts before the rest, and what after it.
_WEIGHTS = dict.fromkeys(ENDS, 1) | {
    "addition": -3,
    "split": -2,
    "assessment": -1,
    "cleared": 1,
    "false_report": 1,
    "secured": 5,
    "notified": 5,
    "clearing": 5,
    "road_update": 5,
    "handed_over": 6,
    "return": -1,
    "handover": 6,
    "closing": 9,
}


@dataclass
class Life:
    """An incident: what was said of it, in the order in which it came."""

    opening: Body
    station: str
    entries: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.paper = self.played(self.entries)

    @property
    def id(self) -> str:
        return str(self.opening["id"])

    @property
    def kind(self) -> str:
        return str(self.opening["kind"])

    @property
    def parts(self) -> set[str]:
        """The stations that were ever responsible, or said something of it."""
        return {one for _, one in self.paper.holders} | {one.station for one in self.entries}

    @property
    def duplicate_of(self) -> str | None:
        closing = self.paper.closing
        return closing.get("duplicate_of") if closing else None

    def said(self, entry_id: str) -> Said | None:
        return next((one for one in self.entries if one.body["id"] == entry_id), None)

    def with_(self, body: Body, station: str) -> Said:
        """The entry, with a number that nothing ever had where it needs one."""
        if body["type"] not in ("addition", "split"):
            return Said(body, station)
        given = [one.number for one in self.entries if one.number]
        return Said(body, station, max([*given, *self.paper.groups], default=0) + 1)

    def played(self, entries: list[Said]) -> Paper:
        """What all of these come to; those that can't be change nothing, and are named."""
        opening, bodies = corrected(self.opening, entries)
        left_out: set[str] = set()
        while True:
            paper = self._begun(opening, bodies)
            paper.impossible += left_out
            standing = bodies.keys() - left_out
            sayings = [
                replace(one, body=bodies[one.body["id"]])
                for one in entries
                if one.body["id"] in standing
            ]
            tell_in_turn(sayings, paper)
            if not (unfit := paper.unfit()):
                return paper
            left_out |= unfit

    def _begun(self, opening: Body, bodies: dict[str, Body]) -> Paper:
        paper = Paper(opening, bodies, holders=[(("", ""), self.station)])
        if self.kind == "road_hazard":
            paper.road = Road(opening["hazard"]["passability"])
        for number, animal in enumerate(opening.get("animals", []), start=1):
            paper.add(number, animal["count"], Group())
        return paper

    # ------------------------------------------------------------ what is answered

    def take(self, body: Body, station: str) -> None:
        said = self.with_(body, station)
        self.paper = self.played([*self.entries, said])
        self.entries.append(said)

    def refused(self, body: Body, station: str, lives: Lives) -> str | None:
        """The code with which a station's new entry is refused; None where it is taken."""
        if station not in self.parts:
            return "not_found"
        if code := self._misnamed(body, self.paper) or self._without_target(body):
            return code
        after = self.played([*self.entries, self.with_(body, station)])
        if body["type"] == "amendment" and (target := body["entry_id"]) != self.id:
            if target not in after.bodies:
                return "impossible_step"  # it is voided
            if code := self._misnamed(after.bodies[target], after):
                return code
        if body["type"] == "void" and any(
            self._misnamed(now, after)
            for entry_id, now in after.bodies.items()
            if now != self.paper.bodies.get(entry_id, now)
        ):
            return "impossible_step"  # an earlier correction would count again
        if body.get("changes", body).get("species_id") == NO_SPECIES:
            return "unknown_species"
        if station != self.paper.holder and not self._may_file(body, station, after):
            return "no_longer_responsible"
        # What is corrected is held to what it says now.
        anew = {body["id"]} | ({body["entry_id"]} if body["type"] == "amendment" else set())
        stood = {*self.paper.lapsed, *self.paper.supposed}
        if after.impossible or anew & {*after.lapsed, *after.supposed} - stood:
            return "impossible_step"
        return self._leads_back(after, station, lives)

    def _misnamed(self, body: Body, paper: Paper) -> str | None:
        """Whether it names what is not there, or lets an alien go."""
        original = body.get("duplicate_of")
        if body["type"] == "closing" and body.get("reason") == "duplicate":
            return {None: "missing_field", self.id: "unknown_incident"}.get(original)
        if original is not None:
            return "not_a_duplicate"
        if "animal" not in body:
            return None
        if (number := paper.named(body["animal"])) is None:
            return "unknown_animal"
        group = paper.groups[number]
        let_go = body["type"] == "release" and body["id"] not in paper.went
        known = group.species in ALIENS and group.identified_at <= body["happened_at"]
        return "impossible_step" if let_go and known else None

    def _without_target(self, body: Body) -> str | None:
        if body["type"] not in ("amendment", "void"):
            return None
        is_void = body["type"] == "void"
        if body["entry_id"] == self.id:
            return "invalid_value" if is_void else None
        target = self.said(body["entry_id"])
        uncorrected = ("void",) if is_void else ("void", "amendment")
        if target is None or target.body["type"] in uncorrected:
            return "unknown_entry"
        moved = not is_void and "happened_at" in body["changes"]
        return "invalid_value" if moved and target.body["type"] == "handover" else None

    def _may_file(self, body: Body, station: str, after: Paper) -> bool:
        """Whether it is for a station to say that is not responsible now."""
        target = self.said(body.get("entry_id", ""))
        match body["type"]:
            case "note":
                return True
            case "handover":
                return False
            case "void":
                return target is not None and self._is_taken_back(target, station)
            case "amendment":
                if target is None or target.station != station:
                    return False
                return self._may_file(after.bodies[target.body["id"]], station, after)
        return self.paper.holder_at(moment(body)) == station

    def _is_taken_back(self, handover: Said, station: str) -> bool:
        """By who made it, while the receiver has said nothing."""
        if handover.body["type"] != "handover" or handover.station != station:
            return False
        later = self.entries[self.entries.index(handover) + 1 :]
        return all(one.station != handover.body["station"] for one in later)

    def _leads_back(self, after: Paper, station: str, lives: Lives) -> str | None:
        """Whether what it is a duplicate of now is strange to the station, or one of it."""
        original = after.closing and after.closing.get("duplicate_of")
        if original is None or original == self.duplicate_of:
            return None
        if original not in lives or station not in lives[original].parts:
            return "unknown_incident"
        step: str | None = original
        while step is not None:
            step = lives[step].duplicate_of
            if step == self.id:
                return "impossible_step"
        return None


def tell_in_turn(sayings: list[Said], paper: Paper) -> None:
    """In the order in which things happened; of one moment, whatever can be first."""
    waiting = sorted(sayings, key=_order)
    while waiting:
        now = [one for one in waiting if moment(one.body) == moment(waiting[0].body)]
        told = next((one for one in now if paper.tell(one, one.body)), None)
        if told is None:
            told = next((one for one in now if paper.suppose(one, one.body)), None)
            (paper.impossible if told is None else paper.supposed).append(
                (told or now[0]).body["id"]
            )
            told = told or now[0]
        waiting = [one for one in waiting if one is not told]


def _order(said: Said) -> tuple[str, str, int, str]:
    body = said.body
    weight = _WEIGHTS.get(body["type"], 0)
    if body["type"] in ENDS or body["type"] == "return":
        weight += body.get("count") is None  # all that are left
    if body["type"] == "handover":
        weight += body["station"] != said.station
    if body["type"] == "reopened" or (body["type"] == "road_update" and "passability" in body):
        weight = {"open": 2, "blocked": 4}.get(body.get("passability", "open"), 3)
    return *moment(body), weight, body["id"]


def corrected(opening: Body, entries: list[Said]) -> tuple[Body, dict[str, Body]]:
    """The opening and the entries that count, as amended."""
    voided = {one.body["entry_id"] for one in entries if one.body["type"] == "void"}
    standing = [one for one in entries if one.body["id"] not in voided]
    bodies = {opening["id"]: opening} | {one.body["id"]: one.body for one in standing}
    for one in sorted(standing, key=_order):
        if one.body["type"] == "amendment" and (target := bodies.get(one.body["entry_id"])):
            bodies[target["id"]] = merged(target, one.body["changes"])
    corrections = ("amendment", "void")
    kept = {i: body for i, body in bodies.items() if body.get("type") not in corrections}
    return kept.pop(opening["id"]), kept


def merged(body: Any, changes: Body) -> Any:
    """A merge patch; the things of a list are named by their numbers."""
    after = deepcopy(body)
    for name, value in changes.items():
        key = int(name) - 1 if isinstance(body, list) else name
        if value is None:
            after.pop(key, None)
        elif isinstance(value, dict):
            after[key] = merged(after[key], value)
        else:
            after[key] = value
    return after


def releases_of(life: Life) -> list[tuple[str, int, int, int]]:
    """By what entry, of how many, of which how many came back, and were found dead."""
    paper = life.paper
    return [
        (
            entry_id,
            count,
            count - len(paper.of(number, entry_id)) - paper.moved[number, entry_id],
            paper.moved[number, entry_id],
        )
        for entry_id, (number, outcome, count) in paper.went.items()
        if outcome == "released"
    ]


def written(life: Life) -> Body:
    """What the paper says, as `told` says it of an answer."""
    paper = life.paper
    closing = paper.closing
    found = [*paper.opening.get("animals", [])]
    found += [one["reported"] for one in paper.bodies.values() if one["type"] == "addition"]
    return {
        "state": paper.state,
        "closing": closing and (closing.get("reason", "completed"), life.duplicate_of),
        "responsible": [station for _, station in paper.holders],
        "entries": 1 + len(life.entries),
        "heads": sum(one["count"] for one in found),
        "animals": [
            (n, paper.outcomes(n), len(paper.of(n)), group.species, group.condition)
            for n, group in sorted(paper.groups.items())
        ],
        "releases": sorted(releases_of(life)),
        "road": paper.road and (paper.road.state, paper.road.passes),
    }


def listed(lives: Lives) -> dict[str, tuple[str, list[tuple[Any, ...]]]]:
    """What the lists have of these: by path the names of what is compared, and the rows."""
    papers = {i: life.paper for i, life in lives.items()}
    return {
        "/incidents": ("id state", [(i, paper.state) for i, paper in papers.items()]),
        "/hazards": (
            "incident_id state passability",
            [(i, one.road.state, one.road.passes) for i, one in papers.items() if one.road],
        ),
        "/animals": (
            "incident_id number count remaining",
            [
                (i, number, paper.outcomes(number).total(), len(paper.of(number)))
                for i, paper in papers.items()
                for number in paper.groups
            ],
        ),
        "/releases": (
            "incident_id id count returned died",
            [(i, *let_go) for i, life in lives.items() for let_go in releases_of(life)],
        ),
    }
