"""The axioms of the ontology as rules (OWL 2 Profiles, section 4.3, tables 5, 6 and 8), read from graph/ontology.

A rule says: when the body holds, the head holds. ``ecp:reviews rdfs:subPropertyOf ecp:concernsInstrument`` gives the
rule with the head ``?s ecp:concernsInstrument ?o`` and the body ``?s ecp:reviews ?o``. Class expressions without a name
are taken apart: a restriction in front of rdfs:subClassOf becomes the body, one behind it the head.

Rules that merge individuals (owl:sameAs, keys, functional properties) are not among them, because the build merges
none; nor are those that only find contradictions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, product
from typing import Final

import pyoxigraph as ox

from ecp_graph.engine import Engine
from ecp_graph.namespaces import PREFIXES, compact
from ecp_graph.sparql.results import Term

__all__ = ["TYPE", "Pattern", "Rule", "read_rules", "rules_of"]

OWL, RDF, RDFS = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdfs"]
TYPE: Final = Term("iri", RDF + "type")

_AXIOMS: Final = f"""
CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  GRAPH graph:ontology {{ ?s ?p ?o }}
  FILTER (STRSTARTS(STR(?p), "{OWL}") || STRSTARTS(STR(?p), "{RDF}")
    || ?p IN (rdfs:subClassOf, rdfs:subPropertyOf, rdfs:domain, rdfs:range))
}}
"""

#: A triple whose parts are terms or, as text, names of variables: ``s`` and ``o`` of the head, ``x1``, … of the body.
Pattern = tuple[Term | str, Term | str, Term | str]
_Node = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True)
class Rule:
    """One rule: its kind, its head and body, the axiom as text, and the terms that the kind's sentence names."""

    kind: str
    head: Pattern
    body: tuple[Pattern, ...]
    axiom: str
    terms: tuple[Term, ...] = ()


def rules_of(ontology: Iterable[ox.Quad]) -> tuple[Rule, ...]:
    """Return the rules that the statements of an ontology give."""
    return tuple(_Compiler(ontology).rules())


def read_rules(engine: Engine, *, timeout_s: float | None = None) -> tuple[Rule, ...]:
    """Return the rules that the ontology of the graph gives; raises what the engine raises."""
    body = engine.query(_AXIOMS, fmt="nt", timeout_s=timeout_s).read()
    return rules_of(ox.parse(body, ox.RdfFormat.N_TRIPLES))


