"""Who may do what is one table, and what is seen is one predicate: nothing beside them decides."""

import ast
import re
from pathlib import Path
from uuid import uuid4

import pytest
from litestar.routes import HTTPRoute

import wildlife
from tests.documented import application
from tests.tables import OF_INCIDENTS
from wildlife.kinds import KINDS
from wildlife.people.codes import Role
from wildlife.people.may import MAY, REACH, Audience, Scope, Verb, may, scope_of, seen_in

# Whoever reads one of these asks for records. All but `entry`, `informant` and the like carry the
# columns by which a reader is let in; those are let in by their incident.
_RECORDS = re.compile(rf"(?<!yield )\b(?:from|join)\s+({'|'.join(OF_INCIDENTS)})\b")

_OF_A_LIST = re.compile(r"from \{[\w.]*source\}")

# What reads records for no reader, or for one who was let in before, by module and function; and
# why it may.
WITHOUT_A_READER = {
    "accesses/queries.py": {
        "case_numbers": "for who audits, and sees all",
        "is_incident": "for who audits, and sees all",
        "is_photo": "for who audits, and sees all",
    },
    "changes/queries.py": {
        "concerned_within": "whom to wake, who then reads with the predicate",
        "found_within": "has it with the conditions of the list of incidents (`seen`)",
        "digest_at": "tells nobody: whether a place is what it was",
        "received_at": "tells nobody: where a time begins",
    },
    "ledger/queries.py": {
        "read_end": "how many there are, which nobody is told",
        "take_unsequenced": "gives places",
    },
    "synth/queries.py": {"put_into_ledger": "gives places to what is invented"},
    "timeline/queries.py": {
        "access_incident_to_append": "by the station that had a part: who writes, not who reads",
        "NAMED_IN": "of an incident whose reader the statement lets in",
        "_opening": "an id that is taken, whoever has it",
        "fetch_timeline": "of an incident whose reader was let in",
        "fetch_links": "for checking all that is kept",
        "had_custody": "of whose unit had anything of it: who writes, not who reads",
        "find_head": "for checking all that is kept",
        "find_entry": "of an incident whose reader was let in, or to know one's own again",
        "list_entries": "of an incident whose reader was let in",
    },
    "timeline/row_queries.py": {
        "_statements": "writes rows",
        "list_incident_ids": "for checking all that is kept",
        "lock_incident": "keeps others from appending",
    },
    "timeline/duplicate_queries.py": {
        "find_original": "to tell that duplicates do not lead back, whoever may see those between",
        "list_duplicate_ids": "to hide what a hidden one is a duplicate of, whoever may see it",
    },
    "timeline/refused_queries.py": {
        "find_sender": "whose a refused body is",
        "keep_refused": "counts one's own",
        "list_settled": "of what one sent oneself",
    },
    "refused/listed_queries.py": {
        "_LISTED": "for the operator, of whose and why, and of nothing that is said",
    },
    "refused/queries.py": {
        "_OPEN": "of what the statement lets in",
        "find_sent": "of what a reader was let in to, and may accept",
        "find_settled": "the same",
    },
    "informants/erased_queries.py": {
        "_LAST": "for the responsible station alone, which is narrower",
        "_NAMED_BY": "to tell whether a body names whom nobody may name again",
    },
    "informants/queries.py": {
        "access_informants": "for the responsible station alone, which is narrower",
        "find_informant": "to tell whether a replay names the same person",
        "erase_informant": "for the responsible station alone",
        "list_named": "to tell which texts name who reported, of which no reader is told",
        "stream_sealed": "to find out whether a key fits",
    },
    "informants/losing_queries.py": {
        "list_lost": "counts what a key sealed that is lost",
        "record_found": "whether all is sealed anew",
        "seals_without_a_name": "whether a key is remembered",
    },
    "informants/rotating_queries.py": {
        "INFORMANTS": "sealed anew, for no reader",
        "REFUSED": "sealed anew, for no reader",
    },
    "evidence/queries.py": {
        "list_placed": "of an incident whose reader was let in",
    },
    "ledger/tree_queries.py": {
        "list_leaves": "for who verifies all of it",
        "list_strays": "for checking all that is kept",
        "read_rows": "to sign all of it",
    },
    "timeline/verify_queries.py": {
        "list_added_to": "for checking all that is kept",
        "received_at": "for checking all that is kept",
        "list_places_without_entry": "for checking all that is kept",
        "read_heads": "for checking all that is kept",
        "read_informants": "for checking all that is kept",
        "read_rows": "for checking all that is kept",
        "read_places": "for checking all that is kept",
    },
    "photos/queries.py": {
        "list_photos": "of an incident whose reader was let in",
    },
    "photos/digest_queries.py": {
        "list_named_digests": "for checking all that is kept",
        "named_in_texts": "for checking all that is kept",
        "named_among": "for checking all that is kept",
        "has_entries": "whether database and store belong together",
        "sample_digests": "whether database and store belong together",
    },
    "photos/rendition_queries.py": {
        "list_photos_to_render": "work to do, for no reader",
        "count_photos_to_render": "work to do, for no reader",
        "claim_photo": "work to do, for no reader",
        "list_rendered": "for checking all that is kept",
    },
    "statistics/counting.py": {
        "Counting": "narrows by the conditions of its list, of which the predicate is the first",
    },
    "backups/queries.py": {
        "count_rows": "how many there are, for who backs all of them up",
        "list_every_named_digest": "of every photo, for who backs all of them up",
    },
    "statistics/annual/queries.py": {
        "_TIMELINES": "of incidents that the report's statement let in",
    },
    "lists/hidden_queries.py": {
        "tells_hidden": "for checking all that is told",
    },
    "lists/incidents.py": {
        "INCIDENTS": "animals of incidents that the list's statement let in",
    },
    "lists/composing.py": {
        "_BESIDE": "of a row that the list's statement let in",
    },
    "lists/photos.py": {
        "PHOTO_SOURCE": "photos of incidents that the list's statement let in",
    },
}


