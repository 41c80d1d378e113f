"""What may be said of an animal as it is now, and why not. Pure."""

from typing import Final, get_args
from uuid import UUID

from wildlife.rescues.animal import DEAD, KEPT, AnimalState, Settled, is_dead, is_kept, is_transfer
from wildlife.rescues.ends import Death, NoRescueNeeded, Receipt, Release, Return, Settling
from wildlife.rescues.entries import AnimalEntry
from wildlife.rescues.numbers import Addition, Split
from wildlife.timeline.entry import ALWAYS, Impossible, tag

# A sentence that lists more entries is read by nobody; the latest are the likely ones.
_MOST_LISTED: Final = 5


def steps_of(*animals: AnimalState) -> list[str]:
    """The types of entries that are possible of any of these animals, and of their incident."""
    own = [
        tag(entry)
        for entry in get_args(AnimalEntry)
        if any(is_possible(entry, animal) for animal in animals)
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


def awaits_receipt(end: Settled) -> bool:
    """Whether those that went by `end` went to somebody who has not confirmed it."""
    return is_transfer(end) and end.received is None


def is_possible(entry: type[AnimalEntry], animal: AnimalState) -> bool:
    """Whether an entry of this type may be said of an animal as it is now."""
    is_there = animal.remaining > 0 or is_kept(animal)
    if entry is Return:
        return any(may_return(end) for end in animal.settled)
    if entry is Receipt:
        return any(awaits_receipt(end) for end in animal.settled)
    if entry is Split:
        return is_there and animal.count > 1
    if entry is Release and (animal.species is None or animal.species.alien):
        return False
    if issubclass(entry, Settling):
        return animal.remaining > 0 or any(may_follow(entry, end) for end in animal.settled)
    return not entry.IN_HANDS or is_there or (entry.OF_THE_DEAD and is_dead(animal))


def gone(animal: AnimalState) -> Impossible:
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


def fewer_in_care(animal: AnimalState, count: int, others: list[Settled]) -> Impossible:
    """That an entry settles more than there are; others went before, of whom it can be told."""
    more = more_zh = ""
    if others:
        more = (
            " What became of those that went before is an entry of its own, which names by"
            f" `entry_id` the one by which they went: {listed(others)}."
        )
        more_zh = (
            f"此前已离开的个体请另行登记，并用 `entry_id` 指明其离开时的记录：{listed_zh(others)}。"
        )
    return Impossible(
        f"Animal {animal.number} has {animal.remaining} still in care, not {count}.{more}",
        f"{animal.number} 号动物仍在救护的有 {animal.remaining} 只，不足 {count} 只。{more_zh}",
        steps_of(animal),
    )


def fewer_away(animal: AnimalState, there: int, count: int) -> Impossible:
    """That an entry tells of more than went that way."""
    return Impossible(
        f"Of animal {animal.number}, {there} went that way, not {count}.",
        f"{animal.number} 号动物以该方式离开的有 {there} 只，不足 {count} 只。",
        steps_of(animal),
    )


def not_by_that(animal: AnimalState, entry_id: UUID, others: list[Settled]) -> Impossible:
    """That the entry which is named is none by which they went."""
    more = f" Of others it could: {listed(others)}." if others else ""
    more_zh = f"可指明的记录有：{listed_zh(others)}。" if others else ""
    return Impossible(
        f"Nothing of animal {animal.number} is away by the entry {entry_id} of which this could be"
        f" said.{more}",
        f"{animal.number} 号动物中，没有经记录 {entry_id} 离开且可作此记录的个体。{more_zh}",
        steps_of(animal),
    )


def unclear(animal: AnimalState, ends: list[Settled]) -> Impossible:
    """That nobody can tell by which of these ends those went that an entry tells of."""
    return Impossible(
        f"Nothing of animal {animal.number} is in care any more. To tell what became of it"
        f" afterwards, name by `entry_id` the entry by which it went: {listed(ends)}.",
        f"{animal.number} 号动物已不在救护中。如需记录其离开后的情况，"
        f"请用 `entry_id` 指明其离开时的记录：{listed_zh(ends)}。",
        steps_of(animal),
    )


def stays(animal: AnimalState, named: UUID | None, away: list[Settled]) -> Impossible:
    """Why nothing comes back by a return, which may name by which entry it went."""
    died = [
        end
        for end in animal.settled
        if end.outcome in DEAD and (end.entry_id == named or (named is None and not away))
    ]
    if died:
        return Impossible(
            f"Of animal {animal.number}, these are dead, and the dead do not come back:"
            f" {listed(died)}. If that was recorded wrongly, amend or void it.",
            f"{animal.number} 号动物的下列个体已死亡，不能收回：{listed_zh(died)}。"
            "如登记有误，请更正或作废该记录。",
            steps_of(animal),
        )
    if away:
        return Impossible(
            f"Nothing of animal {animal.number} is away by the entry {named}. What is away went by"
            f" another one: {listed(away)}.",
            f"{animal.number} 号动物中，没有经记录 {named} 离开而尚未收回的个体。"
            f"尚未收回的个体见：{listed_zh(away)}。",
            steps_of(animal),
        )
    return Impossible(
        f"Nothing of animal {animal.number} is away that could come back.",
        f"{animal.number} 号动物没有可以收回的个体：未移交、放归或逃逸，或已全部收回。",
        steps_of(animal),
    )


def no_transfer(animal: AnimalState, named: UUID | None, ends: list[Settled]) -> Impossible:
    """Why nothing is confirmed by a receipt, which may name the transfer; or that it has to."""
    if named is None and len(ends) > 1:
        return Impossible(
            f"Several transfers of animal {animal.number} are not confirmed yet. Name by `entry_id`"
            f" the one that this confirms: {listed(ends)}.",
            f"{animal.number} 号动物有多次移交尚未确认接收。请用 `entry_id` 指明所确认的移交记录："
            f"{listed_zh(ends)}。",
            steps_of(animal),
        )
    return Impossible(
        f"At that time no transfer of animal {animal.number} waits to be confirmed"
        + (f" by the entry {named}" if named else "")
        + ". Look at its time, and at what is recorded of the transfer.",
        f"当时 {animal.number} 号动物没有"
        + (f"（记录 {named} 所指的）" if named else "")
        + "尚待确认接收的移交。请核对接收时间和移交记录。",
        steps_of(animal),
    )


def listed(ends: list[Settled]) -> str:
    """The last of these ends, as a sentence names them."""
    return "; ".join(
        f"{end.entry_id} ({end.happened_at:%Y-%m-%d %H:%M}, {end.left}: {end.outcome.en})"
        for end in ends[-_MOST_LISTED:]
    )


def listed_zh(ends: list[Settled]) -> str:
    return "；".join(
        f"{end.entry_id}（{end.happened_at:%Y-%m-%d %H:%M}，{end.left} 只，{end.outcome.zh}）"
        for end in ends[-_MOST_LISTED:]
    )
