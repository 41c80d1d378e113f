"""What several lists can be asked for: of animals, and of what has photos."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from litestar.params import QueryParameter

from wildlife.lists.conditions import (
    MOST_VALUES,
    SEVERAL,
    Asked,
    any_of,
    equal_to,
    where,
)
from wildlife.rescues.codes import Cause, LifeStage, Outcome, Sex
from wildlife.rescues.marks import keys_of
from wildlife.words.values import NOT_BLANK
from wildlife.words.vocabularies import Protection

RANKS: Final = ("genus", "family", "order", "class_")
"""The parameters that name a part of the register, the narrowest first."""

_PROTECTED: Final = """
    case when :protection::text = 'provincial' then 'provincial' = any({a}.protections)
        else {a}.protection = :protection end
"""
"""Those of the whole country exclude each other and are stricter than a region's: one of them
leads, and is found by the index in the order of the list."""

ON_MOVES: Final = (
    *("species", "species_known", *RANKS),
    *("protection", "strictest_protection", "protection_known", "life_stage", "sex"),
)
"""What a release or a transfer itself says of its animal."""

_Name: TypeAlias = Annotated[str, msgspec.Meta(max_length=200)]


def several(description: str, name: str | None = None, example: str | None = None) -> Any:
    """A parameter that takes several values. name: where the field can't be called so."""
    examples = {} if example is None else {"examples": [[example]]}
    return QueryParameter(
        name=name,
        max_items=MOST_VALUES,
        description=f"{description} {SEVERAL}",
        schema_extra=examples,
    )


def as_state(description: str) -> Any:
    """The parameter `state`: the framework keeps the name itself for its own."""
    return several(description, name="state")


def of_taxa(rank: str, name: str) -> Any:
    """That a species belongs to such a part of the register, as it is now."""
    species = "{a}.species_id = any(array(select species_id from species where "
    return any_of(f"{species}{rank} = :{name}))", f"{species}{rank} = any(:{name}_any::text[])))")


def outcome_of(name: str) -> Any:
    """What became of any heads of an animal."""
    heads = "jsonb_build_array(jsonb_build_object('outcome', {0}::text))"
    return any_of(
        "{a}.outcomes @> " + heads.format(f":{name}"),
        "{a}.outcomes @> any(array("
        f"select {heads.format('o')} from unnest(:{name}_any::text[]) as o))",
    )


@dataclass(frozen=True, kw_only=True)
class AskedOfAnimals(Asked):
    """Of which animals a list is asked. Where an incident has several, one has to be all of it."""

    species: Annotated[
        list[_Name] | None,
        several("物种编号。A species by its id in the register.", example="phalacrocorax_carbo"),
    ] = equal_to("{a}.species_id", "species")
    genus: Annotated[
        list[_Name] | None,
        several("属。A genus, by its Latin name.", example="Phalacrocorax"),
    ] = of_taxa("split_part(scientific_name, ' ', 1)", "genus")
    family: Annotated[
        list[_Name] | None,
        several("科。A family, by its Chinese name in the register.", example="鸬鹚科"),
    ] = of_taxa("family", "family")
    order: Annotated[
        list[_Name] | None,
        several(
            "目。A taxonomic order, by its Chinese name in the register; in which order a list"
            " stands, `sort` says.",
            example="鲣鸟目",
        ),
    ] = of_taxa('"order"', "order")
    class_: Annotated[
        list[_Name] | None,
        several("纲。A class, by its Chinese name in the register.", "class", "鸟纲"),
    ] = of_taxa("class", "class_")
    protection: Annotated[
        list[Protection] | None,
        several("保护级别。Any class that held for the animal when and where it was found."),
    ] = any_of(_PROTECTED, "{a}.protections && :protection_any::text[]")
    strictest_protection: Annotated[
        list[Protection] | None,
        several("最严保护级别。The strictest class that held for it then and there."),
    ] = equal_to("{a}.protection", "strictest_protection")
    protection_known: Annotated[
        bool | None,
        QueryParameter(
            description="保护级别是否已知。Whether it is known what class held for it then and"
            " there, be it none (`unlisted`)."
        ),
    ] = where("({a}.protection is not null) = :protection_known")
    species_known: Annotated[
        bool | None,
        QueryParameter(description="是否已鉴定。Whether the animal is identified."),
    ] = where("({a}.species_id is not null) = :species_known")
    cause: Annotated[list[Cause] | None, several("救护原因。Why the animal needed help.")] = (
        equal_to("{a}.cause", "cause")
    )
    life_stage: Annotated[list[LifeStage] | None, several("年龄阶段。How grown the animal is.")] = (
        equal_to("{a}.life_stage", "life_stage")
    )
    sex: Annotated[list[Sex] | None, several("性别。The animal's sex.")] = equal_to(
        "{a}.sex", "sex"
    )
    outcome: Annotated[
        list[Outcome] | None, several("处置结果。What became of any of the animal's heads.")
    ] = outcome_of("outcome")
    mark: Annotated[
        str | None,
        QueryParameter(
            min_length=1,
            max_length=100,
            pattern=NOT_BLANK,
            description="标识号码。The number of a ring, chip or tag that the animal carries or"
            " carried, whole, however it is written; `ring:a1234` is that of a ring alone.",
            schema_extra={"examples": ["CN-A 1234"]},
        ),
    ] = where("({a}.marks && :mark_keys::text[] and {a}.marks <> '{}')")
    has_mark: Annotated[
        bool | None,
        QueryParameter(
            description="是否有标识。Whether the animal carries or carried any ring, chip or tag."
        ),
    ] = where("({a}.marks <> '{}') = :has_mark")

    def values(self) -> dict[str, Any]:
        return super().values() | {"mark_keys": keys_of(self.mark or "")}


@dataclass(frozen=True, kw_only=True)
class AskedOfPhotos(Asked):
    """Whether there are photos of what a list is asked for."""

    has_photos: Annotated[
        bool | None,
        QueryParameter(
            description="是否有照片。Whether the incident has any photos, of whatever they are."
        ),
    ] = where("({i}.photos > 0) = :has_photos")
