"""Page: what Streamlit runs for every visitor, and again after each change."""

import sys

from sim.app.screen import show

show(sys.argv[1:])
