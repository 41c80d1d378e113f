"""A paper printed: by a real browser, and as a PDF by the service; looked at by its text."""

import re
import shutil
import socket
import subprocess
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Final

import pytest

from media.printing import Missing, Unprintable, print_page
from tests.languages import HAN, foreign_words
from tests.papers.full import ODD, big_rescue_of, full_hazard_of
from tests.papers.reading import paper
from tests.papers.without import broken_libraries, glyphs, package
from tests.users import Person, rescue
from wildlife.papers import printing

CHROMIUM: Final = "/usr/bin/chromium"

in_a_browser = pytest.mark.skipif(
    not Path(CHROMIUM).exists(), reason="no chromium: apt-get install chromium fonts-noto-cjk"
)
with_tools = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="no pdftotext: apt-get install poppler-utils"
)


def _why_no_pdf() -> str:
    """What is missing on this machine."""
    if find_spec("weasyprint") is None:
        return "WeasyPrint is not installed: make test does"
    try:
        print_page("<p>收容救护登记表</p>")
    except Unprintable as error:
        return f"no {error.missing.value}: the README says which Debian packages have them"
    return ""


@pytest.fixture(scope="module")
def _printer() -> None:
    if why := _why_no_pdf():
        pytest.skip(why)


def told(pdf: bytes) -> list[str]:
    """The text of each page, without spaces."""
    printed = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60
    )
    return ["".join(page.split()) for page in printed.stdout.decode().split("\f")[:-1]]


def in_chromium(page: str, folder: Path) -> bytes:
    """The page as the browser prints it, without a network."""
    source, target = folder / "paper.html", folder / "paper.pdf"
    source.write_text(page, "utf-8")
    subprocess.run(
        [
            CHROMIUM,
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *("--no-pdf-header-footer", f"--user-data-dir={folder / 'profile'}"),
            *("--host-resolver-rules=MAP * ~NOTFOUND", f"--print-to-pdf={target}"),
            source.as_uri(),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    return target.read_bytes()


def require_whole(pages: list[str], number: str) -> None:
    """All of a full form of a road hazard: pages that count themselves, with all characters."""
    assert number in pages[0]
    for at, page in enumerate(pages, 1):
        assert f"第{at}页共{len(pages)}页" in page
    for said in ("大局子林场三道沟", "落石和枝条堵住整个路面", "林场道路养护队", "单位盖章处"):
        assert any(said in page for page in pages), said
    assert "\ufffd" not in "".join(pages)


@in_a_browser
@with_tools
async def test_a_browser_prints_the_form_on_its_pages(officer: Person, tmp_path: Path) -> None:
    incident = await full_hazard_of(officer)
    page = await paper(officer, incident, "clearance_form")
    [number] = re.findall("编号：<b>([^<]+)", page)
    pages = told(in_chromium(page, tmp_path))
    require_whole(pages, number)
    assert len(pages) == 4


@in_a_browser
@with_tools
async def test_the_head_of_a_long_table_is_on_each_of_its_pages_and_no_row_is_cut(
    officer: Person, tmp_path: Path
) -> None:
    incident = await big_rescue_of(officer, entries=40, photos=0)
    pages = told(in_chromium(await paper(officer, incident, "rescue_form"), tmp_path))
    having = [page for page in pages if "次投喂" in page]
    assert len(having) > 1
    assert all(re.search("时间.{0,4}事项.{0,4}内容.{0,4}记录人", page) for page in having)
    counts = [(page.count("动物序号：1号"), page.count("10时")) for page in having]
    assert all(rows == times > 0 for rows, times in counts), counts
    assert "䴙䴘𩷶<b>&amp;\"'</b>{{7*7}}" in "".join(pages)


@pytest.mark.usefixtures("_printer")
@with_tools
async def test_the_service_makes_a_pdf_of_the_same_page(officer: Person) -> None:
    path = f"/incidents/{await full_hazard_of(officer)}/papers/clearance_form"
    answer = await officer.get(path, headers={"Accept": "application/pdf"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    number = answer.headers["content-disposition"].removeprefix('inline; filename="')[:-5]
    require_whole(told(answer.content), number)


@pytest.mark.usefixtures("_printer")
async def test_a_character_that_no_font_has_is_named_rather_than_left_blank(
    officer: Person,
) -> None:
    incident = await officer.opened(rescue(summary=f"{ODD}\U0002fa1f\U000323af"))
    path = f"/incidents/{incident}/papers/case_receipt?format=pdf"
    answer = await officer.get(path)
    assert (answer.status_code, answer.json()["code"]) == (501, "pdf_unavailable")
    assert "\U000323af" in answer.json()["detail"]
    assert "䴙" not in answer.json()["detail"]


@pytest.mark.usefixtures("_printer")
def test_nothing_is_missing_of_a_character_that_nobody_sees() -> None:
    assert print_page("<p>第一段\u2028第二段\u2029\u200e\u2060完</p>").startswith(b"%PDF")


@pytest.mark.usefixtures("_printer")
def test_what_makes_a_pdf_fetches_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(1)
        port, called = server.getsockname()[1], list[str]()

        def listen() -> None:
            try:
                server.accept()[0].close()
                called.append("somebody called")
            except TimeoutError:
                pass

        listening = Thread(target=listen)
        listening.start()
        page = print_page(
            f'<link rel="stylesheet" href="http://127.0.0.1:{port}/a.css">'
            f'<img src="http://127.0.0.1:{port}/b.png"><img src="file:///etc/hostname">'
            f"<style>@import url(http://127.0.0.1:{port}/c.css)</style><p>空白</p>"
        )
        listening.join()
    assert page.startswith(b"%PDF")
    assert called == []


@pytest.mark.parametrize(
    ("missing", "english", "chinese"),
    [
        (package, "pip install", "pip install"),
        (broken_libraries, "apt-get install libpango", "apt-get install libpango"),
        (glyphs, "No font on this machine has 䴙", "本机字体缺少“䴙”"),
    ],
)
async def test_where_no_pdf_can_be_made_a_sentence_says_what_to_install(
    officer: Person, monkeypatch: pytest.MonkeyPatch, missing: object, english: str, chinese: str
) -> None:
    monkeypatch.setattr(printing, "print_page", missing)
    incident = await officer.opened()
    path = f"/incidents/{incident}/papers/rescue_form?format=pdf"
    for language, says in (("en", english), ("zh", chinese)):
        answer = await officer.get(path, headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["code"]) == (501, "pdf_unavailable")
        detail = answer.json()["detail"]
        assert says in detail
        assert "HTML" in detail
        if language == "zh":
            assert not foreign_words(detail, ["pip install"])
        else:
            assert not HAN.search(detail.replace("䴙", ""))
    # The page itself is there all the same.
    assert (await officer.get(path.replace("pdf", "html"))).status_code == 200


def test_what_is_not_installed_is_told_apart_from_what_does_not_load(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(Unprintable) as raised:
        print_page("<p>空白</p>")
    assert raised.value.missing is Missing.PACKAGE
