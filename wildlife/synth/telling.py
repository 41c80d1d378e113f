"""An invented incident as the service would have kept it: chained, folded, with its rows. Pure."""

from uuid import UUID

import msgspec
from msgspec.structs import replace

from wildlife.kinds import KINDS
from wildlife.synth.story import Setting, Story
from wildlife.timeline import chain
from wildlife.timeline.chain import Link, Recorded, RecordedEntry, RecordedOpening
from wildlife.timeline.fold import fold
from wildlife.timeline.rows import Rows, rows_of


class Kept(msgspec.Struct, frozen=True):
    """An incident, as the tables hold it."""

    incident_id: UUID
    links: list[Link]
    rows: Rows
    names_somebody: bool
    """Whether who reported it was told: nobody is invented, they count as erased since."""


def told(setting: Setting, story: Story, case_number: str) -> Kept:
    """All that the service makes of a story."""
    opening, entries = recorded(setting, story, case_number)
    links = [_link(opening)]
    chained: list[RecordedEntry] = []
    for entry in entries:
        chained.append(replace(entry, previous=links[-1].digest.hex()))
        links.append(_link(chained[-1]))
    folded = fold(KINDS, opening, chained, setting.zone)
    assert not folded.refusals, folded.refusals
    rows = rows_of(folded, KINDS, setting.policy, len(links), links[-1].digest)
    names_somebody = story.facts.informant_digest is not None
    return Kept(story.opening.id, links, rows, names_somebody)


def recorded(
    setting: Setting, story: Story, case_number: str
) -> tuple[RecordedOpening, list[RecordedEntry]]:
    """The timeline of a story, not chained yet.

    What an entry means and does not say is asked of the whole, and not of what was known as it
    came: no entry of an invented story changes of how many another one was.
    """
    opening: RecordedOpening = Recorded(
        incident_id=story.opening.id,
        seq=1,
        previous=chain.GENESIS.hex(),
        received_at=story.received_at,
        actor=story.by,
        body=story.opening,
        facts=replace(story.facts, case_number=case_number),
    )
    entries: list[RecordedEntry] = [
        Recorded(
            incident_id=story.opening.id,
            seq=seq,
            previous="",
            received_at=saying.received_at,
            actor=saying.by,
            body=saying.body,
            facts=saying.facts,
        )
        for seq, saying in enumerate(story.sayings, start=2)
    ]
    after = fold(KINDS, opening, entries, setting.zone)
    return opening, [
        replace(one, facts=after.kind.meant(one.body, after.incident, one.facts)) for one in entries
    ]


def _link(recorded: RecordedOpening | RecordedEntry) -> Link:
    canonical = chain.encode(recorded)
    return Link(chain.columns_of(recorded), canonical, chain.digest(canonical))
