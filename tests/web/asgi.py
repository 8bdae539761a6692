"""The server's ASGI app without a socket: requests as an ASGI server passes them on, and what is sent back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.serving.asgi import Bridge
from ecp_graph.web.serving.server import asgi_app
from ecp_graph.web.state.metrics import Metrics
from ecp_graph.web.state.site import EXTENSION

__all__ = ["Said", "Server", "serving"]


class Said:
    """What was sent to a client: status, headers, body, and whether the end came."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.ended = False

    async def take(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")
            self.ended = not message.get("more_body", False)


class Server:
    """The server's ASGI app with its metrics."""

    def __init__(self, bridge: Bridge, metrics: Metrics) -> None:
        self.metrics = metrics
        self._bridge = bridge

    def ask(self, sparql: str, *, leaves: bool = False, **headers: str) -> tuple[Said, str]:
        """Ask, and return what was sent, and ``hit`` or ``asked`` by the cache; a client may hang up at once."""
        before = self.cache_hits()
        given = {"accept": "text/csv", **headers}
        said = self.send("GET", f"/sparql?{urlencode({'query': sparql})}", leaves=leaves, **given)
        return said, "hit" if self.cache_hits() > before else "asked"

    def cache_hits(self) -> float:
        """Return how many answers came from the cache, by the metrics."""
        found = re.search(r'ecp_graph_cache\{what="hits"\} (\S+)', self.metrics.render(None).decode())
        assert found is not None
        return float(found[1])

    def send(self, method: str, path: str, body: bytes = b"", *, leaves: bool = False, **headers: str) -> Said:
        """Send a request and return what came back."""
        # In a thread, because a browser that other tests have open keeps an event loop running in this one.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(self._send(method, path, body, leaves, headers))).result()

    async def _send(self, method: str, path: str, body: bytes, leaves: bool, headers: Mapping[str, str]) -> Said:
        given = {"host": "localhost", **headers}
        if body:
            given["content_length"] = str(len(body))
        path, _, query_string = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query_string.encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
            "http_version": "1.1",
            "client": ("127.0.0.1", 50_000),
        }
        received = 0

        async def receive() -> dict[str, Any]:
            nonlocal received
            received += 1
            if received == 1:
                return {"type": "http.request", "body": body}
            if not leaves:
                await asyncio.sleep(60)
            return {"type": "http.disconnect"}

        said = Said()
        await self._bridge(scope, receive, said.take)
        return said


def serving(settings: Settings, app: Flask | None = None) -> Server:
    """Return the server of an app, by default a new one."""
    app = app or create_app(settings)
    return Server(asgi_app(app, settings), app.extensions[EXTENSION].metrics)
