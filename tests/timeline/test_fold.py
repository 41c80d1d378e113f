"""The fold converges: any order of arrival gives the same state, and nothing is invented."""

import itertools
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.timeline.links import INCIDENT, OFFICER, OPENINGS, START, STATION, ZONE, taxon
from wildlife.kinds import KINDS
from wildlife.people.may import Audience, seen_in
from wildlife.rescues.incident import RescueIncident
from wildlife.rescues.numbers import Addition
from wildlife.timeline import advancing, chain
from wildlife.timeline.chain import Facts, Receiver, Recorded
from wildlife.timeline.entry import Entry, Note
from wildlife.timeline.fold import fold, go_on
from wildlife.timeline.incident import FOLD_VERSION
from wildlife.timeline.policy import read_policy
from wildlife.timeline.rows import rows_of
from wildlife.words.vocabularies import RecordFlag

animal = st.integers(1, 4) | st.integers(1, 12).map(lambda number: str(entry_id(number)))
count = st.none() | st.integers(1, 3)
earlier = st.none() | st.integers(0, 12)
kinds = st.one_of(
    st.fixed_dictionaries({"type": st.just("note"), "note": st.sampled_from("甲乙丙")}),
    st.fixed_dictionaries(
        {
            "type": st.just("assessment"),
            "animal": animal,
            "condition": st.sampled_from(["weak", "good", None]),
            "weight_g": st.none() | st.integers(1, 5000),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("identification"),
            "animal": animal,
            "species_id": st.sampled_from(["carbo", "alien"]),
            "identified_by": st.just("专家"),
            "confidence": st.just("certain"),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("release"),
            "animal": animal,
            "count": count,
            "entry_id": earlier,
            "site": st.just({"description": "水库"}),
            "method": st.just("hard"),
            "officers": st.just(["150425001"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["death", "escape", "no_rescue_needed", "return"]),
            "animal": animal,
            "count": count,
            "entry_id": earlier,
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("transfer"),
            "animal": animal,
            "count": count,
            "entry_id": earlier,
            "recipient": st.just("救护站"),
        }
    ),
    st.fixed_dictionaries({"type": st.just("care"), "animal": animal, "feeding": st.just("鱼")}),
    st.fixed_dictionaries({"type": st.just("addition"), "reported": st.just({"count": 2})}),
    st.fixed_dictionaries({"type": st.just("split"), "animal": animal, "count": st.integers(1, 3)}),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["cleared", "reopened", "false_report", "closing"])}
    ),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["reopened", "road_update"]),
            "passability": st.sampled_from(["blocked", "partly", "open"]),
        }
    ),
    st.fixed_dictionaries({"type": st.just("secured"), "measures": st.just(["cordon", "detour"])}),
    st.fixed_dictionaries(
        {"type": st.just("clearing"), "method": st.just("by_hand"), "people": st.integers(1, 9)}
    ),
    st.fixed_dictionaries({"type": st.just("handover"), "station": st.just("150723")}),
    st.fixed_dictionaries({"type": st.just("void"), "entry_id": st.integers(0, 12)}),
    st.fixed_dictionaries(
        {
            "type": st.just("amendment"),
            "entry_id": st.integers(0, 12),
            "changes": st.sampled_from(
                [
                    {"note": "改"},
                    {"note": None},
                    {"happened_at": "2024-07-30T12:00:00+08:00"},
                    {"found_at": "2024-07-28T12:00:00+08:00"},
                    {"weight_g": 7},
                    {"count": 1},
                    {"reported": {"count": 1}},
                    {"animals": {"1": {"count": 5}}},
                    {"animals": {"2": {"reported_as": "鹭"}, "1": {"cause": "trapped"}}},
                    {"place": {"description": "沟里"}},
                ]
            ),
        }
    ),
)


def entry_id(number: int) -> UUID:
    return INCIDENT if number == 0 else UUID(int=100 + number)


