"""Page: a briefing as one HTML file that opens and prints without any network."""

import base64
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sim.analysis.comparison import Comparison
from sim.language import Words, capital, number, rough
from sim.metrics import spread
from sim.report.answers import Ranking, ranking
from sim.report.drawing import Drawings
from sim.report.foundations import Foundations, foundations
from sim.report.front import Front, Teller
from sim.report.harm import Harm
from sim.report.names import Asked, Names, asked
from sim.report.part import ItemOutlook, MyPart, Outlook
from sim.report.told import Telling
from sim.result import Result
from sim.scenario.schema import ScenarioFile
from sim.scenario.world import keys_of

if TYPE_CHECKING:
    import pandas as pd

TEMPLATE = Path(__file__).parent / "page.html"
LARGEST = 8 * 2**20
"""Bytes a briefing may have."""
FONTS = {
    "en": "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif",
    "ja": "'Hiragino Sans', 'Yu Gothic', Meiryo, 'Noto Sans CJK JP', 'Noto Sans JP', sans-serif",
    "zh-Hant": "'PingFang TC', 'Microsoft JhengHei', 'Noto Sans CJK TC', 'Noto Sans TC', sans-serif",
}
"""Families a reader's browser may have, by language."""
ROWS = 12
"""Rows of a long table that are shown; the download has all."""


@dataclass
class Scene:
    """One scenario of a briefing: its run beside the background run, what it asked, and the folder of its world."""

    harm: Harm
    file: ScenarioFile
    world: Path
    name: str
    part: MyPart | None = None

    @cached_property
    def foundations(self) -> Foundations:
        return foundations(self.world, str(self.file.start)[:4], self.file)


@dataclass
class Subject:
    """What a briefing is about: scenes, the answers compared, provenance as (name, value), commands to run it again."""

    scenes: list[Scene]
    comparison: Comparison | None
    answers: list[dict[str, Any]]
    asked: Asked
    provenance: list[tuple[str, str]]
    again: list[str]
    written: date
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """A table to download: its name, how many rows, and its content as a data address."""

    name: str
    rows: int
    address: str


