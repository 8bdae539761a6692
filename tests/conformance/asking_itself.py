"""An app that may ask itself: the endpoint that its SERVICE clauses name is its own, over HTTP on the loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app

__all__ = ["asking_itself", "own_endpoint"]


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


@contextmanager
def asking_itself(workspace: Path, releases: Path) -> Iterator[FlaskClient]:
    """A client of such an app. The list of the app has a second address, at which nothing answers."""
    apps: list[Flask] = []

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return apps[0](environ, start_response)

    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=_Quiet)
    address = f"http://127.0.0.1:{server.server_port}"
    listed = (f"{address}/sparql", f"{address}/nothing")
    apps.append(create_app(Settings(workspace=workspace, releases=releases, service_private=listed, workers=2)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield apps[0].test_client()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def own_endpoint(client: FlaskClient, path: str = "/sparql") -> str:
    """The address under which the app of a client asks itself, or the one at which nothing answers."""
    settings: Settings = client.application.extensions["ecp_graph"].settings
    return next(address for address in settings.service_private if address.endswith(path))
