"""What shapes say since some statements changed, where what they said before is known.

Nodes that a change can affect (`ecp_graph.validation.reach`) are judged anew; what was found at all others still holds.
To know at which node something was found, the shapes have to be *plain*: each tells its findings itself, of its own
focus nodes. A shape that compares its nodes with others that no pattern joins to them is asked about all its nodes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from rdflib import RDFS, SH, BNode, Graph, URIRef
from rdflib.term import Node

from ecp_graph.tables.statements import Statements
from ecp_graph.validation.agreement import nested_shapes
from ecp_graph.validation.partial import judge_nodes, kept_reads
from ecp_graph.validation.reach import Reach
from ecp_graph.validation.report import Finding
from ecp_graph.validation.shacl import Judged

__all__ = ["Rejudged", "are_plain", "judge_changed"]


@dataclass(frozen=True)
class Rejudged:
    """What was found anew, with at how many nodes each shape looks in all, and how many were judged anew.

    ``nodes`` are those, by shape, of which former findings need not hold any more; of the shapes ``wholly`` none need.
    """

    judged: Judged
    judged_anew: int
    nodes: Mapping[str, Collection[str]]
    wholly: Collection[str]

    def still_holds(self, finding: Finding) -> bool:
        """Return whether a former finding of one of the shapes holds."""
        return finding.shape not in self.wholly and finding.focus not in self.nodes.get(finding.shape or "", ())


def are_plain(shapes: Graph, rules: Iterable[Node]) -> bool:
    """Return whether each shape with targets tells its findings itself, all of them of its own focus nodes."""
    is_class = (None, None, RDFS.Class) in shapes  # a shape that is a class has targets of which nothing is said here
    return not is_class and all(_is_plain(shapes, rule) for rule in rules)


def _is_plain(shapes: Graph, rule: Node) -> bool:
    inner = [shape for parameter, shape in nested_shapes(shapes, rule) if parameter == SH.property]
    return (
        isinstance(rule, URIRef)
        and (None, SH.property, rule) not in shapes
        and not (inner and (rule, SH.path, None) in shapes)
        and all(
            isinstance(shape, BNode)
            and set(shapes.subjects(None, shape)) == {rule}
            and (shape, SH.property, None) not in shapes
            for shape in inner
        )
    )


def judge_changed(statements: Statements, shapes: Graph, rules: Iterable[Node]) -> Rejudged:
    """Return what plain shapes say of the nodes that a change can affect; the tables are those that `Reach` expects.

    Raises what `run_shapes` raises.
    """
    reach = Reach(statements, shapes, kept_reads(shapes, rules))
    nodes, wholly = reach.touched()
    affected = reach.affected_with_all_of(wholly)
    judged = judge_nodes(reach.needed(joined=True), shapes, affected)
    told = {rule: {node[1:-1] for node in found} for rule, found in nodes.items() if rule not in wholly}
    counted = replace(judged, looked_at=reach.looked_at())
    return Rejudged(counted, sum(map(len, affected.values())), told, wholly)
