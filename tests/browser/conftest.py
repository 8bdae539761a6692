"""A real server, a real Chromium, and axe: no test here reaches another host, and none may try."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: PyPI package playwright")

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
NO_CHROMIUM = "no chromium: Debian package chromium"
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
_START_S = 60


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
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=_FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Return ``open(path, javascript=True, width=1440, dark=False)``: a page that is kept from every other host.

    A request that leaves the host, an error in a script or a refusal by the page's own policy fails the test.
    """
    contexts, faults = [], []

    def open_(path: str, *, javascript: bool = True, width: int = 1440, dark: bool = False) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            base_url=address,
        )
        contexts.append(context)

        def guard(route: Any) -> None:
            url = route.request.url
            if url.startswith(address) or url.startswith(("data:", "blob:")):
                route.continue_()
            else:
                faults.append(f"asked {url}")
                route.abort()

        context.route("**/*", guard)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Any], list[str]]:
    """Return ``check(page)``: what axe-core finds on a page (WCAG 2.2 A and AA, best practices), one sentence each."""
    if not AXE.exists():
        pytest.skip("no axe-core: run `make assets`")
    source = AXE.read_text(encoding="utf-8")

    def check(page: Any) -> list[str]:
        page.evaluate(source)
        found = json.loads(page.evaluate("async () => JSON.stringify(await axe.run())"))
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
