"""Which papers there are of a record, and their numbers. Pure."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from wildlife.papers.clearance_form import clearance_form
from wildlife.papers.codes import Paper
from wildlife.papers.handover_form import handover_forms
from wildlife.papers.hiding import as_told
from wildlife.papers.receipts import animal_receipts, case_receipts
from wildlife.papers.record import Record
from wildlife.papers.release_record import release_records
from wildlife.papers.rescue_form import rescue_form
from wildlife.papers.sheet import Sheet
from wildlife.words.sentences import Sentence


class Form(msgspec.Struct, frozen=True):
    """What a paper is made by.

    letters: what it is known by in a number.
    sheets: all that there are of it of a record, which may be none.
    absent: why there may be none.
    names_informant: whether it tells who reported, to who may read that.
    """

    paper: Paper
    letters: str
    sheets: Callable[[Record], Iterator[Sheet]]
    absent: Sentence
    names_informant: bool = False


PAPERS: Final = (
    Form(
        Paper.CASE_RECEIPT,
        "HZ",
        case_receipts,
        Sentence(
            "Nobody reported this incident: it was found on patrol or by a camera, and there is"
            " nobody to give a receipt to.",
            "本起警情由巡逻（巡护）或监控发现，没有报警人，不出具接报回执。",
        ),
        names_informant=True,
    ),
    Form(
        Paper.ANIMAL_RECEIPT,
        "PZ",
        animal_receipts,
        Sentence(
            "This incident is no rescue: there are no animals to give a receipt for.",
            "本起警情不是野生动物救护，没有接收的动物，不出具接收凭证。",
        ),
        names_informant=True,
    ),
    Form(
        Paper.RESCUE_FORM,
        "DJ",
        rescue_form,
        Sentence(
            "This incident is no rescue: its form is another one.",
            "本起警情不是野生动物救护，不使用收容救护登记表。",
        ),
    ),
    Form(
        Paper.RELEASE_RECORD,
        "FG",
        release_records,
        Sentence(
            "No animal of this incident was released that you are told of.",
            "本起警情中没有你可以查看的放归。",
        ),
    ),
    Form(
        Paper.HANDOVER_FORM,
        "YJ",
        handover_forms,
        Sentence(
            "Nothing of this incident was handed over to somebody else that you are told of.",
            "本起警情中没有你可以查看的移交。",
        ),
    ),
    Form(
        Paper.CLEARANCE_FORM,
        "CZ",
        clearance_form,
        Sentence(
            "This incident is no road hazard: its form is another one.",
            "本起警情不是道路险情，不使用道路险情处置单。",
        ),
    ),
)


class Numbered(NamedTuple):
    """A sheet with the number that it has, whoever prints it and however often."""

    number: str
    sheet: Sheet


def form_of(paper: Paper) -> Form:
    """What makes it."""
    return next(one for one in PAPERS if one.paper is paper)


def sheets_of(form: Form, record: Record) -> list[Numbered]:
    """All sheets of a paper that there are of a record."""
    return [
        Numbered(
            number_of(record.incident.case_number, form, sheet.entry_id), as_told(record, sheet)
        )
        for sheet in form.sheets(record)
    ]


def number_of(case_number: str, form: Form, entry_id: UUID | None) -> str:
    """The number of a paper: that of the case, the letters of the paper, and of one that is of an
    entry the end of its id. It counts nothing: what comes late would change it, and who is told of
    a part would count others."""
    of_entry = f"-{entry_id.hex[-8:].upper()}" if entry_id is not None else ""
    return f"{case_number}-{form.letters}{of_entry}"
