"""Responsibility goes from one station to another: only who has it gives it away. Pure."""

from msgspec.structs import replace

from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.entry import OF_ANYBODY, Handover, Impossible
from wildlife.timeline.incident import Incident, Responsible


def _gives_its_own(handover: RecordedEntry, incident: Incident) -> bool:
    giver = handover.giver
    return giver is not None and giver.station_id == incident.responsible.station.station_id


def handed_over(
    incident: Incident, entry: Handover, recorded: RecordedEntry
) -> Incident | Impossible:
    """The incident after a handover, or why it was not theirs to give."""
    if not _gives_its_own(recorded, incident):
        return _not_theirs_to_give(incident)
    receiver = recorded.facts.receiver
    assert receiver is not None, "a handover is recorded with who takes over"
    at = entry.happened_at
    return replace(
        incident,
        responsible=Responsible(receiver.station, receiver.officer, since=at),
        responsible_before=[
            *incident.responsible_before,
            replace(incident.responsible, until=at),
        ],
    )


def _not_theirs_to_give(incident: Incident) -> Impossible:
    responsible = incident.responsible
    since, since_zh = "", ""
    if responsible.since is not None:
        since = f" since {responsible.since.isoformat(timespec='minutes')}"
        since_zh = f"（自 {responsible.since.isoformat(timespec='minutes')} 起）"
    return Impossible(
        f"At that time {responsible.station.name} is responsible{since}; only who is responsible"
        " hands over. If the phones' clocks differ, give a time after you received it.",
        f"当时的责任单位是{responsible.station.name}{since_zh}；只有责任单位可以移交。"
        "如两部手机时钟不一致，请填写接收之后的时间。",
        OF_ANYBODY,
    )
