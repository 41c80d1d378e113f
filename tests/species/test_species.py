"""The register answers by any name that people use, and says what was protected on which day."""

from datetime import date
from pathlib import Path

from db.database import Database
from tests.species.asking import find, import_rows, names
from tests.users import Person
from wildlife.species.listed import ListedTaxon
from wildlife.species.queries import search_species
from wildlife.species.register import put_species
from wildlife.words.vocabularies import Protection

TODAY = date(2024, 8, 4)


# ---------------------------------------------------------------- by which names


async def test_a_bare_cormorant_offers_all_six_with_their_protection_side_by_side(
    officer: Person,
) -> None:
    found = await find(officer, "鸬鹚")
    assert {
        (one["chinese_name"], one["protection"]["protection"], one["protection"]["list"])
        for one in found
    } == {
        ("普通鸬鹚", "sanyou", "SANYOU-2023-17"),
        ("绿背鸬鹚", "sanyou", "SANYOU-2023-17"),
        ("红脸鸬鹚", "sanyou", "SANYOU-2023-17"),
        ("侏鸬鹚", "sanyou", "SANYOU-2023-17"),
        ("海鸬鹚", "national_2", "NKPWA-2021-3"),
        ("黑颈鸬鹚", "national_2", "NKPWA-2021-3"),
    }
    assert len(found) == 6
    assert all(one["matched_exactly"] for one in found)
    assert all(one["matched_name"] == one["chinese_name"] for one in found)


async def test_a_found_taxon_says_all_that_is_needed_to_choose_it(officer: Person) -> None:
    now = {
        "protection": "sanyou",
        "valid_from": "2023-06-26",
        "list": "SANYOU-2023-17",
        "authority": "forestry",
    }
    [taxon] = await find(officer, "Phalacrocorax carbo")
    assert taxon == {
        "species_id": "phalacrocorax_carbo",
        "chinese_name": "普通鸬鹚",
        "scientific_name": "Phalacrocorax carbo",
        "english_name": "Great Cormorant",
        "aliases": taxon["aliases"],
        "pinyin": "pu tong lu ci",
        "rank": "species",
        "class": "鸟纲",
        "order": "鲣鸟目",
        "family": "鸬鹚科",
        "alien": False,
        "native_to": [],
        "protection": now,
        "protections": [now],
        "history": [
            {
                "protection": "sanyou",
                "valid_from": "2000-08-01",
                "valid_to": "2023-06-25",
                "list": "SANYOU-2000-7",
                "authority": "forestry",
            },
            now,
        ],
        "matched_name": "Phalacrocorax carbo",
        "matched_exactly": True,
    }
    assert "鱼鹰" in taxon["aliases"]


# What is typed, and the name by which 普通鸬鹚 answers.
NAMES = [
    ("普通鸬鹚", "普通鸬鹚"),
    ("通鸬", "普通鸬鹚"),
    ("水老鸹", "水老鸹"),
    ("老鸹", "水老鸹"),
    ("pu tong lu ci", "pu tong lu ci"),
    ("putongluci", "pu tong lu ci"),
    ("PuTong LuCi", "pu tong lu ci"),
    ("tongluc", "pu tong lu ci"),
    ("ptlc", "ptlc"),
    ("PTLC", "ptlc"),
    ("Phalacrocorax carbo", "Phalacrocorax carbo"),
    ("phalacrocorax CARBO", "Phalacrocorax carbo"),
    ("rax carb", "Phalacrocorax carbo"),
    ("Great Cormorant", "Great Cormorant"),
    ("great cormorant", "Great Cormorant"),
    ("GREATCORM", "Great Cormorant"),
    ("  great   cormorant ", "Great Cormorant"),
    ("ｇｒｅａｔ　ｃｏｒｍ", "Great Cormorant"),
]


async def test_a_species_is_found_by_part_alias_pinyin_initials_latin_and_english(
    officer: Person,
) -> None:
    for q, matched in NAMES:
        found = [t for t in await find(officer, q) if t["species_id"] == "phalacrocorax_carbo"]
        assert [(t["matched_name"], t["matched_exactly"]) for t in found] == [(matched, True)], q


async def test_one_wrong_character_is_forgiven_and_said(officer: Person) -> None:
    for q, wanted in [
        ("鹭鹚", "普通鸬鹚"),
        ("鸬鸟", "普通鸬鹚"),
        ("海芦鹚", "海鸬鹚"),
        ("普通鸬滋", "普通鸬鹚"),
        ("噗通鸬鹚", "普通鸬鹚"),
        ("putonglici", "普通鸬鹚"),
        ("Phalacrocorax garbo", "普通鸬鹚"),
        ("Phalakrocorax carbo", "普通鸬鹚"),
        ("great cormorent", "普通鸬鹚"),
        ("Canis lupos", "狼"),
        ("小䴙鸟", "小䴙䴘"),
    ]:
        found = await find(officer, q, limit=100)
        assert wanted in [taxon["chinese_name"] for taxon in found], q
        assert not any(taxon["matched_exactly"] for taxon in found), q