def statements(module: Path) -> dict[str, str]:
    """All text of each function, class or constant at the top of a module."""
    found = {}
    for node in ast.parse(module.read_text("utf-8")).body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                pass
            case ast.ClassDef(name=name):
                pass
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                pass
            case _:
                continue
        found[name] = ast.unparse(node)
    return found


def test_every_query_of_records_has_the_predicate_or_says_why_not() -> None:
    folder = Path(wildlife.__file__).parent
    without: dict[str, set[str]] = {}
    for module in sorted(folder.rglob("*.py")):
        for name, text in statements(module).items():
            reads = _RECORDS.search(text.replace("\\n", "\n")) or _OF_A_LIST.search(text)
            if reads and "VISIBLE" not in text:
                without.setdefault(str(module.relative_to(folder)), set()).add(name)
    assert without == {module: set(names) for module, names in WITHOUT_A_READER.items()}


# Of what is there several times: as it is, and as some know it.
_TWICE = re.compile(r"(?<!yield )\b(?:from|join)\s+(?:incident|animal|release|transfer)\b")
_VIEW = re.compile(r"\bview\b")


def test_every_query_of_what_may_be_there_twice_says_which_of_the_two_it_means() -> None:
    """By the predicate, by which everybody sees one; or by name, of each table that it reads."""
    folder = Path(wildlife.__file__).parent
    unclear = {
        f"{module.relative_to(folder)}: {name}"
        for module in sorted(folder.rglob("*.py"))
        for name, text in statements(module).items()
        if len(_TWICE.findall(text.replace("\\n", "\n")))
        > len(_VIEW.findall(text)) + text.count("VISIBLE")
    }
    # All that there is of an incident is written, compared and listed; and concerns whoever sees it
    # in any way.
    assert unclear == {
        "changes/queries.py: concerned_within",
        "timeline/row_queries.py: list_incident_ids",
    }


