"""Text: how wide words are, where lines may break, in scripts with and without spaces between words."""

import re
from functools import lru_cache
from itertools import accumulate

import matplotlib
from budoux import Parser, load_default_japanese_parser
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

WIDE = "\u3040-\u30ff\u3400-\u9fff"
"""Kana and ideographs, between which a line may break."""
CLOSING = "、。，：；！？）」』％…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ・"
"""What never begins a line."""
FOREIGN = "\u30a1-\u30fa\u30fc"
"""Katakana, which spells foreign words that are not to be parted."""
UNIT = r"%|t/yr|t\b|USD/kg|million\b|billion\b|times\b|days?\b|weeks?\b|line-(?:weeks|stop weeks)"
"""What follows a number after a space and stays with it."""
WIDE_UNIT = rf"[億百萬万]*(?:ライン・週|か国|公噸|公斤|美元|產線週|日分|天用量|週分|[{FOREIGN}]+|[{WIDE}])"
"""What follows a number in scripts without spaces and stays with it."""
PIECE = re.compile(
    rf"\n| *[「『（]*(?:\d+年(?:\d+月(?:\d+日)?)?|[{FOREIGN}]+|[{WIDE}]|(?:[^ \n{WIDE}「『（、。，：；！？）」』・-]|-(?=\d))+-?|-)?"
    rf"(?:(?<=\d)(?:{WIDE_UNIT}| (?:{UNIT})[^ \n{WIDE}]*))?[{CLOSING}]*"
)
"""A piece that no line break parts, with the space before it; Latin words break after a hyphen, and no
number leaves its unit. A no-break space binds what else is to stay together."""


KANA = re.compile("[\u3041-\u3096]")
"""Hiragana, which only Japanese has."""


@lru_cache(1)
def _parser() -> Parser:
    return load_default_japanese_parser()


@lru_cache(256)
def _phrase_ends(text: str) -> frozenset[int]:
    return frozenset(accumulate(map(len, _parser().parse(text))))


def _smallest(text: str) -> list[str]:
    return [p for p in PIECE.findall(text) if p]


def pieces(text: str) -> list[str]:
    """Parts of a text that no line break should part: words, and in Japanese phrases with their particles."""
    if not KANA.search(text):
        return _smallest(text)
    ends = _phrase_ends(text)
    found, at = [""], 0
    for piece in _smallest(text):
        if at in ends or "\n" in (piece, found[-1]):
            found.append("")
        found[-1] += piece
        at += len(piece)
    return found


def inches(text: str, size: float, bold: bool = False) -> float:
    """Width of a line of text at a size in points, in the fonts now in force."""
    return _inches(text, size, bold, tuple(matplotlib.rcParams["font.family"]))


@lru_cache(4096)
def _inches(text: str, size: float, bold: bool, family: tuple[str, ...]) -> float:
    font = FontProperties(family=list(family), size=size, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0]) / 72.0 * 1.03


def wrapped(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Lines of at most ``width`` inches, broken between words, after hyphens, or between wide characters."""
    parts: list[str] = []
    for part in pieces(text):
        parts += [part] if inches(part, size, bold) <= width else _smallest(part)
    lines: list[str] = []
    for piece in parts:
        longer = f"{lines[-1]}{piece}" if lines else piece.lstrip(" ")
        if lines and inches(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(piece.lstrip(" "))
    return lines or [""]


def balanced(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """As few lines of at most ``width`` inches as it takes, about equally long."""
    lines = wrapped(text, size, width, bold)
    while len(lines) > 1:
        narrower = wrapped(text, size, width := 0.96 * width, bold)
        if len(narrower) > len(lines) or any(inches(x, size, bold) > width for x in narrower):
            break
        lines = narrower
    return lines


def fitted(texts: list[str], width: float, size: float, least: float = 6.0) -> tuple[list[str], float]:
    """Texts broken into lines of a width, inches, and the size at which none is wider; the least size at the least."""
    while True:
        broken = [wrapped(t, size, width) for t in texts]
        if size <= least or all(inches(line, size) <= width for lines in broken for line in lines):
            return ["\n".join(lines) for lines in broken], size
        size -= 0.25


def rounded(value: float, digits: int = 2) -> float:
    """A number with so many digits that count, for a title."""
    return float(f"{value:.{digits}g}")
