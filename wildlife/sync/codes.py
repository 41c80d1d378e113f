"""What became of what was sent, with its Chinese and English labels."""

from wildlife.words.vocabularies import Code


class SyncOutcome(Code):
    """处理结果。What became of an item."""

    CREATED = "created", "已登记", "taken, for the first time"
    REPLAYED = "replayed", "此前已登记", "taken before, with the same content"
    EXPECTED = "expected", "待上传照片", "a photo whose bytes are still to come"
    WAITING = "waiting", "等待关联内容", "it names something that is not there yet"
    REFUSED = "refused", "未被接受", "refused, for the reason given"
