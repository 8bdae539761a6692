"""The pages, one folder each, with the view and its templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import current_app
from werkzeug.exceptions import HTTPException

from ecp_graph.errors import EcpGraphError
from ecp_graph.web.state.site import site

__all__ = ["NAVIGATION", "NavigationEntry", "has_page", "is_offered", "navigation"]


#: Where an app has the entries of its navigation.
NAVIGATION: Final = "ecp_graph.navigation"


@dataclass(frozen=True)
class NavigationEntry:
    """A page's entry in the navigation: its label, its endpoint, and the queries without which there is no such page.

    A page module that has one calls it ``ENTRY``.
    """

    label: str
    endpoint: str
    queries: tuple[str, ...] = ()

    @property
    def area(self) -> str:
        """The area of the site, by which a page marks its own entry."""
        return self.endpoint.partition(".")[0]


def navigation() -> list[NavigationEntry]:
    """Return the entries that there are pages and queries for; over plain files that is the endpoint alone.

    Without a release, or with a damaged catalogue, there are none: the page that says so must not fail for it.
    """
    try:
        catalogue = site().catalogue
    except EcpGraphError:
        return []
    entries: list[NavigationEntry] = current_app.extensions[NAVIGATION]
    if catalogue is None:
        return [entry for entry in entries if entry.area == "sparql"]
    return [entry for entry in entries if all(query in catalogue for query in entry.queries)]


def has_page(endpoint: str) -> bool:
    """Return whether this app has an endpoint, and the queries of the area that it belongs to."""
    entries: list[NavigationEntry] = current_app.extensions[NAVIGATION]
    lacking = {entry.area for entry in entries} - {entry.area for entry in navigation()}
    return endpoint in current_app.view_functions and endpoint.partition(".")[0] not in lacking


def is_offered(address: str) -> bool:
    """Return False for the address of a page that this site does not have, as `has_page` says."""
    path = address.partition("?")[0].partition("#")[0]
    try:
        endpoint, _ = current_app.url_map.bind("localhost").match(path)
    except HTTPException:
        return True  # another site, or a place on the same page
    return has_page(endpoint)
