"""Computes the main pages when a release is loaded, before anyone requests them.

The first request of a page has to query the graph and compile its template; later ones find both cached (`Site.keep`).
So each main page is requested once in a background thread; the server answers in the meantime, only more slowly.
"""

from __future__ import annotations

import gc
import threading
from typing import Final

from flask import Flask, url_for

from ecp_graph.namespaces import using
from ecp_graph.web.pages import navigation
from ecp_graph.web.show.names import some_named
from ecp_graph.web.show.terms import local_path
from ecp_graph.web.state.site import EXTENSION, WARMING, Site

__all__ = ["Warming", "set_aside", "warm"]

#: Requested in addition to the pages of the navigation; the API description fills the lists of all forms.
_OTHERS: Final = ("home.index", "search.index", "shapes.index", "openapi.document")
_HEADERS: Final = {"Accept": "text/html"}


class Warming:
    """Warms an app whenever another release is loaded, one at a time."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._turn = threading.Lock()

    def watch(self) -> None:
        """Start: at once if a release is loaded, and again for each newer one."""
        site: Site = self._app.extensions[EXTENSION]
        site.source.when_opened(self._start)

    def _start(self) -> None:
        threading.Thread(target=self._warm, name="warming", daemon=True).start()

    def _warm(self) -> None:
        with self._turn:
            warm(self._app)
            set_aside()


def set_aside() -> None:
    """Exclude the cached objects of the release from garbage collection, which would take as long as a page.

    Those excluded for an older release are collected first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def warm(app: Flask) -> list[str]:
    """Request the main pages of an app and return their paths; a failure is reported to the next visitor of the page.

    Data that may change at any time are not cached, so over a remote store only the templates are compiled.
    """
    for name in app.jinja_env.list_templates(extensions=("html", "svg", "xml")):
        app.jinja_env.get_template(name)
    site: Site = app.extensions[EXTENSION]
    with app.test_request_context("/"), using(site.names):
        if not site.current.is_fixed or site.catalogue is None:
            return []
        paths = [url_for(entry.endpoint) for entry in navigation()]
        paths += [url_for(name) for name in _OTHERS if name in app.view_functions]
        paths += filter(None, [next(filter(None, map(local_path, some_named())), None)])
    client = app.test_client()
    for path in paths:
        client.get(path, headers=_HEADERS, environ_overrides={WARMING: True})
    return paths
