"""What is told in codes is told in words as well where these are asked for: in every list, every
column, both languages; and every time in the service's zone."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.lists.many import LISTS
from tests.lists.reading import rows_of_csv, rows_of_xlsx
from tests.lists.world import made
from tests.users import Person, entry, rescue
from wildlife.tables.flat import LABEL
from wildlife.words.region_names import name_of_region

_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})")
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")
_CODE: Final = re.compile(r"[a-z0-9_]+(?::.+)?")


@pytest.fixture
async def records(officer: Person, other_officer: Person) -> None:
    await made(officer, other_officer)
    # Some phones send their times in UTC.
    bird = await officer.opened(rescue(found_at="2024-08-01T02:00:00Z"))
    await officer.appended(bird, entry("death", "2024-08-02T23:30:00Z", animal=1))


async def codes_of(person: Person) -> set[str]:
    """Every code of every vocabulary, but for such as are Chinese or English words, too."""
    vocabularies = (await person.read("/vocabularies")).values()
    return {one["code"] for of_one in vocabularies for one in of_one}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Each value that is no object and no list, with its path and the object that it is in."""
    for name, one in value.items():
        for each in one if isinstance(one, list) else [one]:
            if isinstance(each, dict):
                yield from leaves(each, f"{path}{name}.")
            else:
                yield f"{path}{name}", each, value


# What is told as it was sent, where a list has it whole: its own labels would be sent back.
_AS_SENT: Final = re.compile(r"(site\.point|marks)\.")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_no_column_of_any_list_tells_a_code_alone(
    auditor: Person, records: None, language: str, subtests: pytest.Subtests
) -> None:
    codes = await codes_of(auditor)
    for path in LISTS:
        asked = {"labels": language, "limit": 500, "duplicates": "include"}
        items = (await auditor.read(path, params=asked))["items"]
        assert items
        told, alone = set[str](), set[tuple[str, str]]()
        for item in items:
            for where, value, within in leaves(item):
                name = where.rpartition(".")[2]
                if name.endswith(LABEL) or not isinstance(value, str) or _AS_SENT.match(where):
                    continue
                if value.partition(":")[0] in codes or name == "region_code":
                    told.add(where)
                    label = within.get(name + LABEL)
                    for one in label if isinstance(label, list) else [label]:
                        if one is None or (language == "zh" and _CODE.fullmatch(one)):
                            alone.add((where, value))
        with subtests.test(path=path):
            assert not alone
        assert "region_code" in told
        # A table has the same labels in columns of their own.
        plain = await auditor.get(path, params={"format": "csv", "duplicates": "include"})
        [*names] = rows_of_csv(plain)[0]
        table = await auditor.get(path, params=asked | {"format": "csv", "limit": 500})
        assert len(rows_of_csv(table)[0]) >= len(names) + len(told)


async def test_a_region_is_told_by_its_name_as_closely_as_it_is_known(
    auditor: Person, records: None
) -> None:
    for language, provincial in (("zh", "江苏省（320102）"), ("en", "江苏省 (320102)")):
        told = await auditor.read("/incidents", params={"labels": language, "limit": 500})
        names = {one["region_code"]: one["region_code_label"] for one in told["items"]}
        assert names["150425"] == "内蒙古自治区赤峰市克什克腾旗"
        assert names.keys() == {"150425", "150402", "150723"}
        assert getattr(name_of_region("320102"), language) == provincial
        assert getattr(name_of_region("150400"), language) == "内蒙古自治区赤峰市"
        assert getattr(name_of_region("99"), language) == "99"
    answer = await auditor.get("/incidents", params={"format": "xlsx", "labels": "zh"})
    named = {row["行政区划代码"]: row["行政区划"] for row in rows_of_xlsx(answer)}
    assert named["150425"] == "内蒙古自治区赤峰市克什克腾旗"


async def test_what_is_owed_is_told_by_name_and_not_by_how_much_alone(
    auditor: Person, records: None
) -> None:
    labels = {one["code"]: one["zh"] for one in (await auditor.read("/vocabularies"))["owed"]}
    told = (await auditor.read("/incidents", params={"labels": "zh", "limit": 500}))["items"]
    assert any(one["missing"] for one in told)
    for one in told:
        incident = await auditor.read(f"/incidents/{one['id']}")
        owed = [*dict.fromkeys(each["code"] for each in incident["missing"])]
        assert one["missing"] == owed
        assert one["missing_label"] == [labels[code] for code in owed]


async def test_every_time_of_every_list_is_in_the_zone_of_the_service(
    auditor: Person, records: None, subtests: pytest.Subtests
) -> None:
    for path in LISTS:
        everything = {"limit": 500, "duplicates": "include"}
        items = (await auditor.read(path, params=everything))["items"]
        found = [
            (where, m[1])
            for item in items
            for where, value, _ in leaves(item)
            if isinstance(value, str) and (m := _TIME.fullmatch(value))
        ]
        assert found
        with subtests.test(path=path):
            assert {where for where, zone in found if zone != "+08:00"} == set()
        for language in ("zh", "en"):
            asked = {"labels": language, "duplicates": "include"}
            table = rows_of_csv(await auditor.get(path, params=asked | {"format": "csv"}))
            book = rows_of_xlsx(await auditor.get(path, params=asked | {"format": "xlsx"}))
            with subtests.test(path=path, language=language):
                for row in (*table, *book):
                    wrong = {n: v for n, v in row.items() if isinstance(v, str) and _ISO.search(v)}
                    assert not wrong
