"""Which papers there are, with their Chinese and English titles."""

from wildlife.words.vocabularies import Code


class Paper(Code):
    """纸质文书。Which official paper is printed of a record."""

    CASE_RECEIPT = "case_receipt", "接报回执", "receipt for a report"
    ANIMAL_RECEIPT = "animal_receipt", "接收凭证", "receipt for animals"
    RESCUE_FORM = "rescue_form", "收容救护登记表", "rescue form"
    RELEASE_RECORD = "release_record", "放归记录", "release record"
    HANDOVER_FORM = "handover_form", "移交单", "hand-over form"
    CLEARANCE_FORM = "clearance_form", "道路险情处置单", "road hazard clearance form"
