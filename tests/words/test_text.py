"""Folding and terms: a text that contains a query is found by it, whatever the characters."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wildlife.species.names import exact_pattern, fold_name, near_patterns
from wildlife.words.text import Indexed, escape_like, fold_text, query_terms, sought, terms

# What reports are written in, with what makes folding hard: full width, ligatures, marks, spaces.
CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from("鸬鹚䴙䴘𩷶𧈢ＡｂＣ①ﬁßŞİıſΣςÅÅé　 \t\n\r\u0085\u2028%_\\"),
)
TEXTS = st.text(CHARACTERS, max_size=40)


@given(TEXTS)
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@given(TEXTS)
def test_a_folded_text_has_single_spaces_between_its_words_and_none_around(text: str) -> None:
    folded = fold_text(text)
    assert folded == folded.strip()
    assert "  " not in folded
    assert not any(character.isspace() and character != " " for character in folded)


@given(st.text(st.sampled_from("abcXYZ鸬鹚 "), max_size=20))
def test_capitals_and_full_width_letters_are_the_same_as_small_ones(text: str) -> None:
    full_width = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert (
        fold_text(text)
        == fold_text(text.upper())
        == fold_text(full_width)
        == fold_text(f" {text}\n")
    )


@given(TEXTS, TEXTS, TEXTS)
def test_a_text_that_contains_a_query_has_all_of_the_querys_terms(
    before: str, query: str, after: str
) -> None:
    folded = fold_text(query)
    assume(folded)
    for whole in (f"{before} {query} {after}", folded):
        text = fold_text(whole)
        assume(folded in text)
        assert set(query_terms(folded)) <= terms(text)


@given(st.text(st.sampled_from("ab鸬鹚𩷶 "), max_size=12), st.data())
def test_every_part_of_a_text_is_found_by_its_terms(text: str, data: st.DataObject) -> None:
    folded = fold_text(text)
    assume(folded)
    start = data.draw(st.integers(0, len(folded) - 1))
    end = data.draw(st.integers(start + 1, len(folded)))
    assert set(query_terms(folded[start:end])) <= terms(folded)


@given(TEXTS)
def test_terms_are_the_same_each_time_once_each_and_never_a_space_alone(text: str) -> None:
    found = terms(fold_text(text))
    assert found == terms(fold_text(text))
    assert len(found) == len(set(found))
    assert " " not in found
    assert all(1 <= len(term) <= 2 for term in found)


@given(st.lists(TEXTS, max_size=6), st.integers(0, 6))
def test_texts_are_found_alike_whether_indexed_at_once_or_one_by_one(
    texts: list[str], at: int
) -> None:
    whole = Indexed().then(*texts)
    assert whole.text == fold_text(" ".join(texts))
    assert whole.terms == terms(whole.text)
    one_by_one = Indexed()
    for text in texts:
        one_by_one = one_by_one.then(text)
    assert one_by_one.terms == whole.terms
    assert one_by_one.text == whole.text
    joined = Indexed().then(*texts[:at]).joined(Indexed().then(*texts[at:]))
    assert joined.text == whole.text
    assert joined.terms == whole.terms


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", []),
        ("鸬", ["鸬"]),
        ("鸬鹚", ["鸬鹚"]),
        ("鸬鹚鸬鹚", ["鸬鹚", "鹚鸬"]),
        ("𩷶", ["𩷶"]),
        ("红𩷶", ["红𩷶"]),
        ("a b", ["a ", " b"]),
    ],
)
def test_a_query_asks_for_its_pairs_or_its_only_character(query: str, wanted: list[str]) -> None:
    assert set(query_terms(query)) == set(wanted)
    assert len(query_terms(query)) == len(wanted)


QUOTED = [
    (pair[0], pair[1])
    for pair in ('""', "“”", "＂＂", "„“", "〝〞", "「」", "『』", "｢｣", "《》", "〈〉", "‘’")
]
PARTING = set("".join(map("".join, QUOTED)) + "‟,;，；、､")
WORDS = st.text(CHARACTERS.filter(lambda c: not c.isspace()), min_size=1, max_size=8)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.data())
def test_each_word_of_what_was_written_is_found_and_any_two_together(
    texts: list[str], data: st.DataObject
) -> None:
    indexed = Indexed().then(*texts)
    words = [word for text in texts for word in text.split() if not set(word) & PARTING]
    words = [*filter(fold_text, words)]
    assume(words)
    asked = [data.draw(st.sampled_from(words)) for _ in range(2)]
    for word in sought(" ".join(asked)):
        assert word in indexed.text
        assert set(query_terms(word)) <= set(indexed.terms)


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_what_is_asked_for_is_split_at_spaces_and_nowhere_in_quotes(words: list[str]) -> None:
    plain = [word for word in words if not set(word) & PARTING]
    folded = [*filter(None, map(fold_text, plain))]
    for between in ("  ", "、", "，", "；", "\u3000"):
        assert sought(f"{between} ".join(plain)) == folded
    for opened, closed in QUOTED:
        asked = f"鸬鹚 {opened}{' '.join(plain)}{closed}"
        assert sought(asked) == ["鸬鹚", *filter(None, [fold_text(" ".join(plain))])]


def test_four_byte_characters_are_one_character_each() -> None:
    assert set(terms("𧈢𩷶")) == {"𧈢", "𩷶", "𧈢𩷶"}
    assert fold_text("𩷶") == unicodedata.normalize("NFKC", "𩷶") == "𩷶"


@given(st.text(st.sampled_from("%_\\a鸬"), max_size=12))
def test_an_escaped_text_is_a_literal_part_of_a_like_pattern(text: str) -> None:
    escaped = escape_like(text)
    assert len(escaped) == len(text) + sum(text.count(c) for c in "%_\\")
    unescaped, rest = "", iter(escaped)
    for character in rest:
        assert character not in "%_"
        unescaped += next(rest) if character == "\\" else character
    assert unescaped == text


@given(TEXTS)
def test_a_name_is_compared_without_its_spaces(name: str) -> None:
    folded = fold_name(name)
    assert " " not in folded
    assert fold_name(folded) == folded
    assert exact_pattern(name) == exact_pattern(f"  {folded} ")


@given(st.text(st.sampled_from("abc鸬鹚普通𩷶%_\\"), min_size=2, max_size=20), st.data())
def test_a_name_with_one_character_replaced_has_the_terms_of_a_near_pattern(
    name: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    query = name[:at] + data.draw(st.sampled_from("xy鹭")) + name[at + 1 :]
    like = f"{escape_like(name[:at])}_{escape_like(name[at + 1 :])}"
    fitting = [p for p in near_patterns(query) if f"%{like}%" in p.anywhere]
    assert fitting
    for pattern in fitting:
        assert f"{like}%" in pattern.at_start
        assert pattern.length == len(name)
        assert set(pattern.terms) <= set(terms(fold_name(name)))


def test_nothing_is_near_a_single_character() -> None:
    assert near_patterns("鸬") == []
    assert near_patterns(" a ") == []
