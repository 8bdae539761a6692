"""Briefings for pages: the content of `ecp_graph.briefs`, asked as the panels of pages are."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urljoin

from flask import request, url_for

from ecp_graph.addresses import quoted
from ecp_graph.briefs.asking import Rows, Source
from ecp_graph.briefs.discrepancies import checks_by_thing
from ecp_graph.briefs.fitting import limited
from ecp_graph.briefs.making import Kind, Subject, brief_of, day_of
from ecp_graph.briefs.model import Brief
from ecp_graph.briefs.writing.html import addresses, sections_of
from ecp_graph.briefs.writing.words import confidential_in_words
from ecp_graph.linked_data.places import place_of
from ecp_graph.namespaces import names
from ecp_graph.overlap.counting import CELLS, words_of_causes
from ecp_graph.sparql.results import Term
from ecp_graph.web.show.findings import current_report
from ecp_graph.web.show.panels import panel
from ecp_graph.web.show.terms import link, local_path
from ecp_graph.web.state.site import site

__all__ = ["FORMS", "brief_on", "has_queries", "shown", "target"]

#: The forms of a paper besides the page: their extensions, and what they are called.
FORMS: Final = {"docx": "Word", "md": "Markdown"}
#: Rows and points of a section that a page shows.
_MOST: Final = 300


def brief_on(kind: Kind, iri: str, name: str) -> Brief:
    """Return the whole briefing on a thing, kept while the release is in use; raises what the engine raises."""
    brief = site().keep(("brief", iri), lambda: brief_of(_source(), Subject(kind, iri, name)))
    path = local_path(iri)
    address = "" if addresses(iri) or not path else urljoin(request.url_root, path)
    return brief.at(address)


def has_queries(kind: Kind) -> bool:
    """Whether the workspace has the queries that briefings of a kind are made of."""
    catalogue = site().catalogue
    return catalogue is not None and all(name in catalogue for name in kind.queries)


def shown(kind: Kind, iri: str, name: str) -> dict[str, Any]:
    """Return what the page of a thing needs to show its briefing: title, sections, and the addresses of papers."""
    brief = brief_on(kind, iri, name)
    at = quoted(place_of(iri, names().id))
    papers = [("Two pages to print", url_for("briefs.paper", path=at))]
    papers += [(name, url_for("briefs.paper", path=f"{at}.{ending}")) for ending, name in FORMS.items()]
    sections = sections_of(limited(brief, _MOST), target)
    return {"brief": brief, "sections": sections, "papers": papers, "warning": confidential_in_words(brief)}


def target(iri: str) -> str | None:
    """Return where a page leads for a thing that a briefing names."""
    return link(Term("iri", iri))


def _source() -> Source:
    here = site()
    assert here.catalogue is not None  # noqa: S101 - there are pages of things with a catalogue only
    report = current_report()
    return Source(
        _ask,
        words_of_causes(here.catalogue[CELLS]),
        here.release,
        here.keep("day of the data", lambda: day_of(here.engine, timeout_s=here.settings.timeout)),
        here.keep("checks by thing", lambda: checks_by_thing(report)) if report else {},
    )


def _ask(name: str, /, **given: str) -> Rows:
    return panel(name, **given).rows
