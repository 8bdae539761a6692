"""Label columns: adds to a SELECT query, for each of its columns, another one with the labels of its IRIs.

The query becomes a subquery, and a custom function of this module returns the label of each cell. So the rows, their
order and their number do not change, the answer is still streamed, and the engine writes it in any format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from ecp_graph.errors import ParameterError
from ecp_graph.namespaces import PREFIXES
from ecp_graph.sparql.guard import QUERY_FORMS
from ecp_graph.sparql.text import PAIRS, first_keyword, query_start, tokens

__all__ = ["LABEL_FUNCTION", "check_labels", "label_finder", "with_labels"]

#: The function that a query with labels calls.
LABEL_FUNCTION: Final = ox.NamedNode("urn:x-ecp-graph:label")

_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_LABELS: Final = (ox.NamedNode(PREFIXES["skos"] + "prefLabel"), ox.NamedNode(PREFIXES["rdfs"] + "label"))
_KEPT: Final = 20_000
#: What a SELECT clause may have beside variables and brackets.
_ITEMS: Final = frozenset({"DISTINCT", "REDUCED", "*"})


def check_labels(language: str, sparql: str) -> str:
    """Return the language tag (RFC 5646); raises ParameterError when it is none, or for a query without columns."""
    if not _LANGUAGE.fullmatch(language):
        raise ParameterError(f"'{language[:40]}' is not a language tag; use one such as en or en-GB.")
    if first_keyword(sparql) in QUERY_FORMS.keys() - {"SELECT"}:
        raise ParameterError("Labels go with a SELECT query; this one has no columns.")
    return language


def with_labels(sparql: str, variables: Sequence[str]) -> str:
    """Return the query with a column ``NAMELabel`` behind its own ones for each of its variables.

    A variable whose label column would have the name of another variable of the query gets none. Raises ParameterError
    for a text whose SELECT clause cannot be found, as one that spells keywords with escapes.
    """
    start = query_start(sparql)
    dataset_start, body_start = _clauses(sparql, start)
    labelled = [name for name in variables if f"{name}Label" not in variables]
    if not labelled:
        return sparql
    columns = [f"?{name}" for name in variables]
    columns += [f"({LABEL_FUNCTION}(?{name}) AS ?{name}Label)" for name in labelled]
    dataset = sparql[dataset_start:body_start]
    inner = sparql[start:dataset_start] + " " + sparql[body_start:]
    return f"{sparql[:start]}SELECT {' '.join(columns)} {dataset}\n{{ {{ {inner}\n}} }}"


def label_finder(store: ox.Store, language: str) -> Callable[..., ox.Literal | None]:
    """Return the function that finds the label of an IRI anywhere in the store.

    Of skos:prefLabel and rdfs:label it takes one in the language (``en`` finds ``en-GB`` too), else one without
    language; among several of a kind the first in order of text. None for what has no such label or is no IRI.
    """
    wanted = language.lower()

    def rank(label: ox.Literal) -> int | None:
        tag = (label.language or "").lower()
        if tag == wanted:
            return 0
        if tag.startswith(wanted + "-"):
            return 1
        return None if tag else 2

    @lru_cache(_KEPT)
    def find(term: ox.NamedNode) -> ox.Literal | None:
        found: list[tuple[int, int, str, ox.Literal]] = []
        for place, predicate in enumerate(_LABELS):
            for quad in store.quads_for_pattern(term, predicate, None, None):
                if isinstance(quad.object, ox.Literal) and (fits := rank(quad.object)) is not None:
                    found.append((fits, place, quad.object.value, quad.object))
        return min(found, key=lambda one: one[:3])[3] if found else None

    def label(*terms: object) -> ox.Literal | None:
        return find(terms[0]) if len(terms) == 1 and isinstance(terms[0], ox.NamedNode) else None

    return label


def _clauses(sparql: str, start: int) -> tuple[int, int]:
    """Return where the SELECT clause that begins there ends, and where the dataset clauses behind it end."""
    depth, dataset_start = 0, -1
    for token in tokens(sparql, start + len("SELECT")) if first_keyword(sparql) == "SELECT" else ():
        if depth or (token.text == "(" and dataset_start < 0):
            depth += (token.text in PAIRS.values()) - (token.text in PAIRS)
        elif dataset_start >= 0 or not (token.kind == "variable" or (token.keyword or token.text) in _ITEMS):
            dataset_start = token.start if dataset_start < 0 else dataset_start
            if token.kind not in {"iri", "name"} and token.keyword not in {"FROM", "NAMED"}:
                return dataset_start, token.start
    raise ParameterError("Labels go with a SELECT query, written without escapes in its keywords.")
