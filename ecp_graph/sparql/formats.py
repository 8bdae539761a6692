"""The serialisations that answers come in, and all that the rest of the package has to know of each.

A SELECT or ASK query answers with a *table* (SPARQL 1.1 results JSON, XML, CSV and TSV), a CONSTRUCT or
DESCRIBE query with a *graph* (Turtle, N-Triples, JSON-LD, RDF/XML, TriG, N-Quads).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import pyoxigraph as ox

from ecp_graph.errors import ParameterError

__all__ = [
    "DEFAULTS",
    "FORMATS",
    "TURTLE",
    "W3C_FORMATS",
    "Format",
    "Kind",
    "RowMarks",
    "best_form",
    "format_named",
    "formats_of",
    "negotiate",
]

Kind = Literal["table", "graph"]

#: The namespace of the IRIs that W3C gave to formats (https://www.w3.org/ns/formats/).
W3C_FORMATS: Final = "http://www.w3.org/ns/formats/"


@dataclass(frozen=True)
class RowMarks:
    """How rows are counted in the bytes of an answer: by what stands once in each.

    ``besides`` is how often a mark stands elsewhere; ``has_strings``: quoted strings may hold one.
    """

    patterns: tuple[re.Pattern[bytes], ...]
    besides: int = 0
    has_strings: bool = False


# formats are compared by identity: as keys of a cache they are hashed for each request
@dataclass(frozen=True, eq=False)
class Format:
    """One serialisation.

    - ``name`` and ``extension``, short; ``title`` is what people call it; ``other_names`` and ``also`` are further
      names and media types that it goes by among the formats of its kind;
    - ``writer``: its ``ox.QueryResultsFormat`` for a table, its ``ox.RdfFormat`` for a graph;
    - ``w3c_name``: the last part of its IRI below `W3C_FORMATS`;
    - ``syntax``: what it is made of, by which an answer from elsewhere is checked;
    - ``has_prefixes``: it abbreviates IRIs;
    - ``named_graphs``: whether a document in it names its graphs (``too`` beside a single graph, or ``only``);
    - ``rows``: how the rows of an answer are counted; None where the text does not tell;
    - ``is_compressible``: gzip makes it smaller.
    """

    name: str
    title: str
    media_type: str
    kind: Kind
    extension: str
    writer: Any
    w3c_name: str
    also: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    syntax: Literal["json", "xml", "text"] = "text"
    has_prefixes: bool = False
    named_graphs: Literal["no", "too", "only"] = "no"
    rows: RowMarks | None = None
    is_compressible: bool = True

    @property
    def iri(self) -> str:
        """The IRI that W3C gave to the format."""
        return W3C_FORMATS + self.w3c_name

    @property
    def content_type(self) -> str:
        """The media type as an HTTP header gives it, with the charset where the type is text."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


_LINES: Final = (re.compile(rb"\n"),)
# In JSON a row begins with its first variable and the type of its value; inside a string a quotation mark would follow
# a backslash. A row without values is missed. Each pattern begins with letters, which is found ten times as fast.
_BINDINGS: Final = tuple(re.compile(rb'%b\{"[^"\\]{1,200}":\{"type":"' % before) for before in (rb"\[", rb"\},"))

