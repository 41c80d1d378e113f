"""Invented rescues: what is found, how it fares, and what becomes of it. Pure."""

from datetime import date, datetime
from typing import Final, NamedTuple

from wildlife.rescues.codes import (
    Attitude,
    BodyCondition,
    Cause,
    Condition,
    Confidence,
    DeathCircumstance,
    Exam,
    LifeStage,
    Origin,
    Sex,
)
from wildlife.rescues.ends import Escape, NoRescueNeeded
from wildlife.rescues.entries import Assessment, Care, Identification, Treatment
from wildlife.rescues.opening import ReportedAnimal, RescueOpening
from wildlife.synth import phrases
from wildlife.synth.chance import Chance, Weighted
from wildlife.synth.ends import dies, is_released, is_transferred
from wildlife.synth.fauna import Beast
from wildlife.synth.story import Scene, Story, World
from wildlife.timeline.chain import Facts, Receiver
from wildlife.timeline.entry import Amendment, Call, Closing, Handover, Note, Told, Void
from wildlife.words.vocabularies import Channel, Source

_SOURCES: Final = Weighted(
    {
        Source.REPORT: 62,
        Source.PATROL: 16,
        Source.HANDOVER: 12,
        Source.REFERRAL: 5,
        Source.INSTRUCTION: 5,
    }.items()
)
_CAUSES: Final = Weighted(
    {
        Cause.INJURED: 26,
        Cause.SICK: 10,
        Cause.STARVING: 8,
        Cause.TRAPPED: 16,
        Cause.LOST: 8,
        Cause.COLLISION: 7,
        Cause.WEATHER_SOAKED: 4,
        Cause.ACCIDENTAL_CAPTURE: 5,
        Cause.IN_A_HOUSE: 6,
        Cause.BITTEN: 3,
        Cause.UNKNOWN: 7,
    }.items()
)
_IN_SPRING: Final = Weighted(
    {Cause.FALLEN_NESTLING: 30, Cause.INJURED: 30, Cause.TRAPPED: 20}.items()
)
_IN_WINTER: Final = Weighted({Cause.FROST_OR_SNOW: 30, Cause.STARVING: 40, Cause.SICK: 20}.items())
_STAGES: Final = Weighted(
    {
        LifeStage.ADULT: 50,
        LifeStage.JUVENILE: 20,
        LifeStage.SUBADULT: 10,
        LifeStage.UNKNOWN: 20,
    }.items()
)
_ENDS: Final = Weighted(
    {
        "released": 66.0,
        "died": 12,
        "dead_on_arrival": 3,
        "transferred": 12,
        "not_needed": 3,
        "escaped": 1.5,
        "in_care": 2.5,
    }.items()
)
_COUNTS: Final = Weighted({1: 900.0, 2: 40, 3: 20, 5: 15, 8: 10, 12: 8, 30: 5, 120: 2}.items())
_NUMBERS: Final = Weighted({1: 920.0, 2: 60, 3: 15, 4: 5}.items())

_DAY: Final = 24 * 60.0


def rescue(
    world: World, chance: Chance, day: date, until: datetime, word: str | None = None
) -> Story:
    """A rescue that is found on this day.

    until: when all of it is over. word: what its report is to say; it ends with a release then, if
    there is time for one.
    """
    scene = Scene(world, chance, day, until)
    beasts = [world.animals.drawn(chance) for _ in range(_NUMBERS.drawn(chance))]
    animals = [_reported(chance, one, day) for one in beasts]
    at = phrases.place(chance)
    source = _SOURCES.drawn(chance)
    went = scene.others(2) if chance.happens(0.5) else []
    names_somebody = source is Source.REPORT and chance.happens(0.85)
    opening = RescueOpening(
        id=scene.id,
        source=source,
        found_at=scene.found_at,
        recorded_at=scene.recorded_at,
        place=scene.place(at, is_told_by_region=chance.happens(0.95)),
        summary=phrases.summary(
            chance, at, animals[0].reported_as or "动物", animals[0].count, word
        )
        if word or chance.happens(0.98)
        else None,
        call=_call(chance, scene) if source is Source.REPORT else None,
        officers=[one.badge for one in went],
        receipt_number=f"JS{chance.randrange(10**6):06}" if source is Source.HANDOVER else None,
        animals=animals,
    )
    facts = Facts(
        informant_digest=chance.digest() if names_somebody else None,
        station_region=scene.station.region_code,
        officers=went or None,
    )
    if chance.happens(0.75):
        scene.photos(5, caption=f"{at}现场", about="animal:1" if chance.happens(0.7) else "site")
    lives = [
        _lives(scene, number, beast, animal, "released" if word else _ENDS.drawn(chance))
        for number, (beast, animal) in enumerate(zip(beasts, animals, strict=True), start=1)
    ]
    last = max(one.over for one in lives)
    _is_kept(scene, opening, last)
    if all(one.is_settled for one in lives) and chance.happens(0.75):
        scene.say(Closing, last + 3 * _DAY)
    return scene.story(opening, facts)


