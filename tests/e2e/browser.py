"""A headless Chromium, spoken to over its DevTools protocol: open, press keys, look."""

import base64
import contextlib
import itertools
import json
import pathlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
from websockets.sync.client import connect
from websockets.sync.connection import Connection

SECONDS = 60.0
PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
_KEYS = {"Enter": "\r"}


class Browser:
    """One page of a browser.

    Args:
        connection: To the page's end of the protocol.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self.trouble: list[str] = []

    def command(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command and return its result."""
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._connection.recv(timeout=SECONDS))
            self._note(told)
            if told.get("id") == number:
                assert "error" not in told, told
                return dict(told["result"])

    def open(self, url: str, width: int = 1440, height: int = 900) -> None:
        """Open an address in a window of some size."""
        for domain in ("Page", "Runtime", "Log"):
            self.command(f"{domain}.enable")
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.command("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def value(self, expression: str) -> object:
        """Return what a piece of JavaScript comes to."""
        result = self.command("Runtime.evaluate", expression=expression, returnByValue=True)
        return result["result"].get("value")

    def wait(self, expression: str) -> None:
        """Wait until a piece of JavaScript is true."""
        until = time.monotonic() + SECONDS
        while not self.value(expression):
            assert time.monotonic() < until, f"never: {expression}"
            time.sleep(0.05)

    def press(self, key: str) -> None:
        """Press a key and let it go."""
        text = _KEYS.get(key, key if len(key) == 1 else "")
        self.command("Input.dispatchKeyEvent", type="keyDown", key=key, text=text)
        self.command("Input.dispatchKeyEvent", type="keyUp", key=key)

    def picture(self) -> bytes:
        """Return the window as PNG."""
        return base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"])

    def _note(self, told: dict[str, Any]) -> None:
        """Remember what the page complains of."""
        if told.get("method") == "Runtime.exceptionThrown":
            self.trouble.append(str(told["params"]["exceptionDetails"]))
        if told.get("method") == "Log.entryAdded" and told["params"]["entry"]["level"] == "error":
            self.trouble.append(told["params"]["entry"]["text"])


@contextlib.contextmanager
def browser(folder: pathlib.Path) -> Iterator[Browser]:
    """Start a browser with a profile of its own and end it afterwards.

    Args:
        folder: Where its profile is.
    """
    assert PROGRAM
    process = subprocess.Popen(
        [
            PROGRAM,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--remote-debugging-port=0",
            f"--user-data-dir={folder}",
            "about:blank",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with connect(_address(folder), max_size=None) as connection:
            yield Browser(connection)
    finally:
        process.terminate()
        process.wait(SECONDS)


def _address(folder: pathlib.Path) -> str:
    """Wait for the browser and return where its page listens."""
    told, until = folder / "DevToolsActivePort", time.monotonic() + SECONDS
    while True:
        with contextlib.suppress(OSError, httpx.TransportError, StopIteration, IndexError):
            port = told.read_text("utf-8").splitlines()[0]
            pages = httpx.get(f"http://127.0.0.1:{port}/json/list", trust_env=False).json()
            return str(next(one["webSocketDebuggerUrl"] for one in pages if one["type"] == "page"))
        assert time.monotonic() < until, "the browser does not start"
        time.sleep(0.1)
