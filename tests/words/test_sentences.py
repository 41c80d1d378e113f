"""Chinese is answered in Chinese and English in English, in whole sentences."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import inspect

from tests.languages import HAN, QUOTED, foreign_words
from tests.users import Person, entry, rescue
from tests.web.wrong import WRONG_ENTRIES, WRONG_OPENINGS, changed
from wildlife.kinds import KINDS
from wildlife.people.may import Reach, Verb
from wildlife.photos.reasons import SENTENCES
from wildlife.receipts.routes import Question
from wildlife.timeline.entry import Opening
from wildlife.web.catalogue import CATALOGUE
from wildlife.web.phrases import known_in_chinese
from wildlife.words.fields import WHY, names
from wildlife.words.vocabularies import vocabularies

ROOT: Final = Path(__file__).parents[2] / "wildlife"

# Characters that a Chinese sentence has its own for.
_ENGLISH_MARKS: Final = re.compile(r"[\u4e00-\u9fff][,;:?!.()]")


def require_each_in_its_language(english: str, chinese: str) -> None:
    assert not foreign_words(chinese), chinese
    assert not _ENGLISH_MARKS.search(chinese), chinese
    assert not HAN.search(english), english


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_problem_is_told_wholly_in_either_language(code: str) -> None:
    kind = CATALOGUE[code]
    require_each_in_its_language(kind.title, kind.title_zh)
    require_each_in_its_language(kind.detail, kind.detail_zh)
    for english, chinese in kind.otherwise.values():
        require_each_in_its_language(english, chinese)
    for detail in (kind.detail, kind.detail_zh, *chain(*kind.otherwise.values())):
        assert detail[-1] in ".。}…", detail
    assert kind.title[-1] not in ".。"
    assert kind.title_zh[-1] not in ".。"


def test_every_label_is_in_its_language_and_stands_for_one_code() -> None:
    for name, codes in vocabularies().items():
        for code in codes:
            require_each_in_its_language(code.en, code.zh)
        for labels in ([code.zh for code in codes], [code.en for code in codes]):
            assert len(set(labels)) == len(labels), (name, labels)
    for kind in KINDS:
        require_each_in_its_language(kind.label.en, kind.label.zh)
    types = [Opening.LABEL, *(type_.LABEL for type_ in KINDS.entries)]
    for one_language in zip(*types, strict=True):
        assert len(set(one_language)) == len(one_language), one_language
    for labelled in (*types, *Verb, *Reach):
        require_each_in_its_language(labelled.en, labelled.zh)
    for sentence in SENTENCES.values():
        require_each_in_its_language(sentence.en, sentence.zh)


# ---------------------------------------------------------------- sentences anywhere in the code


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call that the code of the product makes, with where it is."""
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{file.name}:{node.lineno}", node


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


TOLD = {"Impossible", "UnfitChange", "UnfitPassword", "NoAppointment"}


def sentences() -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """English and Chinese of every Impossible, of what can't be done to people, and of every
    problem with a sentence of its own."""
    for at, call in calls():
        if name_of(call) in TOLD and len(call.args) >= 2:
            yield at, call.args[0], call.args[1]
        for named in call.keywords:
            match named:
                case ast.keyword("reason", ast.Call(ast.Name("Sentence"), [en, zh])):
                    yield at, en, zh


def written(sentence: ast.expr) -> str:
    """The text of a sentence, with what is filled in as `{name}`, or `{name.zh}`."""
    match sentence:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(map(written, values))
        case ast.FormattedValue(value=value):
            return "{…zh}" if ".zh" in ast.unparse(value) else "{}"
        case _:
            return ""


def test_every_impossible_step_is_told_wholly_in_either_language() -> None:
    found = [(at, written(en), written(zh)) for at, en, zh in sentences()]
    assert len([zh for _, _, zh in found if zh]) >= 8, found
    for at, english, chinese in found:
        said = chinese.replace("{…zh}", "")
        assert not foreign_words(said), (at, chinese)
        assert not HAN.search(english), (at, english)
        # A label is quoted, never part of the sentence: “已{接收时已死亡}”; a sentence is alone.
        whole = re.findall(r"[“（]\{…zh\}[”）]|。\{…zh\}", chinese)
        assert len(whole) == chinese.count("{…zh}"), at


