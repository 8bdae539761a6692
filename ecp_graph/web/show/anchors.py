"""Renders terms, certainties, sources and proofs for the pages of things and passages.

A page can have thousands of these, and a function is ten times faster than a template macro. Everything that comes
from the data is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from flask import g
from markupsafe import Markup, escape

from ecp_graph.reasoning import Derivation, Explanation, Source, Statement
from ecp_graph.sparql.results import Term
from ecp_graph.web.show.terms import link, visible

__all__ = ["anchor", "certainty_tag", "source_tags", "step_markup"]

#: Certainties that the style sheet knows; another workspace may have others.
_KNOWN: Final = frozenset({"verbatim", "normalised", "interpreted", "external"})


def anchor(term: Term, name: str = "") -> Markup:
    """Return the name of a term, or its short form, as a link where the term has a page or an address.

    What was made once is kept for the request: most terms of a page stand on it several times.
    """
    made: dict[tuple[Term, str], Markup] = g.setdefault("anchors", {})
    if (term, name) not in made:
        made[term, name] = _anchor(term, name)
    return made[term, name]


def _anchor(term: Term, name: str) -> Markup:
    text = escape(visible(name or term.text))
    target = link(term)
    if target is None:
        return text
    leaves = ' rel="noreferrer"' if target.startswith("http") else ""
    return Markup(f'<a href="{escape(target)}"{leaves}>{text}</a>')  # noqa: S704 - each part is escaped


@lru_cache(maxsize=64)
def certainty_tag(word: str) -> Markup:
    """Return a certainty as a labelled tag."""
    kind = f" {word}" if word in _KNOWN else ""
    return Markup(f'<span class="tag certainty{kind}">{escape(visible(word))}</span>')  # noqa: S704 - escaped


def source_tags(sources: Iterable[Source]) -> Markup:
    """Return the passages, or other graphs, that make a statement: the certainty of each, and a link to it."""
    return Markup("").join(_source(source) for source in sources)


def _source(source: Source) -> Markup:
    tag = certainty_tag(source.certainty) if source.certainty else ""
    place = anchor(Term("iri", source.graph), source.locator) if source.locator or not tag else ""
    return Markup(f' <span class="source">{tag} {place}</span>')  # noqa: S704 - both are markup


def step_markup(step: Derivation, names: Mapping[str, str], places: Mapping[Statement, str]) -> Markup:
    """Return one step of a proof and, as a list, its premises; ``places`` are those explained elsewhere on the page."""
    rule, axiom = escape(visible(step.sentence(names))), escape(visible(step.axiom))
    premises = Markup("").join(_premise(premise, names, places) for premise in step.premises)
    return Markup(f'<p class="rule">{rule} <code>{axiom}</code></p><ul>{premises}</ul>')  # noqa: S704 - escaped


def _premise(premise: Explanation, names: Mapping[str, str], places: Mapping[Statement, str]) -> Markup:
    said = Markup(" · ").join(anchor(term, names.get(term.value, "")) for term in premise.statement)
    more: Markup | str = ""
    if place := places.get(premise.statement):
        more = Markup(f' <a class="source" href="#{escape(place)}">why</a>')  # noqa: S704 - escaped
    elif premise.derivation:
        more = step_markup(premise.derivation, names, places)
    return Markup(f"<li>{said}{source_tags(premise.sources)}{more}</li>")  # noqa: S704 - all are markup
