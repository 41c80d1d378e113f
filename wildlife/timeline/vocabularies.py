"""GET /vocabularies."""

import msgspec
from litestar import get

from wildlife.people.may import Verb
from wildlife.timeline.entry import Opening, tag
from wildlife.timeline.service import FromTimelineService
from wildlife.web.responses import READING, problems
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import vocabularies


class Label(msgspec.Struct, frozen=True):
    """代码及名称。A code with its labels."""

    code: str
    """代码。What is sent and stored; it never changes its meaning."""
    zh: str
    """中文名称。What it is called in Chinese."""
    en: str
    """英文名称。What it is called in English."""


@get(
    "/vocabularies", opt={"verb": Verb.LOOK_UP}, tags=["vocabularies"], responses=problems(*READING)
)
async def get_vocabularies(service: FromTimelineService) -> dict[str, list[Label]]:
    """全部代码。Every code that a record may carry, by vocabulary, with its Chinese and English
    label."""
    return {
        "incident_kind": [_label(kind.name, kind.label) for kind in service.kinds],
        "entry_type": [
            _label("opening", Opening.LABEL),
            *(_label(tag(entry), entry.LABEL) for entry in service.kinds.entries),
        ],
        **{
            name: [Label(code.value, code.zh, code.en) for code in codes]
            for name, codes in vocabularies().items()
        },
    }


def _label(code: str, called: Sentence) -> Label:
    return Label(code, called.zh, called.en)
