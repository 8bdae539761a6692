"""The interface of the query engines: embedded, isolated, remote and federated.

An `Engine` gets a `Question` and gives an `Answer`: bytes, serialised by the engine itself. Nothing here loops over
rows; `ecp_graph.sparql.results` reads a JSON answer where cells are needed.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Final

from ecp_graph.errors import ResultTooLarge
from ecp_graph.sparql.formats import DEFAULTS, Format, Kind, format_named
from ecp_graph.sparql.guard import query_kind

__all__ = ["NOBODY", "Answer", "Asker", "Engine", "Question", "never"]


def never() -> bool:
    """Return False: the client that always waits."""
    return False


@dataclass(frozen=True)
class Question:
    """A SPARQL query with the options for its evaluation.

    ``fmt`` is a short name of `ecp_graph.sparql.formats` (default: JSON or Turtle, depending on the query form).
    ``limit_s`` is a time limit lower than the engine's own. ``default_graphs`` and ``named_graphs`` are the dataset of
    the SPARQL 1.1 Protocol (section 2.1.4); if either is given, they replace the FROM clauses of the query. ``labels``
    is a language: a SELECT then has a label column for each column (`ecp_graph.sparql.labels`). ``base`` is the IRI
    for resolving relative IRIs if the query has no BASE (SPARQL 1.1 Query, section 4.1.1).
    """

    text: str
    fmt: str | None = None
    limit_s: float | None = None
    default_graphs: Sequence[str] | None = None
    named_graphs: Sequence[str] | None = None
    labels: str | None = None
    base: str | None = None

    @cached_property
    def kind(self) -> Kind:
        """Whether the result is a table or a graph; text that is not a query counts as a table.

        Raises UpdateRefused for an update.
        """
        return query_kind(self.text) or "table"

    @cached_property
    def format(self) -> Format:
        """The format of the answer; raises ParameterError if it is not available, and UpdateRefused."""
        return format_named(self.fmt, self.kind) if self.fmt else DEFAULTS[self.kind]

    @property
    def has_dataset(self) -> bool:
        """Whether the question specifies a dataset."""
        return self.default_graphs is not None or self.named_graphs is not None

    def as_dict(self) -> dict[str, object]:
        """Return the fields by name, for JSON."""
        return {name: getattr(self, name) for name in _PARTS}

    def tag(self, version: str) -> str:
        """Return the entity tag of the answer over one version of the data."""
        dataset = self.default_graphs, self.named_graphs
        settled = repr((version, self.format.name, dataset, self.labels, self.base, self.text))
        return hashlib.sha256(settled.encode("utf-8", "surrogatepass")).hexdigest()[:24]


_PARTS: Final = tuple(part.name for part in fields(Question))


@dataclass(frozen=True)
class Asker:
    """The sender of a question: a client by its address, or nobody in particular.

    ``is_reserved``: the question comes from the catalogue or a page, for which a server reserves workers. ``gone`` is a
    function that returns whether the client has disconnected; the engine then stops, or raises what ``gone`` raises.
    """

    client: str = ""
    is_reserved: bool = True
    gone: Callable[[], bool] = never


@dataclass(frozen=True)
class Answer:
    """The answer to a query: its kind, its format, and its bytes, which can be read once.

    ``length`` is the number of bytes if the answer is already complete; None if it is still streaming, in which case
    later failures are raised by the body. After the last byte, ``facts`` has ``rows`` and ``query_ms`` if the engine
    reports them.
    """

    kind: Kind
    format: Format
    body: Iterator[bytes]
    length: int | None = None
    facts: dict[str, object] = field(default_factory=dict)

    def read(self, max_bytes: int | None = None) -> bytes:
        """Return the whole body; raises ResultTooLarge, and abandons the rest, if it is longer than ``max_bytes``."""
        chunks, size = [], 0
        for chunk in self.body:
            size += len(chunk)
            if max_bytes is not None and size > max_bytes:
                self.close()
                raise ResultTooLarge(max_bytes, scope="the limit for pages and Excel sheets; other formats can hold it")
            chunks.append(chunk)
        return b"".join(chunks)

    def close(self) -> None:
        """Abandon the rest of the body."""
        getattr(self.body, "close", lambda: None)()


#: A caller in this process, which never disconnects and does not share workers.
NOBODY: Final = Asker()


class Engine(ABC):
    """An engine that answers SPARQL 1.1 queries; it is thread-safe."""

    @abstractmethod
    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        """Return the answer to a question; after an error or timeout, a partial body never looks complete.

        The project's prefixes are predeclared. Raises QueryError for a malformed query, ParameterError for a format
        that is not available, FormatUnfit for one that cannot represent the answer, QueryTimeout, and EndpointError if
        a remote engine fails.
        """

    @abstractmethod
    def describe(self) -> str:
        """Return a short description of the engine, for messages and the health page."""

    def problem(self) -> str:
        """Return why queries cannot be answered at present, or an empty string if they can."""
        return ""

    @abstractmethod
    def close(self) -> None:
        """Release the resources of the engine; running queries finish first."""

    def query(self, text: str, *, fmt: str | None = None, timeout_s: float | None = None) -> Answer:
        """Answer a query text, for a caller in this process; raises what `answer` raises.

        >>> engine.query("ASK { ?s ?p ?o }", fmt="csv").read()
        b'true'
        """
        return self.answer(Question(text, fmt, timeout_s))