class _Compiler:
    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._objects: dict[tuple[_Node, str], list[_Node]] = {}
        self._pairs: dict[str, list[tuple[_Node, _Node]]] = {}
        for quad in sorted(quads, key=str):
            subject, object_ = quad.subject, quad.object
            if isinstance(object_, ox.Triple) or isinstance(subject, ox.Triple):
                continue
            self._objects.setdefault((subject, quad.predicate.value), []).append(object_)
            self._pairs.setdefault(quad.predicate.value, []).append((subject, object_))

    def rules(self) -> Iterator[Rule]:
        yield from self._of_properties()
        yield from self._of_chains()
        yield from self._of_classes()

    def _of_properties(self) -> Iterator[Rule]:
        for relation, kind in ((RDFS + "subPropertyOf", "subproperty"), (OWL + "equivalentProperty", "equivalent")):
            for narrow, broad in self._named(relation):
                axiom = f"{narrow.text} {compact(relation)} {broad.text}"
                ways = [(narrow, broad)] if kind == "subproperty" else [(narrow, broad), (broad, narrow)]
                for first, second in ways:
                    yield Rule(kind, ("s", second, "o"), (("s", first, "o"),), axiom, (first, second))
        for one, other in self._named(OWL + "inverseOf"):
            axiom = f"{one.text} owl:inverseOf {other.text}"
            yield Rule("inverse", ("s", one, "o"), (("o", other, "s"),), axiom, (one, other))
            yield Rule("inverse", ("s", other, "o"), (("o", one, "s"),), axiom, (other, one))
        for property_, sort in self._named(RDF + "type"):
            axiom = f"{property_.text} a {sort.text}"
            if sort.value == OWL + "SymmetricProperty":
                yield Rule("symmetric", ("s", property_, "o"), (("o", property_, "s"),), axiom, (property_,))
            if sort.value == OWL + "TransitiveProperty":
                steps = (("s", property_, "x1"), ("x1", property_, "o"))
                yield Rule("transitive", ("s", property_, "o"), steps, axiom, (property_,))

    def _of_chains(self) -> Iterator[Rule]:
        for subject, first in self._pairs.get(OWL + "propertyChainAxiom", ()):
            links = [_term(link) for link in self._list(first)]
            if not isinstance(subject, ox.NamedNode) or not links or any(link.kind != "iri" for link in links):
                continue
            places = ["s", *(f"x{number}" for number in range(1, len(links))), "o"]
            body = tuple((places[at], link, places[at + 1]) for at, link in enumerate(links))
            property_ = _term(subject)
            axiom = f"{property_.text} owl:propertyChainAxiom ( {' '.join(link.text for link in links)} )"
            yield Rule("chain", ("s", property_, "o"), body, axiom, (property_, *links))

    def _of_classes(self) -> Iterator[Rule]:
        for relation, kind in ((RDFS + "domain", "domain"), (RDFS + "range", "range")):
            for property_, class_ in self._pairs.get(relation, ()):
                if isinstance(property_, ox.NamedNode):
                    term = _term(property_)
                    body: tuple[Pattern, ...] = (("m", term, "n"),) if kind == "domain" else (("n", term, "m"),)
                    axiom = f"{term.text} {compact(relation)} {self._show(class_)}"
                    for head, more in self._conclusions(class_, "m"):
                        yield _rule(kind, head, (*body, *more), axiom, (term, _term(class_)))
        for narrow, broad, relation in self._subclasses():
            axiom = f"{self._show(narrow)} {relation} {self._show(broad)}"
            for conditions in self._conditions(narrow, "m", count()):
                for head, more in self._conclusions(broad, "m"):
                    yield _rule("subclass", head, (*conditions, *more), axiom, (_term(narrow), _term(broad)))

    def _subclasses(self) -> Iterator[tuple[_Node, _Node, str]]:
        for narrow, broad in self._pairs.get(RDFS + "subClassOf", ()):
            yield narrow, broad, "rdfs:subClassOf"
        for one, other in self._pairs.get(OWL + "equivalentClass", ()):
            yield one, other, "owl:equivalentClass"
            yield other, one, "owl:equivalentClass"
        for name in ("intersectionOf", "unionOf", "hasValue", "someValuesFrom"):
            for class_, _ in self._pairs.get(OWL + name, ()):  # a class that is named and described at once
                if isinstance(class_, ox.NamedNode):
                    yield class_, class_, f"owl:{name}"

    def _conditions(self, class_: _Node, member: str, fresh: Iterator[int]) -> Iterator[tuple[Pattern, ...]]:
        """Yield each way in which a variable can be known to be a member of a class expression."""
        if isinstance(class_, ox.NamedNode):
            yield ((member, TYPE, _term(class_)),)
        for property_ in self._objects.get((class_, OWL + "onProperty"), ()):
            for value in self._objects.get((class_, OWL + "hasValue"), ()):
                yield ((member, _term(property_), _term(value)),)
            for filler in self._objects.get((class_, OWL + "someValuesFrom"), ()):
                other = f"f{next(fresh)}"
                link: Pattern = (member, _term(property_), other)
                if filler == ox.NamedNode(OWL + "Thing"):
                    yield (link,)
                else:
                    yield from ((link, *rest) for rest in self._conditions(filler, other, fresh))
        for first in self._objects.get((class_, OWL + "intersectionOf"), ()):
            parts = [list(self._conditions(part, member, fresh)) for part in self._list(first)]
            yield from (tuple(pattern for part in chosen for pattern in part) for chosen in product(*parts))
        for first in self._objects.get((class_, OWL + "unionOf"), ()):
            for part in self._list(first):
                yield from self._conditions(part, member, fresh)

    def _conclusions(self, class_: _Node, member: str) -> Iterator[tuple[Pattern, tuple[Pattern, ...]]]:
        """Yield what holds of a member of a class expression: each head, and what else has to hold for it."""
        if isinstance(class_, ox.NamedNode):
            yield (member, TYPE, _term(class_)), ()
        for first in self._objects.get((class_, OWL + "intersectionOf"), ()):
            for part in self._list(first):
                yield from self._conclusions(part, member)
        for property_ in self._objects.get((class_, OWL + "onProperty"), ()):
            for value in self._objects.get((class_, OWL + "hasValue"), ()):
                yield (member, _term(property_), _term(value)), ()
            for filler in self._objects.get((class_, OWL + "allValuesFrom"), ()):
                other = member + "v"
                for head, more in self._conclusions(filler, other):
                    yield head, ((member, _term(property_), other), *more)

    def _named(self, relation: str) -> Iterator[tuple[Term, Term]]:
        for subject, object_ in self._pairs.get(relation, ()):
            is_told = subject != object_ or relation == OWL + "inverseOf"  # the inverse of itself is symmetric
            if isinstance(subject, ox.NamedNode) and isinstance(object_, ox.NamedNode) and is_told:
                yield _term(subject), _term(object_)

    def _list(self, first: _Node) -> list[_Node]:
        found: list[_Node] = []
        seen: set[_Node] = set()
        while first not in seen and (items := self._objects.get((first, RDF + "first"))):
            seen.add(first)
            found.append(items[0])
            first = next(iter(self._objects.get((first, RDF + "rest"), [first])))
        return found

    def _show(self, class_: _Node) -> str:
        if not isinstance(class_, ox.BlankNode):
            return _term(class_).text
        parts = []
        for name in ("onProperty", "hasValue", "someValuesFrom", "allValuesFrom"):
            parts += [f"owl:{name} {self._show(value)}" for value in self._objects.get((class_, OWL + name), ())]
        for name in ("intersectionOf", "unionOf"):
            for first in self._objects.get((class_, OWL + name), ()):
                parts.append(f"owl:{name} ( {' '.join(self._show(part) for part in self._list(first))} )")
        return f"[ {' ; '.join(parts)} ]"


def _rule(kind: str, head: Pattern, body: tuple[Pattern, ...], axiom: str, terms: tuple[Term, ...]) -> Rule:
    """Return a rule with its variables renamed: the subject of the head is ``s``, its object, if a variable, ``o``."""
    new = {part: name for part, name in zip(head, ("s", "p", "o"), strict=True) if isinstance(part, str)}
    for pattern in body:
        for part in pattern:
            if isinstance(part, str) and part not in new:
                new[part] = f"x{len(new)}"

    def renamed(pattern: Pattern) -> Pattern:
        first, second, third = (new[part] if isinstance(part, str) else part for part in pattern)
        return first, second, third

    named = tuple(term for term in terms if term.kind == "iri")
    return Rule(kind, renamed(head), tuple(map(renamed, body)), axiom, named)


def _term(node: _Node) -> Term:
    if isinstance(node, ox.NamedNode):
        return Term("iri", node.value)
    if isinstance(node, ox.BlankNode):
        return Term("bnode", node.value)
    if node.language:
        return Term("literal", node.value, language=node.language)
    return Term("literal", node.value, node.datatype.value)