async def test_two_wrong_characters_or_a_missing_one_are_not_guessed_at(officer: Person) -> None:
    for q in ("Phalakrokorax carbo", "Phalacrocoraxx carbo", "浦通鲈鹚", "鶿", "没有这种鸟"):
        assert await names(officer, q) == [], q


async def test_a_name_that_is_right_is_never_mixed_with_one_that_is_nearly_right(
    officer: Person,
) -> None:
    found = await find(officer, "海鸬鹚")
    assert [taxon["chinese_name"] for taxon in found] == ["海鸬鹚"]


async def test_a_whole_name_comes_before_a_beginning_and_a_beginning_before_a_part(
    officer: Person,
) -> None:
    egrets = await names(officer, "白鹭", limit=100)
    assert egrets[0] == "白鹭"
    assert {"大白鹭", "中白鹭", "黄嘴白鹭"} <= set(egrets)
    assert (await names(officer, "狼"))[0] == "狼"
    assert (await names(officer, "lang"))[0] == "狼"
    owls = await names(officer, "雕鸮", limit=100)
    assert owls.index("雕鸮") < owls.index("毛腿雕鸮")
    crows = await find(officer, "乌鸦")
    assert [taxon["matched_name"] for taxon in crows[:2]] == ["乌鸦", "乌鸦"]


async def test_the_limit_keeps_the_best(officer: Person) -> None:
    every = await names(officer, "鹭", limit=100)
    assert len(every) > 10
    assert await names(officer, "鹭", limit=3) == every[:3]
    assert await names(officer, "鹭", limit=1) == every[:1]
    assert len(await names(officer, "a")) == 20


async def test_four_byte_characters_are_found_alone_and_within_a_name(
    officer: Person, database: Database, tmp_path: Path
) -> None:
    await import_rows(
        database,
        tmp_path / "list.csv",
        "Idus ruber,红𩷶,sanyou,SANYOU-2023-17,𧈢鱼,",
        "Liophis unus,𧈢,sanyou,SANYOU-2023-17,,",
    )
    for q, wanted in [
        ("𩷶", ["红𩷶"]),
        ("红𩷶", ["红𩷶"]),
        ("红𧈢", ["红𩷶"]),
        ("𧈢", ["𧈢", "红𩷶"]),
        ("𧈢鱼", ["红𩷶"]),
        ("hong mang", ["红𩷶"]),
    ]:
        found = await find(officer, q)
        assert [t["chinese_name"] for t in found if t["species_id"][:2] in ("id", "li")] == wanted
        assert found[0]["matched_exactly"] is (q != "红𧈢")
    taxon = await officer.read("/species/liophis_unus")
    assert (taxon["chinese_name"], taxon["pinyin"]) == ("𧈢", "")


async def test_an_import_changes_what_a_taxon_is_found_by(
    officer: Person, database: Database, tmp_path: Path
) -> None:
    await import_rows(
        database, tmp_path / "list.csv", "Canis lupus,狼,二级,NKPWA-2021-3,苍狼|草原狼,lang"
    )
    assert await names(officer, "苍狼") == ["狼"]
    assert await names(officer, "草原狼") == ["狼"]
    assert "狼" not in await names(officer, "张三")


# ---------------------------------------------------------------- on which day


DAYS = [
    ("canis_lupus", "1900-01-01", None),
    ("canis_lupus", "2000-07-31", None),
    ("canis_lupus", "2000-08-01", "sanyou"),
    ("canis_lupus", "2021-01-31", "sanyou"),
    ("canis_lupus", "2021-02-01", "national_2"),
    ("canis_lupus", "9999-12-31", "national_2"),
    ("emberiza_aureola", "2021-01-31", "sanyou"),
    ("emberiza_aureola", "2021-02-01", "national_1"),
    ("phalacrocorax_carbo", "2023-06-25", "sanyou"),
    ("phalacrocorax_carbo", "2023-06-26", "sanyou"),
    ("corvus_corone", "2023-06-25", None),
    ("corvus_corone", "2023-06-26", "unlisted"),
]


async def test_protection_is_that_of_the_day_asked_for(officer: Person) -> None:
    for species_id, on, protection in DAYS:
        taxon = await officer.read(f"/species/{species_id}", params={"on": on})
        found = await find(officer, taxon["scientific_name"], on=on)
        [same] = [one for one in found if one["species_id"] == species_id]
        period = taxon["protection"]
        assert same["protection"] == period
        assert same["history"] == taxon["history"]
        if period is None:
            assert protection is None, (species_id, on)
        else:
            assert period["protection"] == protection, (species_id, on)
            assert period["valid_from"] <= on <= period.get("valid_to", on)
            assert period in taxon["history"]


async def test_without_a_day_it_is_the_protection_of_today(officer: Person) -> None:
    wolf = await officer.read("/species/canis_lupus")
    assert wolf["protection"]["protection"] == "national_2"
    assert [period["protection"] for period in wolf["history"]] == ["sanyou", "national_2"]


