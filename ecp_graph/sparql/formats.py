"""The serialisations that answers come in: four for tables of results, six for graphs.

A SELECT or ASK query answers with a *table* (SPARQL 1.1 results JSON, XML, CSV and TSV), a CONSTRUCT or
DESCRIBE query with a *graph* (Turtle, N-Triples, JSON-LD, RDF/XML, TriG, N-Quads).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from ecp_graph.errors import ParameterError

__all__ = ["DEFAULTS", "FORMATS", "Format", "Kind", "format_named", "formats_of", "negotiate"]

Kind = Literal["table", "graph"]

_TITLES: Final = {
    "ttl": "Turtle",
    "nt": "N-Triples",
    "jsonld": "JSON-LD",
    "rdf": "RDF/XML",
    "trig": "TriG",
    "nq": "N-Quads",
}


@dataclass(frozen=True)
class Format:
    """One serialisation: its short name, media type, kind, extension, and other media types for it."""

    name: str
    media_type: str
    kind: Kind
    extension: str
    also: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What people call the format."""
        return _TITLES.get(self.name, self.name.upper())

    @property
    def content_type(self) -> str:
        """The media type as an HTTP header gives it, with the charset where the type is text."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


FORMATS: Final = (
    Format("json", "application/sparql-results+json", "table", "json", ("application/json",)),
    Format("xml", "application/sparql-results+xml", "table", "xml", ("application/xml", "text/xml")),
    Format("csv", "text/csv", "table", "csv"),
    Format("tsv", "text/tab-separated-values", "table", "tsv"),
    Format("ttl", "text/turtle", "graph", "ttl", ("application/x-turtle",)),
    Format("nt", "application/n-triples", "graph", "nt", ("text/plain",)),
    Format("jsonld", "application/ld+json", "graph", "jsonld", ("application/json",)),
    Format("rdf", "application/rdf+xml", "graph", "rdf", ("application/xml", "text/xml")),
    Format("trig", "application/trig", "graph", "trig"),
    Format("nq", "application/n-quads", "graph", "nq"),
)

#: The format of a kind when the client does not mind.
DEFAULTS: Final[dict[Kind, Format]] = {"table": FORMATS[0], "graph": FORMATS[4]}

#: Names that people use for a format of the other kind: "json" for a graph is JSON-LD.
_LOOSE_NAMES: Final = {
    ("json", "graph"): "jsonld",
    ("json-ld", "graph"): "jsonld",
    ("xml", "graph"): "rdf",
    ("turtle", "graph"): "ttl",
}


def formats_of(kind: Kind) -> tuple[Format, ...]:
    """Return the formats of one kind, the preferred one first."""
    return tuple(fmt for fmt in FORMATS if fmt.kind == kind)


def format_named(name: str, kind: Kind) -> Format:
    """Return the format of that short name for an answer of that kind.

    ``json`` and ``xml`` mean JSON-LD and RDF/XML for a graph. Raises ParameterError for a name that is not
    known or is of the other kind; the sentence lists those that fit.
    """
    wanted = name.lower().removeprefix(".")
    wanted = _LOOSE_NAMES.get((wanted, kind), wanted)
    for fmt in formats_of(kind):
        if fmt.name == wanted:
            return fmt
    fitting = ", ".join(fmt.name for fmt in formats_of(kind))
    if any(fmt.name == wanted for fmt in FORMATS):
        query = "a SELECT or ASK query answers with a table" if kind == "table" else "this query answers with a graph"
        raise ParameterError(f"The format '{name}' does not fit: {query}. Use one of {fitting}.")
    raise ParameterError(f"There is no format '{name}'. Use one of {fitting}.")


def negotiate(accept: str, kind: Kind, *, also: Iterable[str] = ()) -> Format | str | None:
    """Return the format of a kind that an HTTP Accept header prefers (RFC 9110, section 12.5.1).

    ``also`` names further media types that the caller can serve, such as ``text/html``; when one of them
    wins, that media type itself is returned. An absent header or ``*/*`` gives the default of the kind; None
    means that nothing offered is acceptable.
    """
    return _negotiate(accept, kind, tuple(also)) if accept.strip() else DEFAULTS[kind]


# Clients send the same few headers again and again, and to read one takes as long as all else that a request needs.
@lru_cache(maxsize=128)
def _negotiate(accept: str, kind: Kind, also: tuple[str, ...]) -> Format | str | None:
    from werkzeug.datastructures import MIMEAccept
    from werkzeug.http import parse_accept_header

    offered: dict[str, Format | str] = {}
    for fmt in formats_of(kind):
        offered[fmt.media_type] = fmt
    for fmt in formats_of(kind):
        for media_type in fmt.also:
            offered.setdefault(media_type, fmt)
    for media_type in also:
        offered.setdefault(media_type, media_type)
    best = parse_accept_header(accept, MIMEAccept).best_match(list(offered))
    return offered[best] if best is not None else None