def test_every_route_says_what_it_does_or_that_it_is_for_all() -> None:
    verbs: set[Verb] = set()
    for route in application().routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else []:
            if not route.path.startswith("/api/") or handler.http_methods == {"OPTIONS"}:
                continue
            said = handler.opt.get("verb", ())
            own = said if isinstance(said, tuple) else (said,)
            assert bool(handler.opt.get("public")) != bool(own), route.path
            verbs.update(own)
    assert verbs == set(Verb) == set(MAY)


@pytest.mark.parametrize("verb", Verb)
def test_a_role_that_nobody_decided_on_may_nothing_and_sees_nothing(verb: Verb) -> None:
    assert not may("inspector", verb)
    seen = scope_of(
        "inspector",
        station_id=uuid4(),
        stations=[uuid4()],
        competent_for_regions=["15"],
        competent_for_stations=[uuid4()],
        sees_roads=True,
    )
    assert seen == Scope()
    assert not any(may(role, None) for role in Role)


def test_every_role_has_a_reach() -> None:
    assert set(REACH) == set(Role)


@pytest.mark.parametrize(
    ("readme", "language", "yes"), [("README.md", "en", "yes"), ("README.zh.md", "zh", "是")]
)
def test_the_table_of_the_readme_is_the_one_that_counts(
    readme: str, language: str, yes: str
) -> None:
    rows = (Path(__file__).parents[2] / readme).read_text("utf-8").splitlines()
    for verb in Verb:
        cells = [yes if role in MAY[verb] else "" for role in Role]
        row = [getattr(verb, language), *cells]
        assert [one for one in rows if [c.strip() for c in one.strip("|").split("|")] == row], verb
    reach = " | ".join(getattr(REACH[role], language) for role in Role)
    assert any(one.endswith(f"| {reach} |") for one in rows)


def test_a_record_is_seen_in_all_regions_around_it_and_for_its_stations() -> None:
    def seen(*codes: str) -> list[str]:
        return seen_in(Audience.COMPETENT, codes, [])

    assert seen("150425") == ["15", "150", "1504", "15042", "150425"]
    assert seen("150425", "150425") == seen("150425")
    assert set(seen("150425", "1507")) == {*seen("150425"), "150", "1507"}
    station = uuid4()
    assert seen_in(Audience.COMPETENT, ["15"], [station]) == ["15", str(station)]


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("grant", [False, True])
def test_whom_a_record_asks_are_those_whose_scope_names_it_as_it_does(
    audience: Audience, grant: bool
) -> None:
    near, far = uuid4(), uuid4()
    record = seen_in(audience, ["150425"], [near])
    for regions, stations, is_near in (
        (["1504"], [], True),
        ([], [near], True),
        (["1507", "1504"], [far], True),
        (["1507"], [far], False),
        ([], [], False),
    ):
        scope = scope_of(
            Role.OFFICIAL,
            station_id=near,
            stations=[near],
            competent_for_regions=regions,
            competent_for_stations=stations,
            sees_roads=grant,
        )
        expected = is_near and (grant or audience is Audience.COMPETENT)
        assert bool({*scope.seen_in} & {*record}) == expected
        assert (scope.stations, scope.everything) == ([], False)


def test_every_kind_of_incident_says_which_officials_see_it() -> None:
    assert {kind.name: kind.audience for kind in KINDS} == {
        "rescue": Audience.COMPETENT,
        "road_hazard": Audience.GRANTED_ROADS,
    }


def test_the_scope_of_several_is_what_any_of_them_sees() -> None:
    one, other = uuid4(), uuid4()
    both = Scope(stations=[one]) | Scope(stations=[one, other], seen_in=["15"])
    assert both == Scope(stations=[one, other], seen_in=["15"])
    assert (both | Scope(everything=True)).everything
    assert Scope() | Scope() == Scope()
