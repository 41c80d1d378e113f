"""What is written under a field, for those who do not read code."""

from collections import defaultdict
from typing import Any, get_args
from uuid import UUID

import msgspec
import pytest

from wildlife.app import API
from wildlife.lists.releases import ListedRelease
from wildlife.rescues.animal import AnimalState, ReleaseRow
from wildlife.words.documented import label_in, label_of, written_under


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


def is_id(type_: Any) -> bool:
    alternatives = {getattr(one, "__supertype__", one) for one in get_args(type_) or (type_,)}
    return alternatives - {type(None)} == {UUID}


def every(struct: type[msgspec.Struct]) -> set[type[msgspec.Struct]]:
    below = struct.__subclasses__()
    return {*below}.union(*map(every, below))


def test_what_an_id_is_called_nothing_else_is() -> None:
    """A case number under the name of the id would be asked for, and answered 404."""
    assert API, "all that is read and written is imported"
    named = defaultdict[str, dict[bool, str]](dict)
    for struct in every(msgspec.Struct):
        written = written_under(struct)
        for field in msgspec.structs.fields(struct):
            if "。" in (said := written.get(field.name, "")):
                told = f"{struct.__name__}.{field.name}"
                named[label_in(said)][is_id(field.type)] = told
    assert "警情 UUID" in named
    assert [one for one in named.values() if len(one) > 1] == []
