"""What is read, with its Chinese and English labels."""

from typing import Final

from wildlife.words.vocabularies import Code


class Reading(Code):
    """查阅内容。What of the records was read."""

    RECORD = "record", "警情", "an incident as it is"
    TIMELINE = "timeline", "时间线", "a timeline"
    REFUSED = "refused", "被拒收而留存的内容", "what was refused and kept"
    INFORMANT = "informant", "报告人", "who reported"
    PHOTO = "photo", "照片信息", "what is known of photos"
    PICTURE = "picture", "缩略图或屏幕图", "a thumbnail or screen size"
    ORIGINAL = "original", "照片原件", "an original"
    LIST = "list", "清单", "a page of a list"
    EXPORT = "export", "整份导出", "a whole list in one answer"
    ACCESS_LOG = "access_log", "查阅记录", "the access log"


AT_ONCE: Final = frozenset(
    {
        Reading.REFUSED,
        Reading.INFORMANT,
        Reading.ORIGINAL,
        Reading.EXPORT,
        Reading.ACCESS_LOG,
    }
)
"""What nobody is shown a byte of before it is on record that they read it; that of the others is
put on record a moment later."""
