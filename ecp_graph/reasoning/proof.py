"""Backward chaining over the rules of the ontology: proofs of inferred statements from stated ones.

Of several proofs the one is shown whose weakest statement is the most certain, and of these the shortest.

All requested statements are traced together, one step at a time, so the number of queries grows with the depth of the
proofs, not with their number. A statement is proved if a passage or the ontology states it, or if a rule derives it
from statements that are proved in fewer steps. So no proof is circular.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.reasoning.rules import TYPE, Pattern, Rule, read_rules
from ecp_graph.reasoning.statements import (
    Source,
    Statement,
    batches,
    certainties_of,
    in_sparql,
    rows_of,
    stated_in,
)
from ecp_graph.sparql.results import Term

__all__ = ["Derivation", "Explainer", "Explanation"]

#: Rules that any statement with a property can satisfy; used only if no other rule explains a statement.
_BROAD: Final = frozenset({"domain", "range"})
_MOST_STEPS_BACK: Final = 30
#: What a proof costs: the place of the weakest certainty in it, the strongest being the first, and its steps.
_Cost: TypeAlias = tuple[int, int]
_SENTENCES: Final = {
    "chain": "",
    "domain": "whatever has {0} counts as {1}",
    "equivalent": "{0} means the same as {1}",
    "inverse": "{1} says the same the other way round",
    "range": "whatever is a value of {0} counts as {1}",
    "subclass": "every {0} counts as {1}",
    "subproperty": "{0} is a special case of {1}",
    "symmetric": "{0} holds both ways",
    "transitive": "{0} carries over from one to the next",
}


@dataclass(frozen=True)
class Derivation:
    """One step: the kind of rule, the axiom, the terms that it is about, and the explanations of its premises.

    ``text`` is the rule in words where it is not one of the ontology.
    """

    kind: str
    axiom: str
    terms: tuple[Term, ...]
    premises: tuple[Explanation, ...]
    text: str = ""

    def sentence(self, names: Mapping[str, str]) -> str:
        """Return the rule in words, with the names of its terms by IRI, as in ``every “body” counts as “party”``."""
        shown = [f"“{names.get(term.value) or term.text}”" for term in self.terms]
        if self.text or self.kind not in _SENTENCES:
            return self.text or self.axiom
        if self.kind == "chain":
            return f"{shown[0]} follows from {', then '.join(shown[1:])}"
        template = _SENTENCES[self.kind]
        return template.format(*shown) if len(shown) >= 1 + template.count("{1}") else self.axiom


@dataclass(frozen=True)
class Explanation:
    """Why a statement holds: the graphs that state it or, when there are none, the step that gives it.

    ``certainty`` is the notation of the weakest one that it rests on, empty where that is not known.
    """

    statement: Statement
    sources: tuple[Source, ...] = ()
    derivation: Derivation | None = None
    certainty: str = ""

    def leaves(self) -> Iterator[Explanation]:
        """Yield the explanations at which it ends; each of them is stated."""
        if self.derivation is None:
            yield self
        else:
            for premise in self.derivation.premises:
                yield from premise.leaves()

    def terms(self) -> Iterator[Term]:
        """Yield every term in it."""
        yield from self.statement
        if self.derivation:
            yield from self.derivation.terms
            for premise in self.derivation.premises:
                yield from premise.terms()


@dataclass(frozen=True)
class _Step:
    rule: Rule
    premises: tuple[Statement, ...]


class Explainer:
    """Explains statements of the graph behind an engine; what it has found out once it keeps."""

    def __init__(self, engine: Engine, *, rules: Sequence[Rule] | None = None, timeout_s: float | None = None) -> None:
        self._engine = engine
        self._timeout_s = timeout_s
        self._by_head: dict[tuple[str, str], list[Rule]] = {}
        for rule in read_rules(engine, timeout_s=timeout_s) if rules is None else rules:
            self._by_head.setdefault(_key(rule.head), []).append(rule)
        self._known: dict[Statement, tuple[Source, ...]] = {}
        self._sources: dict[Statement, tuple[Source, ...]] = {}
        self._steps: dict[Statement, list[_Step]] = {}
        self._cost: dict[Statement, _Cost] = {}
        self._certainties = ["", *certainties_of(engine, timeout_s=timeout_s)]
        self._asked_broadly: set[Statement] = set()

    def learn(self, statements: Mapping[Statement, tuple[Source, ...]]) -> None:
        """Take over where statements are stated from whoever knows it already; no sources: they are stated nowhere."""
        self._known.update(statements)

    def explain(self, statements: Iterable[Statement]) -> dict[Statement, Explanation]:
        """Return the explanation of each statement that is stated or follows by the ontology; others are left out.

        Raises what the engine raises.
        """
        wanted = list(dict.fromkeys(statements))
        self._trace([statement for statement in wanted if statement not in self._steps], broadly=False)
        while unproved := [s for s in self._unproved(wanted) if s not in self._asked_broadly]:
            self._asked_broadly.update(unproved)
            self._trace(unproved, broadly=True)
        return {statement: self._tree(statement) for statement in wanted if statement in self._cost}

    def _trace(self, statements: Sequence[Statement], *, broadly: bool) -> None:
        """Follow statements back until everything met is stated or has no rule left, and weigh the proofs."""
        frontier = list(statements)
        for _ in range(_MOST_STEPS_BACK):
            if not frontier:
                break
            new = [statement for statement in frontier if statement not in self._steps]
            self._look_up(new)
            open_ = [statement for statement in frontier if statement not in self._sources]
            self._steps.update({statement: [] for statement in new})
            frontier = []
            for statement, step in self._one_step_back(open_, broadly=broadly):
                self._steps[statement].append(step)
                frontier += [premise for premise in step.premises if premise not in self._steps]
            frontier = list(dict.fromkeys(frontier))
            broadly = False
        self._weigh()

    def _look_up(self, statements: Sequence[Statement]) -> None:
        self._sources.update({s: sources for s in statements if (sources := self._known.get(s))})
        unknown = [statement for statement in statements if statement not in self._known]
        self._sources.update(stated_in(self._engine, unknown, timeout_s=self._timeout_s))

    def _weigh(self) -> None:
        self._cost.update({statement: (self._strength(of), 0) for statement, of in self._sources.items()})
        changed = True
        while changed:
            changed = False
            for statement, steps in self._steps.items():
                costs = [cost for step in steps if (cost := self._cost_of(step)) is not None]
                if costs and (statement not in self._cost or min(costs) < self._cost[statement]):
                    self._cost[statement] = min(costs)
                    changed = True

    def _cost_of(self, step: _Step) -> _Cost | None:
        costs = [self._cost[premise] for premise in step.premises if premise in self._cost]
        if len(costs) < len(step.premises):
            return None
        return max(weakest for weakest, _ in costs), 1 + sum(steps for _, steps in costs)

    def _strength(self, sources: Iterable[Source]) -> int:
        """Return the place of the best certainty; a graph that tells none, such as the ontology, is beyond doubt."""
        places = {certainty: place for place, certainty in enumerate(self._certainties)}
        return min(places.get(source.certainty, len(places)) for source in sources)

    def _unproved(self, statements: Iterable[Statement]) -> list[Statement]:
        """Return those of the statements that have no proof, and what their steps lack."""
        found: dict[Statement, None] = {}
        rest = [statement for statement in statements if statement not in self._cost]
        while rest:
            statement = rest.pop()
            if statement not in found:
                found[statement] = None
                premises = (premise for step in self._steps.get(statement, ()) for premise in step.premises)
                rest += [premise for premise in premises if premise not in self._cost]
        return list(found)

    def _tree(self, statement: Statement) -> Explanation:
        if sources := self._sources.get(statement):
            return Explanation(statement, sources, certainty=self._certainty(self._strength(sources)))
        weighed = ((self._cost_of(step), step) for step in self._steps[statement])
        known = [(cost, step.rule.axiom, step) for cost, step in weighed if cost is not None]
        cost, _, best = min(known, key=lambda one: (one[0], one[1], [p.text for p in one[2].premises]))
        premises = tuple(map(self._tree, best.premises))
        step = Derivation(best.rule.kind, best.rule.axiom, best.rule.terms, premises)
        return Explanation(statement, (), step, self._certainty(cost[0]))

    def _certainty(self, place: int) -> str:
        return self._certainties[place] if place < len(self._certainties) else ""

    def _one_step_back(self, goals: Sequence[Statement], *, broadly: bool) -> Iterator[tuple[Statement, _Step]]:
        """Yield the steps that give the goals from what holds in the graph."""
        work = []
        for goal in goals:
            for rule in self._by_head.get(_key(goal), ()):
                if (rule.kind in _BROAD) == broadly and _fits(rule.head, goal):
                    work.append((goal, rule))
        for batch in batches(work):
            for row in rows_of(ask_table(self._engine, _question(batch), timeout_s=self._timeout_s)):
                goal, rule = batch[int(row["key"].value)]
                bound = {"s": goal.subject, "o": goal.object, **row}
                premises = tuple(_filled(pattern, bound) for pattern in rule.body)
                if goal not in premises:
                    yield goal, _Step(rule, premises)


def _key(triple: Pattern | Statement) -> tuple[str, str]:
    _, predicate, object_ = triple
    assert isinstance(predicate, Term)  # noqa: S101 - heads and statements have properties that are known
    return predicate.value, object_.value if predicate == TYPE and isinstance(object_, Term) else ""


def _fits(head: Pattern, goal: Statement) -> bool:
    return isinstance(head[2], str) or head[2] == goal.object


def _question(work: Sequence[tuple[Statement, Rule]]) -> str:
    """Return the query that asks in which ways the bodies of rules hold for their goals, a branch for each shape."""
    shapes: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for key, (goal, rule) in enumerate(work):
        bound = {"s": goal.subject, "o": goal.object}
        values, shape = [str(key)], []
        for pattern in rule.body:
            places = []
            for part in pattern:
                if isinstance(part, str) and part not in bound:
                    places.append(f"?{part}")
                else:
                    places.append(f"?v{len(values)}")
                    values.append(in_sparql(bound[part] if isinstance(part, str) else part))
            shape.append(tuple(places))
        shapes.setdefault(tuple(shape), []).append(f"({' '.join(values)})")
    branches = [_branch(shape, rows) for shape, rows in shapes.items()]
    free = sorted({place for shape in shapes for part in shape for place in part if place.startswith("?x")})
    return f"SELECT ?key {' '.join(free)} WHERE {{\n{' UNION '.join(branches)}\n}}"


def _branch(shape: tuple[tuple[str, ...], ...], rows: Sequence[str]) -> str:
    given = ["?key", *(f"?v{number}" for number in range(1, 1 + sum(p[:2] == "?v" for part in shape for p in part)))]
    patterns = " . ".join(" ".join(part) for part in shape)
    return f"{{ VALUES ({' '.join(given)}) {{ {' '.join(rows)} }} {patterns} }}"


def _filled(pattern: Pattern, bound: dict[str, Term]) -> Statement:
    return Statement(*(bound[part] if isinstance(part, str) else part for part in pattern))
