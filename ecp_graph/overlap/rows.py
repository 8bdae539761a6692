"""What the graph would say of a finding that is a row of the tables, were it a node.

`engine_of` answers queries about one row as the graph answers them about a node: it has the statements that
`ecp_graph.overlap.mint` makes of a finding, and the names of all that these speak of. So whatever shows, describes or
explains a node does the same for a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.namespaces import PREFIXES, names
from ecp_graph.overlap.marks import SCHEMES, Marks, marks_in
from ecp_graph.overlap.mint import TERMS
from ecp_graph.sparql.results import to_ox
from ecp_graph.tables.lists.reading import Row

__all__ = ["REMARK", "engine_of"]

#: What is said of a row wherever it is described.
REMARK: Final = (
    "This finding is a row of the table of findings and no node of the graph: it is only possible, or it only shares a "
    "theme, as many others do. Queries of the graph do not find it."
)
_CLASSES: Final = """
SELECT DISTINCT ?class WHERE {{ {overlap} rdfs:subClassOf* ?class FILTER (isIRI(?class)) }}"""
_CONCEPTS: Final = """
SELECT DISTINCT ?graph ?subject ?property ?value WHERE {{
  VALUES ?scheme {{ {schemes} }}
  ?subject skos:inScheme ?scheme .
  GRAPH ?graph {{ ?subject ?property ?value }}
  FILTER (!isBlank(?value))
}}"""
#: Statements that mention the row all the same, as anybody's may.
_MENTIONS: Final = """
SELECT DISTINCT ?graph ?subject ?property ?value WHERE {{
  {{ GRAPH ?graph {{ {thing} ?property ?value }} BIND ({thing} AS ?subject) }}
  UNION
  {{ GRAPH ?graph {{ ?subject ?property {thing} }} BIND ({thing} AS ?value) }}
  FILTER (isIRI(?subject) && !isBlank(?value))
}}"""
#: The names and codes of things, where readings stand, and how certain they are.
_TEXTS: Final = """
SELECT DISTINCT ?graph ?subject ?property ?value WHERE {{
  VALUES ?near {{ {near} }}
  ?near ecp:readingOf? ?subject .
  GRAPH ?graph {{ ?subject ?property ?value }}
  FILTER (isLiteral(?value) || ?property IN (ecp:readingOf, ecp:certainty))
}}"""
#: Things asked for in one query.
_AT_ONCE: Final = 500


def engine_of(row: Row, engine: Engine, *, timeout_s: float | None = None) -> Engine:
    """Return an engine over what the graph would say of a row, with the names of what that speaks of.

    ``engine`` is over the release that the row is of. Raises what it raises.
    """

    def ask(query: str) -> Iterator[ox.Quad]:
        for graph, subject, property_, value in ask_table(engine, query, timeout_s=timeout_s).rows:
            if graph and subject and property_ and value:
                yield ox.Quad(to_ox(subject), to_ox(property_), to_ox(value), to_ox(graph))  # type: ignore[arg-type]

    classes = ask_table(engine, _CLASSES.format(overlap=ox.NamedNode(TERMS["overlap"])), timeout_s=timeout_s).rows
    schemes = " ".join(str(ox.NamedNode(PREFIXES["scheme"] + scheme)) for scheme in SCHEMES.values())
    marks = marks_in(_store(ask(_CONCEPTS.format(schemes=schemes))))
    own = [*_statements(row, marks, [one.value for (one,) in classes if one])]
    own += ask(_MENTIONS.format(thing=ox.NamedNode(row.iri)))
    terms = dict.fromkeys(term for quad in own for term in quad)
    near = [str(term) for term in terms if isinstance(term, ox.NamedNode)]
    texts = [
        quad
        for start in range(0, len(near), _AT_ONCE)
        for quad in ask(_TEXTS.format(near=" ".join(near[start : start + _AT_ONCE])))
    ]
    return EmbeddedEngine(_store([*own, *texts]), name=f"a row of the findings in {engine.describe()}")


def _store(quads: Iterable[ox.Quad]) -> ox.Store:
    """Return a store of quads whose default graph is their merge."""
    store = ox.Store()
    for quad in quads:
        store.add(quad)
        store.add(ox.Quad(*quad.triple))
    return store


def _statements(row: Row, marks: Marks, classes: Iterable[str]) -> Iterator[ox.Quad]:
    """Yield the statements of `ecp_graph.overlap.mint` about a finding."""
    finding, graph = ox.NamedNode(row.iri), ox.NamedNode(names().derived_graph)
    label = ox.Literal(row.name, language=row.language) if row.language else ox.Literal(row.name)
    yield ox.Quad(finding, ox.NamedNode(TERMS["label"]), label, graph)
    if row.evidence:
        yield ox.Quad(finding, ox.NamedNode(TERMS["evidence"]), ox.Literal(row.evidence), graph)
    if row.score is not None:
        yield ox.Quad(finding, ox.NamedNode(TERMS["score"]), ox.Literal(row.score), graph)
    if row.shared_words:
        yield ox.Quad(finding, ox.NamedNode(TERMS["words"]), ox.Literal(row.shared_words), graph)
    told = {"overlapKind": row.kind, "evidenceGrade": row.grade, "certainty": row.certainty}
    values = {
        TERMS["type"]: classes,
        TERMS["member"]: row.members,
        TERMS["cause"]: [row.cause],
        TERMS["on"]: row.things,
        TERMS["action"]: row.actions,
        TERMS["stated"]: row.readings,
        **{PREFIXES["ecp"] + mark: [marks.concepts[mark][notation]] for mark, notation in told.items()},
    }
    for property_, iris in values.items():
        for iri in iris:
            yield ox.Quad(finding, ox.NamedNode(property_), ox.NamedNode(iri), graph)
