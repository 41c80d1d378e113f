"""What the OpenAPI document says to who reads it and to what generates a client from it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import jsonschema_rs
import msgspec
import pytest

from tests.bodies import ENTRY_TYPES
from tests.documented import document, require_documented
from tests.languages import HAN
from tests.users import API, Person, entry, rescue, road_hazard
from tests.web.described import ENGLISH, operations, records
from wildlife.kinds import KINDS
from wildlife.timeline.entry import tag
from wildlife.words.fields import in_words

LONGEST = 240

NIL = "00000000-0000-0000-0000-000000000000"


def test_every_operation_has_a_short_name_of_its_own_and_a_sentence_that_says_what_it_does() -> (
    None
):
    names = [said["operationId"] for _, said in operations()]
    assert len(set(names)) == len(names)
    assert {"openIncident", "appendEntry", "putPhoto", "signIn", "getThumbnail"} <= set(names)
    assert all(name.isalpha() and name[0].islower() for name in names)
    for _, said in operations():
        label, _, sentence = said["summary"].partition("。")
        assert HAN.search(label), said["summary"]
        assert len(label) <= 16, said["summary"]
        assert sentence.endswith("."), said["summary"]
        assert sentence[0].isupper(), said["summary"]


def test_every_tag_is_described() -> None:
    used = {tag for _, said in operations() for tag in said["tags"]}
    assert used == {tag["name"] for tag in document()["tags"]}
    for told in document()["tags"]:
        label, _, sentence = told["description"].partition("。")
        assert HAN.search(label), told
        assert sentence[0].isupper(), told
        assert not HAN.search(sentence), told


def test_a_field_is_called_the_same_in_the_document_and_in_what_is_wrong_with_it() -> None:
    """Or, where bodies call one name differently, by what these have in common."""
    schemas = document()["components"]["schemas"]
    closed = [one for one in schemas.values() if one.get("additionalProperties") is False]
    assert len(closed) > 40
    for schema in closed:
        for name, field in schema["properties"].items():
            if called := in_words(name):
                label = field["description"].partition("。")[0]
                assert label.endswith(called), f"{name}: {label}, {called}"


def test_every_record_is_named_once_and_as_people_call_it() -> None:
    schemas = document()["components"]["schemas"]
    assert all(name.isalnum() for name in schemas)
    titles = [schema["title"] for schema in schemas.values() if "title" in schema]
    assert len(set(titles)) == len(titles)


def fields() -> Iterator[tuple[str, str, str]]:
    """Every field of every record, with what is said of it."""
    for record, schema in document()["components"]["schemas"].items():
        for name, field in schema.get("properties", {}).items():
            yield record, name, field.get("description", "")


def parameters() -> Iterator[tuple[str, str, str]]:
    """Every parameter of every operation, with what is said of it."""
    for operation, said in operations():
        for parameter in said.get("parameters", []):
            yield operation, parameter["name"], parameter.get("description", "")


def headers() -> Iterator[tuple[str, str, str]]:
    """Every header of every answer, with what is said of it."""
    for operation, said in operations():
        for status, answer in said["responses"].items():
            for name, header in answer.get("headers", {}).items():
                yield f"{operation} {status}", name, header.get("description", "")


def test_every_field_parameter_and_header_is_described_by_its_chinese_name_and_in_english() -> None:
    everything = [*fields(), *parameters(), *headers()]
    assert len(everything) > 1200
    for place, name, said in everything:
        label, _, sentence = said.partition("。")
        assert HAN.search(label), f"{place}: {name} has no Chinese name: {said!r}"
        assert ENGLISH.search(sentence), f"{place}: {name} isn't described in English: {said!r}"
        assert len(label) <= 16, f"{place}: {name} has a name that fits no column: {label}"
        assert len(said) <= LONGEST, f"{place}: {name} is described at too much length: {said}"


def test_no_field_is_described_in_the_words_of_another() -> None:
    for described in (fields(), parameters(), headers()):
        names = defaultdict(set)
        for _, name, said in described:
            names[said].add(name)
        assert [pair for pair in names.items() if len(pair[1]) > 1] == []


def test_no_two_fields_of_a_record_have_the_same_chinese_name() -> None:
    names = defaultdict(list)
    for record, name, said in fields():
        names[record, said.partition("。")[0]].append(name)
    assert {key: same for key, same in names.items() if len(same) > 1} == {}


def test_every_schema_is_called_in_chinese_and_told_of_in_english() -> None:
    for name, schema in document()["components"]["schemas"].items():
        label, _, sentence = schema["description"].partition("。")
        assert HAN.search(label), f"{name} has no Chinese name"
        assert len(label) <= 20, label
        assert ENGLISH.search(sentence), name


def test_every_code_is_told_in_chinese_and_in_english() -> None:
    schemas = document()["components"]["schemas"]
    vocabularies = {name: schema for name, schema in schemas.items() if "enum" in schema}
    assert len(vocabularies) > 30
    for name, schema in vocabularies.items():
        lines = schema["description"].splitlines()
        for code in schema["enum"]:
            [told] = [line for line in lines if line.startswith(f"- `{code}`: ")]
            chinese, _, english = told.partition(" / ")
            assert HAN.search(chinese), f"{name}: {told}"
            assert english, f"{name}: {told}"
        assert "default" not in schema, f"{name}: what one field is by default, its type is not"


def test_the_document_says_what_the_service_is_and_how_one_asks_it_in_both_languages() -> None:
    said = document()["info"]["description"]
    chinese, _, english = said.partition("\n\nForest police")
    for part in (chinese, english):
        assert len(part.splitlines()) <= 10
        for needed in ("/session", "datum", "next_cursor", "/vocabularies", "detail"):
            assert needed in part, needed
    assert HAN.search(chinese)
    assert not HAN.search(english)


def test_a_union_of_records_says_by_what_they_are_told_apart() -> None:
    def unions(value: Any) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            members = value.get("oneOf", [])
            if len(members) > 1 and all("$ref" in member for member in members):
                yield value
            for inner in value.values():
                yield from unions(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from unions(inner)

    found = list(unions(document()))
    assert len(found) > 5
    for union in found:
        told_apart = union["discriminator"]
        assert told_apart["propertyName"] in ("kind", "type")
        assert sorted(told_apart["mapping"].values()) == sorted(
            member["$ref"] for member in union["oneOf"]
        )


@pytest.mark.parametrize("opening", [rescue, road_hazard])
async def test_what_was_sent_as_an_example_is_not_filed(officer: Person, opening: Any) -> None:
    refused = await officer.post("/incidents", opening(id=NIL))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_value")
    assert refused.json()["errors"][0]["field"] == "id"
    incident_id = await officer.opened(opening())
    note = entry("note", note="x") | {"id": NIL}
    refused = await officer.post(f"/incidents/{incident_id}/entries", note)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_value")
    timeline = await officer.read(f"/incidents/{incident_id}/entries")
    assert len(timeline["items"]) == 1


def of_call(operation: str) -> dict[str, Any]:
    [said] = [said for _, said in operations() if said["operationId"] == operation]
    return said


def test_a_parameter_that_takes_a_few_words_lists_them() -> None:
    closed = {
        ("kind", ("rescue", "road_hazard", None)),
        ("sort", ("time", "-time", "distance", "-distance", "number", "-number")),
        ("format", ("json", "geojson", "ndjson", "csv", "xlsx", None)),
        ("format", ("json", "csv", "xlsx", None)),
        ("format", ("json", "xlsx", "html", None)),
        ("format", ("html", "pdf", None)),
        ("labels", ("zh", "en", None)),
        ("count", ("exact", "estimated", None)),
        ("duplicates", ("exclude", "include")),
    }
    names = {name for name, _ in closed}
    told = {
        (parameter["name"], tuple(parameter["schema"]["enum"]))
        for _, said in operations()
        for parameter in said.get("parameters", [])
        if parameter["in"] == "query"
        and parameter["name"] in names
        and "enum" in parameter["schema"]
    }
    assert told == closed


async def test_every_code_that_a_parameter_lists_is_taken(auditor: Person) -> None:
    """And it lists one: what stands beside another list, of other codes, takes none."""
    for path, methods in document()["paths"].items():
        listed = [
            (one["name"], code)
            for one in methods.get("get", {}).get("parameters", [])
            if one["in"] == "query" and "{" not in path
            for code in codes_in(one["schema"])
        ]
        for name, code in listed:
            answer = await auditor.get(path.removeprefix(API), params={name: code})
            is_refused = answer.headers["content-type"] == "application/problem+json"
            told = [one["field"] for one in answer.json().get("errors", [])] if is_refused else []
            assert name not in told, (path, name, code)


def codes_in(schema: dict[str, Any]) -> set[str]:
    """Of which codes a text has to be one, by all that its schema asks of it."""
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    lists = [{one for one in schema["enum"] if one}] if "enum" in schema else []
    within = [codes_in(one) for one in schema.get("oneOf", ())]
    lists += [set().union(*within)] if any(within) else []
    both = set.intersection(*lists) if lists else set()
    assert both or not lists, f"nothing is all that is asked for: {lists}"
    return both


def test_what_is_needed_is_required_and_what_counts_unsaid_is_told() -> None:
    headers = {
        (said["operationId"], parameter["name"])
        for _, said in operations()
        for parameter in said.get("parameters", [])
        if parameter["in"] == "header" and parameter["required"]
    }
    assert {name for _, name in headers} == {
        "Tus-Resumable",
        "Upload-Length",
        "Upload-Metadata",
        "Upload-Offset",
    }
    assert of_call("appendToUpload")["requestBody"]["required"]
    assert not of_call("createUpload")["requestBody"].get("required")
    schemas = document()["components"]["schemas"]
    usual = {
        ("Closing", "reason"): "completed",
        ("Death", "circumstance"): "died_in_care",
        ("Transfer", "recipient_kind"): "rescue_centre",
        ("ReportedAnimal", "sex"): "unknown",
        ("Reopened", "passability"): "open",
    }
    for (record, field), code in usual.items():
        assert f"Left out: `{code}`." in schemas[record]["properties"][field]["description"]


def test_what_an_answer_always_has_is_required_of_it() -> None:
    schemas = document()["components"]["schemas"]
    looked_at = 0
    for record in records(msgspec.Struct):
        schema, how = schemas.get(record.__name__), record.__struct_config__
        if (
            schema is None
            or how.forbid_unknown_fields
            or set(schema["properties"])
            != {
                *record.__struct_encode_fields__,
                *([how.tag_field] if how.tag_field else []),
            }
        ):
            continue
        always = {
            one.encode_name
            for one in msgspec.structs.fields(record)
            if one.required or not how.omit_defaults
        }
        assert always <= set(schema.get("required", [])), record
        looked_at += 1
    assert looked_at > 50


def test_who_reported_is_named_by_what_is_sent_and_by_no_timeline() -> None:
    schemas = document()["components"]["schemas"]
    sent, shown = schemas["InformantNamed"], schemas["ShownInformantNamed"]
    assert "informant" in sent["required"]
    assert "informant" not in shown["properties"]
    body = of_call("appendEntry")["requestBody"]["content"]["application/json"]["schema"]
    here = body["discriminator"]["mapping"]["informant"]
    [_, entries] = schemas["ShownEntry"]["properties"]["body"]["oneOf"]
    there = entries["discriminator"]["mapping"]["informant"]
    for union, ref in ((body, here), (entries, there)):
        assert {"$ref": ref} in union["oneOf"]
    assert (here, there) == tuple(
        f"#/components/schemas/{name}" for name in ("InformantNamed", "ShownInformantNamed")
    )


async def test_an_answer_in_geojson_is_told_feature_by_feature(officer: Person) -> None:
    opening = examples("openIncident")["rescue_zh"] | {"id": str(uuid4())}
    incident_id = await officer.opened(opening)
    for step in ("identification", "release"):
        body = examples("appendEntry")[f"{step}_zh"] | {"id": str(uuid4())}
        await officer.appended(incident_id, body)
    await officer.opened(road_hazard())
    schemas = {"components": document()["components"]}
    lists = {"releases", "animals", "hazards", "incidents"}
    for name in lists:
        content = document()["paths"][f"{API}/{name}"]["get"]["responses"]["200"]["content"]
        schema = content["application/geo+json"]["schema"]
        read = await officer.read(f"/{name}?format=geojson")
        assert read["features"], name
        jsonschema_rs.Draft202012Validator(schema | schemas).validate(read)
        properties = schema["properties"]["features"]["items"]["properties"]["properties"]["anyOf"]
        whole, _ = (one["$ref"].rpartition("/")[2] for one in properties)
        typed = document()["components"]["schemas"][whole]
        assert set(typed["required"]) == set(read["features"][0]["properties"])


def test_a_photo_is_told_of_no_mistake_that_only_entries_can_make() -> None:
    for call in ("putPhoto", "createUpload", "appendToUpload"):
        said = str(of_call(call)["responses"])
        for code in ("mark_in_use", "station_without_officers", "nothing_said", "empty_body"):
            assert f"`{code}`" not in said, (call, code)


def test_no_answer_promises_an_address_that_does_not_come() -> None:
    for name, said in operations():
        for answer in said["responses"].values():
            follows = "URL follows" in answer["description"]
            assert not follows or "Location" in answer.get("headers", {}), name


def test_the_number_of_a_case_is_called_otherwise_than_the_id_of_its_incident() -> None:
    numbers = {name for _, name, said in fields() if said.startswith("警情编号")}
    assert numbers == {"case_number"}


# ---------------------------------------------------------------- examples


def examples(operation: str) -> dict[str, Any]:
    """The bodies that are shown of an operation, by their names."""
    [said] = [said for _, said in operations() if said["operationId"] == operation]
    shown = said["requestBody"]["content"]["application/json"].get("examples", {})
    return {name: one["value"] for name, one in shown.items()}


def test_every_body_of_json_and_every_type_of_entry_has_examples_in_both_languages() -> None:
    taking_json = [
        said["operationId"]
        for _, said in operations()
        if "application/json" in said.get("requestBody", {}).get("content", {})
    ]
    assert all(examples(operation) for operation in taking_json)
    both = [f"{type_}_{language}" for type_ in ENTRY_TYPES for language in ("en", "zh")]
    assert sorted(examples("appendEntry")) == sorted(both)
    kinds = [*(kind.name for kind in KINDS), "several"]
    both = [f"{name}_{language}" for name in kinds for language in ("en", "zh")]
    assert sorted(examples("openIncident")) == sorted(both)


# What has to be there before: an animal is known before it is let go.
BEFORE = {
    "receipt": ["transfer"],
    "release": ["identification"],
    "return": ["identification", "release"],
    "closing": ["identification", "release"],
}


@pytest.mark.parametrize("operation", ["openIncident", "appendEntry"])
def test_an_example_is_in_one_language(operation: str) -> None:
    for name, body in examples(operation).items():
        if name.endswith("_en"):
            chinese = HAN.search(msgspec.json.encode(body).decode())
            assert not chinese, (name, body)


@pytest.mark.parametrize("name", sorted(examples("appendEntry")))
async def test_an_example_with_an_id_of_its_own_is_taken_and_as_it_stands_is_not(
    officer: Person, name: str
) -> None:
    type_, _, language = name.rpartition("_")
    [kind, *_] = [one.name for one in KINDS if type_ in map(tag, one.entries)] or ["rescue"]
    opened = "several" if type_ == "split" else kind
    opening = examples("openIncident")[f"{opened}_{language}"] | {"id": str(uuid4())}
    incident_id = await officer.opened(opening)
    for step in [*BEFORE.get(type_, []), type_]:
        body = examples("appendEntry")[f"{step}_{language}"]
        refused = await officer.post(f"/incidents/{incident_id}/entries", body)
        assert refused.status_code == 422, refused.text
        named = {"entry_id": opening["id"]} if "entry_id" in body else {}
        if type_ == "void":
            note = await officer.appended(incident_id, entry("note", note="twice"))
            named = {"entry_id": note["id"]}
        await officer.appended(incident_id, body | named | {"id": str(uuid4())})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/incidents/17", 200), ("DELETE", "/incidents", 204), ("HEAD", "/receipts", 200)],
)
async def test_what_is_documented_nowhere_is_answered_nowhere(
    method: str, path: str, status: int
) -> None:
    request = httpx.Request(method, f"http://service{API}{path}")
    with pytest.raises(AssertionError, match=f"{status} isn't documented"):
        await require_documented(httpx.Response(status, request=request))


def answered(path: str, code: str) -> httpx.Response:
    request = httpx.Request("GET", f"http://service{API}{path}")
    headers = {"Content-Type": "application/problem+json"}
    problem = {"type": "urn:x", "title": "x", "status": 404, "detail": "x", "code": code}
    return httpx.Response(404, json=problem, headers=headers, request=request)


async def test_that_nothing_is_there_is_documented_of_every_call_that_answers_it() -> None:
    """And the call is the one whose address it is, word by word."""
    await require_documented(answered(f"/incidents/{uuid4()}", "not_found"))
    await require_documented(answered("/incidents/17", "not_found"))  # what no route has
    for path in ("/vocabularies", "/incidents/nearby"):
        with pytest.raises(AssertionError, match="not_found isn't documented"):
            await require_documented(answered(path, "not_found"))
