"""The codes of what became of a photo, with their Chinese and English labels."""

from wildlife.words.vocabularies import Code


class Renditions(Code):
    """照片可否显示。Whether a photo can be shown; its original is kept in every case."""

    PENDING = "pending", "处理中", "not made yet"
    MADE = "made", "已生成", "made"
    UNREADABLE = "unreadable", "无法解码", "the file can't be decoded"
    ABANDONED = "abandoned", "超出处理限制", "given up: decoding it costs too much"


class NoPicture(Code):
    """缺图原因。Why there is no picture of a photo in an archive."""

    NOT_YET = "not_yet", "尚未生成，稍后可重新下载", "not made yet: fetch the archive again later"
    NOT_SHOWABLE = "not_showable", "照片无法显示", "the photo can't be shown"
    LOST = (
        "lost",
        "读取失败，查看该照片即重新生成",
        "it can't be read: `GET …/screen` makes it anew",
    )


class RenditionsReason(Code):
    """照片无法显示的原因。Why a photo can't be shown, or not yet; of the latter it is tried again
    by itself."""

    UNDECODABLE = "undecodable", "文件无法解码", "the file can't be decoded"
    TOO_MANY_PIXELS = "too_many_pixels", "像素过多", "it has too many pixels"
    TOO_MANY_SCANS = "too_many_scans", "扫描次数过多", "it has more scans than any camera writes"
    TOO_MUCH_TIME = "too_much_time", "解码耗时过长", "decoding it takes too much CPU time"
    TOO_MUCH_MEMORY = "too_much_memory", "解码占用内存过多", "decoding it takes too much memory"
    DECODER_CRASHED = "decoder_crashed", "解码程序崩溃", "the decoder crashes on it"
    INTERRUPTED = "interrupted", "解码被中断", "decoding it was interrupted"
    STORE_UNAVAILABLE = "store_unavailable", "照片存储不可用", "the photo store did not answer"
    ORIGINAL_MISSING = "original_missing", "原始文件缺失", "its file is not where it should be"
    INTERNAL_ERROR = "internal_error", "服务内部错误", "a fault of the service itself"
