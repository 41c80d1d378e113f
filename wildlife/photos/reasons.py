"""Why a photo can't be shown, in whole sentences."""

from typing import Final

from wildlife.photos.codes import RenditionsReason
from wildlife.words.sentences import Sentence

SENTENCES: Final[dict[RenditionsReason, Sentence]] = {
    RenditionsReason.UNDECODABLE: Sentence("The file can't be decoded.", "文件无法解码。"),
    RenditionsReason.TOO_MANY_PIXELS: Sentence(
        "The picture has more pixels than are decoded at once.", "照片像素过多，无法整幅解码。"
    ),
    RenditionsReason.TOO_MANY_SCANS: Sentence(
        "The file has more scans than any camera writes.", "文件的扫描次数远多于相机所写。"
    ),
    RenditionsReason.TOO_MUCH_TIME: Sentence(
        "Decoding it takes more CPU time than is allowed.", "解码所需的处理器时间超出限制。"
    ),
    RenditionsReason.TOO_MUCH_MEMORY: Sentence(
        "Decoding it takes more memory than is allowed.", "解码所需内存超出限制。"
    ),
    RenditionsReason.DECODER_CRASHED: Sentence(
        "The decoder crashes on it.", "解码程序处理该文件时崩溃。"
    ),
    RenditionsReason.INTERRUPTED: Sentence("Decoding it was interrupted.", "解码过程被中断。"),
    RenditionsReason.STORE_UNAVAILABLE: Sentence(
        "The photo store did not answer.", "照片存储没有响应。"
    ),
    RenditionsReason.ORIGINAL_MISSING: Sentence(
        "Its file is not where it should be.", "原始文件不在应在的位置。"
    ),
    RenditionsReason.INTERNAL_ERROR: Sentence(
        "The service made a mistake while decoding it.", "服务在解码时发生内部错误。"
    ),
}