def test_a_rescue_or_a_blocked_road_is_no_case_and_one_word_stands_for_one_thing() -> None:
    for file in (*sorted(ROOT.rglob("*.py")), ROOT.parent / "README.zh.md"):
        text = file.read_text("utf-8")
        for word in ("案件", "本案", "承办单位", "没有此项", "应答", "表头", "无主", "遗撒"):
            if word == "遗撒" and file.suffix == ".py":
                continue
            assert word not in text, (file.name, word)


# ---------------------------------------------------------------- what would have been right


def within(type_: Any) -> Iterator[inspect.Type]:
    """A type, and all types within it."""
    waiting, seen = [inspect.type_info(type_)], set()
    while waiting:
        kind = waiting.pop()
        yield kind
        if isinstance(kind, inspect.Metadata):
            waiting.append(kind.type)
        elif isinstance(kind, inspect.UnionType):
            waiting += kind.types
        elif isinstance(kind, inspect.ListType):
            waiting.append(kind.item_type)
        elif isinstance(kind, inspect.StructType) and kind.cls not in seen:
            seen.add(kind.cls)
            waiting += [field.type for field in kind.fields]


def described(type_: Any) -> Iterator[str]:
    """What the types within a type say of their values."""
    for kind in within(type_):
        if isinstance(kind, inspect.Metadata):
            words = (kind.extra_json_schema or {}).get("description")
            if words:
                yield words.rstrip(".")


def fields_of(type_: Any) -> Iterator[str]:
    """The fields of the types within a type."""
    for kind in within(type_):
        if isinstance(kind, inspect.StructType):
            yield from (field.encode_name for field in kind.fields)


def test_what_every_type_of_a_body_says_of_itself_is_said_in_chinese_too() -> None:
    types = [Question, *(t for kind in KINDS for t in (kind.opening, *kind.entries))]
    words = {words for type_ in types for words in described(type_)}
    assert len(words) >= 5
    for one in words:
        assert known_in_chinese(one), f"{one!r} needs its Chinese in wildlife/web/phrases.py"


def test_every_field_of_a_body_has_a_name_in_chinese() -> None:
    types = [Question, *(t for kind in KINDS for t in (kind.opening, *kind.entries))]
    declared = {name for type_ in types for name in fields_of(type_)}
    assert len(declared) > 120
    # Of a road and of a person; of who was told, and of who took over; of a road and of a device;
    # of who reported, and of an account; of who reported, and of a list.
    assert declared - set(names()) == {"name", "person", "code", "role", "address"}
    for name, chinese in names().items():
        assert not foreign_words(chinese), name
    for why in WHY.values():
        require_each_in_its_language(*why)


def test_what_every_check_expects_is_said_in_chinese_too() -> None:
    expected = []
    for at, call in calls():
        if name_of(call) == "FieldError" and len(call.args) > 2:
            expected.append((at, written(call.args[2])))
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "expected":
                expected.append((f"{file.name}:{node.lineno}", written(node.value)))
    assert len([words for _, words in expected if words]) >= 8
    for at, words in expected:
        filled = words.replace("{}", "1950")
        chinese = known_in_chinese(filled)
        assert chinese is not None, f"{at}: {words!r} needs its Chinese in wildlife/web/phrases.py"
        assert chinese == filled or not foreign_words(chinese), (at, chinese)


def test_no_check_lists_codes_or_fields_without_their_labels() -> None:
    """They are given as choices. Parameters have no labels."""
    joined = [
        at
        for at, call in calls()
        if name_of(call) == "FieldError" and ".join(" in ast.unparse(call)
        if not at.startswith("parameters.py")
    ]
    assert joined == []


# ---------------------------------------------------------------- through HTTP


