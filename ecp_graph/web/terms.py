"""Terms on a page: what is shown for one, and where its link leads."""

from __future__ import annotations

import re
from typing import Final

from flask import url_for

from ecp_graph.engine.results import Term
from ecp_graph.namespaces import BASE

__all__ = ["heading", "link"]

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def heading(variable: str) -> str:
    """Return the words of a variable's name, as in ``evidence grade`` for ``evidenceGrade``."""
    words = _WORDS.findall(variable)
    return " ".join(word if word.isupper() else word.lower() for word in words) or variable


def link(term: Term) -> str | None:
    """Return where the link of a term leads, or None: the project's own IRIs are described here, others at home.

    Only http and https addresses become links, because an IRI may hold any scheme.
    """
    if term.kind != "iri":
        return None
    if term.value.startswith(BASE):
        return url_for("sparql.endpoint", query=f"DESCRIBE <{term.value}>")
    return term.value if term.value.startswith(("http://", "https://")) else None
