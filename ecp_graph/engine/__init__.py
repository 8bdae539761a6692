"""Asking: one small interface, with an embedded engine and a remote one behind it.

``Engine.query`` hands the text of a query over and gets an `Answer` back: bytes, serialised by the engine
itself. Nothing here loops over rows; `ecp_graph.engine.results` reads a JSON answer where cells are wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ecp_graph.engine.formats import Format, Kind
from ecp_graph.errors import ResultTooLarge

__all__ = ["Answer", "Engine", "never"]


def never() -> bool:
    """Return False: the client that always waits."""
    return False


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
                getattr(self.body, "close", lambda: None)()
                raise ResultTooLarge(max_bytes, on="a page or a sheet holds; other formats hold it")
            chunks.append(chunk)
        return b"".join(chunks)


class Engine(Protocol):
    """Something that answers SPARQL 1.1 queries; one object serves many threads."""

    def query(
        self,
        sparql: str,
        *,
        fmt: str | None = None,
        timeout_s: float | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        labels: str | None = None,
        gone: Callable[[], bool] = never,
    ) -> Answer:
        """Return the answer to a query; an error or the time limit never leaves half a body that looks whole.

        ``fmt`` is a short name of `ecp_graph.engine.formats` (default: JSON or Turtle, by the kind of the query). The
        project's prefixes are predeclared. ``default_graphs`` and ``named_graphs`` are the dataset of the SPARQL 1.1
        Protocol (section 2.1.4) and replace the query's own FROM clauses when either is given. ``labels`` is a
        language: a SELECT then has a column of labels for each of its own (`ecp_graph.engine.labels`). ``gone`` tells
        whether nobody waits for the answer any more; an engine that can stop then does.

        Raises QueryError for a malformed query, ParameterError for a format that does not fit, FormatUnfit for one that
        cannot carry the answer, QueryTimeout, and EndpointError when a remote one fails.
        """
        ...

    def describe(self) -> str:
        """Return a few words on what answers, for messages and the health page."""
        ...

    def close(self) -> None:
        """Let go of what the engine holds; queries under way finish first."""
        ...
