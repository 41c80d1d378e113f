"""Invented ends of a rescue: what becomes of an animal. Pure."""

from wildlife.rescues.codes import (
    Attitude,
    Condition,
    DeathCircumstance,
    Disposal,
    Exam,
    Quarantine,
    RecipientKind,
    ReleaseMethod,
)
from wildlife.rescues.ends import Death, Receipt, Release, Transfer
from wildlife.rescues.entries import Assessment
from wildlife.rescues.opening import ReportedAnimal
from wildlife.synth import phrases
from wildlife.synth.chance import Chance
from wildlife.synth.story import Scene
from wildlife.timeline.chain import Facts, Receiver
from wildlife.words.places import Place


def is_released(scene: Scene, number: int, animal: ReportedAnimal, over: float) -> bool:
    """Whether all of it is, in time."""
    chance = scene.chance
    parts: list[int | None] = [None]
    if animal.count > 2 and chance.happens(0.3):
        parts = [chance.randrange(1, animal.count - 1), None]
    scene.say(
        Assessment,
        over * 0.9,
        animal=number,
        exam=Exam.RELEASE,
        condition=Condition.GOOD,
        attitude=Attitude.ALERT,
    )
    released = None
    for n, count in enumerate(parts):
        officers = scene.others(2 if chance.happens(0.9) else 1)
        with_ring = animal.count == 1 and chance.happens(0.04)
        quarantine = chance.happens(0.2)
        released = scene.say(
            Release,
            over + n * 45,
            facts=Facts(officers=officers),
            animal=number,
            count=count,
            site=_site(scene),
            method=chance.choice(
                (ReleaseMethod.HARD,) * 6 + (ReleaseMethod.SOFT, ReleaseMethod.SELF)
            ),
            officers=[one.badge for one in officers],
            habitat=chance.one_of(phrases.HABITATS, 0.7),
            witness=chance.one_of(("林场职工", "村干部", "护林员", "志愿者"), 0.3),
            ring_number=_ring(chance) if with_ring else None,
            fit_to_release=True if chance.happens(0.8) else None,
            judged_fit_by=chance.one_of(("救护站兽医", "林草局专家"), 0.4),
            quarantine=Quarantine.PASSED if quarantine else None,
            quarantine_certificate=f"JY{chance.randrange(10**6):06}" if quarantine else None,
            native_there=True if chance.happens(0.6) else None,
            weather=chance.one_of(phrases.WEATHERS, 0.5),
            consent=chance.one_of(("已告知旗县林草局", "林草局同意"), 0.3),
        )
    return released is not None


def _site(scene: Scene) -> Place:
    return scene.place(phrases.place(scene.chance), away=0.08)


def _ring(chance: Chance) -> str:
    """As rings are numbered: a letter and seven digits. No other text reads so."""
    return f"{chance.choice('ABCDEFGHJK')}{chance.randrange(10**6, 10**7)}"


def dies(scene: Scene, number: int, at: float, circumstance: DeathCircumstance) -> bool:
    chance = scene.chance
    died = scene.say(
        Death,
        at,
        animal=number,
        circumstance=circumstance,
        cause_of_death=chance.one_of(("伤重不治", "多器官衰竭", "长期饥饿", "疑似中毒"), 0.6),
        disposal_method=chance.one_of((Disposal.BURIAL, Disposal.INCINERATION), 0.7),
        quarantine=chance.one_of((Quarantine.PASSED, Quarantine.PENDING), 0.3),
    )
    return died is not None


def is_transferred(scene: Scene, number: int, over: float) -> bool:
    """Whether it is, in time; half of them to the rescue centre of the prefecture, which goes on
    with them."""
    chance, centre = scene.chance, scene.station.centre
    if centre is None or chance.happens(0.5):
        gone = scene.say(
            Transfer,
            over,
            animal=number,
            recipient=chance.choice(("旗林业和草原局", "市动物园", "自然保护区管理局")),
            recipient_kind=RecipientKind.AUTHORITY,
            receipt_number=f"YJ{chance.randrange(10**6):06}" if chance.happens(0.7) else None,
        )
        return gone is not None
    [rescuer, *_] = centre.officers
    sent = scene.say(
        Transfer,
        over,
        facts=Facts(receiver=Receiver(centre.ref)),
        animal=number,
        recipient=centre.ref.name,
        recipient_kind=RecipientKind.RESCUE_CENTRE,
        station=centre.ref.code,
    )
    if sent is None or chance.happens(0.3):
        return sent is not None
    scene.say(Receipt, over + 60, by=rescuer, animal=number, entry_id=sent.id)
    scene.say(
        Assessment,
        over + 120,
        by=rescuer,
        animal=number,
        exam=Exam.INTAKE,
        condition=Condition.FAIR,
        injuries=phrases.injuries(chance),
    )
    return True
