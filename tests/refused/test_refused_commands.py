"""The operator is told that something waits to be looked at, and nothing that it says."""

import json

from tests.commandline import Wildlife
from tests.users import Person, entry, release, rescue


async def test_what_is_kept_is_listed_and_counted_and_nothing_of_what_it_says(
    officer: Person, other_officer: Person, wildlife: Wildlife
) -> None:
    incident = await officer.opened(rescue())
    for note in ("别处的话", "又一句"):
        body = release(note=note)
        assert (await officer.post(f"/incidents/{incident}/entries", body)).status_code == 409
    assert (
        await other_officer.post(f"/incidents/{incident}/entries", entry("note", note="远处"))
    ).status_code == 404
    listed = (await wildlife("refused", "list")).out
    assert listed.count("impossible_step") == 3, "of each, and of all together"
    assert {line.split()[-1] for line in listed.splitlines() if line.startswith("150425 ")} == {"2"}
    one = (await officer.read("/refused"))["items"][0]["refused_id"]
    dismissed = {"reason": "test", "note": "一次演练"}
    assert (await officer.post(f"/refused/{one}/dismiss", dismissed)).status_code == 200
    at_station = ("refused", "list", "--station", "150425")
    assert one not in (await wildlife(*at_station)).out
    assert one in (await wildlife(*at_station, "--settled")).out
    [shown] = json.loads((await wildlife("refused", "show", one, "--json")).out)
    assert (shown["badge"], shown["settled_by"]) == ("150425001", "150425001")
    assert shown["dismissed_for"] == "test"
    told = listed + json.dumps(shown, ensure_ascii=False)
    for said in ("别处的话", "又一句", "远处", "响水水库", "一次演练", "王建国"):
        assert said not in told
    assert json.loads((await wildlife(*at_station, "--json")).out)[0]["code"] == "impossible_step"


async def test_what_is_not_there_is_told_by_name(wildlife: Wildlife) -> None:
    gone = "01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1f"
    for arguments, status, said in (
        (("show", gone), 1, f"没有编号为 {gone} 的留存内容"),
        (("show", "x"), 2, "不是留存编号"),
        (("list", "--station", "999999"), 1, "999999"),
    ):
        ended = await wildlife("refused", *arguments, status=status, LANG="zh_CN.UTF-8")
        assert said in ended.err, ended
