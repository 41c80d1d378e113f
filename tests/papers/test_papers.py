"""Which papers there are of a record, for whom, and what of it is on them."""

import re
from base64 import b64encode
from hashlib import sha256
from uuid import uuid4

import pytest
from httpx import Response

from db.database import Database
from tests.accesses.reading import read_by
from tests.languages import HAN, foreign_words
from tests.papers.full import ODD, big_rescue_of
from tests.papers.reading import fields_of, paper, papers, text_of
from tests.pictures import encoded, noise
from tests.rescues.custody import transfer
from tests.serving import until
from tests.uploading import until_shown
from tests.users import Person, entry, identification, release, rescue, road_hazard
from wildlife.web.qr_codes import as_svg


async def released(officer: Person) -> tuple[str, list[str]]:
    """A rescue of three of which some were released twice, and one went to the centre."""
    incident = await officer.opened(rescue(animals=[{"reported_as": "怪鸟", "count": 4}]))
    await officer.appended(incident, identification())
    steps = [
        release(count=1),
        release("2024-08-05T10:30:00+08:00", count=2, site={"description": "另一水库"}),
        transfer(6, count=1),
    ]
    for one in steps:
        await officer.appended(incident, one)
    return incident, [str(one["id"]) for one in steps]


async def test_the_papers_of_a_record_are_listed_with_numbers_that_stay(
    officer: Person, official: Person, chief: Person, rescuer: Person
) -> None:
    incident, ids = await released(officer)
    listed = await papers(officer, incident)
    case = (await officer.read(f"/incidents/{incident}"))["case_number"]
    of_entries = [None, None, None, *ids]
    letters = ["HZ", "PZ", "DJ", "FG", "FG", "YJ"]
    assert [one["entry"] for one in listed] == of_entries
    assert [one["number"] for one in listed] == [
        f"{case}-{one}" + (f"-{of[-8:].upper()}" if of else "")
        for one, of in zip(letters, of_entries, strict=True)
    ]
    for person in (official, chief):
        assert await papers(person, incident) == listed
    part = await papers(rescuer, incident)
    assert {one["number"] for one in part} <= {one["number"] for one in listed}
    assert ids[2] in [one["entry"] for one in part]
    # What comes late changes no number.
    await officer.appended(
        incident, entry("care", "2024-07-29T20:00:00+08:00", animal=1, note="照看")
    )
    assert await papers(officer, incident) == listed
    for one in listed:
        path = one["address"].partition("/api/v1")[2]
        page = (await officer.get(path)).text
        assert one["number"] in page
        assert as_svg(one["address"], scalable=True) in page


async def test_each_release_is_on_a_sheet_of_its_own_and_one_may_be_asked_for(
    officer: Person,
) -> None:
    incident, (first, second, _) = await released(officer)
    both = await paper(officer, incident, "release_record")
    assert both.count("<section>") == 2
    alone = await paper(officer, incident, "release_record", entry=second)
    assert alone.count("<section>") == 1
    assert "另一水库" in alone
    assert "响水水库" not in alone
    assert fields_of(alone)["只数"] == ["2只"]
    for unknown in (str(uuid4()), incident):
        answer = await officer.get(f"/incidents/{incident}/papers/release_record?entry={unknown}")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_paper")
    answer = await officer.get(f"/incidents/{incident}/papers/rescue_form?entry={first}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_paper")


async def test_a_paper_that_there_is_not_is_refused_with_a_sentence_that_says_why(
    officer: Person, other_officer: Person
) -> None:
    hazard, bird = await other_officer.opened(road_hazard()), await officer.opened()
    refused = [
        (other_officer, hazard, "case_receipt", "patrol", "巡逻"),
        (other_officer, hazard, "animal_receipt", "no rescue", "不是野生动物救护"),
        (other_officer, hazard, "rescue_form", "no rescue", "不是野生动物救护"),
        (other_officer, hazard, "release_record", "was released", "没有你可以查看的放归"),
        (other_officer, hazard, "handover_form", "handed over", "没有你可以查看的移交"),
        (officer, bird, "release_record", "was released", "没有你可以查看的放归"),
        (officer, bird, "handover_form", "handed over", "没有你可以查看的移交"),
        (officer, bird, "clearance_form", "no road hazard", "不是道路险情"),
    ]
    for person, incident, name, english, chinese in refused:
        told: list[Response] = [
            await person.get(
                f"/incidents/{incident}/papers/{name}", headers={"Accept-Language": language}
            )
            for language in ("en", "zh")
        ]
        assert {one.status_code for one in told} == {404}
        assert {one.json()["code"] for one in told} == {"no_such_paper"}
        in_english, in_chinese = (one.json()["detail"] for one in told)
        assert english in in_english
        assert chinese in in_chinese
        assert not HAN.search(in_english)
        assert not foreign_words(in_chinese)
    there = {(one["paper"]) for one in await papers(other_officer, hazard)}
    assert there == {"clearance_form"}
    answer = await officer.get(f"/incidents/{bird}/papers/relase_record")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert "release_record" in answer.json()["detail"]


