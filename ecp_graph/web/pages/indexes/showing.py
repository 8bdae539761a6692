"""The page of an index, and its rows as files."""

from __future__ import annotations

from typing import Final

from flask import Response, url_for

from ecp_graph.web.http.downloads import TABLE_EXTENSIONS, table_as
from ecp_graph.web.http.responses import page
from ecp_graph.web.pages.indexes.listing import Chosen, Listing
from ecp_graph.web.show.panels import Panel

__all__ = ["file_of", "page_of"]

#: The facet of the page of actions in which the things of an index are values.
_FACETS: Final = {"bodies": "body", "instruments": "instrument"}


def page_of(name: str, title: str, lead: str, listing: Listing, panels: list[Panel]) -> Response:
    """Return the page of an index; ``panels`` are the queries that its rows are from.

    Raises HttpError for a choice that the index does not have.
    """
    chosen = Chosen.of_request(listing)
    entries, number, pages = chosen.page()
    return page(
        "indexes/index.html",
        area=name,
        title=title,
        lead=lead,
        listing=listing,
        chosen=chosen,
        entries=entries,
        number=number,
        pages=pages,
        panels=panels,
        here=f"{name}.index",
        facet=_FACETS.get(name, ""),
        downloads=[
            (extension, url_for(f"{name}.download_as", extension=extension, **chosen.address))
            for extension in TABLE_EXTENSIONS
        ],
    )


def file_of(name: str, listing: Listing, extension: str) -> Response:
    """Return all rows that the address chooses as a file; raises HttpError for an unknown extension or choice."""
    return table_as(listing.table(Chosen.of_request(listing).entries), extension, name)
