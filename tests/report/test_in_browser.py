"""The briefing in a real browser: its first page fits one sheet, in every language, and nothing is asked of a network."""

import re
import shutil
import subprocess

import pytest

from sim.faces.reporting import report
from sim.language import LANGUAGES, LanguageError, words
from sim.language.fonts import families

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--no-pdf-header-footer", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine; make browser installs it where there is apt-get")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_page_prints_on_one_sheet(race, lang, tmp_path):
    try:
        families(lang)
    except LanguageError:
        pytest.skip("no font on this machine has its characters; make browser installs one where there is apt-get")
    page = report(str(race), lang, out=tmp_path / "page.html")
    text = page.read_text(encoding="utf-8")
    first = text[: text.index("</section>") + len("</section>")].replace("break-after: page", "break-after: auto")
    (tmp_path / "first.html").write_text(first + "</body></html>", encoding="utf-8")
    printed = tmp_path / "first.pdf"
    asked = [f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={printed}", (tmp_path / "first.html").as_uri()]
    assert CHROMIUM is not None
    done = subprocess.run([CHROMIUM, *QUIET, *asked], capture_output=True, timeout=120, check=False)
    assert printed.is_file(), done.stderr.decode()[-500:]
    assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) == 1
    assert words(lang).label("briefing.best_answers") in first
