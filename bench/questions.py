"""What is asked of the lists: each filter with what many have and what few, alone and together."""

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from media.vault import open_vault
from wildlife.lists.animals import ANIMALS, OfAnimals
from wildlife.lists.conditions import Asked
from wildlife.lists.filters import Filters, read_filters
from wildlife.lists.formats import JSON
from wildlife.lists.forms import Form
from wildlife.lists.incidents import INCIDENTS, OfIncidents
from wildlife.lists.listing import Listing
from wildlife.lists.releases import RELEASES, OfReleases
from wildlife.people.accounts import Actor
from wildlife.rescues.marks import keys_of
from wildlife.settings import Settings
from wildlife.web.pages import Question as OfCursor

LISTS: Final[Mapping[str, tuple[Listing[Any], type[Asked]]]] = {
    "/incidents": (INCIDENTS, OfIncidents),
    "/animals": (ANIMALS, OfAnimals),
    "/releases": (RELEASES, OfReleases),
}

_OF_ALL: Final[Mapping[str, Mapping[str, str]]] = {
    "newest": {},
    "oldest": {"sort": "time"},
    "a word of most": {"q": "民警"},
    "a phrase of a quarter": {"q": "冒雨徒步"},
    "a species by name": {"q": "鸬鹚"},
    "a place of three in a hundred": {"q": "黑山头"},
    "a place of one in a thousand": {"q": "哈日诺尔砂石厂"},
    "a word of one in a thousand": {"q": "白化"},
    "a word of three": {"q": "龙卷风"},
    "a word of none": {"q": "鵺"},
    "two words, each of many": {"q": "民警 纸箱"},
    "two words, both of few": {"q": "黑山头 白头鹤"},
    "a day's case numbers": {"q": "150425-20200801"},
    "a word of most, oldest": {"q": "民警", "sort": "time"},
    "a place, oldest": {"q": "黑山头", "sort": "time"},
    "a word of most in a county": {"q": "民警", "region": "150425"},
    "a place in a county": {"q": "黑山头", "region": "150425"},
    "a word of most at a station": {"q": "民警", "station": "150425"},
    "a word of most in a village": {"q": "民警", "bbox": "118.5,42.9,118.52,42.92"},
    "the province": {"region": "15"},
    "a prefecture": {"region": "1504"},
    "a county": {"region": "150425"},
    "a station": {"station": "150425"},
    "a village": {"bbox": "118.5,42.9,118.52,42.92"},
    "the country": {"bbox": "73,18,135,54"},
    "nowhere": {"bbox": "1,1,2,2"},
    "within two kilometres": {"near": "118.5,42.9", "radius_m": "2000"},
    "within two hundred": {"near": "118.5,42.9", "radius_m": "200000"},
    "a day": {"from": "2020-05-01", "to": "2020-05-01"},
    "six years": {"from": "2016-05-01", "to": "2022-05-01"},
    "a common species": {"species": "passer_montanus"},
    "a rare species": {"species": "lynx_lynx"},
    "a species of none": {"species": "moschus_moschiferus"},
    "a rare species and a word of most": {"species": "lynx_lynx", "q": "民警"},
    "a rare species in a county": {"species": "lynx_lynx", "region": "150425"},
    "common protection": {"protection": "sanyou"},
    "rare protection": {"protection": "national_1"},
    "protection of none": {"protection": "provincial"},
    "a mark of none": {"mark": "A0000000"},
}
_OF_INCIDENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "open": {"state": "open"},
    "roads": {"kind": "road_hazard"},
    "overdue": {"overdue": "true"},
    "not overdue": {"overdue": "false"},
}


class Question(NamedTuple):
    """A question to a list."""

    path: str
    said: str
    parameters: Mapping[str, str]

    @property
    def address(self) -> str:
        return f"{self.path}?{urlencode(self.parameters)}"

    async def page(self, connection: Any, settings: Settings, actor: Actor) -> None:
        """Ask it as the service does."""
        listing, asked = LISTS[self.path]
        given: dict[str, Any] = dict(self.parameters)
        if "radius_m" in given:
            given["radius_m"] = float(given["radius_m"])
        service: Any = SimpleNamespace(settings=settings)
        read = read_filters(service, given)
        filters = Filters(
            region=given.pop("region", None),
            station=given.pop("station", None),
            below=False,
            since=read.period.since,
            until=read.period.until,
            box=read.box,
            near=read.near,
            polygon=None,
            updated_since=None,
            words=read.words,
            marks=keys_of(given.get("q", "")),
            duplicates=False,
        )
        form = Form(
            question=OfCursor("", open_vault(settings.key_path)),
            cursor=None,
            limit=50,
            sort=given.get("sort", "-time"),
            format=JSON,
            whole=False,
            fields=None,
            labels=None,
            count=None,
        )
        own: dict[str, Any] = {name: given[name] for name in ("mark", "kind") if name in given}
        for name, field in (
            ("species", "species"),
            ("protection", "protection"),
            ("state", "state_"),
        ):
            if name in given:
                own[field] = [given[name]]
        if "overdue" in given:
            own["overdue"] = given["overdue"] == "true"
        meant = await listing.meant(connection, actor, asked(filters=filters, **own))
        await listing.page(connection, meant, form)


def questions() -> Iterator[Question]:
    """All of them."""
    for path in LISTS:
        for said, parameters in _OF_ALL.items():
            yield Question(path, f"{path}: {said}", parameters)
    for said, parameters in _OF_INCIDENTS.items():
        yield Question("/incidents", f"/incidents: {said}", parameters)
