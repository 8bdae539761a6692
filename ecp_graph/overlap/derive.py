"""Derives overlaps with graded evidence by rules, and the readings in which each thing is stated.

The rules are the SELECT queries in ``queries/derive/`` of the workspace. They read stated and inferred statements but
never graph/derived, so running them again on a release adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Literal

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, names
from ecp_graph.overlap.across import Comparison, add_findings
from ecp_graph.overlap.choosing import THEMES, choose
from ecp_graph.overlap.evidence import gather_evidence, mint_hashes
from ecp_graph.overlap.gathering import gather
from ecp_graph.overlap.marks import read_marks
from ecp_graph.overlap.mint import mint, name_findings
from ecp_graph.overlap.rules import LAYERS, by_joins, by_sparql, made_ready, read_by_rules, read_rule
from ecp_graph.tables.joins import Place, in_process
from ecp_graph.tables.statements import DEFAULT_GRAPH, Statements

__all__ = ["JOINS_FROM", "derive", "derive_layer", "merged_store"]

#: With fewer statements, planning the joins takes longer than asking a store.
JOINS_FROM: Final = 30_000
#: Each thing is stated in the graphs that have it as a subject; a reading says nothing of itself, nor of its passage.
_STATED: Final = """
INSERT INTO derived
SELECT DISTINCT s, {stated_in}, g, {derived} FROM data
WHERE g <> {no_graph} AND g NOT IN ({own}) AND s <> g
  AND NOT EXISTS (FROM data AS of WHERE of.g = data.g AND of.p = {reading_of} AND of.o = data.s)"""


def merged_store(quads: Iterable[ox.Quad]) -> ox.Store:
    """Return an in-memory store of the quads whose default graph is their merge, each triple once."""
    store = ox.Store()
    quads = list(quads)
    store.extend(quads)
    store.extend([ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads])
    return store


def derive(
    quads: Iterable[ox.Quad],
    rules: Iterable[Path],
    *,
    engine: Literal["local", "reference"] = "local",
    joins_from: int = JOINS_FROM,
    progress: Callable[[str], None] = lambda _: None,
) -> list[ox.Quad]:
    """Return the quads of graph/derived that follow from those of other graphs, as `derive_layer` finds them."""
    statements = Statements()
    derived = ox.NamedNode(names().derived_graph)
    statements.put("data", (quad for quad in quads if quad.graph_name != derived))
    derive_layer(statements, rules, engine=engine, joins_from=joins_from, progress=progress)
    return sorted(statements.quads("derived"), key=str)


def derive_layer(
    statements: Statements,
    rules: Iterable[Path],
    *,
    engine: Literal["local", "reference"] = "local",
    joins_from: int = JOINS_FROM,
    themes: int = THEMES,
    decided: Iterable[str] = (),
    comparison: Comparison | None = None,
    place: Place = in_process,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, str]:
    """Fill the layer ``derived``: the overlaps that the rules find, and ecp:statedIn for all that is stated.

    A rule selects ?memberA ?memberB ?kind ?cause ?on ?grade and, where it knows them, ?action ?way ?premise ?step
    ?reading. Kind and grade are notations of concepts of their schemes, as the data have them. The local engine finds
    the rows by joins that run in ``place``; in this process it does so where there are as many statements as
    ``joins_from``. With ``comparison`` actions of different plans are compared as well. Which findings are nodes, by
    ``themes`` and ``decided``, is said in `ecp_graph.overlap.choosing`; all of them stay in the tables of findings.

    Returns, by file name, the rules that joins do not cover, and what they have; ``progress`` is told of them too.
    Raises InputSyntaxError for a rule that does not parse or gives something else, and EcpGraphError where two overlaps
    would get one IRI.
    """
    statements.connection.execute("TRUNCATE derived")
    is_large = place is not in_process or sum(map(statements.count, LAYERS)) >= joins_from
    with made_ready(statements):
        marks = read_marks(statements)
        every = [read_rule(path) for path in rules]
        is_joined = engine == "local" and is_large
        without = by_joins(every, statements, marks, place, progress) if is_joined else {}
        others = list(without) if is_joined else every
        if others:
            by_sparql(others, merged_store(read_by_rules(statements)), statements, marks)
        gather(statements, marks)
        add_findings(statements, marks, comparison, progress)
        gather_evidence(statements, marks)
        name_findings(statements)
        choose(statements, marks, themes=themes, decided=decided)
        mint(statements, marks)
        mint_hashes(statements)
    _say_where_stated(statements)
    return {rule.path.name: construct for rule, construct in without.items()}


def _say_where_stated(statements: Statements) -> None:
    graphs = statements.connection.execute("SELECT DISTINCT g FROM data").fetchall()
    iris = statements.terms(number for (number,) in graphs if number != DEFAULT_GRAPH)
    own = [number for number, graph in iris.items() if isinstance(graph, ox.NamedNode) and names().is_own(graph.value)]
    stated_in, reading_of, derived = (
        str(ox.NamedNode(iri)) for iri in (ECP + "statedIn", ECP + "readingOf", names().derived_graph)
    )
    numbers = statements.numbers([stated_in, reading_of, derived])
    statements.connection.execute(
        _STATED.format(
            stated_in=numbers[stated_in],
            reading_of=numbers[reading_of],
            derived=numbers[derived],
            no_graph=DEFAULT_GRAPH,
            own=", ".join(map(str, own)) or "-1",
        )
    )
