"""Screen: the page from top to bottom; what is asked at the side, what came out beside it."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from sim.app import views
from sim.app.computing import Done, computed, key_of
from sim.app.sidebar import Asking, ask, language
from sim.language import LanguageError, Words
from sim.language.fonts import families
from sim.scenario.faults import ScenarioError
from sim.scenario.tables import WorldError
from sim.store import ResultError

STYLE = """<style>
[data-testid="stMainBlockContainer"] {padding-top: 2.5rem; max-width: 72rem}
[data-testid="stSidebarUserContent"] {padding-bottom: 2rem}
h1 {font-size: 1.7rem !important} h3 {font-size: 1.15rem !important}
[data-testid="stSidebarHeader"] {height: 2rem; margin-bottom: 0}
</style>"""


def show(own: Sequence[str] = ()) -> None:
    """Show the page; ``own`` are scenario files offered beside those shipped.

    A fault that a visitor can mend is told as the command tells it.
    """
    st.set_page_config(page_title="Ytterby", layout="wide")
    st.html(STYLE)
    with st.sidebar:
        say = language()
    try:
        families(say.lang)
        with st.sidebar:
            asking = ask(say, own)
        _answer(asking, say)
    except (ScenarioError, WorldError, ResultError, LanguageError) as fault:
        st.error(views.plain(without_folders(str(fault))))
    except OSError as fault:
        st.error(views.plain(f"{fault.filename or 'disk'}: {fault.strerror or fault}"))


def without_folders(text: str) -> str:
    """A fault without the folders of the file it begins with, which a visitor does not know."""
    place, colon, rest = text.partition(":")
    return Path(place).name + colon + rest


def _answer(asking: Asking, say: Words) -> None:
    """The scenario's words; a run, where one is due; and what it came to."""
    views.question(asking.scenario, say)
    now: Done | None = st.session_state.get("now")
    wanted = key_of(asking.scenario, asking.replicates, asking.seed, asking.weeks)
    is_other = now is None or now.key != wanted
    is_due = asking.pressed or (asking.at_once and now is not None)
    if is_other and is_due:
        done = computed(asking.scenario, asking.replicates, asking.seed, asking.weeks, say)
        st.session_state["before"], st.session_state["now"] = now, done
        now, is_other = done, False
    if now is None:
        st.info(say.label("app.press_run"))
        views.events(asking.scenario, say)
        return
    if is_other:
        st.warning(say.label("app.changed"))
    views.outcome(now, st.session_state.get("before"), say)