def briefing(subject: Subject, words: Words) -> str:
    """The whole page.

    Parameters
    ----------
    subject : what it is about
    words : its language
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["capital"] = capital
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    drawings = Drawings()
    chapters = [Chapter(scene, subject, words, drawings) for scene in subject.scenes]
    return template.render(
        lang=words.lang, drawings=drawings, fonts=Markup(FONTS.get(words.lang, FONTS["en"])), subject=subject, chapters=chapters,
        t=lambda key, **values: words.sentence(f"briefing.{key}", **values), label=words.label, words=words,
        number=number, many=len(chapters) > 1, is_original=words.lang != "en", ROWS=ROWS,
    )  # fmt: skip


class Chapter:
    """One scenario on the page: the first page and what stands below it."""

    def __init__(self, scene: Scene, subject: Subject, words: Words, drawings: Drawings) -> None:
        self.scene, self.subject, self.words, self.drawings = scene, subject, words, drawings
        self.result = scene.harm.result
        self.ground = scene.foundations
        self.asked = asked(scene.file.model_dump(include={"title", "question", "titles", "questions"}), words)
        countries = dict(self.result.manifest["countries"])
        self.names = Names(words, countries, self.ground.world, subject.answers)
        self.ranked: Ranking | None = ranking(subject.comparison, scene.name) if subject.comparison is not None else None
        teller = Teller(words, self.names, scene.harm, self.ranked)
        drawn = self.ground.drawn
        self.front: Front = teller.front(len(drawn), sum(d.status == "assumed" for d in drawn))
        self.teller = teller

    @property
    def events(self) -> list[dict[str, Any]]:
        """Events as ``explain`` says them, foreground first, by date."""
        telling = Telling(self.words, self.names)
        ordered = sorted(self.scene.file.events, key=lambda e: (e.background, e.start, e.name))
        return [
            {
                "label": self.words.written(e.labels.get("en", ""), e.labels), "name": e.name.replace("_", " "), "kind": self.words.named("event_kind", e.kind), "background": e.background,
                "dates": self.words.sentence("briefing.dates", begin=e.start, end=e.end) if e.end
                else self.words.sentence("briefing.dates_open", begin=e.start),
                "effect": telling.event(e), "evidence": e.evidence, "source": self.cited(e.source),
            }
            for e in ordered
        ]  # fmt: skip

    def cited(self, keys: str) -> str:
        """Titles of sources by their keys."""
        known = self.ground.sources
        return "; ".join(str(known[k]["title"]) if k in known else k for k in keys_of(keys))

    @property
    def part(self) -> list[dict[str, Any]]:
        """The firm's own items, in words, with the chance of a stop drawn week by week."""
        found = self.scene.part
        return [self._item(x, found.dates) for x in found.items] if found is not None else []

    def _item(self, told: ItemOutlook, dates: list[date]) -> dict[str, Any]:
        item, say = told.item, self.words.sentence
        goods = self.names("product", item.products[0]) if len(item.products) == 1 else item.title
        origin = [say("part.share", country=self.names("country", c), share=s) for c, s in item.origin.items()]
        unknown = [self.names("country", c) for c in told.unknown]
        unchanged = [self.names.answer(o.policy) for o in told.unchanged]
        facts = {
            "cover": say("part.days", days=round(item.days)), "contract": self.words.percent(100.0 * item.contract),
            "origin": self.words.label("format.list").join(origin),
        }  # fmt: skip
        return {
            "where": say("part.where", goods=say("part.goods", title=goods, code=item.code), country=self.names("country", item.country)),
            "facts": [say("part.fact", name=self.words.label(f"part.col_{name}"), value=value) for name, value in facts.items()],
            "rows": [self._outlook(o, dates) for o in told.outlooks if o not in told.unchanged],
            "unchanged": say("part.unchanged", answers=unchanged) if unchanged else "",
            "chart": chances(told.outlooks[0].chance, dates, self.words) if told.outlooks[0].highest > 0.0 else "",
            "unknown": say("part.unknown", countries=unknown) if unknown else "",
        }  # fmt: skip

    def _outlook(self, found: Outlook, dates: list[date]) -> dict[str, str]:
        never = self.words.label("part.never")
        first, highest = found.first, found.highest
        return {
            "policy": self.names.answer(found.policy),
            "first": self.words.day(dates[first], short=True) if first is not None else never,
            "highest": self.words.sentence("part.highest", chance=highest, when=dates[found.riskiest]) if highest > 0.0
            else never,
            "stopped": rough(found.weeks_stopped), "least": self.words.sentence("part.days", days=round(found.least_days)),
        }  # fmt: skip

    @cached_property
    def figures(self) -> list[Markup]:
        """Every figure that has something to show, and those of the comparison."""
        from sim.figures import FIGURES
        from sim.figures.comparison import COMPARED
        from sim.figures.style import COLUMN

        drawn = []
        for needs, figure in FIGURES.values():
            if all(n in self.result.records for n in needs):
                drawn.append(figure(self.result, COLUMN, self.words.lang))
        if self.subject.comparison is not None:
            for draw in COMPARED.values():
                drawn.append(draw(self.subject.comparison, self.scene.name, COLUMN, self.words.lang))
        return [self.drawings.inline(shown) for shown in drawn if shown is not None]

    @cached_property
    def tables(self) -> list[Table]:
        """Tables that can be downloaded."""
        import pandas as pd

        front = self.front
        found = {
            "lines": pd.DataFrame([vars(x) for x in front.hurt_lines]),
            "forms": pd.DataFrame([vars(x) for x in front.short_forms]),
            "cover": pd.DataFrame([vars(x) for x in front.covers]),
            "metrics": _summary(self.result), "prices": _monthly(self.result, "price_fob"),
            "imports": _monthly(self.result, "imports"),
            "drawn": pd.DataFrame([vars(d) for d in self.ground.drawn]),
        }  # fmt: skip
        comparison = self.subject.comparison
        for name, table in (comparison.tables() if comparison is not None else {}).items():
            here = table[table.scenario == self.scene.name]
            found[name] = here[~here.label.str.contains(".", regex=False)] if name == "differences" else here
        return [download(f"{self.scene.name}-{name}", _spelled(table)) for name, table in found.items() if len(table)]

    @property
    def race(self) -> list[dict[str, str]]:
        """Every answer, best first."""
        ranked = self.ranked
        return [self.teller.answer(n, a) for n, a in enumerate(ranked.answers, 1)] if ranked is not None else []

    @property
    def ledger(self) -> list[dict[str, str]]:
        """The embargoer's ledger of the event without an answer."""
        comparison = self.subject.comparison
        table = comparison.ledger if comparison is not None else None
        if table is None or not len(table):
            return []
        rows = table[(table.scenario == self.scene.name) & (table.policy == "none")]
        return [
            {
                "line": self.words.named("ledger", str(r["line"])), "gains": self.words.percent(100.0 * r["gains"]),
                **{key: number(r[key]) for key in ("mean", "low", "high")},
            }
            for r in rows.to_dict("records")
        ]  # fmt: skip

    @property
    def exporter(self) -> str:
        return self.names("country", str(self.result.manifest["exporter"]))

    @property
    def status(self) -> list[tuple[str, dict[str, str]]]:
        """Share of tonnage by status, per table."""
        rows = []
        for table, shares in self.ground.status.items():
            kind = re.search(r"\((\w+)\)", table)
            name = self.words.named("kind", kind.group(1)) if kind else self.words.label(f"briefing.table_{table}", table)
            rows.append((name, {s: self.words.percent(100.0 * v) for s, v in shares.items()}))
        return rows

    @property
    def named(self) -> list[tuple[str, str]]:
        """Share of tonnage under a plant's or firm's name, per kind."""
        return [
            (self.words.named("kind", k), self.words.percent(100.0 * self.ground.named_share(k))) for k in self.ground.extent
        ]

    @property
    def cited_in_scenario(self) -> list[str]:
        return [self.cited(key) for key in self.scene.file.sources]