@st.composite
def timelines(
    draw: st.DrawFn, kinds: st.SearchStrategy[dict[str, Any]] = kinds, hours: int = 5
) -> tuple[chain.RecordedOpening, list[chain.RecordedEntry]]:
    """An opening and up to twelve entries of any kind, possible or not, in order of arrival.

    hours: within how many, of which each is a moment that many entries share.
    """
    entries, given = [], 2
    for number in range(1, draw(st.integers(0, 12)) + 1):
        said = {k: v for k, v in draw(kinds).items() if v is not None}
        if "entry_id" in said:
            said["entry_id"] = str(entry_id(said["entry_id"]))
        happened_at = (START + timedelta(hours=draw(st.integers(0, hours)))).isoformat()
        body = msgspec.convert(
            {"id": str(entry_id(number)), "happened_at": happened_at, "recorded_at": happened_at}
            | said,
            KINDS.appendable,
        )
        given += said["type"] in ("addition", "split")
        facts = Facts(
            number=given if said["type"] in ("addition", "split") else None,
            taxon=taxon(said["species_id"]) if "species_id" in said else None,
            receiver=Receiver(STATION) if said["type"] == "handover" else None,
        )
        link: chain.RecordedEntry = Recorded(INCIDENT, number + 1, "", START, OFFICER, body, facts)
        entries.append(link)
    return draw(st.sampled_from(OPENINGS)), entries


relaxed = settings(max_examples=150, suppress_health_check=list(HealthCheck))


@given(timelines(), st.randoms(use_true_random=False))
@relaxed
def test_any_order_of_arrival_gives_the_same_state(
    told: tuple[chain.RecordedOpening, list[chain.RecordedEntry]], random: Any
) -> None:
    opening, entries = told
    shuffled = list(entries)
    random.shuffle(shuffled)
    first, second = fold(KINDS, opening, entries, ZONE), fold(KINDS, opening, shuffled, ZONE)
    assert first.incident == second.incident
    assert first.said == second.said
    assert {r.entry_id for r in first.refusals} == {r.entry_id for r in second.refusals}


def test_what_a_row_keeps_of_an_incident_has_a_version() -> None:
    """Whoever changes what an incident says counts FOLD_VERSION up, and writes the new digest here:
    rows that an earlier version made are folded again then."""

    def without_words(schema: Any) -> Any:
        if isinstance(schema, dict):
            return {k: without_words(v) for k, v in schema.items() if k != "description"}
        return [without_words(one) for one in schema] if isinstance(schema, list) else schema

    schema = without_words(msgspec.json.schema(KINDS.incident))
    shape = sha256(msgspec.json.encode(schema, order="deterministic")).hexdigest()[:12]
    assert (FOLD_VERSION, shape) == (8, "5bd957c6aa99")


@given(timelines())
@relaxed
def test_going_on_is_the_same_as_beginning_anew(
    told: tuple[chain.RecordedOpening, list[chain.RecordedEntry]],
) -> None:
    opening, entries = told
    # It is gone on with whenever it can be, or this said nothing.
    at = START + timedelta(days=1)
    note = Note(id=UUID(int=99), happened_at=at, recorded_at=at, note="最后一条")
    last: chain.RecordedEntry = Recorded(
        INCIDENT, len(entries) + 2, "", START, OFFICER, note, Facts()
    )
    so_far = fold(KINDS, opening, entries, ZONE)
    assert (go_on(so_far, [*entries, last], ZONE) is None) == bool(so_far.refusals)
    for number, last in enumerate(entries):
        before = entries[:number]
        further = go_on(fold(KINDS, opening, before, ZONE), [*before, last], ZONE)
        assert further in (None, fold(KINDS, opening, [*before, last], ZONE))


together = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["care", "death", "escape", "escape", "return", "return"]),
        "animal": st.just(1),
        "count": st.sampled_from([None, 1]),
        "entry_id": st.none() | st.integers(1, 12),
    }
).map(lambda said: said if said["type"] != "care" else said | {"count": None, "entry_id": None})