def _reported(chance: Chance, beast: Beast, day: date) -> ReportedAnimal:
    causes = {4: _IN_SPRING, 5: _IN_SPRING, 6: _IN_SPRING, 12: _IN_WINTER, 1: _IN_WINTER}
    by_season = causes.get(day.month, _CAUSES) if chance.happens(0.4) else _CAUSES
    cause = by_season.drawn(chance)
    name = beast.taxon.chinese_name
    return ReportedAnimal(
        reported_as=phrases.called(chance, name, beast.aliases, is_bird=beast.is_bird)
        if chance.happens(0.95)
        else None,
        count=_COUNTS.drawn(chance),
        life_stage=LifeStage.NESTLING if cause is Cause.FALLEN_NESTLING else _STAGES.drawn(chance),
        sex=chance.choice((Sex.UNKNOWN, Sex.UNKNOWN, Sex.UNKNOWN, Sex.MALE, Sex.FEMALE)),
        cause=cause,
        condition=chance.choice(
            (Condition.WEAK, Condition.FAIR, Condition.CRITICAL, Condition.UNKNOWN)
        ),
        origin=Origin.WILD if chance.happens(0.8) else Origin.UNKNOWN,
    )


def _call(chance: Chance, scene: Scene) -> Call | None:
    if chance.happens(0.4):
        return None
    return Call(
        reported_at=scene.found_at,
        channel=chance.choice((Channel.HOTLINE_110, Channel.TELEPHONE, Channel.IN_PERSON)),
        ticket_number=f"{chance.randrange(10**8):08}" if chance.happens(0.5) else None,
        auxiliaries=chance.one_of((1, 2, 3), 0.4),
    )


class _Life(NamedTuple):
    over: float
    """When all is over that is done for it, in minutes after the report."""
    is_settled: bool


def _lives(scene: Scene, number: int, beast: Beast, animal: ReportedAnimal, end: str) -> _Life:
    """What is done for an animal, until what becomes of it."""
    chance = scene.chance
    room = scene.left_min * 0.8
    if end == "not_needed":
        left = scene.say(NoRescueNeeded, at := min(30, room), animal=number)
        return _Life(at, left is not None)
    if end == "dead_on_arrival":
        return _Life(
            at := min(25, room), dies(scene, number, at, DeathCircumstance.DEAD_ON_ARRIVAL)
        )
    over = min(chance.triangular(0.15, 45, 4) * _DAY, room)
    _is_examined(scene, number, over)
    if end == "released" or chance.happens(0.7):
        scene.say(
            Identification,
            over * 0.4,
            facts=Facts(taxon=beast.taxon),
            animal=number,
            species_id=beast.taxon.species_id,
            identified_by=f"{scene.station.ref.name}所邀专家",
            basis=chance.one_of(("活体外形", "现场照片", "羽毛特征"), 0.8),
            confidence=chance.choice((Confidence.CERTAIN, Confidence.CERTAIN, Confidence.PROBABLE)),
        )
    match end:
        case "released":
            is_settled = is_released(scene, number, animal, over)
        case "died":
            is_settled = dies(scene, number, over, DeathCircumstance.DIED_IN_CARE)
        case "escaped":
            is_settled = scene.say(Escape, over, animal=number) is not None
        case "transferred":
            is_settled = is_transferred(scene, number, over)
        case _:
            is_settled = False
    return _Life(over, is_settled)


def _is_examined(scene: Scene, number: int, over: float) -> None:
    chance = scene.chance
    first = scene.say(
        Assessment,
        over * 0.1,
        animal=number,
        exam=Exam.FIELD if chance.happens(0.5) else Exam.INTAKE,
        condition=chance.choice((Condition.WEAK, Condition.FAIR, Condition.CRITICAL)),
        attitude=chance.choice((Attitude.DEPRESSED, Attitude.QUIET, Attitude.ALERT)),
        body_condition=chance.one_of((BodyCondition.THIN, BodyCondition.MODERATE), 0.5),
        injuries=phrases.injuries(chance) if chance.happens(0.7) else None,
        weight_g=float(chance.randrange(30, 9000)) if chance.happens(0.4) else None,
    )
    if first is not None and chance.happens(0.02):
        scene.say(
            Amendment,
            over * 0.1 + 2.5 * _DAY,
            entry_id=first.id,
            changes={"weight_g": float(chance.randrange(30, 9000))},
            reason="称重有误",
        )
    days = min(int(over / _DAY), 4)
    for n in range(chance.randrange(days + 2)):
        scene.say(Care, over * (0.15 + 0.1 * n), animal=number, feeding=phrases.feeding(chance))
    if chance.happens(0.2):
        scene.say(
            Treatment,
            over * 0.3,
            animal=number,
            medication=chance.choice(phrases.MEDICINES),
            dose=f"{chance.randrange(1, 20) / 2}ml",
        )


def _is_kept(scene: Scene, opening: RescueOpening, last: float) -> None:
    """What is said of the incident itself: who was told, who goes on, what was wrong."""
    chance = scene.chance
    if chance.happens(0.04):
        other = chance.choice([one for one in scene.station.officers if one != scene.officer])
        receiver = Receiver(scene.station.ref, other)
        scene.say(
            Handover,
            last * 0.5,
            facts=Facts(receiver=receiver),
            station=scene.station.ref.code,
            badge=other.badge,
        )
    if chance.happens(0.25):
        note = scene.say(Note, last * 0.6, note=phrases.note(chance))
        if note is not None and chance.happens(0.05):
            scene.say(Void, last * 0.6 + 2.5 * _DAY, entry_id=note.id, reason="重复登记")
    if chance.happens(0.02):
        scene.say(
            Amendment,
            last + 50,
            entry_id=opening.id,
            changes={"receipt_number": f"JS{chance.randrange(10**6):06}"},
            reason="补登凭证",
        )
    if opening.source is Source.REPORT and chance.happens(0.6):
        scene.say(Told, last + 100, result=phrases.told(chance), channel=Channel.TELEPHONE)
