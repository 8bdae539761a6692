"""Asking what a briefing needs: queries of the catalogue, of the lists of a release where these hold the answer."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.overlap.counting import CauseWords
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import Catalogue
from ecp_graph.tables.lists.answering import held
from ecp_graph.tables.lists.reading import Lists

__all__ = ["BODIES", "DOCUMENTS", "Ask", "Row", "Rows", "Source", "asking"]

#: The queries that have the names of bodies, and which plans are confidential.
BODIES: Final = "bodies"
DOCUMENTS: Final = "plan-documents"

Row = Mapping[str, str]
Rows = Sequence[Row]


class Ask(Protocol):
    """Asks a query of the catalogue by its name; IRIs are given in full, an unbound cell is an empty text."""

    def __call__(self, name: str, /, **given: str) -> Rows:
        """Return the rows of the query with these values."""


def asking(engine: Engine, catalogue: Catalogue, lists: Lists | None = None, *, timeout_s: float | None = None) -> Ask:
    """Return what asks an engine, or the lists of its release; calling it raises what the engine raises."""

    def ask(name: str, /, **given: str) -> Rows:
        query = catalogue[name]
        found = held(lists, query, given, engine)
        table = found.table() if found else ask_table(engine, bind(query, given, engine), timeout_s=timeout_s)
        return [
            {column: cell.value if cell else "" for column, cell in zip(table.columns, row, strict=True)}
            for row in table.rows
        ]

    return ask


@dataclass(frozen=True)
class Source:
    """Where the content of a briefing comes from.

    ``ask`` asks the catalogue, ``causes`` are its words for what makes bodies meet, ``version`` and ``dated`` say of
    which state the data are. ``checks`` are the sentences of the validation report by the IRI of what they are on, and
    ``names`` returns what the things are called that these name.
    """

    ask: Ask
    causes: CauseWords
    version: str = ""
    dated: str = ""
    checks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Callable[[Iterable[str]], Mapping[str, str]] = lambda _: {}

    def confidential(self, plans: Container[str]) -> tuple[str, ...]:
        """Return the names of those of the plans that must not leave the machine."""
        kept = (row for row in self.ask(DOCUMENTS) if row["confidential"] == "yes" and row["plan"] in plans)
        return tuple(dict.fromkeys(row["name"] for row in kept))