@given(timelines(together, hours=2))
@relaxed
def test_going_on_is_the_same_where_several_entries_wait_for_one_moment_to_be_told(
    told: tuple[chain.RecordedOpening, list[chain.RecordedEntry]],
) -> None:
    _, entries = told
    for number, last in enumerate(entries):
        before = fold(KINDS, OPENINGS[0], entries[:number], ZONE)
        further = go_on(before, [*entries[:number], last], ZONE)
        assert further in (None, fold(KINDS, OPENINGS[0], entries[: number + 1], ZONE))


@given(timelines(together | kinds, hours=2))
@relaxed
def test_what_needs_the_same_can_be_or_can_not_be_together(
    told: tuple[chain.RecordedOpening, list[chain.RecordedEntry]],
) -> None:
    """Of all that can't be yet, one for each need is tried again: as if each were by itself."""
    folded = fold(KINDS, *told, ZONE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Entry, "need", property(lambda entry: entry.id))
        alone = fold(KINDS, *told, ZONE)
    assert alone.incident == folded.incident
    assert (alone.refusals, alone.supposed) == (folded.refusals, folded.supposed)


@pytest.mark.parametrize("waiting", ["care", "return", "split"])
def test_hundreds_that_wait_for_one_thing_are_not_tried_with_every_other(waiting: str) -> None:
    """An officer may write a whole day down for one moment."""
    fields: dict[str, dict[str, Any]] = {
        "care": {"feeding": "鱼"},
        "return": {"entry_id": str(entry_id(9999))},
        "split": {"count": 1},
        "note": {"note": "观察"},
        "escape": {},
    }

    def said(number: int, type_: str, hour: int) -> chain.RecordedEntry:
        at = (START + timedelta(hours=hour)).isoformat()
        body: dict[str, Any] = {"id": str(entry_id(number)), "happened_at": at, "recorded_at": at}
        of = {} if type_ == "note" else {"animal": 2}
        facts = Facts(number=2 + number if type_ == "split" else None)
        entry = msgspec.convert(body | {"type": type_} | of | fields[type_], KINDS.appendable)
        return Recorded(INCIDENT, number + 1, "", START, OFFICER, entry, facts)

    def steps(each: int) -> int:
        """How many steps are tried for as many that wait, and as many notes."""
        tried = 0

        def counting(*given: Any) -> Any:
            nonlocal tried
            tried += 1
            return advance(*given)

        entries = [said(1, "escape", 1)]
        for number in range(2, 2 * each + 2, 2):
            entries += [said(number, waiting, 2), said(number + 1, "note", 2)]
        with pytest.MonkeyPatch.context() as patch:
            advance = advancing._advance
            patch.setattr(advancing, "_advance", counting)
            folded = fold(KINDS, OPENINGS[0], entries, ZONE)
        assert len(folded.refusals) + len(folded.supposed) in (1, each)
        return tried

    assert steps(400) < 2.1 * steps(200)
    assert steps(400) < 4 * 800


@given(timelines())
@relaxed
def test_an_impossible_entry_changes_nothing_but_the_list_of_refusals(
    told: tuple[chain.RecordedOpening, list[chain.RecordedEntry]],
) -> None:
    opening, entries = told
    folded = fold(KINDS, opening, entries, ZONE)
    steps = {r.entry_id for r in folded.refusals}
    if any(e.body.__struct_config__.tag == "amendment" and e.body.id in steps for e in entries):
        return  # a refused amendment has no place of its own that could be left out
    left = [e for e in entries if e.body.id not in steps]
    again = fold(KINDS, opening, left, ZONE)
    assert again.refusals == []
    lapsed = RecordFlag.CLOSING_LAPSED
    flags = [flag for flag in folded.incident.flags if flag.code is not lapsed]
    assert again.incident == replace(folded.incident, flags=flags)


