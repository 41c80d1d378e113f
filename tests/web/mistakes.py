"""Mistakes that people and programs make when they call the service, each as it is sent."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from tests.users import entry, identification, release, rescue, road_hazard

ID = "01912f6e-0000-7000-8000-000000000001"
RESCUE = "01912f6e-0000-7000-8000-00000000000a"
ROAD = "01912f6e-0000-7000-8000-00000000000b"
NOWHERE = "01912f6e-0000-7000-8000-00000000000d"
"""What is open already: a rescue of one animal, a blocked road, and a rescue without a point."""
PHOTO = f"/incidents/{RESCUE}/photos/01912f6e-0000-7000-8000-00000000000c"
NEARBY = "/incidents/nearby"
ENTRIES = f"/incidents/{RESCUE}/entries"

JSON = {"Content-Type": "application/json"}


class Mistake(NamedTuple):
    """What somebody meant to do, and what was sent for it."""

    title: str
    method: str
    path: str
    sent: Mapping[str, Any] = MappingProxyType({})
    by: str = "officer"


def mistakes() -> Iterator[Mistake]:
    """All of them: bodies, then what they say, then questions, addresses and photos."""
    yield from _no_json()
    yield from _openings()
    yield from _entries()
    yield from _corrections()
    yield from _questions()
    yield from _addresses()
    yield from _photos()
    yield from _sessions()


def opening(**changes: Any) -> dict[str, Any]:
    return rescue(id=ID) | changes


def animal(**changes: Any) -> dict[str, Any]:
    return opening(animals=[{"reported_as": "长嘴巴怪鸟", "cause": "weather_soaked"} | changes])


def point(**changes: Any) -> dict[str, Any]:
    said = {"longitude": 117.542, "latitude": 43.318, "datum": "WGS84"} | changes
    said = {name: value for name, value in said.items() if value is not ...}
    return opening(place={"description": "三道沟", "point": said})


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def _sent(title: str, content: bytes, headers: dict[str, str] = JSON) -> Mistake:
    return Mistake(title, "POST", "/incidents", {"content": content, "headers": headers})


def _opened(title: str, body: Any) -> Mistake:
    return Mistake(title, "POST", "/incidents", {"json": body})


def _appended(title: str, body: dict[str, Any], incident: str = RESCUE) -> Mistake:
    body = {name: value for name, value in (body | {"id": ID}).items() if value is not ...}
    return Mistake(title, "POST", f"/incidents/{incident}/entries", {"json": body})


def _asked(title: str, path: str, by: str = "official", **parameters: str) -> Mistake:
    return Mistake(title, "GET", path, {"params": parameters} if parameters else {}, by)


def _no_json() -> Iterator[Mistake]:
    text = msgspec.json.encode(opening()).decode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
    multipart = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="body"\r\n\r\n{text}\r\n'
        f"--{boundary}--\r\n"
    )
    yield _sent("Nothing in the body", b"")
    yield _sent("A body that was cut off", text[:200].encode())
    yield _sent("Chinese in GBK", text.encode("gbk"))
    yield _sent("UTF-16, as some editors save it", text.encode("utf-16"))
    yield _sent("A byte order mark", b"\xef\xbb\xbf" + text.encode())
    yield _sent("A comma behind the last field", text[:-1].encode() + b",}")
    yield _sent("A comma behind the last item", b'{"officers": ["150425001",]}')
    yield _sent("Single quotes", b"{'kind': 'rescue'}")
    yield _sent("Names of fields without quotes", b"{kind: 'rescue'}")
    yield _sent("Full-width quotation marks", "{“kind”: “rescue”}".encode())
    yield _sent("A full-width colon", '{"kind"："rescue"}'.encode())
    yield _sent("A full-width comma", '{"kind": "rescue"，"source": "report"}'.encode())
    yield _sent("A comment", b'{"kind": "rescue" // a bird\n}')
    yield _sent("NaN for a number that there is not", b'{"kind": "rescue", "x": NaN}')
    yield _sent("None, as Python writes it", b'{"kind": "rescue", "x": None}')
    yield _sent("A line break within a text", b'{"kind": "rescue", "summary": "a\nb"}')
    yield _sent("A backslash of a path", rb'{"kind": "rescue", "summary": "C:\photos"}')
    yield _sent("Two bodies one behind the other", text.encode() * 2)
    yield _sent("A form", b"kind=rescue&source=report", form)
    multipart_type = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    yield _sent("A form with parts", multipart.encode(), multipart_type)
    yield _sent("XML", b"<incident><kind>rescue</kind></incident>", {"Content-Type": "text/xml"})
    yield _sent("A list of openings", b"[" + text.encode() + b"]")
    yield _sent("JSON within a text", msgspec.json.encode(text))
    yield _sent("Null", b"null")


def _openings() -> Iterator[Mistake]:
    yield _opened("An empty object", {})
    yield _opened("No id", without(opening(), "id"))
    yield _opened("An id that is a number of the station's own", opening(id="20240729001"))
    yield _opened("A label for the kind", opening(kind="野生动物救护"))
    yield _opened("No time", without(opening(), "found_at"))
    yield _opened("A time without its zone", opening(found_at="2024-07-29T15:20:00"))
    yield _opened("A time as it is written in Chinese", opening(found_at="2024年7月29日 15:20"))
    yield _opened("A time with slashes", opening(found_at="2024/7/29 15:20:00"))
    yield _opened("A day without its time", opening(found_at="2024-07-29"))
    yield _opened("Milliseconds, as JavaScript counts", opening(found_at=1722237600000))
    yield _opened("A year that was mistyped", opening(found_at="2204-07-29T15:20:00+08:00"))
    yield _opened("A time that is still to come", opening(found_at="2098-07-29T15:20:00+08:00"))
    yield _opened("A phone that lost its clock", opening(found_at="0001-01-01T00:00:00Z"))
    yield _opened("A label for a code", animal(cause="雨淋失温"))
    yield _opened("A word like a label", animal(cause="淋雨"))
    yield _opened("An English word for a code", animal(sex="F"))
    yield _opened("A code in capitals", animal(life_stage="JUVENILE"))
    yield _opened("A code that is misspelt", animal(cause="weather_soked"))
    yield _opened("A code that is like none", animal(cause="外星人"))
    yield _opened("A number in quotes", animal(count="1"))
    yield _opened("A number in words", animal(count="三只"))
    yield _opened("Half an animal", animal(count=1.5))
    yield _opened("No animal at all", animal(count=0))
    yield _opened("Null for what is not known", animal(reported_as=None, cause=None))
    yield _opened("A list with nothing in it", opening(animals=[]))
    yield _opened("An animal by itself, and no list", opening(animals={"reported_as": "鸟"}))
    yield _opened("A field that is misspelt", without(opening(sumary="一只鸟"), "summary"))
    yield _opened("A field by its Chinese name", without(opening(摘要="一只鸟"), "summary"))
    yield _opened("A field in camel case", opening(receiptNumber="17"))
    yield _opened("A field of another kind", opening(hazard={"type": "rockfall"}))
    yield _opened("A place as text", opening(place="大局子林场三道沟"))
    yield _opened("A place that says nothing", opening(place={}))
    yield _opened("No datum", point(datum=...))
    yield _opened("A datum by the name of its map", point(datum="高德"))
    yield _opened("A datum with a hyphen", point(datum="GCJ-02"))
    yield _opened("Latitude and longitude swapped", point(latitude=117.542, longitude=43.318))
    yield _opened("A longitude by the name that maps have", point(longitude=..., lng=117.542))
    yield _opened("Degrees and minutes", point(latitude="43°19′", longitude="117°32′"))
    yield _opened("A region by its name", opening(place={"region_code": "克什克腾旗"}))
    yield _opened("A region code as a number", opening(place={"region_code": 150425}))
    yield _opened("A region of no province", opening(place={"region_code": "999999"}))
    yield _opened("Badges in one text", opening(officers="150425001,150425002"))
    yield _opened("A name for a badge", opening(officers=["张三"]))
    yield _opened("A text that is only spaces", opening(summary="   "))
    yield _opened("A text that is too long", opening(summary="鸟" * 5000))
    yield _opened("A yes in words", opening(informant={"name": "王建国", "confidential": "是"}))
    yield _opened(
        "Much at once",
        animal(cause="雨淋", count="2", color="黑")
        | {"found_at": "2024-07-29 15:20", "place": {"point": {"latitude": 43.3}}, "sourse": "x"},
    )
    hazard = {"type": "落石", "passability": "blocked", "road": {"stake_from": "12+300"}}
    yield _opened("A blocked road in words", road_hazard(id=ID, hazard=hazard))
    yield _opened("An id that is taken", road_hazard(id=ROAD, summary="另一起"))


def _entries() -> Iterator[Mistake]:
    yield _appended("No type", entry("note", type=..., note="x"))
    yield _appended("A type by its label", entry("放归"))
    yield _appended("A type that is misspelt", entry("asessment", animal=1))
    yield _appended("A photo as an entry", entry("photo", caption="x"))
    yield _appended("A species by its name", identification("普通鸬鹚"))
    yield _appended("A species by its scientific name", identification("Phalacrocorax carbo"))
    yield _appended("A name that several species have", identification("鸬鹚"))
    yield _appended("A species that is in no list", identification("凤凰"))
    yield _appended("How sure, in words", identification(confidence="肯定"))
    yield _appended("An animal that there is not", entry("care", animal=2, feeding="鱼"))
    yield _appended("An animal by its name", entry("care", animal="怪鸟", feeding="鱼"))
    yield _appended("A weight below nothing", entry("assessment", animal=1, weight_g=-5))
    yield _appended("A weight with its unit", entry("assessment", animal=1, weight_g="1.5kg"))
    yield _appended("A field by its label", entry("assessment", animal=1, 体重=1500))
    yield _appended("A release without its site", without(release(), "site"))
    yield _appended("A release by nobody", release(officers=[]))
    yield _appended("How it was let go, in words", release(method="放生"))
    yield _appended("A release of what nobody identified", release())
    yield _appended("A handover by the unit's name", entry("handover", station="克一河分局"))
    yield _appended("A handover to a stranger", entry("handover", station="150723", badge="9999"))
    yield _appended("A step of a road", entry("cleared"))
    yield _appended("Nothing known of the road", entry("road_update"), ROAD)
    yield _appended("A measure that is no list", entry("secured", measures="cordon"), ROAD)
    yield _appended("Reopened, and blocked", entry("reopened", passability="blocked"), ROAD)
    yield _appended("No mark at all", entry("marking", animal=1))
    yield _appended("Closed before anything is settled", entry("closing"))
    duplicate = entry("closing", reason="duplicate")
    yield _appended("A duplicate of nothing", duplicate)
    by_number = duplicate | {"duplicate_of": "150425-20240729-002"}
    yield _appended("A duplicate of a case number", by_number)
    yield _appended("A duplicate of itself", duplicate | {"duplicate_of": RESCUE})
    yield _appended("A duplicate of what there is not", duplicate | {"duplicate_of": ID})


def _corrections() -> Iterator[Mistake]:
    def amended(title: str, changes: Any, entry_id: str = RESCUE) -> Mistake:
        return _appended(title, entry("amendment", entry_id=entry_id, changes=changes))

    yield amended("A correction of nothing", {})
    yield amended("A correction that misspells two fields", {"sumary": "x", "found": "y"})
    yield amended("A list that is replaced", {"animals": [{"count": 2}]})
    yield amended("The second of one animal", {"animals": {"2": {"count": 2}}})
    yield amended("Who reported, in a correction", {"informant": {"name": "王建国"}})
    yield amended("A kind in a correction", {"kind": "road_hazard"})
    yield amended("Badges in one list in a correction", {"officers": ["150425001"]})
    yield amended("A code in a correction", {"animals": {"1": {"cause": "中毒"}}})
    yield amended("A correction of what there is not", {"note": "x"}, ID)
    yield _appended("A void of the opening", entry("void", entry_id=RESCUE, reason="x"))


def _questions() -> Iterator[Mistake]:
    yield _asked("A parameter that is misspelt", "/releases", protecton="sanyou")
    yield _asked("A label in a filter", "/releases", protection="三有")
    yield _asked("A state by its label", "/animals", state="放归")
    yield _asked("A species by its name in a filter", "/releases", species="普通鸬鹚")
    yield _asked("A region by its name in a filter", "/animals", region="赤峰")
    yield _asked("A region of no province in a filter", "/animals", region="999999")
    yield _asked("A station by its name in a filter", "/animals", station="大局子森林派出所")
    yield _asked("A station that there is not", "/animals", station="999999")
    yield _asked("From after to", "/animals", **{"from": "2024-08-04", "to": "2024-07-01"})
    yield _asked("A day in words", "/animals", **{"from": "昨天"})
    yield _asked("A page of nothing", "/animals", limit="0")
    yield _asked("A page in words", "/animals", limit="all")
    yield _asked("A label for a kind of incident", "/incidents", kind="道路险情")
    yield _asked("A kind of incident that there is not", "/incidents", kind="fire")
    yield _asked("A cursor that was cut off", "/animals", cursor="abc")
    yield _asked("A circle without its radius", "/animals", near="117.5,43.3")
    yield _asked("A circle around a swapped point", "/animals", near="42.6,117.4", radius_m="9")
    yield _asked("A full-width comma in a point", "/animals", near="117.4，42.6", radius_m="9")
    yield _asked("A box that is swapped", "/animals", bbox="42.5,117,43.5,118")
    yield _asked("A box of three sides", "/animals", bbox="117,43,118")
    yield _asked("A box whose south is its north", "/animals", bbox="117,44,118,43")
    yield _asked("A format that there is not", "/animals", format="shp")
    yield _asked("A search for nothing", "/animals", q="")
    yield _asked("What is near a case number", NEARBY, "officer", incident="150425-20240729-002")
    yield _asked("What is near what there is not", NEARBY, "officer", incident=ID)
    yield _asked("What is near a place in words", NEARBY, "officer", incident=NOWHERE)
    yield _asked("A search for a space", "/animals", q=" ")
    yield Mistake("Chinese in GBK in an address", "GET", "/species?q=%F0%D8%F0%B9")


def _addresses() -> Iterator[Mistake]:
    yield _asked("An address that is misspelt", "/incident")
    yield _asked("An address of another system", "/api/cases/17")
    yield _asked("An incident by its case number", "/incidents/150425-2024-0001")
    yield _asked("An incident that there is not", f"/incidents/{ID}")
    yield _asked("A species that there is not", "/species/phoenix")
    yield Mistake("A record that is to be deleted", "DELETE", f"/incidents/{RESCUE}")
    yield Mistake("A record that is to be replaced", "PUT", f"/incidents/{RESCUE}", {"json": {}})
    yield Mistake(
        "An incident opened by an official", "POST", "/incidents", {"json": opening()}, "official"
    )
    yield _asked("Nobody signed in", "/incidents", by="nobody")


def _photos() -> Iterator[Mistake]:
    def photo(
        title: str,
        content: bytes,
        type_: str = "image/jpeg",
        query: str = "",
        to: str = RESCUE,
    ) -> Mistake:
        sent = {"content": content, "headers": {"Content-Type": type_}}
        return Mistake(title, "PUT", PHOTO.replace(RESCUE, to) + query, sent)

    def upload(title: str, metadata: str) -> Mistake:
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "3",
            "Upload-Metadata": metadata,
        }
        return Mistake(title, "POST", "/uploads", {"headers": headers})

    boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="photo"\r\n\r\n\xff\xd8'
    kind = f"multipart/form-data; boundary={boundary}"
    yield photo("A photo in a form", part.encode("latin-1"), kind)
    yield photo("A photo in Base64", b"/9j/4AAQSkZJRgABAQAAAQABAAD/2wBD")
    yield photo("A photo as a data URL", b"data:image/jpeg;base64,/9j/4AAQSkZJ")
    yield photo("No bytes", b"")
    yield photo("A film", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom")
    yield photo("A document", b"%PDF-1.7\n")
    yield photo("A photo of what there is not", b"\xff\xd8\xff", query="?about=animal:2")
    yield photo("A photo of something in words", b"\xff\xd8\xff", query="?about=鸟")
    yield photo("A photo of a road's animal", b"\xff\xd8\xff", query="?about=animal:1", to=ROAD)
    yield photo(
        "When it was taken, without its zone", b"\xff", query="?taken_at=2024-07-29T15:20:00"
    )
    yield upload("An upload of no incident", "filename 5aSn5bGA5a2QLmpwZw==")
    yield upload("A key that there is not", "incident MQ==")


def _sessions() -> Iterator[Mistake]:
    def signed_in(title: str, body: Any) -> Mistake:
        return Mistake(title, "POST", "/session", {"json": body}, "nobody")

    yield signed_in("A user name", {"username": "150425001", "password": "demo-only"})
    yield signed_in("A badge as a number", {"badge": 150425001, "password": "demo-only"})
    yield signed_in("A wrong password", {"badge": "150425001", "password": "demo-onyl"})
    token = {"headers": {"Authorization": "Bearer xyz"}}
    yield Mistake("A token that is none", "GET", "/incidents", token, "nobody")