async def test_a_species_is_not_sent_again_to_who_has_it(officer: Person) -> None:
    first = await officer.get("/species/canis_lupus")
    tag = first.headers["etag"]
    for given in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = await officer.get("/species/canis_lupus", headers={"If-None-Match": given})
        assert again.status_code == 304, given
        assert again.content == b""
        assert again.headers["etag"] == tag
    earlier = await officer.get(
        "/species/canis_lupus", params={"on": "2020-01-01"}, headers={"If-None-Match": tag}
    )
    assert earlier.status_code == 200
    assert earlier.headers["etag"] != tag


# ---------------------------------------------------------------- what is refused


async def test_an_unknown_species_is_not_found(officer: Person) -> None:
    for path in ("phoenix", "Canis_lupus", "canis_lupus%20", "%FF", "a" * 3000):
        answer = await officer.get(f"/species/{path}")
        assert answer.status_code == 404, path
        assert answer.json()["code"] == "not_found"


async def test_a_wrong_parameter_is_named(officer: Person) -> None:
    for path, parameter in [
        ("/species?q=", "q"),
        ("/species?q=%20%20", "q"),
        ("/species?q=%E3%80%80%09", "q"),
        ("/species?q=" + "a" * 65, "q"),
        ("/species?q=a%00", "q"),
        ("/species?q=%00", "q"),
        ("/species?q=x&limit=0", "limit"),
        ("/species?q=x&limit=101", "limit"),
        ("/species?q=x&limit=-1", "limit"),
        ("/species?q=x&limit=ten", "limit"),
        ("/species?q=x&limit=1.5", "limit"),
        ("/species?q=x&on=2024-02-30", "on"),
        ("/species?q=x&on=yesterday", "on"),
        ("/species?q=x&on=", "on"),
        ("/species/canis_lupus?on=2024", "on"),
        ("/species/canis%00lupus", "species_id"),
    ]:
        answer = await officer.get(path)
        assert answer.status_code == 400, f"{path}: {answer.text}"
        problem = answer.json()
        assert problem["code"] in ("invalid_parameter", "bad_request")
        assert parameter in problem["detail"]


async def test_nobody_searches_without_signing_in(officer: Person) -> None:
    for path in ("/species?q=狼", "/species/canis_lupus"):
        answer = await officer.get(path, headers={"Authorization": ""})
        assert answer.status_code == 401


async def test_what_like_takes_for_a_wildcard_is_an_ordinary_character(
    officer: Person, database: Database, tmp_path: Path
) -> None:
    for q in ("%", "_", "\\", "%%", "__", "\\%", "a_%", "_arbo", "ca%bo", '"', "鸬鹚\\"):
        found = await find(officer, q, limit=100)
        assert not any(taxon["matched_exactly"] for taxon in found), q
    await import_rows(
        database, tmp_path / "list.csv", "Idus ruber,红,sanyou,SANYOU-2023-17,100%_\\红,"
    )
    for q in ("%_\\", "0%", "_\\红", "100%_\\红", "\\"):
        assert await names(officer, q) == ["红"], q


# ---------------------------------------------------------------- how it is searched

SYLLABLES = "红黄蓝绿白黑灰斑长短大小东西南北山水林草鸟雀莺鹛鹀鸫鹟鹎鹬鸻蛙蛇鱼虎鼠兔鹿狐"


def synthetic(count: int) -> list[ListedTaxon]:
    """Taxa that nobody has seen, named like real ones, each name once."""
    taxa = []
    for number in range(count):
        digits = [number // 48**place % 48 for place in range(3)]
        name = "".join(SYLLABLES[digit % len(SYLLABLES)] for digit in digits)
        latin = "".join("aeioubcdfglmnprstv"[(number // 18**place) % 18] for place in range(4))
        taxa.append(
            ListedTaxon(
                row=number,
                scientific_name=f"Fictus x{latin}us",
                chinese_name=f"{name}{number}",
                protection=Protection.UNLISTED,
                aliases=[f"假{name}"],
                list=None,
                valid_from=date(2023, 6, 26),
                valid_to=None,
                pinyin=f"jia ming {latin}",
                english_name=f"Fictitious {latin.title()}",
                rank="species",
                class_="鸟纲",
                order="雀形目",
                family="假科",
                alien=False,
                note="",
            )
        )
    return taxa


async def test_a_search_among_three_thousand_taxa_goes_by_the_index_of_terms(
    database: Database,
) -> None:
    async with database.transaction() as connection:
        known = await connection.fetchval("select count(*) from species")
        await put_species(connection, synthetic(3000 - known))
        await connection.execute("analyze species, species_name, species_protection")
    for q in ("鸬鹚", "狼", "putongluci", "ptlc", "Canis lupus", "海芦鹚", "Canis lupos"):
        async with database.reading() as connection, connection.transaction():
            assert await search_species(connection, q, TODAY, 20), q
            # What PostgreSQL itself counted in this transaction.
            counted = await connection.fetchrow(
                "select pg_stat_get_xact_numscans('species_name_terms'::regclass) as by_index,"
                " pg_stat_get_xact_numscans('species_name'::regclass) as by_reading_all"
            )
        assert counted is not None
        assert counted["by_index"] > 0, q
        assert counted["by_reading_all"] == 0, q