@given(timelines())
@relaxed
def test_animals_are_neither_lost_nor_made(
    told: tuple[chain.RecordedOpening, list[chain.RecordedEntry]],
) -> None:
    folded = fold(KINDS, *told, ZONE)
    incident, refused = folded.incident, {refusal.entry_id for refusal in folded.refusals}
    if not isinstance(incident, RescueIncident):
        return
    said: Any = folded.corrected.opening.body
    found = sum(one.count for one in said.animals)
    for recorded in folded.corrected.entries.values():
        if isinstance(recorded.body, Addition) and recorded.body.id not in refused:
            found += recorded.body.reported.count
    assert sum(one.count for one in incident.animals) == found
    for one in incident.animals:
        assert one.remaining + sum(end.left for end in one.settled) == one.count
        for end in one.settled:
            assert min(end.left, end.returned, end.went_on) >= 0
            further = [other.count for other in one.settled if other.went_from == end.entry_id]
            assert sum(further) == end.went_on
        assert one.remaining >= 0
        assert (one.outcome == "in_care") == (one.remaining > 0)
        assert sum(heads.count for heads in one.outcomes) == one.count
        assert len({heads.outcome for heads in one.outcomes}) == len(one.outcomes)
        released = sum(release.count - release.returned - release.died for release in one.releases)
        assert released == sum(h.count for h in one.outcomes if h.outcome == "released")
        assert all(release.species == one.species for release in one.releases)


@given(timelines())
@relaxed
def test_a_timeline_survives_being_written_and_read(
    told: tuple[chain.RecordedOpening, list[chain.RecordedEntry]],
) -> None:
    opening, entries = told
    canonicals = [chain.encode(opening), *map(chain.encode, entries)]
    read_opening, read_entries = KINDS.decode_timeline(canonicals)
    assert [chain.encode(read_opening), *map(chain.encode, read_entries)] == canonicals
    before, after = (
        fold(KINDS, opening, entries, ZONE),
        fold(KINDS, read_opening, read_entries, ZONE),
    )
    assert before.incident == after.incident
    rows = rows_of(after, KINDS, read_policy(None), len(canonicals), b"")
    document = msgspec.json.decode(msgspec.json.encode(rows.incident.document))
    assert document["id"] == str(INCIDENT)


@given(timelines(), st.data())
@relaxed
def test_a_changed_byte_anywhere_in_a_chain_is_found(
    told: tuple[chain.RecordedOpening, list[chain.RecordedEntry]], data: st.DataObject
) -> None:
    opening, entries = told
    links: list[chain.Link] = []
    previous = chain.GENESIS
    told_links: list[Any] = [opening, *entries]
    for seq, link in enumerate(told_links, start=1):
        recorded = replace(link, seq=seq, previous=previous.hex())
        canonical = chain.encode(recorded)
        previous = chain.digest(canonical)
        links.append(chain.Link(chain.columns_of(recorded), canonical, previous))
    assert chain.verify(INCIDENT, links, KINDS.decode) == []

    at = data.draw(st.integers(0, len(links) - 1))
    canonical, seq = links[at].canonical, links[at].columns.seq
    place = data.draw(st.integers(0, len(canonical) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != canonical[place]))
    tampered = canonical[:place] + other + canonical[place + 1 :]
    changed = [*links]
    changed[at] = replace(links[at], canonical=tampered)
    assert seq in {flaw.seq for flaw in chain.verify(INCIDENT, changed, KINDS.decode)}

    # Whoever also computes the digest anew breaks the link of the entry after it.
    if at + 1 < len(links):
        changed[at] = replace(changed[at], digest=chain.digest(tampered))
        assert chain.verify(INCIDENT, changed, KINDS.decode) != []
        assert chain.verify(INCIDENT, links[:at] + links[at + 1 :], KINDS.decode) != []


