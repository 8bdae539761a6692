"""Judges only the nodes that a change can affect, on only the statements that their shapes read.

::

    reads.py      each shape → the steps along which it reads, kept from one run to the next
    reach.py      changed statements → nodes that they can affect → statements that these need
    here          shapes with these nodes as their targets, run on these statements
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox
from rdflib import SH, Graph, URIRef
from rdflib.term import Node

from ecp_graph.rdf.cache import cached, entry_name, keep
from ecp_graph.rdf.terms import to_rdflib
from ecp_graph.tables.statements import Statements, parsed_terms
from ecp_graph.validation.data_graph import TARGETS, DataGraph
from ecp_graph.validation.reach import Reach
from ecp_graph.validation.reads import Anchor, Reads, Step, reads_of
from ecp_graph.validation.shacl import Judged, only, run_shapes

__all__ = ["Touched", "judge_touched", "kept_reads"]

#: Rises when the same shapes are said to read something else.
_LAYOUT: Final = 1


@dataclass(frozen=True)
class Touched:
    """What shapes with targets find at the nodes that a change can affect, and which these are, for each shape.

    Nodes are told as findings tell them: IRIs, labels of blank nodes, texts of literals.
    """

    judged: Judged
    nodes: Mapping[str, frozenset[str]]


def judge_touched(statements: Statements, shapes: Graph, rules: Iterable[Node]) -> Touched:
    """Return what some shapes find where the changed statements can make a difference.

    The tables are those that `Reach` expects. Raises what `run_shapes` raises.
    """
    reach = Reach(statements, shapes, kept_reads(shapes, rules))
    terms = _parsed(reach.affected())
    data = DataGraph(ox.parse(reach.needed(), format=ox.RdfFormat.N_TRIPLES))
    judged = run_shapes(data, _focused(only(shapes, [URIRef(rule) for rule in terms]), terms))
    nodes = {rule: frozenset(_told(term) for term in found) for rule, found in terms.items()}
    findings = [one for one in judged.findings if one.shape not in nodes or one.focus in nodes[one.shape]]
    looked_at = dict.fromkeys(map(str, rules), 0) | {rule: len(found) for rule, found in nodes.items()}
    return Touched(Judged(findings, looked_at, judged.on_reference), nodes)


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
