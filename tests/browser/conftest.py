"""A real server, a real Chromium, and axe: no test here reaches another host, and none may try."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
NO_CHROMIUM = "no chromium: Debian package chromium"
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
_START_S = 60
#: All rules; of what passes only the number of rules comes back, because it is long.
_RUN_AXE = """async () => {
  const found = await axe.run({ resultTypes: ["violations"] });
  return { passes: found.passes.length, violations: found.violations };
}"""


@pytest.fixture(scope="session")
def address(releases: Path) -> Iterator[str]:
    """The address of ``ecp-graph serve`` over the bundled graph, without a slash at its end."""
    command = [sys.executable, "-m", "ecp_graph.cli", "serve", "--port", "0"]
    environment = {**os.environ, "ECP_GRAPH_RELEASES": str(releases), "ECP_GRAPH_ACCESS_LOG": "no"}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT)
    assert process.stderr is not None
    try:
        line = next(line for line in process.stderr if "http://" in line)
        yield "http://" + line.partition("http://")[2].split()[0].strip("/.,")
    finally:
        process.terminate()
        process.wait(15)
        process.stderr.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=_FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Return ``open(path, javascript=True, width=1440, dark=False)``: a page that is kept from every other host.

    A request that leaves the host, an error in a script or a refusal by the page's own policy fails the test.
    """
    contexts: list[Any] = []
    faults: list[str] = []

    def open_(path: str, *, javascript: bool = True, width: int = 1440, dark: bool = False) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            base_url=address,
        )
        contexts.append(context)
        page = _guarded(context, address, faults)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def _guarded(context: Any, address: str, faults: list[str]) -> Any:
    """Return a page of a context that is kept from every other host; what it does wrong is added to the faults."""

    def refuse(route: Any) -> None:
        faults.append(f"asked {route.request.url}")
        route.abort()

    # the pattern leaves out what may be asked, so that the browser need not wait for this process
    context.route(re.compile(f"^(?!{re.escape(address)}[/?#]|data:|blob:)"), refuse)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    return page


class Window:
    """One page that many tests look at, one after the other: it is loaded anew only for another address or width."""

    def __init__(self, chromium: Any, address: str, *, javascript: bool) -> None:
        self.faults: list[str] = []
        self.loaded = 0
        self._at: tuple[str, int] | None = None
        self._context = chromium.new_context(java_script_enabled=javascript, base_url=address)
        if javascript and AXE.exists():
            self._context.add_init_script(path=AXE)
        self.page = _guarded(self._context, address, self.faults)

    def show(self, path: str, *, width: int, dark: bool = False) -> Any:
        """Return the page at that address, width and colour scheme; it has been loaded at that width."""
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        if self._at != (path, width):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.goto(path)
            self._at = (path, width)
            self.loaded += 1
        return self.page

    def close(self) -> None:
        self._context.close()


@pytest.fixture(scope="module")
def windows(chromium: Any, address: str) -> Iterator[dict[bool, Window]]:
    """A window with JavaScript, and one without."""
    opened = {javascript: Window(chromium, address, javascript=javascript) for javascript in (True, False)}
    yield opened
    for window in opened.values():
        window.close()


@pytest.fixture
def show(windows: dict[bool, Window]) -> Iterator[Callable[..., Any]]:
    """Return ``show(path, width=1440, dark=False, javascript=True)``: a page that tests share, to look at only.

    What fails a test with ``open_page`` fails it here.
    """

    def show_(path: str, *, width: int = 1440, dark: bool = False, javascript: bool = True) -> Any:
        return windows[javascript].show(path, width=width, dark=dark)

    yield show_
    faults = [fault for window in windows.values() for fault in window.faults]
    for window in windows.values():
        window.faults.clear()
    assert faults == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Any], list[str]]:
    """Return ``check(page)``: what axe-core finds on a page (WCAG 2.2 A and AA, best practices), one sentence each."""
    assert AXE.exists(), "run `make assets`"
    source = AXE.read_text(encoding="utf-8")

    def check(page: Any) -> list[str]:
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(source)
        found = page.evaluate(_RUN_AXE)
        assert found["passes"], "axe looked at nothing"
        return [
            f"{rule['id']}: {rule['help']} ({node['html'][:120]})"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return check


def wait_for(address: str) -> None:
    """Wait until something answers at an address."""
    deadline = time.monotonic() + _START_S
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