async def told(person: Person, language: str, method: str, path: str, **sent: Any) -> Any:
    answer = await person.request(method, path, **sent, headers={"Accept-Language": language})
    assert answer.is_error, answer.text
    return answer.json()


async def require_told_in_both(person: Person, method: str, path: str, **sent: Any) -> None:
    english = await told(person, "en", method, path, **sent)
    chinese = await told(person, "zh", method, path, **sent)
    assert chinese["code"] == english["code"]
    said = []
    for error, same in zip(chinese.get("errors", []), english.get("errors", []), strict=True):
        given = error.get("given")
        said += [error["field"], "null" if given is None else str(given)]
        if error.get("expected") == same.get("expected"):  # codes
            said.append(error.get("expected") or "")
        elif "expected" in error:
            assert not foreign_words(error["expected"], said), error
    if "<" not in str(said) and "{" not in str(said):  # what is given as an object
        assert not foreign_words(QUOTED.sub("", chinese["detail"]), said), chinese["detail"]
    assert not foreign_words(chinese["title"]), chinese["title"]
    words = f"{english['title']} {english['detail']}"
    for one in said:
        words = words.replace(one, "")
    assert not HAN.search(words), words


async def test_a_wrong_opening_is_told_in_the_language_of_who_sent_it(
    officer: Person, subtests: pytest.Subtests
) -> None:
    for path, value, *_ in WRONG_OPENINGS:
        with subtests.test(path=path, value=value):
            body = changed(rescue(), path, value)
            await require_told_in_both(officer, "POST", "/incidents", json=body)


async def test_a_wrong_entry_is_told_in_the_language_of_who_sent_it(officer: Person) -> None:
    incident_id = await officer.opened()
    for body, _, _ in WRONG_ENTRIES:
        path = f"/incidents/{incident_id}/entries"
        await require_told_in_both(officer, "POST", path, json=body)
    settled = entry("no_rescue_needed", animal=1, note="自行飞走")
    await officer.appended(incident_id, settled)
    for body in (
        entry("care", "2024-08-01T10:00:00+08:00", animal=1, feeding="鱼"),
        entry("reopened", "2024-08-01T10:00:00+08:00"),
    ):
        path = f"/incidents/{incident_id}/entries"
        await require_told_in_both(officer, "POST", path, json=body)


WRONG_QUESTIONS = [
    "/animals?limit=0",
    "/animals?limit=many",
    "/animals?region=x",
    "/animals?bbox=1,2,3",
    "/animals?near=1,2",
    "/animals?from=yesterday",
    "/animals?cursor=abc",
    "/animals?order=best",
    "/animals?q=%00",
    "/animals?speed=3",
    "/animals?state=gone",
    "/animals?radius_m=0&near=1,2",
    "/species?q=%20",
    "/species?limit=1000",
    "/species?on=yesterday",
    "/species/phoenix",
    "/species?order=x",
    "/species?family=x",
    "/species?q=x&cursor=y",
    "/nothing",
    "/incidents/1",
]


async def test_a_wrong_question_is_told_in_the_language_of_who_asks(
    officer: Person, subtests: pytest.Subtests
) -> None:
    for path in WRONG_QUESTIONS:
        with subtests.test(path=path):
            await require_told_in_both(officer, "GET", path)


async def test_what_is_no_json_is_told_in_the_language_of_who_sent_it(officer: Person) -> None:
    for content in (b"", b"{", b'{"id": "1" "kind": 2}', b"\xff\xfe", b"[" * 100_000, b"[]"):
        for language in ("en", "zh"):
            answer = await officer.request(
                "POST",
                "/incidents",
                content=content,
                headers={"Content-Type": "application/json", "Accept-Language": language},
            )
            detail = answer.json()["detail"]
            if language == "zh":
                assert not foreign_words(detail), detail
            else:
                assert detail.isascii(), detail


async def test_who_may_not_is_told_who_may(official: Person) -> None:
    problem = await told(official, "zh", "POST", "/incidents", json=rescue())
    assert (
        problem["detail"]
        == "此操作仅限民警，你的角色是主管部门工作人员。如确需使用，请管理员为你添加任职。"
    )
