"""Judges only the nodes that a change can affect, on only the statements that their shapes read.

::

    reads.py      each shape → the steps along which it reads, kept from one run to the next
    reach.py      changed statements → nodes that they can affect → statements that these need
    here          shapes with these nodes as their targets, run on these statements
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

import pyoxigraph as ox
from rdflib import SH, Graph, URIRef
from rdflib.term import Node

from ecp_graph.rdf.cache import cached, entry_name, keep
from ecp_graph.rdf.terms import OxTerm, to_rdflib
from ecp_graph.tables.statements import Statements, parsed_terms
from ecp_graph.validation.data_graph import TARGETS, DataGraph
from ecp_graph.validation.reach import Reach
from ecp_graph.validation.reads import Anchor, Reads, Step, reads_of
from ecp_graph.validation.shacl import Judged, only, run_shapes

__all__ = ["judge_nodes", "judge_touched", "kept_reads"]

#: Rises when the same shapes are said to read something else.
_LAYOUT: Final = 1


def judge_touched(statements: Statements, shapes: Graph, rules: Iterable[Node], about: Collection[str]) -> Judged:
    """Return what some shapes find about things (IRIs, labels of blank nodes), and at how many nodes they looked.

    The changed statements are those that have the things as subjects or objects; the tables are those that `Reach`
    expects. A finding is about its focus and its value. Some of the findings are about neither. Raises what
    `run_shapes` raises.
    """
    reach = Reach(statements, shapes, kept_reads(shapes, rules))
    joined, compared = map(_parsed, reach.affected())
    judged = _judge(_data(reach.needed(joined=True)), shapes, joined)
    if compared:  # only by a value among the things can what is found there be about them
        values = frozenset(ox.NamedNode(one) if ":" in one else ox.BlankNode(one) for one in about)
        judged += _judge(_data(reach.needed(joined=False)), shapes, compared, values)
    looked_at = {str(rule): len(joined.get(str(rule), ())) + len(compared.get(str(rule), ())) for rule in rules}
    return Judged(judged.findings, looked_at, judged.on_reference)


def judge_nodes(text: str, shapes: Graph, nodes: Mapping[str, set[str]]) -> Judged:
    """Return what shapes find at nodes (N-Triples) by the statements of a text of N-Triples."""
    return _judge(_data(text), shapes, _parsed(nodes)) if nodes else Judged()


def _data(text: str) -> DataGraph:
    return DataGraph.of_texts([text.encode()])


def _judge(
    data: DataGraph, shapes: Graph, terms: Mapping[str, list[object]], values: frozenset[OxTerm] | None = None
) -> Judged:
    judged = run_shapes(data, _focused(only(shapes, [URIRef(rule) for rule in terms]), terms), values=values)
    nodes = {rule: {_told(term) for term in found} for rule, found in terms.items()}
    return replace(
        judged, findings=[one for one in judged.findings if one.shape not in nodes or one.focus in nodes[one.shape]]
    )


def kept_reads(shapes: Graph, rules: Iterable[Node]) -> Reads:
    """Return what some shapes read, which is found out once for the same shapes."""
    chosen = list(rules)
    text = "\n".join(sorted(" ".join(term.n3() for term in triple) for triple in only(shapes, chosen)))
    name = entry_name(text.encode(), "reads", str(_LAYOUT))
    if found := cached(name):
        content = json.loads(found)
        return Reads(
            [(rule, state) for rule, state in content["starts"]],
            [Step(*one) for one in content["steps"]],
            [Anchor(*one) for one in content["anchors"]],
            set(content["unknown"]),
        )
    reads = reads_of(shapes, chosen)
    content = {"starts": reads.starts, "steps": reads.steps, "anchors": reads.anchors, "unknown": sorted(reads.unknown)}
    keep(name, json.dumps(content).encode())
    return reads


def _focused(shapes: Graph, terms: Mapping[str, Iterable[object]]) -> Graph:
    """Return the shapes with nodes as targets. A blank node can be none: its shape keeps the targets that it has."""
    found = Graph(store="SimpleMemory", bind_namespaces="none")
    named = {URIRef(rule) for rule, nodes in terms.items() if not any(isinstance(one, ox.BlankNode) for one in nodes)}
    for triple in shapes:
        if triple[0] not in named or triple[1] not in TARGETS:
            found.add(triple)
    for rule in named:
        for node in terms[str(rule)]:
            found.add((rule, SH.targetNode, to_rdflib(node)))
    return found


def _parsed(nodes: Mapping[str, set[str]]) -> dict[str, list[object]]:
    texts = sorted({text for found in nodes.values() for text in found})
    terms = dict(zip(texts, parsed_terms(texts), strict=True))
    return {rule: [terms[text] for text in sorted(found)] for rule, found in nodes.items()}


def _told(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal) else str(term)
