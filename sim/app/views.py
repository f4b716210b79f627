"""Views: the question and its events, curves, two runs beside each other, history, and what can be taken away."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from sim.analysis.beside import Row, beside, is_paired
from sim.analysis.findings import warnings
from sim.app.computing import Done, briefed, history_of
from sim.app.pictures import as_html, of_run
from sim.figures import FIGURES
from sim.figures.beside import two_runs
from sim.figures.names import country_name, event_label, label_of, target
from sim.figures.style import COLUMN
from sim.history.seen import facts_within, seen
from sim.language import Words, rough
from sim.report.names import Names, asked
from sim.scenario.load import Scenario
from sim.scenario.world import read_world

SHOWN = ("shortages", "prices")
"""Figures shown at first."""


def plain(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!$:~<>|&])", r"\\\1", text)


def question(scenario: Scenario, say: Words) -> None:
    """The scenario's title and the question it asks, in the page's language where its author gave them in it."""
    told = asked(scenario.file.model_dump(include={"title", "question", "titles", "questions"}), say)
    st.title(plain(told.title))
    if told.question:
        st.markdown(plain(told.question))


def events(scenario: Scenario, say: Words) -> None:
    """What befalls and what answers, in sentences."""
    st.subheader(say.label("app.befalls"))
    names = Names(say, dict(scenario.network().countries), read_world(scenario.world_folder()))
    for event in scenario.file.events:
        if not event.background:
            key = "app.dates" if event.end else "app.dates_open"
            dates = say.sentence(key, begin=event.start, end=event.end)
            told = say.sentence("app.event_told", dates=dates, effect=names.telling.event(event))
            st.markdown(f"- **{plain(event_label(say, event.name, event.kind, event.labels))}** {plain(told)}")
    background = [say.named("event_kind", e.kind) for e in scenario.file.events if e.background]
    if background:
        st.caption(say.sentence("app.background", events=list(dict.fromkeys(background))))


def outcome(now: Done, before: Done | None, say: Words) -> None:
    """What the last run came to, in the view that was chosen."""
    called = {e["name"]: label_of(say, e) for e in now.result.manifest["scenario"]["events"]}
    for warned in warnings(now.result):
        told = say.sentence(warned.key, events=[called[e] for e in warned.events], **warned.numbers)
        st.warning(plain(told))
    views: dict[str, Callable[[], None]] = {"curves": lambda: curves(now, say)}
    views["compare"] = lambda: compared(now, before, say)
    if (history := history_of(now.scenario)) is not None and facts_within(now.result, history):
        views["history"] = lambda: against_history(now, history, say)
    views["take"] = lambda: taken(now, say)
    chosen = st.segmented_control(
        say.label("app.views"), list(views), default="curves", key="view", required=True, label_visibility="collapsed",
        format_func=lambda v: say.label(f"app.view.{v}"),
    )  # fmt: skip
    views.get(chosen, views["curves"])()


def curves(now: Done, say: Words) -> None:
    """The figures of the run that were chosen."""
    names = st.pills(
        say.label("app.figures"), list(FIGURES), default=list(SHOWN), selection_mode="multi", key="figures",
        label_visibility="collapsed", format_func=lambda name: say.label(f"app.figure.{name}"),
    )  # fmt: skip
    for name in names:
        picture = _kept(now, ("run", name, say.lang), partial(of_run, name, now.result, say.lang))
        if picture:
            st.html(picture)
        else:
            st.caption(say.sentence("app.nothing", figure=say.label(f"app.figure.{name}")))


def _kept(now: Done, key: tuple[str, ...], draw: Callable[[], str]) -> str:
    """A picture of a run, drawn once."""
    if key not in now.drawn:
        now.drawn[key] = draw()
    return now.drawn[key]


def compared(now: Done, before: Done | None, say: Words) -> None:
    """This run beside the last."""
    if before is None:
        st.info(say.label("app.no_last"))
        return
    if not is_paired(now.result, before.result):
        st.info(say.label("app.not_paired"))
        return
    country = target(now.result)
    rows = beside(now.result, before.result, country)
    st.table([_told(row, country_name(now.result, say, row.country), say) for row in rows])
    st.caption(say.label("app.paired"))
    key = ("beside", str(id(before)), say.lang)
    st.html(_kept(now, key, lambda: as_html(lambda: two_runs(now.result, before.result, width=COLUMN, lang=say.lang))))


def _told(row: Row, country: str, say: Words) -> dict[str, Any]:
    from sim.metrics import METRICS

    unit = say.named("unit", METRICS[row.metric].unit)
    where = country if row.country else say.label("app.everywhere")
    measure = say.sentence("app.measure", metric=say.label(f"metric.{row.metric}"), unit=unit, where=where)
    interval = say.sentence("format.range", mid=rough(row.difference), low=rough(row.low), high=rough(row.high))
    return {
        say.label("app.measure_head"): measure, say.label("figure.last_run"): rough(row.before),
        say.label("figure.this_run"): rough(row.now), say.label("app.difference"): interval,
    }  # fmt: skip


def against_history(now: Done, history: Any, say: Words) -> None:
    """The run's bands and what was seen."""
    st.markdown(say.label("app.history_told"))
    picture = _kept(
        now, ("history", say.lang), lambda: as_html(lambda: seen(now.result, history, width=COLUMN, lang=say.lang))
    )
    st.html(picture or "")


def taken(now: Done, say: Words) -> None:
    """The scenario's file and the briefing, to be taken away."""
    st.markdown(say.label("app.scenario_told"))
    st.download_button(
        say.label("app.take_scenario"), now.scenario.text(), f"{now.name}.yaml", "application/yaml", key="take_scenario",
        on_click="ignore",
    )  # fmt: skip
    st.code(now.command, language=None, wrap_lines=True)
    st.markdown(say.label("app.briefing_told"))
    if st.button(say.label("app.make_briefing"), key="make_briefing") or say.lang in now.briefings:
        st.download_button(
            say.label("app.take_briefing"), briefed(now, say), f"{now.name}-{say.lang}.html", "text/html",
            key="take_briefing", on_click="ignore",
        )  # fmt: skip
