"""Which statements a shape reads at a node: steps from the node along properties, as an automaton.

::

    sh:path ( ecp:inChapter ecp:inPlan ) ; sh:class ecp:Plan

    start -ecp:inChapter-> a -ecp:inPlan-> b -rdf:type-> c -rdfs:subClassOf-> c

Followed forwards from a node, the steps pass all statements on which the judgement of the node depends; followed
backwards from a statement, they come to all nodes whose judgement depends on it (`ecp_graph.validation.reach`). What a
query asks for that no pattern joins to $this begins at an *anchor* instead: a constant, or any node at all. Each step
is taken on the shortest way from there, so that a hub in the middle of a query does not connect all its nodes.

More may be passed than is needed, never less: filters, counts and literals are not looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, Path, SequencePath
from rdflib.term import Node

from ecp_graph.rdf.terms import to_oxigraph
from ecp_graph.validation.agreement import nested_shapes
from ecp_graph.validation.constraint_queries import UnsuitedQuery, constraint_query
from ecp_graph.validation.property_path import as_path
from ecp_graph.validation.query_patterns import THIS, Name, NotRead, Scope, scopes_of

__all__ = ["Anchor", "Reads", "Step", "reads_of"]

_Property: TypeAlias = URIRef | Path | None
#: A pattern whose variables are told from those of other scopes.
_Way: TypeAlias = tuple[Name | Node, _Property, Name | Node]

_FROM_FOCUS: Final = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
#: Parameters that ask for no statement but those on the way to the values.
_OF_VALUES: Final = frozenset(
    {SH.datatype, SH.nodeKind, SH["in"], SH.hasValue, SH.languageIn, SH.uniqueLang, SH.pattern, SH.flags, SH.minCount}
    | {SH.maxCount, SH.minLength, SH.maxLength, SH.minExclusive, SH.minInclusive, SH.maxExclusive, SH.maxInclusive}
    | {SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.message, SH.severity, SH.deactivated, SH.name, SH.description}
    | {SH.order, SH.group, SH.ignoredProperties, SH.path, SH.targetClass, SH.targetNode, SH.targetSubjectsOf}
    | {SH.targetObjectsOf, SH["class"], SH.closed, SH.sparql, SH.property, SH.node, SH["not"], SH["or"], SH["and"]}
    | {SH.xone, SH.qualifiedValueShape, *_FROM_FOCUS}
)


class Step(NamedTuple):
    """From one state to the next, along a property (an IRI, or None for any), from its object if inverse."""

    state: int
    property: str | None
    inverse: bool
    next: int


class Anchor(NamedTuple):
    """A state in which a rule begins at a term (in N-Triples), or None for any, whatever its focus node."""

    rule: str
    state: int
    term: str | None


@dataclass
class Reads:
    """What the shapes with targets read. ``starts`` are the states of the focus node of each rule.

    Of the shapes ``unknown`` it is not known: they may read everything.
    """

    starts: list[tuple[str, int]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)


def reads_of(shapes: Graph, rules: Iterable[Node]) -> Reads:
    """Return what some shapes with targets read."""
    found = Reads()
    if (None, SH.parameter, None) in shapes:  # of constraints that shapes define themselves
        return Reads(unknown=set(map(str, rules)))
    states = 0
    for rule in sorted(rules, key=str):
        automaton = _Automaton(shapes, rule, states)
        try:
            automaton.add_rule()
        except (NotRead, UnsuitedQuery, ValueError):
            found.unknown.add(str(rule))
            continue
        states = automaton.states
        found.starts += automaton.starts()
        found.steps += automaton.steps()
        found.anchors += automaton.anchors()
    return found


class _Automaton:
    """The steps of one rule."""

    def __init__(self, shapes: Graph, rule: Node, states: int) -> None:
        self._shapes = shapes
        self._rule = rule
        self.states = states
        self._start = self._state()
        self._steps: list[Step] = []
        self._equal: dict[int, set[int]] = defaultdict(set)
        self._anchors: list[tuple[int, str | None]] = []

    def add_rule(self) -> None:
        """Add what the rule reads, and the statements by which its targets select a node."""
        self._add_class(self._start)
        for target, inverse in ((SH.targetSubjectsOf, False), (SH.targetObjectsOf, True)):
            for term in self._shapes.objects(self._rule, target):
                self._steps.append(Step(self._start, str(term), inverse, self._state()))
        self._add_shape(self._rule, self._start, ())

    def starts(self) -> list[tuple[str, int]]:
        return [(str(self._rule), state) for state in self._also(self._start)]

    def steps(self) -> list[Step]:
        return [step._replace(next=state) for step in self._steps for state in self._also(step.next)]

    def anchors(self) -> list[Anchor]:
        return [Anchor(str(self._rule), also, term) for state, term in self._anchors for also in self._also(state)]

    def _also(self, state: int) -> set[int]:
        """Return a state and those to which a path of no length leads from it."""
        found, edge = {state}, [state]
        while edge:
            edge += (new := self._equal[edge.pop()] - found)
            found |= new
        return found

    def _state(self) -> int:
        self.states += 1
        return self.states - 1

    # ------------------------------------------------------------ shapes

    def _add_shape(self, shape: Node, focus: int, above: tuple[Node, ...]) -> None:
        stated: dict[Node, list[Node]] = defaultdict(list)
        for predicate, object_ in self._shapes.predicate_objects(shape):
            if str(predicate).startswith(str(SH)):
                stated[predicate].append(object_)
        if shape in above or stated.keys() - _OF_VALUES:
            raise NotRead("it refers to itself, or has parameters that are not known")
        value = focus
        for path in stated.get(SH.path, ()):
            value = self._state()
            self._add_path(as_path(self._shapes, path), focus, value)
        for parameter in _FROM_FOCUS:
            for term in stated.get(parameter, ()):
                self._steps.append(Step(focus, str(term), False, self._state()))
        if SH["class"] in stated:
            self._add_class(value)
        if Literal(True) in stated.get(SH.closed, ()):
            self._steps.append(Step(value, None, False, self._state()))
        for constraint in stated.get(SH.sparql, ()):
            self._add_query(shape, constraint, focus)
        for _, inner in nested_shapes(self._shapes, shape):
            self._add_shape(inner, value, (*above, shape))

    def _add_class(self, state: int) -> None:
        kind = self._state()
        self._steps.append(Step(state, str(RDF.type), False, kind))
        self._steps.append(Step(kind, str(RDFS.subClassOf), False, kind))

    # ------------------------------------------------------------ paths

    def _add_path(self, path: _Property, start: int, end: int, *, inverse: bool = False) -> None:
        if path is None or isinstance(path, NegatedPath):
            self._steps += [Step(start, None, backwards, end) for backwards in (False, True)]
        elif isinstance(path, URIRef):
            self._steps.append(Step(start, str(path), inverse, end))
        elif isinstance(path, InvPath):
            self._add_path(path.arg, start, end, inverse=not inverse)
        elif isinstance(path, AlternativePath):
            for part in path.args:
                self._add_path(part, start, end, inverse=inverse)
        elif isinstance(path, SequencePath):
            parts = list(reversed(path.args)) if inverse else list(path.args)
            for part in parts[:-1]:
                middle = self._state()
                self._add_path(part, start, middle, inverse=inverse)
                start = middle
            self._add_path(parts[-1], start, end, inverse=inverse)
        elif isinstance(path, MulPath):
            self._add_repeated(path, start, end, inverse)
        else:
            raise NotRead(f"{path} is not read")

    def _add_repeated(self, path: MulPath, start: int, end: int, inverse: bool) -> None:
        middle = self._state()
        if not path.more:
            self._add_path(path.path, start, end, inverse=inverse)
        else:
            self._add_path(path.path, start, middle, inverse=inverse)
            self._add_path(path.path, middle, middle, inverse=inverse)
            self._equal[middle].add(end)
        if path.zero:
            self._equal[start].add(end)

    # ------------------------------------------------------------ queries

    def _add_query(self, shape: Node, constraint: Node, focus: int) -> None:
        query = constraint_query(self._shapes, shape, constraint)
        states: dict[Name, int] = {(0, THIS): focus}
        for scope in scopes_of(query.text, query.prefixes):
            self._add_scope(scope, states)

    def _add_scope(self, scope: Scope, states: dict[Name, int]) -> None:
        """Add a step for each pattern, from its end that is nearer to $this, or else to an anchor."""
        ways: list[_Way] = [
            (one.name(subject) or subject, path, one.name(object_) or object_)
            for one in scope.line()
            for subject, path, object_ in one.patterns
        ]
        own = ways[: len(scope.patterns)]
        far = _distances({(0, THIS)}, ways)
        while left := [way for way in own if way[0] not in far and way[2] not in far]:
            begin = self._begin(left)
            if isinstance(begin, tuple):
                self._anchors.append((self._of(begin, states), None))
            far |= {name: how_far for name, how_far in _distances({begin}, ways).items() if name not in far}
        for subject, path, object_ in own:
            turned = subject not in far or (object_ in far and far[object_] < far[subject])
            near, end = (object_, subject) if turned else (subject, object_)
            closing = end in far and far[end] <= far[near]
            leads_to = self._of(end, states) if isinstance(end, tuple) and not closing else self._state()
            self._add_path(path, self._of(near, states), leads_to, inverse=turned)

    def _begin(self, left: list[_Way]) -> Name | Node:
        """Return where patterns that nothing joins to $this begin: at a constant, or at a node that few speak of."""
        ends = [end for way in left for end in (way[2], way[0])]
        constants = [term for term in ends if isinstance(term, URIRef)]
        return min(constants, key=str) if constants else min(ends, key=ends.count)

    def _of(self, name: Name | Node, states: dict[Name, int]) -> int:
        if not isinstance(name, tuple):  # a constant, at which patterns begin
            state = self._state()
            self._anchors.append((state, str(to_oxigraph(name))))
            return state
        if name not in states:
            states[name] = self._state()
        return states[name]


def _distances(begin: set[Name | Node], ways: Iterable[_Way]) -> dict[Name | Node, int]:
    """Return how many patterns lie between the beginning and each variable; a constant joins nothing."""
    beside: dict[Name | Node, set[Name | Node]] = defaultdict(set)
    for subject, _, object_ in ways:
        beside[subject].add(object_)
        beside[object_].add(subject)
    found: dict[Name | Node, int] = {}
    edge, how_far = set(begin), 0
    while edge:
        found |= dict.fromkeys(edge, how_far)
        edge = {name for one in edge for name in beside[one] if isinstance(name, tuple) and name not in found}
        how_far += 1
    return found