# pieces ----------------------------------------------------------------------------------------------------------------


def chances(chance: np.ndarray, dates: list[date], words: Words) -> Markup:
    """A strip of bars, one a week, as high as the chance of a stop; years beneath."""
    wide, tall = 700.0, 46.0
    step = wide / len(dates)
    bars = "".join(
        f'<rect x="{n * step:.1f}" y="{tall * (1.0 - c):.1f}" width="{max(step - 0.2, 0.4):.2f}" height="{tall * c:.1f}"/>'
        for n, c in enumerate(chance) if c > 0.0
    )  # fmt: skip
    years = "".join(
        f'<text x="{n * step:.1f}" y="{tall + 12:.0f}" font-size="9" fill="#666">{day.year}</text>'
        for n, day in enumerate(dates) if n == 0 or day.year != dates[n - 1].year
    )  # fmt: skip
    told = words.label("part.chart")
    return Markup(
        f'<svg viewBox="0 0 {wide:.0f} {tall + 16:.0f}" width="100%" role="img" aria-label="{told}"><title>{told}</title>'
        f'<g fill="#D55E00">{bars}</g><path d="M0 {tall}H{wide}" stroke="#888"/>{years}</svg>'
    )


def download(name: str, table: "pd.DataFrame") -> Table:
    """A table as a data address that a browser saves as CSV; marked so that spreadsheets read it as UTF-8."""
    content = "\ufeff" + table.to_csv(index=False)
    return Table(f"{name}.csv", len(table), "data:text/csv;charset=utf-8;base64," + base64.b64encode(content.encode()).decode())


def _spelled(table: "pd.DataFrame") -> "pd.DataFrame":
    """Spells written out as columns, numbers to six digits that count."""
    table = table.copy()
    for column in list(table.columns):
        if table[column].map(lambda v: hasattr(v, "hit")).any():
            for part in ("when", "early", "late", "hit", "worlds"):
                table[f"{column}_{part}"] = table[column].map(lambda v, p=part: getattr(v, p, None))
            table = table.drop(columns=column)
    for column in [c for c in table.columns if table[c].dtype.kind == "f"]:
        table[column] = table[column].map(lambda v: float(f"{v:.6g}"))
    return table


def _summary(result: Result) -> "pd.DataFrame":
    """Every metric of the run: median and middle 90 % over worlds."""
    import pandas as pd

    table = result.metrics()
    numbers = table[[c for c in table.columns if "." in c]].to_numpy(dtype=np.float64)
    numbers[~np.isfinite(numbers)] = np.nan
    seen = np.isfinite(numbers).any(axis=0)
    columns = [c for c, s in zip([c for c in table.columns if "." in c], seen, strict=True) if s]
    low, mid, high = spread(numbers[:, seen], (0.05, 0.5, 0.95))
    return pd.DataFrame(
        {"metric": [c.split(".", 1)[0] for c in columns], "label": [c.split(".", 1)[1] for c in columns],
         "low_5": low, "median": mid, "high_95": high}
    )  # fmt: skip


def _monthly(result: Result, record: str) -> "pd.DataFrame":
    """A record's median over worlds by month; imports are those of the exporter's cargo, summed over its products."""
    import pandas as pd

    if record not in result.records:
        return pd.DataFrame()
    where: dict[str, Any] = {"country": result.manifest["exporter"]} if record.startswith("price") else {}
    values, labels = result.array(record, **where)
    ends, weights = result.periods("ME")
    if record.startswith("price"):
        weights = weights / np.maximum(weights.sum(axis=0), 1e-12)
    median = np.median(np.einsum("rwk,wm->rmk", values.astype(np.float64), weights), axis=0)
    if record == "imports":
        median, labels = _largest(median, labels)
    table = pd.DataFrame(median, columns=[" ".join(x) for x in labels])
    table.insert(0, "month", [e.isoformat()[:7] for e in ends])
    return table


def _largest(values: np.ndarray, labels: list[list[str]], most: int = 60) -> tuple[np.ndarray, list[list[str]]]:
    """The columns that weigh most."""
    order = np.argsort(-values.sum(axis=0), kind="stable")[:most]
    return values[:, order], [labels[n] for n in order]
