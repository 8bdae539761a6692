"""How much a page shows, reads and caches, whatever the size of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["USUAL", "Bounds"]


@dataclass(frozen=True)
class Bounds:
    """The most of each thing; a page that leaves something out says so.

    ``page_bytes``: of an answer that is read into this process for a page or a sheet; other answers stream.
    ``cached``: answers cached for pages, beside those of the main pages; the oldest goes when there are more.
    ``statements``: on the page of a thing. ``contents``: rows of the contents on the first page.
    ``addresses``: in one file of the sitemap (sitemaps.org protocol).

    ``name_bytes``: of an answer that all names are read from, row by row; in memory they take about twice as much.
    Where the names are more, a page asks for ``names_singly`` one by one and ``names_at_once`` together; what is above
    is shown by its IRI in short. ``names_again_s``: seconds after which names that did not come in time are asked for
    again, because the machine may have been busy.
    """

    page_bytes: int = 24_000_000
    cached: int = 1_000
    statements: int = 4_000
    contents: int = 500
    addresses: int = 50_000
    name_bytes: int = 160_000_000
    names_singly: int = 50
    names_at_once: int = 2_000
    names_again_s: float = 300.0


USUAL: Final = Bounds()
