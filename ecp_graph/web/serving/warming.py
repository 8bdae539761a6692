"""What the main pages stand on is worked out when a release comes into use, before anyone asks for it.

The first answer of a page has to ask the graph, and to compile its template; later ones find both kept (`Site.keep`).
So the app is asked for each main page once, in a thread of its own: the server answers meanwhile, only slower.
"""

from __future__ import annotations

import gc
import threading
from typing import Final

from flask import Flask, url_for

from ecp_graph.namespaces import using
from ecp_graph.web.pages import navigation
from ecp_graph.web.show.names import known_names
from ecp_graph.web.show.terms import local_path
from ecp_graph.web.state.site import EXTENSION, WARMING, Site

__all__ = ["Warming", "set_aside", "warm"]

#: What is asked for besides the pages of the navigation; the description of the API fills the lists of all forms.
_OTHERS: Final = ("home.index", "search.index", "shapes.index", "openapi.document")
_HEADERS: Final = {"Accept": "text/html"}


class Warming:
    """Warms an app whenever another release comes into use, one after the other."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._turn = threading.Lock()

    def watch(self) -> None:
        """Begin: at once if a release is in use, and again with each newer one."""
        site: Site = self._app.extensions[EXTENSION]
        site.source.when_opened(self._start)

    def _start(self) -> None:
        threading.Thread(target=self._warm, name="warming", daemon=True).start()

    def _warm(self) -> None:
        with self._turn:
            warm(self._app)
            set_aside()


def set_aside() -> None:
    """Take what is kept for the release out of the collector's sight: to look through it all takes as long as a page.

    What was set aside for an older release is looked at once more, and goes.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def warm(app: Flask) -> list[str]:
    """Ask an app for its main pages, and return their paths; a page that fails says why to whoever asks for it next.

    Data that may change under the server are not kept, so over a remote store the templates are all that is made ready.
    """
    for name in app.jinja_env.list_templates(extensions=("html", "svg", "xml")):
        app.jinja_env.get_template(name)
    site: Site = app.extensions[EXTENSION]
    with app.test_request_context("/"), using(site.names):
        if not site.current.is_fixed or site.catalogue is None:
            return []
        paths = [url_for(entry.endpoint) for entry in navigation()]
        paths += [url_for(name) for name in _OTHERS if name in app.view_functions]
        paths += filter(None, [next(filter(None, map(local_path, known_names())), None)])
    client = app.test_client()
    for path in paths:
        client.get(path, headers=_HEADERS, environ_overrides={WARMING: True})
    return paths
