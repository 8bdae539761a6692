"""Asking: one small interface, with an embedded engine and a remote one behind it.

An `Engine` gets a `Question` and gives an `Answer`: bytes, serialised by the engine itself. Nothing here loops over
rows; `ecp_graph.engine.results` reads a JSON answer where cells are wanted.
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
    """A SPARQL query, and how it is to be answered.

    ``fmt`` is a short name of `ecp_graph.sparql.formats` (default: JSON or Turtle, by the kind of the query).
    ``limit_s`` is a time limit below the engine's own. ``default_graphs`` and ``named_graphs`` are the dataset of the
    SPARQL 1.1 Protocol (section 2.1.4) and replace the query's own FROM clauses when either is given. ``labels`` is a
    language: a SELECT then has a column of labels for each of its own (`ecp_graph.sparql.labels`). ``base`` is what
    relative IRIs are resolved against where the query has no BASE (SPARQL 1.1 Query, section 4.1.1).
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
        """Whether it is answered with a table or a graph; a text that is no query counts as a table.

        Raises UpdateRefused for an update.
        """
        return query_kind(self.text) or "table"

    @cached_property
    def format(self) -> Format:
        """The format of the answer; raises ParameterError for one that does not fit, and UpdateRefused."""
        return format_named(self.fmt, self.kind) if self.fmt else DEFAULTS[self.kind]

    @property
    def has_dataset(self) -> bool:
        """Whether it names the graphs that it is asked over."""
        return self.default_graphs is not None or self.named_graphs is not None

    def as_dict(self) -> dict[str, object]:
        """Return its parts by their names, for JSON."""
        return {name: getattr(self, name) for name in _PARTS}

    def tag(self, version: str) -> str:
        """Return the entity tag of the answer over one version of the data."""
        dataset = self.default_graphs, self.named_graphs
        settled = repr((version, self.format.name, dataset, self.labels, self.base, self.text))
        return hashlib.sha256(settled.encode("utf-8", "surrogatepass")).hexdigest()[:24]


_PARTS: Final = tuple(part.name for part in fields(Question))


@dataclass(frozen=True)
class Asker:
    """Who waits for an answer: a client by its address, or nobody in particular.

    ``is_reserved``: the question is one of the catalogue or of a page, for which a server keeps workers of their own.
    ``gone`` tells whether nobody waits any more; an engine that can stop then does, or raises what ``gone`` raises.
    """

    client: str = ""
    is_reserved: bool = True
    gone: Callable[[], bool] = never


@dataclass(frozen=True)
class Answer:
    """What a query came to: its kind, its format, and the bytes, which can be read once.

    ``length`` is the number of bytes where the answer is complete already; None where it still streams, and what fails
    later is then raised by the body. ``facts`` hold, when the last byte was read, ``rows`` and ``query_ms`` where the
    engine tells them.
    """

    kind: Kind
    format: Format
    body: Iterator[bytes]
    length: int | None = None
    facts: dict[str, object] = field(default_factory=dict)

    def read(self, max_bytes: int | None = None) -> bytes:
        """Return the whole body; raises ResultTooLarge, and gives up the rest, when it has more than ``max_bytes``."""
        chunks, size = [], 0
        for chunk in self.body:
            size += len(chunk)
            if max_bytes is not None and size > max_bytes:
                self.close()
                raise ResultTooLarge(max_bytes, scope="the limit for pages and Excel sheets; other formats can hold it")
            chunks.append(chunk)
        return b"".join(chunks)

    def close(self) -> None:
        """Give up the rest of the body."""
        getattr(self.body, "close", lambda: None)()


#: Whoever asks in this process: always there, and with nobody to share the workers with.
NOBODY: Final = Asker()


class Engine(ABC):
    """Something that answers SPARQL 1.1 queries; one object serves many threads."""

    @abstractmethod
    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        """Return the answer to a question; an error or the time limit never leaves half a body that looks whole.

        The project's prefixes are predeclared. Raises QueryError for a malformed query, ParameterError for a format
        that does not fit, FormatUnfit for one that cannot carry the answer, QueryTimeout, and EndpointError when a
        remote engine fails.
        """

    @abstractmethod
    def describe(self) -> str:
        """Return a few words on what answers, for messages and the health page."""

    def problem(self) -> str:
        """Return why no query is answered at present; empty when they are."""
        return ""

    @abstractmethod
    def close(self) -> None:
        """Release what the engine holds; queries under way finish first."""

    def query(self, text: str, *, fmt: str | None = None, timeout_s: float | None = None) -> Answer:
        """Return the answer to a text, for a caller in this process; raises what `answer` raises.

        >>> engine.query("ASK { ?s ?p ?o }", fmt="csv").read()
        b'true'
        """
        return self.answer(Question(text, fmt, timeout_s))
