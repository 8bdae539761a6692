"""Result tables: parses SPARQL 1.1 results JSON into cells, for a terminal, a page or a sheet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

import pyoxigraph as ox

from ecp_graph.errors import EndpointError
from ecp_graph.namespaces import compact

__all__ = ["FORMULA_STARTS", "Table", "Term", "parse_table", "printable", "term_of", "to_json", "to_ox"]

#: A spreadsheet takes text that begins with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = f"{_XSD}string"
_NUMERIC = frozenset(
    _XSD + name
    for name in (
        "integer",
        "decimal",
        "double",
        "float",
        "int",
        "long",
        "nonNegativeInteger",
        "positiveInteger",
    )
)
_TYPES: Final = {"iri": "uri", "literal": "literal", "bnode": "bnode"}


@dataclass(frozen=True)
class Term:
    """One RDF term of a result: an IRI, a literal with its datatype or language, or a blank node."""

    kind: Literal["iri", "literal", "bnode"]
    value: str
    datatype: str = ""
    language: str = ""

    @property
    def text(self) -> str:
        """The term as people read it: a curie for an IRI of a known namespace, the text of a literal."""
        if self.kind == "iri":
            return compact(self.value)
        return self.value if self.kind == "literal" else f"_:{self.value}"

    @property
    def is_number(self) -> bool:
        """Whether the term is a number."""
        return self.datatype in _NUMERIC


@dataclass(frozen=True)
class Table:
    """The columns and rows of a SELECT, an unbound cell being None; an ASK has a ``boolean`` instead.

    ``total`` is the number of rows of the answer, of which the table may have the first alone.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    boolean: bool | None = None
    total: int = -1

    def __post_init__(self) -> None:
        if self.total < 0:
            object.__setattr__(self, "total", len(self.rows))


def parse_table(body: bytes, source: str = "the engine") -> Table:
    """Return the table of a SPARQL results JSON document; raises EndpointError when it is not one."""
    try:
        document: dict[str, Any] = json.loads(body)
        if "boolean" in document:
            return Table((), (), bool(document["boolean"]))
        columns = tuple(document["head"]["vars"])
        rows = tuple(
            tuple(_term(row[column]) if column in row else None for column in columns)
            for row in document["results"]["bindings"]
        )
    except (ValueError, KeyError, TypeError, AttributeError) as reason:
        raise EndpointError(source, f"it did not return SPARQL results in JSON ({reason}).") from reason
    return Table(columns, rows)


def printable(text: str) -> str:
    """Return the text with control characters replaced, so that data cannot steer a terminal."""
    return "".join(char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text)


def term_of(term: object) -> Term | None:
    """Return a term of Oxigraph's as one of a result; None for an unbound cell."""
    if isinstance(term, ox.NamedNode):
        return Term("iri", term.value)
    if isinstance(term, ox.BlankNode):
        return Term("bnode", term.value)
    if isinstance(term, ox.Literal):
        datatype = "" if term.language or term.datatype.value == _STRING else term.datatype.value
        return Term("literal", term.value, datatype, term.language or "")
    return None if term is None else Term("literal", str(term))


def to_ox(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return the pyoxigraph term for a term of a result."""
    if term.kind == "iri":
        return ox.NamedNode(term.value)
    if term.kind == "bnode":
        return ox.BlankNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype)) if term.datatype else ox.Literal(term.value)


def to_json(term: Term) -> dict[str, str]:
    """Return a term as SPARQL 1.1 Query Results JSON has it (section 3.2.2)."""
    told = {"type": _TYPES[term.kind], "value": term.value}
    if term.language:
        told["xml:lang"] = term.language
    elif term.datatype:
        told["datatype"] = term.datatype
    return told


def _term(cell: dict[str, str]) -> Term:
    if cell["type"] == "uri":
        return Term("iri", cell["value"])
    if cell["type"] == "bnode":
        return Term("bnode", cell["value"])
    if cell["type"] == "triple":
        return Term("literal", json.dumps(cell["value"]))
    return Term("literal", cell["value"], cell.get("datatype", ""), cell.get("xml:lang", ""))
