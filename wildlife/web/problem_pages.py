"""A problem as a page, for people who opened an address in a browser."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from wildlife.web.printed import PrintedPage
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence

PAGE: Final = PrintedPage(Path(__file__).parent / "problem_page", "problem", images=False)

_OF_CASE: Final = Sentence("", "")

# What programs do about it is no help to who scanned the code of a paper.
_SIGN_IN: Final = Sentence(
    "This address is for accounts that are signed in. Sign in to the application in which your unit"
    " works, and open it from there. If you hold a paper and have no account, ask the unit that"
    " gave it out to check it by its number.",
    "本地址须登录后查看。请在本单位使用的业务系统中登录本人账号，再从系统中打开；持有纸质文书而"
    "没有账号的，请凭文书编号向出具单位核实。",
)


def problem_page(problem: Problem, request_id: str) -> str:
    """What is wrong, and what to do about it, in Chinese and in English."""
    is_unknown = problem.status == HTTPStatus.UNAUTHORIZED
    return PAGE.render(
        zh=problem.detail(chinese=True, request_id=request_id),
        en=problem.detail(chinese=False, request_id=request_id),
        said=_SIGN_IN if is_unknown else _OF_CASE,
    )