async def test_who_reported_is_on_receipts_for_who_may_read_it_and_that_is_on_record(
    officer: Person,
    other_officer: Person,
    official: Person,
    chief: Person,
    auditor: Person,
) -> None:
    incident = await officer.opened()
    names = ("case_receipt", "animal_receipt", "rescue_form")
    for person, is_named in ((officer, True), (official, False), (chief, False)):
        for name in names:
            page = await paper(person, incident, name)
            named = is_named and name != "rescue_form"
            assert ("王建国" in page) == named, (person.badge, name)
            assert ("13800000000" in page) == named
    rows = await read_by(auditor, incident=incident, limit=500)
    read = [(one["badge"], one["reading"]) for one in rows if one["badge"] != "auditor"]
    assert read == [
        *[("150425001", "paper"), ("150425001", "informant")] * 2,
        ("150425001", "paper"),
        *[("LC1504", "paper")] * 3,
        *[("chief", "paper")] * 3,
    ]
    # It follows the responsibility, as the call that answers it does.
    await officer.appended(incident, entry("handover", station="150723"))
    for name in names[:2]:
        assert "王建国" not in await paper(officer, incident, name)
        assert "王建国" in await paper(other_officer, incident, name)


async def test_who_asked_not_to_be_named_is_masked_and_who_was_erased_is_a_blank(
    officer: Person,
) -> None:
    informant = {"name": "王建国", "phone": "13800000000", "role": "herder", "confidential": True}
    incident = await officer.opened(rescue(informant=informant))
    for name, label in (("case_receipt", "报警人"), ("animal_receipt", "送交人")):
        page = await paper(officer, incident, name)
        assert fields_of(page)[label] == ["＊＊＊（要求保密）"] * 2
        assert fields_of(page)["联系电话"] == ["＊＊＊"]
        assert "王建国" not in page
        assert "牧民" not in page
        assert "13800000000" not in page
    await officer.request("DELETE", f"/incidents/{incident}/informant")
    page = await paper(officer, incident, "case_receipt")
    assert fields_of(page)["报警人"] == ["", ""]


async def test_a_custodian_is_printed_what_is_in_its_custody_and_no_digest(
    officer: Person, rescuer: Person
) -> None:
    animals = [{"reported_as": "长嘴巴怪鸟"}, {"reported_as": "另一只幼鸟"}]
    incident = await officer.opened(rescue(animals=animals, summary="两只都在沟口"))
    await officer.appended(incident, entry("care", animal=2, note="第二只的照料"))
    moved = transfer(1)
    await officer.appended(incident, moved)
    page = await paper(rescuer, incident, "rescue_form")
    assert "长嘴巴怪鸟" in page
    for untold in ("另一只幼鸟", "第二只的照料", "两只都在沟口"):
        assert untold not in page
        assert untold in await paper(officer, incident, "rescue_form")
    assert "只载明由打印人所在单位照管的动物" in page
    assert not re.search("[0-9a-f]{64}", page)
    digest = (await officer.read(f"/incidents/{incident}"))["digest"]
    assert digest in await paper(officer, incident, "rescue_form")
    both = [await paper(one, incident, "handover_form") for one in (officer, rescuer)]
    [number] = {re.search(r"编号：<b>([^<]+)", page)[1] for page in both}  # type: ignore[index]
    assert number.endswith(f"-YJ-{str(moved['id'])[-8:].upper()}")


async def test_whoever_was_responsible_then_gives_away_and_releases(
    officer: Person, other_officer: Person
) -> None:
    bird = await officer.opened(rescue(animals=[{"reported_as": "怪鸟", "count": 6}]))
    rock = await officer.opened(road_hazard(place={"description": "山口"}))
    await officer.appended(bird, identification())

    async def both(person: Person, day: int) -> None:
        hour = f"2024-08-{day:02}T{{}}:00:00+08:00".format
        await person.appended(bird, release(hour(11), count=1))
        given = {"animal": 1, "count": 1, "recipient": "动物园"}
        await person.appended(bird, entry("transfer", hour(12), **given))
        await person.appended(rock, entry("handed_over", hour(12), unit="养护队"))

    await both(officer, 5)
    for incident in (bird, rock):
        handover = entry("handover", "2024-08-05T13:00:00+08:00", station="150723")
        await officer.appended(incident, handover)
    await both(other_officer, 6)
    shown = await officer.read(f"/incidents/{bird}")
    then = [shown["station"]["name"], shown["responsible"]["station"]["name"]]
    assert then[0] != then[1]
    for incident, name in (
        (bird, "handover_form"),
        (rock, "handover_form"),
        (bird, "release_record"),
    ):
        page = await paper(other_officer, incident, name)
        assert re.findall('<div class="unit">([^<]*)</div>', page) == then, name
        if name == "handover_form":
            assert fields_of(page)["移交单位"] == then


