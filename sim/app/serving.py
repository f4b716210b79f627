"""Serving: the page's server, on this machine alone unless told otherwise, with nothing asked of any network."""

import socket
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sim.scenario.faults import ScenarioError
from sim.scenario.load import load, shipped_names

PAGE = Path(__file__).with_name("page.py")
SETTINGS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "global.developmentMode": False,
    "logger.hideWelcomeMessage": True,
    "runner.magicEnabled": False,
    "server.fileWatcherType": "none",
    "theme.base": "light",
    "theme.primaryColor": "#0072B2",
}
"""Settings that a file of the user's does not overrule: no telemetry, no look for an address outside, no watch on files."""


class ServingError(ValueError):
    """The page cannot be served; the message says what to write or install."""


def serve(scenarios: Sequence[str], address: str, port: int, opens: bool) -> None:
    """Serve the page until interrupted.

    Parameters
    ----------
    scenarios : files offered beside the shipped ones; each is checked first
    address : to listen at; ``127.0.0.1`` is this machine alone
    port : to listen at, 1 to 65535
    opens : whether to open it in the browser

    Raises
    ------
    ServingError, ScenarioError, WorldError
        Without the extra, for an address or port that cannot be listened at, for a scenario that cannot be used.
    """
    if find_spec("streamlit") is None:
        raise ServingError("the app needs Streamlit, which is not installed; pip install '.[app]' in its folder")
    for source in scenarios:
        if source in shipped_names():
            raise ScenarioError(f"{source}: is offered anyway; name only files of your own")
        load(source)
    _listenable(address, port)
    from streamlit.web import bootstrap

    settings = {**SETTINGS, "server.address": address, "server.port": port, "server.headless": not opens}
    settings["browser.serverAddress"] = address
    settings["browser.serverPort"] = port
    print(f"ytterby app: http://{_as_address(address)}:{port}  (Ctrl-C ends it)", flush=True)
    options = {key.replace(".", "_"): value for key, value in settings.items()}
    bootstrap.load_config_options(options)
    bootstrap.run(str(PAGE), False, [str(Path(s).resolve()) for s in scenarios], options)


def _as_address(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _listenable(address: str, port: int) -> None:
    """Raise ServingError for an address or a port that cannot be listened at."""
    if not 1 <= port <= 65535:
        raise ServingError(f"port is {port}; write one from 1 to 65535")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except socket.gaierror:
        raise ServingError(f"address {address!r} is none; write 127.0.0.1, or an address of this machine") from None
    except OSError as fault:
        told = f"{_as_address(address)}:{port}: {fault.strerror or fault}"
        raise ServingError(f"{told}; give another --port, or an address of this machine") from None
