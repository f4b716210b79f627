"""Sidebar: language, scenario, events to drag, answers, size of the run, and the file behind it all."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import streamlit as st

from sim.analysis.pairs import titles_of
from sim.app.asked import Chosen, Moved, as_it_stands, asked, offered_answers, own_answers, stock_field, text_of
from sim.app.computing import stand
from sim.events import Event
from sim.figures.names import event_label, scenario_name
from sim.language import LANGUAGES, Words, words
from sim.scenario.load import Scenario, load, parse, shipped_names

FIRST = "shadow_embargo_2010"
"""Scenario shown first, where it is offered."""
MOST_REPLICATES, MOST_WEEKS = 64, 624
"""Largest run of a page, so that two visitors fit one machine's memory."""
LONG = 104
"""Weeks an event can be dragged to last, or twice what it lasts in its file."""
LONGEST = 200_000
"""Characters of a scenario's file."""
HOME = "JPN"
"""Country that answers, where the world has it."""


@dataclass(frozen=True)
class Asking:
    """What a visitor asks for."""

    scenario: Scenario
    replicates: int
    seed: int
    weeks: int
    pressed: bool
    at_once: bool


def language() -> Words:
    """The language chosen; it stands in the page's address, so that it can be kept and passed on."""
    tags = list(LANGUAGES)
    given = st.query_params.get("lang", "en")
    lang = st.segmented_control(
        "Language / 言語 / 語言", tags, default=given if given in tags else "en", key="lang", required=True,
        format_func=lambda tag: words(tag).label("language.name"),
    )  # fmt: skip
    if lang != given:
        st.query_params["lang"] = lang
    return words(lang)


@st.cache_resource(show_spinner=False)
def shipped_titles() -> dict[str, dict[str, str]]:
    """Titles of the scenarios that ship, by name and language; read once for all visitors."""
    return {name: titles_of(load(name, check=False).file.model_dump()) for name in shipped_names()}


@st.cache_resource(show_spinner=False, max_entries=8)
def read(text: str, path: Path) -> Scenario:
    """A scenario by its text, read once while it does not change; nothing on the page writes to it but its balanced start."""
    scenario = parse(text, path, path.stem)
    scenario.check_selections()
    return scenario


def ask(say: Words, own: Sequence[str]) -> Asking:
    """Ask for a scenario and what is to be changed in it.

    Raises
    ------
    ScenarioError, WorldError
        For a scenario, or a change, that the command would refuse.
    """
    names = [*own, *shipped_names()]
    titles = shipped_titles()
    source = st.selectbox(
        say.label("app.scenario"), names, index=0 if own else names.index(FIRST), key="scenario",
        format_func=lambda name: scenario_name(say, Path(name).stem, titles.get(name, {})),
    )  # fmt: skip
    buttons = st.container()
    text, path = text_of(source)
    typed = _file(text, path, say)
    scenario = read(typed, path)
    stand(scenario, say)
    mark = f"{source}.{hashlib.blake2b(typed.encode(), digest_size=6).hexdigest()}"
    moved = _events(scenario, mark, say)
    chosen = _answers(scenario, mark, say)
    replicates, weeks, seed = _size(scenario, mark, say)
    with buttons:
        pressed = st.button(say.label("app.run"), type="primary", width="stretch", key="run")
        at_once = st.toggle(say.label("app.at_once"), value=True, key="at_once")
    return Asking(asked(scenario, moved, chosen, weeks), replicates, seed, weeks, pressed, at_once)


def _file(text: str, path: Path, say: Words) -> str:
    """The scenario's file, to be read and changed."""
    with st.expander(say.label("app.file")):
        st.caption(say.label("app.file_told"))
        return str(
            st.text_area(
                path.name, text, height=420, max_chars=LONGEST, key=f"file.{path}", label_visibility="collapsed"
            )
        )


