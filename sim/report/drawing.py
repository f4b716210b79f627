"""Drawing: figures as SVG that stand together in one page, small enough for a page of many."""

import io
import re
from typing import Any

from markupsafe import Markup

PLACES = 2
"""Digits behind the point of a place on the page, in points."""
GLYPH = re.compile(r'<path id="([^"]+)"( d="[^"]*")? transform="scale\(0\.015625\)"/>\s*')
OUTLINE = re.compile(r'(?<= d=")[^"]*(?=")')
PLACED = re.compile(r'(?<= transform="translate\()[^)"]*(?=\))|(?<= [xy]=")[^"]*(?=")')
DECIMAL = re.compile(r"-?\d+\.\d+")
REFERENCE = re.compile(r'(href="#|url\(#)([^")]+)')


class Drawings:
    """The figures of one page: each glyph's outline stands once, other ids bear their figure's number."""

    def __init__(self) -> None:
        self._glyphs: dict[str, str] = {}
        self._figures = 0

    def inline(self, figure: Any) -> Markup:
        """A Matplotlib figure as an ``svg`` element; its glyphs stand in ``glyphs``."""
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
        text = out.getvalue()
        text = re.sub(r"\s*<metadata>.*?</metadata>", "", text[text.index("<svg") :], count=1, flags=re.DOTALL)
        text = re.sub(r'(?<=<svg )([^>]*?)width="[^"]*" height="[^"]*" ?', r"\1", text, count=1)
        text = OUTLINE.sub(lambda found: _lean(found[0]), text)
        text = PLACED.sub(lambda found: DECIMAL.sub(_rounded, found[0]), text)
        text = re.sub(r"\s*<defs>\s*</defs>", "", GLYPH.sub(self._shared, text))
        return Markup(self._named(re.sub(r"\n\s*", "\n", text)))

    @property
    def glyphs(self) -> Markup:
        """The outlines of every glyph drawn so far, to stand in the page before or behind the figures."""
        paths = "\n".join(f'<path id="{name}"{outline} transform="scale(0.015625)"/>' for name, outline in self._glyphs.items())
        return Markup(f'<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>\n{paths}\n</defs></svg>')

    def _shared(self, found: re.Match[str]) -> str:
        """Nothing, once the glyph is in the page's store; the glyph itself if another outline has its name."""
        name, outline = found[1], found[2] or ""  # a space has no outline
        return "" if self._glyphs.setdefault(name, outline) == outline else found[0]

    def _named(self, text: str) -> str:
        """Ids that nothing refers to left out, those of glyphs kept, the others bearing the figure's number."""
        self._figures += 1
        here = set(re.findall(r'\bid="([^"]*)"', text))
        used = {name for _, name in REFERENCE.findall(text)}
        text = re.sub(r' id="([^"]*)"', lambda m: f' id="f{self._figures}-{m[1]}"' if m[1] in used else "", text)
        return REFERENCE.sub(lambda m: f"{m[1]}f{self._figures}-{m[2]}" if m[2] in here else m[0], text)


def _lean(outline: str) -> str:
    """An SVG outline with numbers to ``PLACES`` digits and without the spaces that are not needed."""
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", DECIMAL.sub(_rounded, outline)).strip()


def _rounded(found: re.Match[str]) -> str:
    text = f"{float(found[0]):.{PLACES}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
