"""The names of things for pages: looked up in the lists of the release, or asked for where there are none.

Without lists all names are loaded once for each release. If there are too many for the memory or the time limit, a page
queries the names that it shows, with `name_all` for many at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from flask import g

from ecp_graph.errors import QueryTimeout, ResultTooLarge
from ecp_graph.linked_data.document import named_node
from ecp_graph.namespaces import compact
from ecp_graph.queries.binding import bind
from ecp_graph.queries.names import QUERY, Named, gather
from ecp_graph.reasoning.statements import names_of
from ecp_graph.sparql.results import Term
from ecp_graph.tables.lists.reading import Lists
from ecp_graph.web.state.site import Site, site

__all__ = ["KEPT", "name_all", "name_of", "named", "names", "some_named"]

#: What the names are kept under; they take long to ask for, and each page needs them.
KEPT: Final = "names of things"


@dataclass
class _AllNames:
    """All names of a release, or why they cannot be had; asked for by one request while others wait."""

    found: Mapping[str, Named] = field(default_factory=dict)
    refusal: ResultTooLarge | QueryTimeout | None = None
    asked_at: float | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, here: Site) -> None:
        """Ask for the names unless that was done; what else fails than size and time is raised."""
        with self.turn:
            if not self._is_due(here.bounds.names_again_s):
                return
            assert here.catalogue is not None  # noqa: S101 - narrows the type
            query = bind(here.catalogue[QUERY], {}, here.engine)
            try:
                self.found, self.refusal = gather(here.ask_stream(query, max_bytes=here.bounds.name_bytes)), None
            except (ResultTooLarge, QueryTimeout) as refusal:
                self.refusal = refusal.with_traceback(None)
            self.asked_at = time.monotonic()

    def _is_due(self, again_s: float) -> bool:
        if self.asked_at is None:
            return True
        return isinstance(self.refusal, QueryTimeout) and time.monotonic() - self.asked_at > again_s


def named(iri: str) -> Named | None:
    """Return what is known of the names of a thing; None for one without a name, or where they cannot be had."""
    lists = _lists()
    return lists.named(iri) if lists else _asked()[0].get(iri)


def some_named() -> Iterator[str]:
    """Yield the IRIs of things that have a name; none where they cannot be had."""
    lists = _lists()
    return lists.iris() if lists else iter(_asked()[0])


def names() -> Mapping[str, Named]:
    """Ask for every thing that has a name, by its IRI; nothing when the catalogue has no query ``names``.

    Raises ResultTooLarge or QueryTimeout when they are more than the site holds, or than the engine returns in time.
    """
    found, refusal = _asked()
    if refusal is not None:
        raise refusal
    return found


def name_of(iri: str) -> str:
    """Return the label of a thing, or its IRI in short when it has none."""
    if lists := _lists():
        known = _of_page()
        if iri not in known:
            known[iri] = lists.labels([iri]).get(iri, "")
        return known[iri] or compact(iri)
    found, refusal = _asked()
    if refusal is None:
        named = found.get(iri)
        return (named.label if named else "") or compact(iri)
    known = _of_page()
    if iri not in known and g.setdefault("names_singly", 0) < site().bounds.names_singly:
        g.names_singly += 1
        name_all([iri])
    return known.get(iri) or compact(iri)


def name_all(iris: Iterable[str]) -> None:
    """Have the names of many things ready for `name_of` on this page; asks nothing where all names are known."""
    known = _of_page()
    if lists := _lists():
        wanted = [iri for iri in iris if iri not in known]
        known.update(dict.fromkeys(wanted, "") | lists.labels(wanted))
        return
    if _asked()[1] is None:
        return
    wanted = [iri for iri in dict.fromkeys(iris) if iri not in known and named_node(iri)]
    here = site()
    if wanted := wanted[: here.bounds.names_at_once]:
        found = names_of(here.engine, (Term("iri", iri) for iri in wanted), timeout_s=here.settings.timeout)
        known.update((iri, found.get(iri, "")) for iri in wanted)


def _lists() -> Lists | None:
    """Return the lists of the release, if they have names."""
    lists = site().lists
    return lists if lists and lists.has_names else None


def _of_page() -> dict[str, str]:
    """Return the names that this page has asked for; an empty one where a thing has none."""
    if "names_of_page" not in g:
        g.names_of_page = {}
    return cast("dict[str, str]", g.names_of_page)


def _asked() -> tuple[Mapping[str, Named], Exception | None]:
    """Return all names, or why they cannot be had; once for each request, because a page looks up hundreds."""
    if "names" not in g:
        here = site()
        if here.catalogue is None or QUERY not in here.catalogue:
            g.names = ({}, None)
        else:
            kept = here.keep(KEPT, _AllNames)
            kept.ask(here)
            g.names = (kept.found, kept.refusal)
    return cast("tuple[Mapping[str, Named], Exception | None]", g.names)
