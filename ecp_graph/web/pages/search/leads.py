"""Where a wrong address leads on: the things whose names are nearest to its words."""

from __future__ import annotations

import re
from typing import Final

from flask import current_app, request

from ecp_graph.errors import EcpGraphError
from ecp_graph.web.pages.search.index import Hit
from ecp_graph.web.pages.search.page import search_index
from ecp_graph.web.state.site import site

__all__ = ["leads", "wanted_words"]

_MOST: Final = 5
_LONGEST: Final = 80
_SEPARATORS: Final = re.compile(r"[^\w]+|_")


def wanted_words() -> str:
    """Return the words of the last part of the address that was asked for, for the field of the search."""
    last = request.path.rstrip("/").rpartition("/")[2]
    return " ".join(_SEPARATORS.sub(" ", last.partition(".")[0]).split())[:_LONGEST]


def leads() -> list[Hit]:
    """Return the things whose names have the words of the address, or the nearest words; none where a release has no
    lists, because a wrong address must not cost more than a right one."""
    try:
        lists = site().lists
        words = wanted_words()
        if (
            current_app.config["TWIN"]
            or site().catalogue is None
            or lists is None
            or not lists.has_names
            or len(words) < 2
        ):
            return []
        index = search_index()
        found = index.find(words, most=_MOST).hits
        for near in index.nearest(words) if not found else ():
            found = (*found, *index.find(near, most=_MOST).hits)
        return list({hit.entry.url: hit for hit in found}.values())[:_MOST]
    except EcpGraphError:  # this is the page that says what is wrong already
        return []
