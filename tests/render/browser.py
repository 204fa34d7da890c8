"""Headless Chromium, spoken to over its debugging pipe: what a person would see, and what the console says."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
)  # fmt: skip


class Page:
    """One open page; `events` holds everything the browser told about it."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._number, self._buffer = 0, b""
        self.session = ""
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the debugging protocol and wait for its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        wanted, deadline = self._number, time.monotonic() + 60
        while time.monotonic() < deadline:
            for answer in self._receive(1.0):
                if answer.get("id") == wanted:
                    assert "error" not in answer, answer
                    return dict(answer["result"])
        raise TimeoutError(method)

    def _receive(self, seconds: float) -> list[dict[str, Any]]:
        if select.select([self._read], [], [], seconds)[0]:
            self._buffer += os.read(self._read, 1 << 20)
        *whole, self._buffer = self._buffer.split(b"\0")
        found = [json.loads(part) for part in whole]
        self.events += [item for item in found if "method" in item]
        return found

    def until(self, expression: str, seconds: float = 30) -> Any:
        """Wait until a JavaScript expression is true; its value."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if value := self.value(expression):
                return value
            self._receive(0.1)
        raise TimeoutError(expression)

    def value(self, expression: str) -> Any:
        """The value of a JavaScript expression."""
        return self.send("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def named(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every event of that name so far."""
        return [event["params"] for event in self.events if event["method"] == method]

    def screenshot(self, path: Path) -> None:
        """The whole page as PNG."""
        data = self.send("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))


@contextlib.contextmanager
def opened(file: Path, *, scripts: bool = True, width: int = 1300, height: int = 900) -> Iterator[Page]:
    """The file in a fresh browser, listened to from before it loads."""
    to_browser, from_us = os.pipe()
    to_us, from_browser = os.pipe()

    def wire() -> None:
        # the browser reads its orders from 3 and answers on 4
        first, second = os.dup(to_browser), os.dup(from_browser)
        os.dup2(first, 3)
        os.dup2(second, 4)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            ["chromium", *FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}", "about:blank"],
            preexec_fn=wire, close_fds=False, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            page = Page(from_us, to_us)
            target = page.send("Target.createTarget", url="about:blank")["targetId"]
            page.session = page.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                page.send(f"{domain}.enable")
            page.send(
                "Emulation.setDeviceMetricsOverride",
                width=width,
                height=height,
                deviceScaleFactor=1,
                mobile=False,
            )
            if not scripts:
                page.send("Emulation.setScriptExecutionDisabled", value=True)
            page.send("Page.navigate", url=file.resolve().as_uri())
            deadline = time.monotonic() + 60
            while not page.named("Page.loadEventFired") and time.monotonic() < deadline:
                page._receive(0.2)
            yield page
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # the browser and the helpers it started
            process.wait()
            for handle in (to_browser, from_us, to_us, from_browser):
                os.close(handle)