def test_a_name_with_the_marks_of_a_path_breaks_a_chain_and_nothing_else() -> None:
    opening = replace(OPENINGS[0], seq=1, previous=chain.GENESIS.hex())
    canonical = chain.encode(opening)
    link = chain.Link(chain.columns_of(opening), canonical, chain.digest(canonical))
    for name in ("so`urce", "so.urce", "so[0]urce", "`", "source` - at `$.place"):
        tampered = canonical.replace('"source"', f'"{name}"')
        changed = replace(link, canonical=tampered)
        assert chain.verify(INCIDENT, [changed], KINDS.decode) != [], name


def test_the_case_number_is_put_where_it_belongs_and_nowhere_else() -> None:
    said = '"case_number":"\\u0000" and :"\\u0000"'
    opening = replace(OPENINGS[0], body=replace(OPENINGS[0].body, summary=said))
    before, after = chain.encode_around_case_number(opening)
    read, _ = KINDS.decode_timeline([f"{before}150425-20240804-003{after}"])
    assert read.facts.case_number == "150425-20240804-003"
    assert read.body.summary == said


def test_every_order_of_a_whole_rescue_is_the_same_rescue() -> None:
    said = [
        {"type": "assessment", "animal": 2, "condition": "weak", "hour": 1},
        {
            "type": "identification",
            "animal": 2,
            "species_id": "carbo",
            "identified_by": "专家",
            "confidence": "certain",
            "hour": 2,
        },
        {"type": "assessment", "animal": 2, "condition": "good", "hour": 3},
        {
            "type": "release",
            "animal": 2,
            "site": {"description": "水库"},
            "method": "hard",
            "officers": ["150425001"],
            "hour": 4,
        },
        {"type": "amendment", "entry_id": str(entry_id(1)), "changes": {"note": "湿"}, "hour": 5},
    ]
    entries: list[chain.RecordedEntry] = []
    for number, one in enumerate(said, start=1):
        at = (START + timedelta(hours=one.pop("hour"))).isoformat()  # type: ignore[arg-type]
        body = msgspec.convert(
            {"id": str(entry_id(number)), "happened_at": at, "recorded_at": at} | one,
            KINDS.appendable,
        )
        facts = Facts(taxon=taxon("carbo") if "species_id" in one else None)
        entries.append(Recorded(INCIDENT, number + 1, "", START, OFFICER, body, facts))
    folded = [fold(KINDS, OPENINGS[0], order, ZONE) for order in itertools.permutations(entries)]
    incident = folded[0].incident
    assert {msgspec.json.encode(f.incident) for f in folded} == {msgspec.json.encode(incident)}
    assert isinstance(incident, RescueIncident)
    assert incident.animals[1].outcome == "released"
    assert folded[0].refusals == []


@pytest.mark.parametrize(
    ("place", "station_region", "code", "region", "seen"),
    [
        ("150723", "150425", "230000560001", "150723", ["150723", "150425"]),
        (None, "1504", "230000560001", "1504", ["1504"]),
        # Of earlier days: the code alone was known, and was taken for a region.
        (None, None, "150425", "150425", ["150425"]),
        ("150723", None, "150425", "150723", ["150723", "150425"]),
        (None, None, "230000560001", "230000560001", ["230000560001"]),
        ("150723", None, "230000560001", "150723", ["150723"]),
    ],
)
def test_a_rescue_lies_where_it_was_found_or_else_where_its_station_lay_and_is_seen_in_both(
    place: str | None, station_region: str | None, code: str, region: str, seen: list[str]
) -> None:
    opening = OPENINGS[0]
    opening = replace(
        opening,
        actor=replace(OFFICER, station=replace(STATION, code=code)),
        body=replace(opening.body, place=replace(opening.body.place, region_code=place)),
        facts=replace(opening.facts, station_region=station_region),
    )
    rows = rows_of(fold(KINDS, opening, [], ZONE), KINDS, read_policy(None), 1, b"")
    assert rows.incident.region_code == region
    everywhere = seen_in(Audience.COMPETENT, seen, [STATION.station_id])
    assert rows.incident.seen_in == everywhere
    for animal in rows.of_kind["animal"]:
        assert (animal["region_code"], animal["seen_in"]) == (region, everywhere)
