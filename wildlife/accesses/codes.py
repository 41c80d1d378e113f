"""What is read or erased, with its Chinese and English labels."""

from typing import Final

from wildlife.words.vocabularies import Code


class Reading(Code):
    """查阅或删除的内容。What of the records was read, or erased."""

    RECORD = "record", "警情", "an incident as it is"
    TIMELINE = "timeline", "时间线", "a timeline"
    REFUSED = "refused", "被拒收而留存的内容", "what was refused and kept"
    INFORMANT = "informant", "报告人", "who reported"
    INFORMANT_ERASED = "informant_erased", "删除报告人", "who reported, erased for ever"
    PHOTO = "photo", "照片信息", "what is known of photos"
    PICTURE = "picture", "缩略图或屏幕图", "a thumbnail or screen size"
    PAPER = "paper", "纸质文书", "an official paper"
    ORIGINAL = "original", "照片原件", "an original"
    LIST = "list", "清单", "a page of a list"
    STATISTIC = "statistic", "统计", "how many there are"
    EXPORT = "export", "整份导出", "a whole list in one answer"
    ACCESS_LOG = "access_log", "查阅记录", "the access log"


AT_ONCE: Final = frozenset(
    {
        Reading.REFUSED,
        Reading.INFORMANT,
        Reading.INFORMANT_ERASED,
        Reading.ORIGINAL,
        Reading.EXPORT,
        Reading.ACCESS_LOG,
    }
)
"""What nobody is shown a byte of before it is on record that they read it, and what is not erased
without being on record; that of the others is put on record a moment later."""


class Listed(Code):
    """所查清单。Which list was read: of records, or of the access log."""

    INCIDENTS = "incidents", "警情清单", "incidents"
    NEARBY = "nearby", "可能重复的警情", "incidents that may be the same"
    ANIMALS = "animals", "动物清单", "animals"
    RELEASES = "releases", "放归清单", "releases"
    TRANSFERS = "transfers", "移交清单", "transfers"
    PHOTOS = "photos", "照片清单", "photos"
    PHOTO_ARCHIVE = "photo_archive", "照片打包", "photos in an archive"
    HAZARDS = "hazards", "道路险情清单", "road hazards"
    EXPORT_FILE = "export_file", "导出文件", "the file of an export that was made before"
    ANNUAL_REPORT = "annual_report", "年度报告", "the annual report"
    REFUSED = "refused", "本人及本单位被拒收的内容", "what was refused of oneself and one's unit"
    CHANGES = "changes", "变化", "what is new"
    ACCESSES = "accesses", "查阅记录", "the access log"
    ACCESS_DAYS = "access_days", "查阅记录各日汇总", "the days of the access log"
