"""Style: one look for all figures; colours that colour-blind readers can tell apart, text that never lies on text."""

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from sim.figures.text import balanced, inches, wrapped
from sim.language import Words, number, words
from sim.language.fonts import families

PAGE, COLUMN = 11.0, 7.0
"""Widths in inches: across a page, and in a column of a report."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5195", "#555555")
"""Okabe and Ito's palette, yellow left out: it cannot be read on white."""
INK, GREY, AMBER, PALE = "#1a1a1a", "#6b6b6b", "#8a6d1a", "#9a9a9a"
Key = Sequence[tuple[str, str]]

matplotlib.rcParams.update(
    {
        "font.family": ["DejaVu Sans"], "font.size": 9, "axes.titlesize": 9.5, "axes.titleweight": "bold",
        "axes.titlelocation": "left", "axes.titlepad": 13, "axes.spines.top": False, "axes.spines.right": False,
        "axes.edgecolor": GREY, "axes.labelcolor": INK, "xtick.color": GREY, "ytick.color": GREY, "axes.grid": True,
        "grid.color": "#e6e6e6", "grid.linewidth": 0.6, "axes.axisbelow": True, "legend.frameon": False,
        "svg.hashsalt": "ytterby", "figure.facecolor": "white",
    }
)  # fmt: skip


def drawn(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a figure's function ``(what, ..., width, say)`` be called ``(what, ..., width, lang)``, both with a default.

    It draws in fonts that have the language's characters.

    Raises
    ------
    LanguageError
        For a language that is not there, or that no font on this machine can write.
    """
    own = list(signature(function).parameters).index("width")

    @wraps(function)
    def draw(*given: Any, width: float = PAGE, lang: str = "en") -> Any:
        more = given[own:]
        width, lang = more[0] if more else width, more[1] if len(more) > 1 else lang
        with matplotlib.rc_context({"font.family": families(lang)}):
            return function(*given[:own], width, words(lang))

    return draw


def entitle(axis: Any, text: str) -> None:
    """A panel's title, set smaller where it would run into the next panel."""
    size = 9.5
    while size > 6.0 and inches(text, size, bold=True) > breadth(axis) + 0.1:
        size -= 0.25
    axis.set_title(text, fontsize=size)


def breadth(axis: Any) -> float:
    """Width of a panel, inches."""
    return float(axis.get_position().width * axis.get_figure().get_figwidth())


def page(
    rows: int, columns: int, title: str, source: str, width: float = PAGE, height: float = 1.75, key: Key = (),
    told: Sequence[tuple[str, str]] = (), left: float = 0.75, right: float = 0.2, share_y: bool = False,
    gaps: tuple[float, float] = (0.8, 0.72), foot: float = 0.55, above: float = 0.42,
    ratios: Sequence[float] = (),
) -> tuple[Figure, Any]:  # fmt: skip
    """A figure headed by its finding, the key to its colours and what is told of them; its source at the foot.

    Parameters
    ----------
    rows, columns : panels
    title : the finding, computed from the numbers
    source : what the marks mean, and where the numbers come from
    width : of the page, inches
    height : of one row of panels, inches
    key : names and colours, in the order drawn
    told : lines under the key, each with its colour
    left, right : room beside the panels, inches
    share_y : whether panels have one scale
    gaps : between rows and between columns of panels, inches
    ratios : heights of the rows against each other, all alike if empty
    foot, above : room for the labels of the lowest axes, and for the titles of the highest, inches
    """
    room = width - 0.3
    head, last = balanced(title, 13, room, bold=True), wrapped(source, 7.5, room)
    between = [(line, colour) for text, colour in told for line in wrapped(text, 8, room)]
    lines = _key_lines(key, room)
    top = 0.15 + 0.25 * len(head) + 0.06 + 0.2 * len(lines) + 0.17 * len(between) + above
    bottom = foot + 0.15 * len(last)
    tall = top + rows * height + (rows - 1) * gaps[0] + bottom
    figure = Figure(figsize=(width, tall))
    FigureCanvasAgg(figure)
    panel = (width - left - right - (columns - 1) * gaps[1]) / columns
    axes = figure.subplots(rows, columns, squeeze=False, sharey=share_y, height_ratios=ratios or None)
    figure.subplots_adjust(
        left=left / width, right=1.0 - right / width, top=1.0 - top / tall, bottom=bottom / tall,
        hspace=gaps[0] / height, wspace=gaps[1] / panel,
    )  # fmt: skip
    _write(figure, head, lines, between, last)
    for axis in axes.ravel():
        for one in (axis.xaxis, axis.yaxis):
            one.set_major_formatter(FuncFormatter(lambda x, _: number(x)))
    return figure, axes


def _write(figure: Figure, head: list[str], key: list[Any], told: list[tuple[str, str]], foot: list[str]) -> None:
    """Title, key and told lines from the top down, source from the foot up."""
    width, tall = figure.get_size_inches()
    figure.suptitle(
        "\n".join(head), x=0.15 / width, y=1.0 - 0.15 / tall, ha="left", va="top", fontsize=13, fontweight="bold",
        color=INK, linespacing=1.2,
    )  # fmt: skip
    down = 0.15 + 0.25 * len(head) + 0.06
    for line in key:
        for name, colour, across in line:
            place = ((0.15 + across) / width, 1.0 - (down + 0.12) / tall)
            figure.add_artist(Rectangle(place, 0.22 / width, 0.09 / tall, color=colour, linewidth=0))
            figure.text(place[0] + 0.28 / width, place[1] + 0.045 / tall, name, fontsize=8, va="center", color=INK)
        down += 0.2
    for n, (text, colour) in enumerate(told):
        figure.text(
            0.15 / width, 1.0 - (down + 0.02 + 0.17 * n) / tall, text, ha="left", va="top", fontsize=8, color=colour
        )
    for n, text in enumerate(reversed(foot)):
        figure.text(
            0.15 / width, (0.08 + 0.15 * n) / tall, text, ha="left", va="bottom", fontsize=7.5, color=GREY,
            fontfeatures=("-liga",),  # the letters of a run's id do not flow together
        )  # fmt: skip


def _key_lines(key: Key, room: float) -> list[list[tuple[str, str, float]]]:
    """Name, colour and place in inches of every entry, line by line."""
    lines: list[list[tuple[str, str, float]]] = []
    across = room + 1.0
    for name, colour in key:
        needs = 0.28 + inches(name, 8) + 0.2
        if across + needs > room:
            lines.append([])
            across = 0.0
        lines[-1].append((name, colour, across))
        across += needs
    return lines


def columns_for(width: float, wanted: int) -> int:
    """Panels side by side: at most ``wanted``, each at least 3 inches with its labels."""
    return max(1, min(wanted, int(width // 3.0)))


def blank(axes: Any, used: int) -> None:
    """Take away panels that are not needed."""
    for axis in axes.ravel()[used:]:
        axis.remove()


def joined(say: Words, *sentences: str) -> str:
    """Sentences one after another, as the language sets them."""
    return ("" if say.lang != "en" else " ").join(s for s in sentences if s)


def save(figure: Figure, stem: Path) -> list[Path]:
    """Write PNG and SVG."""
    paths = [stem.with_name(stem.name + end) for end in (".png", ".svg")]
    figure.savefig(paths[0], dpi=130)
    figure.savefig(paths[1], metadata={"Date": None})
    return paths
