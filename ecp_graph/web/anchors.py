"""Terms and certainties as the pages of things and passages show them.

A page of a thing shows some thousand terms. A function makes one ten times faster than a macro of the template does.
"""

from __future__ import annotations

from typing import Final

from markupsafe import Markup, escape

from ecp_graph.engine.results import Term
from ecp_graph.web.terms import link, visible

__all__ = ["anchor", "certainty_tag"]

#: Certainties that the style sheet knows; another workspace may have others.
_KNOWN: Final = frozenset({"verbatim", "normalised", "interpreted", "external"})


def anchor(term: Term, name: str = "") -> Markup:
    """Return the name of a term, or its short form, as a link where the term has a page or an address."""
    text = escape(visible(name or term.text))
    target = link(term)
    if target is None:
        return text
    leaves = ' rel="noreferrer"' if target.startswith("http") else ""
    return Markup(f'<a href="{escape(target)}"{leaves}>{text}</a>')  # noqa: S704 - each part is escaped


def certainty_tag(word: str) -> Markup:
    """Return a certainty as a labelled tag."""
    kind = f" {word}" if word in _KNOWN else ""
    return Markup(f'<span class="tag certainty{kind}">{escape(visible(word))}</span>')  # noqa: S704 - escaped
