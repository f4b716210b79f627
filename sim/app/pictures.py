"""Pictures: figures of a run as SVG that a browser scales, each with its finding as the words for those who cannot see it."""

import base64
import html
import io
import threading
from collections.abc import Callable
from typing import Any

from sim.figures import FIGURES
from sim.figures.style import COLUMN
from sim.result import Result

ONE_AT_A_TIME = threading.Lock()
"""Matplotlib's settings are the whole process's: two visitors' figures are drawn one after the other."""
PIXELS = (440, 860)
"""Width at least, under which a picture is scrolled and not shrunk, and at most."""
RECORDS = tuple(sorted({record for needs, _ in FIGURES.values() for record in needs}))
"""Records that the figures of a run need."""


def of_run(name: str, result: Result, lang: str) -> str:
    """A figure of ``FIGURES`` as HTML; empty where the run has nothing to show for it."""
    return as_html(lambda: FIGURES[name][1](result, width=COLUMN, lang=lang))


def as_html(draw: Callable[[], Any]) -> str:
    """Draw a figure and set it into a page; empty where there is none."""
    with ONE_AT_A_TIME:
        figure = draw()
        if figure is None:
            return ""
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    finding = html.escape(" ".join(figure.get_suptitle().split()), quote=True)
    address = f"data:image/svg+xml;base64,{base64.b64encode(out.getvalue()).decode()}"
    least, most = PIXELS
    style = f"width:100%;min-width:{least}px;max-width:{most}px"
    return f'<div style="overflow-x:auto"><img src="{address}" alt="{finding}" style="{style}"></div>'