async def test_what_was_corrected_counts_and_what_was_voided_is_struck(officer: Person) -> None:
    incident = await officer.opened()
    moved = transfer(1, person="王站长", vehicle="蒙D5678")
    wrong = entry("note", note="写错的一条")
    for said in (
        moved,
        wrong,
        entry("amendment", entry_id=moved["id"], changes={"person": "李站长"}, reason="写错了人"),
        entry("void", entry_id=wrong["id"], reason="重复"),
        entry("amendment", entry_id=incident, changes={"animals": {"1": {"sex": "male"}}}),
    ):
        await officer.appended(incident, said)
    fields = fields_of(await paper(officer, incident, "handover_form"))
    assert fields["接收人"] == ["李站长"]
    assert fields["运输车辆"] == ["蒙D5678"]
    page = await paper(officer, incident, "rescue_form")
    [struck] = re.findall(r'<tr class="struck">(.*?)</tr>', page, re.DOTALL)
    assert "写错的一条" in struck
    assert "作废" in struck
    text = text_of(page)
    assert "更正2024年8月1日10时00分“移交动物”；接收人：李站长；更正原因：写错了人" in text
    assert "“登记”；动物：第1项：性别：雄" in text


async def test_whatever_was_written_is_text_and_the_page_holds_all_that_it_shows(
    officer: Person,
) -> None:
    incident = await big_rescue_of(officer, entries=2, photos=2)
    await until_shown(officer, incident)
    for one in await papers(officer, incident):
        answer = await officer.get(one["address"].partition("/api/v1")[2])
        page = answer.text
        assert ODD not in page
        assert "䴙䴘𩷶&lt;b&gt;&amp;amp;&#34;&#39;&lt;/b&gt;{{ 7 * 7 }}" in page
        [css] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
        hashed = b64encode(sha256(css.encode()).digest()).decode()
        policy = answer.headers["content-security-policy"]
        assert f"style-src 'sha256-{hashed}'" in policy
        assert "default-src 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script|<link|<iframe|\son\w+=|\sstyle=|url\(|@import", page)
        sources = re.findall(r"(?:src|href)=\"([^\"]*)", page)
        assert all(one.startswith("data:image/jpeg;base64,") for one in sources)
        assert len(sources) == (2 if one["paper"] == "rescue_form" else 0)


async def test_few_photos_are_large_many_small_and_those_that_are_not_there_say_so(
    officer: Person,
) -> None:
    incident = await officer.opened()
    for _ in range(6):
        await officer.put_photo(incident, encoded(noise(600, 400)))
    await until_shown(officer, incident)
    few = await paper(officer, incident, "rescue_form")
    await officer.put_photo(incident, b"\xff\xd8\xff\xe0" + bytes(200))

    async def is_tried() -> bool:
        photos = (await officer.read(f"/incidents/{incident}/photos"))["items"]
        return all(one["renditions"] != "pending" for one in photos)

    await until(is_tried)
    many = await paper(officer, incident, "rescue_form")
    assert few.count("<img") == 6
    assert many.count("<img") == 6
    assert many.count("照片未印出") == 1
    assert "无法解码" in many
    assert len(many) < len(few) / 2


@pytest.mark.parametrize("accept", ["text/html", "*/*", "", "text/html, application/pdf;q=0.9"])
async def test_a_page_is_what_is_accepted(officer: Person, accept: str) -> None:
    incident = await officer.opened()
    answer = await officer.get(
        f"/incidents/{incident}/papers/rescue_form", headers={"Accept": accept}
    )
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["vary"]


async def test_a_format_that_a_paper_does_not_have_is_refused_with_those_that_it_has(
    officer: Person,
) -> None:
    incident = await officer.opened()
    path = f"/incidents/{incident}/papers/rescue_form"
    answer = await officer.get(path, headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")
    assert "`text/html`, `application/pdf`" in answer.json()["detail"]
    answer = await officer.get(path, params={"format": "docx"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    answer = await officer.get(path, params={"format": "html"}, headers={"Accept": "text/csv"})
    assert answer.status_code == 200


async def test_of_a_record_that_can_t_be_read_whole_the_paper_says_so(
    officer: Person, database: Database
) -> None:
    incident, note = await officer.opened(), entry("note", note="羽毛已干")
    await officer.appended(incident, note)
    for damaged, status in ((note["id"], 200), (incident, 404)):
        async with database.writing() as connection:
            await connection.execute(
                "update entry set canonical = '{}' where entry_id = $1::uuid", damaged
            )
        answer = await officer.get(f"/incidents/{incident}/papers/rescue_form")
        assert answer.status_code == status
        says = "有 1 条记录无法显示，未列入本件" if status == 200 else "can't be read"
        assert says in answer.text
