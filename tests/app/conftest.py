"""The page's server, on a port of its own, and visitors with browsers of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
ROOT = Path(__file__).parents[2]
WORLDS = ROOT / "tests" / "worlds"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def address():
    """Where ``ytterby app`` serves the islands under siege, beside what ships."""
    pytest.importorskip("streamlit", reason="the extra [app] is not installed")
    port = free_port()
    command = [sys.executable, "-c", "from sim.cli import main; main()", "app", str(WORLDS / "siege.yaml"), "--port", str(port)]
    served = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})
    here = f"http://127.0.0.1:{port}"
    for _ in range(600):
        assert served.poll() is None
        try:
            urllib.request.urlopen(f"{here}/_stcore/health").close()
            break
        except urllib.error.URLError:
            time.sleep(0.1)
    yield here
    served.send_signal(signal.SIGINT)
    served.wait(30)


@pytest.fixture
def visit(address):
    """Open the page in a browser; every browser is closed at the end."""
    pytest.importorskip("selenium", reason="selenium is not installed")
    from visiting import BROWSER, DRIVER, Visitor

    if not (BROWSER and DRIVER):
        pytest.skip("no browser here: apt-get install chromium chromium-driver")
    visitors = []

    def opened(**how):
        visitors.append(Visitor(address, **how))
        return visitors[-1]

    yield opened
    for visitor in visitors:
        visitor.close()