def _events(scenario: Scenario, mark: str, say: Words) -> dict[str, Moved]:
    """Sliders for every event that is asked about; those of the background stay."""
    st.subheader(say.label("app.events"))
    asked_about = [e for e in scenario.file.events if not e.background]
    if not asked_about:
        st.caption(say.label("app.no_events"))
    return {e.name: _event(e, scenario, f"{mark}.{e.name}", say) for e in asked_about}


def _event(event: Event, scenario: Scenario, key: str, say: Words) -> Moved:
    """First day, length and strength of one event."""
    stands, calendar = as_it_stands(event), scenario.calendar()
    kind, name = say.named("event_kind", event.kind), event_label(say, event.name, event.kind, event.labels)
    with st.container(border=True):
        st.markdown(f"**{name if name == kind else say.sentence('app.event', kind=kind, name=name)}**")
        first = min(calendar.monday(0), event.start)
        start = st.slider(
            say.label("app.start"), first, max(calendar.end, event.start), event.start, timedelta(days=1),
            format="YYYY-MM-DD", key=f"{key}.start",
        )  # fmt: skip
        endless = st.checkbox(say.label("app.endless"), stands.weeks is None, key=f"{key}.endless")
        length = None
        if not endless:
            most = max(min(scenario.file.weeks, LONG), 2 * (stands.weeks or 0))
            length = st.slider(say.label("app.length"), 0, most, min(stands.weeks or 26, most), key=f"{key}.length")
        percent = round(100 * stands.strength)
        strength = st.slider(say.label("app.strength"), 0, 100, percent, key=f"{key}.strength")
    return Moved(start, length, stands.strength if strength == percent else strength / 100)


def _answers(scenario: Scenario, mark: str, say: Words) -> list[Chosen]:
    """Policies that answer together, and how large their stocks are."""
    st.subheader(say.label("app.answers"))
    countries = scenario.network().countries
    codes = list(countries)
    home = st.selectbox(
        say.label("app.home"), codes, index=codes.index(HOME) if HOME in codes else 0, key=f"{mark}.home",
        format_func=lambda code: say.named("country", code, countries[code]),
    )  # fmt: skip
    own = own_answers(scenario.file.policy)
    offered = offered_answers(own, home)
    labels = st.multiselect(
        say.label("app.policies"), list(offered), default=list(offered)[: len(own)], key=f"{mark}.policies",
        placeholder=say.named("policy", "none"), format_func=lambda label: answer_called(say, label, offered[label]),
    )  # fmt: skip
    return [_sized(label, offered[label], f"{mark}.{label}", say) for label in labels]


def answer_called(say: Words, label: str, policy: dict[str, Any]) -> str:
    """A policy's kind in words, with its own name where it has one."""
    kind = say.named("policy", policy["kind"])
    return kind if label == policy["kind"] else say.sentence("app.event", kind=kind, name=label.replace("_", " "))


def _sized(label: str, policy: dict[str, Any], key: str, say: Words) -> Chosen:
    field = stock_field(policy)
    if field is None:
        return Chosen(policy)
    usual = Chosen(policy).policy.get(field, default_days(policy, field))
    told = say.sentence("app.stock", answer=answer_called(say, label, policy))
    days = st.slider(told, 0, 365, min(round(usual), 365), key=f"{key}.stock")
    return Chosen(policy, usual if days == round(usual) else float(days))


def default_days(policy: dict[str, Any], field: str) -> float:
    """Days that a policy's stock holds where nothing is said."""
    from sim.policies import KINDS

    return float(KINDS[policy["kind"]].model_fields[field].default)


def _size(scenario: Scenario, mark: str, say: Words) -> tuple[int, int, int]:
    """Replicates, weeks and seed."""
    st.subheader(say.label("app.size"))
    left, middle, right = st.columns(3)
    replicates = left.number_input(say.label("app.replicates"), 1, MOST_REPLICATES, 16, key="replicates")
    own = min(scenario.file.weeks, MOST_WEEKS)
    weeks = middle.number_input(say.label("app.weeks"), 1, MOST_WEEKS, own, key=f"{mark}.weeks")
    seed = right.number_input(say.label("app.seed"), 0, None, 0, key="seed")
    return int(replicates), int(weeks), int(seed)
