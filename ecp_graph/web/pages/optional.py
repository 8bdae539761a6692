"""Pages that not every site has, and whether this one has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ecp_graph.web.pages import has_page
from ecp_graph.web.pages.between.plans import compares_plans
from ecp_graph.web.pages.check.page import offers_checks

__all__ = ["OPTIONAL_PAGES", "is_there"]

#: The endpoints of such pages, each with what tells whether this site has it.
OPTIONAL_PAGES: Final[Mapping[str, Callable[[], bool]]] = {
    "between.index": compares_plans,
    "check.form": offers_checks,
}


def is_there(endpoint: str) -> bool:
    """Return True if this site has the page with this endpoint."""
    condition = OPTIONAL_PAGES.get(endpoint)
    return has_page(endpoint) and (condition is None or condition())
