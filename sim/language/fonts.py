"""Fonts: a family on this machine that has a language's characters, or what to install."""

from collections.abc import Collection
from functools import cache

from sim.language import LanguageError

FAMILIES = {
    "ja": (
        "Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP", "Source Han Sans", "IPAexGothic", "IPAGothic", "Yu Gothic",
        "Hiragino Sans", "Noto Sans CJK TC", "Noto Sans CJK SC", "WenQuanYi Zen Hei",
    ),
    "zh-Hant": (
        "Noto Sans CJK TC", "Noto Sans TC", "Noto Sans CJK HK", "Source Han Sans TC", "Source Han Sans", "PingFang TC",
        "Microsoft JhengHei", "Noto Sans CJK JP", "Noto Sans CJK SC", "WenQuanYi Zen Hei", "AR PL UMing TW",
    ),
}  # fmt: skip
"""Families that hold a language's characters, best first; a language not named needs none of them."""
LATIN = "DejaVu Sans"
"""Family that Matplotlib brings with it."""


def chosen(lang: str, there: Collection[str]) -> list[str]:
    """Families for a language among those there, to be tried in this order; the last one is Matplotlib's own.

    Raises
    ------
    LanguageError
        Where none that is there has the language's characters; it says what to install.
    """
    if lang not in FAMILIES:
        return [LATIN]
    found = next((name for name in FAMILIES[lang] if name in there), None)
    if found is None:
        raise LanguageError(
            f"language {lang!r}: no font on this machine has its characters; install one (Debian: apt-get install "
            "fonts-noto-cjk; elsewhere Noto Sans CJK or Source Han Sans), or write --lang en"
        )
    return [found, LATIN]


@cache
def families(lang: str) -> list[str]:
    """Families on this machine for a language, best first; fonts installed since Matplotlib last looked count.

    Raises
    ------
    LanguageError
        As ``chosen``.
    """
    from matplotlib.font_manager import FontManager, fontManager

    try:
        return chosen(lang, {font.name for font in fontManager.ttflist})
    except LanguageError:
        fontManager.ttflist = FontManager().ttflist
        return chosen(lang, {font.name for font in fontManager.ttflist})
