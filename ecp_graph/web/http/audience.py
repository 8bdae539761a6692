"""Who may see the words of documents: everybody where the workspace publishes them, else this machine alone.

A server that listens on loopback can be reached from elsewhere all the same: through a proxy, or by a page of another
site whose name leads to this machine (DNS rebinding). Both show in the request.
"""

from __future__ import annotations

from typing import Final

from flask import current_app, request

from ecp_graph.addresses import is_loopback
from ecp_graph.web.state.site import site

__all__ = ["is_from_here", "may_see_words", "words_are_private"]

#: What a proxy adds to a request.
_OF_PROXIES: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


def words_are_private() -> bool:
    """Whether the words may be shown on this machine and nowhere else."""
    return not site().copies.may_publish


def may_see_words() -> bool:
    """Whether the words may be in the response to this request."""
    here = site()
    if here.copies.may_publish:
        return True
    is_open = current_app.config["TWIN"] or here.settings.trusted_proxies or not here.copies.is_local
    return not is_open and is_from_here()


def is_from_here() -> bool:
    """Whether a request comes from this machine, by one of its own names and through no proxy."""
    name, colon, port = request.host.rpartition(":")
    host = name if colon and port.isdigit() else request.host
    is_passed_on = any(header in request.headers for header in _OF_PROXIES)
    return not is_passed_on and is_loopback(host) and is_loopback(request.remote_addr or "")
