"""What is written under a field, for those who do not read code."""

import pytest

from wildlife.lists.releases import ListedRelease
from wildlife.rescues.animal import AnimalState, ReleaseRow
from wildlife.words.documented import label_of, written_under


def test_a_field_has_a_chinese_name_and_a_sentence() -> None:
    assert written_under(AnimalState)["weight_g"] == "体重。Weight in grams."
    assert label_of(AnimalState, "weight_g") == "体重"


def test_a_record_names_the_fields_that_it_inherits_and_its_own_before_those() -> None:
    assert label_of(ListedRelease, "habitat") == label_of(ReleaseRow, "habitat") == "放归生境"
    assert "id" in written_under(ListedRelease)["entry_id"]
    assert written_under(ListedRelease)["entry_id"] != written_under(ReleaseRow)["entry_id"]


def test_a_field_that_nobody_described_has_no_name() -> None:
    with pytest.raises(KeyError):
        label_of(AnimalState, "wings")
