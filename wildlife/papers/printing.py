"""A page as a PDF, made in a process that can be killed."""

from typing import Final

import structlog

from media.printing import Missing, Unprintable, print_page
from media.processes import Interrupted, Killed, run_killable
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence

log = structlog.get_logger()

_CPU_S: Final = 30
_WALL_S: Final = 90

_WHY: Final = {
    Missing.PACKAGE: Sentence(
        "WeasyPrint is not installed here; the operator adds it by `pip install"
        " 'wildlife-rescue-records[pdf]'`.",
        "本机未安装排版程序；运维人员可用 `pip install 'wildlife-rescue-records[pdf]'` 安装。",
    ),
    Missing.LIBRARIES: Sentence(
        "WeasyPrint lacks the libraries that it draws text with; the operator adds them by"
        " `apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`.",
        "排版程序缺少绘制文字的程序库；运维人员可用"
        " `apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0` 安装。",
    ),
}
_TOO_MUCH: Final = Sentence(
    "To make it takes more time or memory than it may.",
    "生成所需的时间或内存超出限制。",
)


def _without(characters: str) -> Sentence:
    return Sentence(
        f"No font on this machine has {characters}, and a paper with blanks in their place would be"
        " wrong; the operator adds one by `apt-get install fonts-noto-cjk`.",
        f"本机字体缺少“{characters}”，缺字的文书不能使用；运维人员可用"
        " `apt-get install fonts-noto-cjk` 安装字体。",
    )


async def as_pdf(page: str, memory_bytes: int) -> bytes:
    """The page as a PDF. Raises Problem pdf_unavailable, which says what is missing, or
    printer_unavailable."""
    try:
        return await run_killable(
            print_page, page, cpu_s=_CPU_S, wall_s=_WALL_S, memory_bytes=memory_bytes
        )
    except Unprintable as error:
        log.warning("pdf_unavailable", missing=error.missing)
        reason = _without(error.characters) if error.characters else _WHY[error.missing]
        raise Problem("pdf_unavailable", reason=reason) from None
    except Killed as killed:
        log.warning("pdf_unavailable", bound=killed.bound)
        raise Problem("pdf_unavailable", reason=_TOO_MUCH) from None
    except Interrupted as error:
        log.warning("printer_unavailable", error=error)
        raise Problem("printer_unavailable") from None
