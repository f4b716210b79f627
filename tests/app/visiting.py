"""A visitor of the page: a headless Chromium with an empty profile, and what it is seen to do."""

import json
import shutil
import tempfile
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

BROWSER, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
LOOPBACK = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:", "chrome://")
"""Addresses of this machine, and of pages that are part of the browser."""
PATIENCE = 120


class Visitor:
    """One browser at one address, with a profile of its own."""

    def __init__(self, address, width=1280, height=900, lang="en"):
        self.profile = tempfile.mkdtemp(prefix="visitor-")
        options = webdriver.ChromeOptions()
        options.binary_location = BROWSER
        for flag in (*FLAGS, f"--user-data-dir={self.profile}", f"--window-size={width},{height}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.add_experimental_option("prefs", {"download.default_directory": self.profile})
        self.driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        self.driver.get(f"{address}/?lang={lang}")
        self.sees(lambda: self.all("h1"))

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def sees(self, what):
        """Wait until something is there; return it."""
        return WebDriverWait(self.driver, PATIENCE, 0.1, ignored_exceptions=(Exception,)).until(lambda _: what())

    def rests(self):
        """Wait until the page has nothing more to do."""
        self.sees(lambda: not self.all('[data-testid="stStatusWidget"], [data-testid="stProgress"]'))
        time.sleep(0.3)
        self.sees(lambda: not self.all('[data-testid="stStatusWidget"], [data-testid="stProgress"], [data-stale="true"]'))

    def widget(self, key):
        return self.sees(lambda: self.all(f'[class*="st-key-{key}"]'))[0]

    def press(self, key, text=None):
        """Press a button once it is there and says its text; the page may still be drawing it."""
        button = self.sees(
            lambda: next(b for b in self.widget(key).find_elements(By.TAG_NAME, "button") if text in (None, b.text))
        )
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", button)

    def number(self, label, value):
        box = self.sees(lambda: self.all(f'input[aria-label="{label}"]'))[0]
        box.send_keys(Keys.CONTROL, "a")
        box.send_keys(str(value), Keys.ENTER)
        self.rests()

    def slide(self, label, steps):
        """Move a slider by so many arrow keys."""
        handle = self.sees(lambda: self.all(f'input[type="range"][aria-label="{label}"]'))[0]
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", handle)
        for _ in range(abs(steps)):
            handle.send_keys(Keys.ARROW_RIGHT if steps > 0 else Keys.ARROW_LEFT)

    def findings(self):
        """What the pictures on the page say."""
        return [p.get_attribute("alt") for p in self.all('[data-testid="stHtml"] img')]

    def faults(self):
        return [e.text for e in self.all('[data-testid="stAlertContentError"]')]

    def errors_of_console(self):
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def asked_elsewhere(self):
        """Addresses asked for beyond this machine."""
        asked = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                params = message["params"]
                asked.append(params["request"]["url"] if "request" in params else params["url"])
        assert asked
        return [url for url in asked if not url.startswith(LOOPBACK)]

    def downloaded(self, name):
        path = Path(self.profile) / name
        self.sees(path.is_file)
        return path
