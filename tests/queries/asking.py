"""Asking the catalogue in tests, and reading the expected rows."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import Catalogue, Query, load_catalogue
from ecp_graph.workspace import bundled_workspace

__all__ = ["EXPECTED", "Case", "ask_graph", "ask_rows", "bundled_catalogue", "cases", "cases_of_worlds"]

EXPECTED = Path(__file__).parent / "expected"


@dataclass(frozen=True)
class Case:
    """A query, its parameters and its expected rows; the file is ``NAME.csv`` or ``NAME@PARAMETER=VALUE,….csv``.

    Rows of the bundled plan are in ``expected/``, those of a world of ``tests/worlds`` in the folder of its name there.
    """

    path: Path

    @property
    def world(self) -> str:
        """The world that is asked; empty for the bundled plan."""
        return "" if self.path.parent == EXPECTED else self.path.parent.name

    @property
    def name(self) -> str:
        return self.path.stem.partition("@")[0]

    @property
    def parameters(self) -> dict[str, str]:
        given = self.path.stem.partition("@")[2]
        return dict(part.split("=", 1) for part in given.split(",")) if given else {}

    def read(self) -> list[list[str]]:
        """The header and the rows; IRIs are written as curies."""
        with self.path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))


def cases() -> list[Case]:
    """The cases of the bundled plan."""
    return [Case(path) for path in sorted(EXPECTED.glob("*.csv"))]


def cases_of_worlds() -> list[Case]:
    return [Case(path) for path in sorted(EXPECTED.glob("*/*.csv"))]


@cache
def bundled_catalogue() -> Catalogue:
    return load_catalogue(bundled_workspace())


def ask_rows(engine: Engine, query: Query, parameters: Mapping[str, str]) -> list[list[str]]:
    """The header and the rows of an answer, as the files have them."""
    table = ask_table(engine, bind(query, parameters, engine))
    return [list(table.columns), *([term.text if term else "" for term in row] for row in table.rows)]


def ask_graph(engine: Engine, query: Query, parameters: Mapping[str, str]) -> list[ox.Triple]:
    """The triples of an answer."""
    answer = engine.query(bind(query, parameters, engine), fmt="nt")
    return [quad.triple for quad in ox.parse(answer.read(), ox.RdfFormat.N_TRIPLES)]
