"""Bodies that are wrong in one place."""

from typing import Any

from tests.users import entry, identification, release


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """`body` with the value at a dotted path replaced; `...` takes the field away."""
    *steps, last = path.split(".")
    inner: Any = body
    for step in steps:
        inner = inner[int(step)] if step.isdigit() else inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return body


WRONG_OPENINGS = [
    # path of the change, its value, code, field, something the sentence must say
    ("speed", 3, "unknown_field", "speed", "animals"),
    ("place.hight", 3, "unknown_field", "place.hight", "region_code"),
    ("animals.0.colour", "grey", "unknown_field", "animals[0].colour", "reported_as"),
    ("animals.0.count", "1", "wrong_type", "animals[0].count", "a whole number"),
    ("animals.0.count", 1.5, "wrong_type", "animals[0].count", "a whole number"),
    ("animals.0.count", 0, "invalid_value", "animals[0].count", "from 1 to 100000"),
    ("animals", [], "invalid_value", "animals", "a list of 1 to 100"),
    ("animals", "a bird", "wrong_type", "animals", "a list"),
    ("animals.0.cause", "rain", "unknown_code", "animals[0].cause", "weather_soaked"),
    ("animals.0.sex", "f", "unknown_code", "animals[0].sex", "female"),
    ("source", "call", "unknown_code", "source", "patrol"),
    ("kind", "fire", "unknown_code", "kind", "road_hazard"),
    ("kind", ..., "missing_field", "kind", "required"),
    ("id", ..., "missing_field", "id", "required"),
    ("id", "1", "invalid_value", "id", "UUID"),
    ("found_at", ..., "missing_field", "found_at", "required"),
    ("found_at", "2024-07-29T15:20:00", "time_without_offset", "found_at", "+08:00"),
    ("found_at", "yesterday", "invalid_time", "found_at", "2024-07-29T15:20:00+08:00"),
    ("found_at", "2024-07-29", "invalid_time", "found_at", "2024-07-29T15:20:00+08:00"),
    ("found_at", 1722237600, "wrong_type", "found_at", "a time"),
    ("found_at", "2999-01-01T00:00:00+08:00", "time_in_future", "found_at", "clock"),
    ("found_at", "0001-01-01T00:00:00+08:00", "invalid_value", "found_at", "1950"),
    ("place", {}, "invalid_value", "place", "description or a point"),
    ("place.region_code", "内蒙古", "invalid_value", "place.region_code", "GB/T 2260"),
    ("place.region_code", "15", "invalid_value", "place.region_code", "GB/T 2260"),
    ("place.point.datum", ..., "missing_field", "place.point.datum", "required"),
    ("place.point.datum", "WGS-84", "unknown_code", "place.point.datum", "Did you mean `WGS84`"),
    ("place.point.latitude", 117.5, "invalid_value", "place.point.latitude", "from -90 to 90"),
    ("place.point.longitude", -181, "invalid_value", "place.point.longitude", "from -180 to 180"),
    ("place.point.longitude", "117", "wrong_type", "place.point.longitude", "a number"),
    ("summary", "", "invalid_value", "summary", "1 to 4000 characters"),
    ("summary", "a\x00b", "invalid_value", "summary", "without U+0000"),
    ("summary", "x" * 4001, "invalid_value", "summary", "1 to 4000 characters"),
    ("informant.role", "boss", "unknown_code", "informant.role", "forest_ranger"),
    ("informant.age", 40, "unknown_field", "informant.age", "phone"),
    ("officers", ["不是警号"], "invalid_value", "officers[0]", "badge number"),
]

WRONG_ENTRIES = [
    (entry("identification", animal=1), "missing_field", "species_id"),
    (identification("phoenix"), "unknown_species", "species_id"),
    (identification(confidence="sure"), "unknown_code", "confidence"),
    (identification(animal=2), "unknown_animal", "animal"),
    (identification(animal=0), "invalid_value", "animal"),
    (entry("flying", animal=1), "unknown_code", "type"),
    (entry("note"), "missing_field", "note"),
    (entry("photo", caption="x"), "unknown_code", "type"),
    (entry("assessment", animal=1, weight_g=-1), "invalid_value", "weight_g"),
    (entry("assessment", animal=1, wieght_g=1), "unknown_field", "wieght_g"),
    (entry("note", "2999-01-01T00:00:00Z", note="x"), "time_in_future", "happened_at"),
    (entry("note", "2024-08-01T00:00:00", note="x"), "time_without_offset", "happened_at"),
    (release(officers=[]), "missing_field", "officers"),
    (release(site={}), "invalid_value", "site"),
    (release(method="thrown"), "unknown_code", "method"),
    (entry("handover", station="999999"), "unknown_station", "station"),
    (entry("handover", station="150723", badge="nobody"), "unknown_badge", "badge"),
    (
        entry("void", entry_id="01910000-0000-7000-8000-00000000dead"),
        "unknown_entry",
        "entry_id",
    ),
    (
        entry("amendment", entry_id="01910000-0000-7000-8000-00000000dead", changes={}),
        "unknown_entry",
        "entry_id",
    ),
]