FORMATS: Final = (
    Format(
        "json",
        "JSON",
        "application/sparql-results+json",
        "table",
        "json",
        ox.QueryResultsFormat.JSON,
        "SPARQL_Results_JSON",
        also=("application/json",),
        syntax="json",
        rows=RowMarks(_BINDINGS),
    ),
    Format(
        "xml",
        "XML",
        "application/sparql-results+xml",
        "table",
        "xml",
        ox.QueryResultsFormat.XML,
        "SPARQL_Results_XML",
        also=("application/xml", "text/xml"),
        syntax="xml",
        rows=RowMarks((re.compile(rb"<result>"),)),
    ),
    Format(
        "csv",
        "CSV",
        "text/csv",
        "table",
        "csv",
        ox.QueryResultsFormat.CSV,
        "SPARQL_Results_CSV",
        rows=RowMarks(_LINES, besides=1, has_strings=True),
    ),
    Format(
        "tsv",
        "TSV",
        "text/tab-separated-values",
        "table",
        "tsv",
        ox.QueryResultsFormat.TSV,
        "SPARQL_Results_TSV",
        rows=RowMarks(_LINES, besides=1),
    ),
    Format(
        "ttl",
        "Turtle",
        "text/turtle",
        "graph",
        "ttl",
        ox.RdfFormat.TURTLE,
        "Turtle",
        also=("application/x-turtle",),
        other_names=("turtle",),
        has_prefixes=True,
    ),
    Format(
        "nt",
        "N-Triples",
        "application/n-triples",
        "graph",
        "nt",
        ox.RdfFormat.N_TRIPLES,
        "N-Triples",
        also=("text/plain",),
        rows=RowMarks(_LINES),
    ),
    Format(
        "jsonld",
        "JSON-LD",
        "application/ld+json",
        "graph",
        "jsonld",
        ox.RdfFormat.JSON_LD,
        "JSON-LD",
        also=("application/json",),
        other_names=("json", "json-ld"),
        syntax="json",
    ),
    Format(
        "rdf",
        "RDF/XML",
        "application/rdf+xml",
        "graph",
        "rdf",
        ox.RdfFormat.RDF_XML,
        "RDF_XML",
        also=("application/xml", "text/xml"),
        other_names=("xml",),
        syntax="xml",
        has_prefixes=True,
    ),
    Format(
        "trig",
        "TriG",
        "application/trig",
        "graph",
        "trig",
        ox.RdfFormat.TRIG,
        "TriG",
        has_prefixes=True,
        named_graphs="too",
    ),
    Format(
        "nq",
        "N-Quads",
        "application/n-quads",
        "graph",
        "nq",
        ox.RdfFormat.N_QUADS,
        "N-Quads",
        named_graphs="only",
        rows=RowMarks(_LINES),
    ),
)


def formats_of(kind: Kind) -> tuple[Format, ...]:
    """Return the formats of one kind, the preferred one first."""
    return tuple(fmt for fmt in FORMATS if fmt.kind == kind)


TURTLE: Final = next(fmt for fmt in FORMATS if fmt.name == "ttl")
#: The format of a kind when the client does not mind.
DEFAULTS: Final[dict[Kind, Format]] = {"table": formats_of("table")[0], "graph": formats_of("graph")[0]}


def format_named(name: str, kind: Kind) -> Format:
    """Return the format of that short name for an answer of that kind.

    ``json`` and ``xml`` mean JSON-LD and RDF/XML for a graph. Raises ParameterError for a name that is not
    known or is of the other kind; the sentence lists those that fit.
    """
    wanted = name.lower().removeprefix(".")
    for fmt in formats_of(kind):
        if wanted == fmt.name or wanted in fmt.other_names:
            return fmt
    fitting = ", ".join(fmt.name for fmt in formats_of(kind))
    if any(fmt.name == wanted for fmt in FORMATS):
        query = "a SELECT or ASK query returns a table" if kind == "table" else "this query returns a graph"
        raise ParameterError(f"The format '{name}' is not valid: {query}. Use one of {fitting}.")
    raise ParameterError(f"There is no format '{name}'. Use one of {fitting}.")


def negotiate(accept: str, kind: Kind, *, also: Iterable[str] = ()) -> Format | str | None:
    """Return the format of a kind that an HTTP Accept header prefers (RFC 9110, section 12.5.1).

    ``also`` names further media types that the caller can serve, such as ``text/html``; when one of them
    wins, that media type itself is returned. An absent header or ``*/*`` gives the default of the kind; None
    means that nothing offered is acceptable.
    """
    return best_form(accept, formats_of(kind), also=also)


def best_form(
    accept: str, formats: Iterable[Format], *, also: Iterable[str] = (), default: Format | str | None = None
) -> Format | str | None:
    """Return the format, or the media type among ``also``, that an Accept header prefers, as `negotiate` does.

    Of those that it accepts equally the ``default`` comes first, which is otherwise the first format, then the formats
    in their order.
    """
    offered = tuple(formats)
    first = default if default is not None else offered[0]
    return _best_form(accept, offered, tuple(also), first) if accept.strip() else first


# Clients send the same few headers again and again, and to read one takes as long as all else that a request needs.
@lru_cache(maxsize=128)
def _best_form(
    accept: str, formats: tuple[Format, ...], also: tuple[str, ...], default: Format | str
) -> Format | str | None:
    from werkzeug.datastructures import MIMEAccept
    from werkzeug.http import parse_accept_header

    offered: dict[str, Format | str] = {default.media_type if isinstance(default, Format) else default: default}
    for fmt in formats:
        offered.setdefault(fmt.media_type, fmt)
    for fmt in formats:
        for media_type in fmt.also:
            offered.setdefault(media_type, fmt)
    for media_type in also:
        offered.setdefault(media_type, media_type)
    best = parse_accept_header(accept, MIMEAccept).best_match(list(offered))
    return offered[best] if best is not None else None
