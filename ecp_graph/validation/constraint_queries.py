"""SPARQL constraints, each asked once for all nodes at which its shape looks. Spec: SHACL 1.0, sections 5.2 and 5.3.

SHACL binds $this to one node before a query is run. Here every group of the query that speaks of $this is told which
nodes these are; by the rules of joins that comes to the same. A group behind EXISTS knows it from the group around it:
told again, engines look for all nodes at each row. A query in which it might not come to the same (it counts, sorts or
cuts off its rows, or has another query in it) is left to pySHACL, which asks for each node.

Patterns are matched by Python's `re`, as rdflib does (`ecp_graph.validation.matching`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pyoxigraph as ox
from rdflib import SH, Graph, Literal, URIRef
from rdflib.term import Node

from ecp_graph.errors import SlowPattern
from ecp_graph.namespaces import PREFIXES
from ecp_graph.rdf.terms import OxTerm, to_rdflib
from ecp_graph.sparql.text import Token, every_token, tokens
from ecp_graph.validation.containing import tell_holding
from ecp_graph.validation.data_graph import DataGraph
from ecp_graph.validation.lexical import expressible, survive_store
from ecp_graph.validation.matching import FUNCTIONS, Matching, has_flags
from ecp_graph.validation.property_path import written
from ecp_graph.validation.results import Result
from ecp_graph.validation.slow_patterns import stopping_slow_patterns

__all__ = ["ConstraintQuery", "UnsuitedQuery", "ask_constraint", "constraint_query"]

_FOCUS: Final = ox.NamedNode("urn:ecp-graph:focus")
_VALUE: Final = ox.NamedNode("urn:ecp-graph:value")
_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")
#: What a query may not have if it is to say of all nodes what it says of each; or what pySHACL binds or refuses.
_UNSUITED: Final = frozenset(
    {"ASK", "BASE", "CONSTRUCT", "DESCRIBE", "FROM", "GRAPH", "MINUS", "PREFIX", "REDUCED", "SERVICE", "VALUES"}
    | {"AVG", "COUNT", "GROUP", "GROUP_CONCAT", "HAVING", "LIMIT", "MAX", "MIN", "OFFSET", "ORDER", "SAMPLE", "SUM"}
    | {"BNODE", "NOW", "RAND", "STRUUID", "UUID"}
)
_TERMS: Final = frozenset({"variable", "iri", "name", "string", "number", "blank"})
#: Functions in which all literals are alike.
_FORMAL: Final = frozenset({"BOUND", "DATATYPE", "ISBLANK", "ISIRI", "ISLITERAL", "ISURI", "LANG", "STR"})
_RESERVED: Final = frozenset({"currentShape", "shapesGraph", "failure", "PATH"})


class UnsuitedQuery(Exception):
    """A query that cannot be asked for all nodes at once, or that is not SPARQL."""


def ask_constraint(
    store: ox.Store,
    data: DataGraph,
    shapes: Graph,
    shape: Node,
    constraint: Node,
    values: frozenset[OxTerm] | None = None,
) -> list[Result]:
    """Return the results of a SPARQL constraint of a shape; the store has the data, and notes where the shape looks.

    With ``values``, only results with one of them as ?value are looked for, where the query has that variable.
    Raises UnsuitedQuery for a query that has to be asked for each node, or that compares what engines compare unlike,
    and SlowPattern.
    """
    looking = ox.NamedNode(f"{_FOCUS.value}:{shape}")
    query = constraint_query(shapes, shape, constraint)
    given = {"this": f"GRAPH {_FOCUS} {{ {looking} {_FOCUS} ?this }} "}
    if values is not None and query.gives_values():
        given["value"] = f"GRAPH {_FOCUS} {{ {looking} {_VALUE} ?value }} "
        store.bulk_extend(ox.Quad(looking, _VALUE, value, _FOCUS) for value in values)
    _refuse_unsuited(query.text)
    named = query.named()
    if not survive_store(literal for name in named for literal in data.typed_objects(name)):
        raise UnsuitedQuery("a store would change the form of its literals")
    if _computes(query.text) and not expressible(map(data.objects, named)):
        raise UnsuitedQuery("engines do not agree on expressions over its literals")
    focus = data.focus_nodes(shapes, shape)
    if _repeats_paths(query.text) and not all(map(to_rdflib, focus)):
        raise UnsuitedQuery("rdflib takes an empty text, 0 and false for no end of a path")
    store.bulk_extend(ox.Quad(looking, _FOCUS, node, _FOCUS) for node in focus)
    text = _for_all(query.text, given, tell_holding(store, query.text, query.prefixes, looking))
    matching = Matching()
    try:
        with stopping_slow_patterns():
            solutions = store.query(text, prefixes=dict(query.prefixes), custom_functions=matching.functions)
            names = [variable.value for variable in solutions.variables]  # type: ignore[union-attr]
            rows = [{name: row[name] for name in names if row[name] is not None} for row in solutions]  # type: ignore[union-attr]
    except (SyntaxError, ValueError) as error:
        raise UnsuitedQuery(str(error)) from error
    if matching.slow:
        raise SlowPattern(matching.slow.pattern, matching.slow.text, shape=str(shape))
    if matching.failed:
        raise UnsuitedQuery("it has a pattern that is none")
    return [query.result(row) for row in rows]


@dataclass(frozen=True)
class ConstraintQuery:
    """The query of a constraint, with ``$PATH`` written out, and what its results are said to be."""

    shape: Node
    constraint: Node
    path: Node | None
    severity: Node
    text: str
    prefixes: dict[str, str]
    messages: tuple[str, ...]

    def gives_values(self) -> bool:
        """Return whether the query selects ?value, and has it from its patterns alone."""
        parts = list(tokens(self.text))
        opening = next((place for place, part in enumerate(parts) if part.text == "{"), 0)
        selected = any(part.kind == "variable" and part.text[1:] == "value" for part in parts[:opening])
        bound = any(one.keyword == "AS" and two.text[1:] == "value" for one, two in pairwise(parts))
        return selected and not bound

    def asks_for_any_property(self) -> bool:
        """Return whether the query may read statements with properties that it does not name."""
        parts = list(tokens(self.text))
        opening = next((place for place, part in enumerate(parts) if part.text == "{"), 0)
        body = parts[opening:]
        return any(map(_may_ask_for_any_property, body, body[1:], body[2:]))

    def named(self) -> set[str]:
        """Return the IRIs that the query names."""
        found = set()
        for part in tokens(self.text):
            if part.kind == "iri":
                found.add(part.text[1:-1])
            elif part.kind == "name":
                prefix, _, local = part.text.partition(":")
                found.add(self.prefixes.get(prefix, "") + local)
        return found

    def result(self, row: dict[str, OxTerm]) -> Result:
        """Return what a solution says; pySHACL gives the focus node as the value where a query gives none."""
        if self.path is None:
            row = {**row, "value": row.get("value", row["this"])}
        path = row.get("path")
        return Result(
            shape=self.shape,
            severity=self.severity,
            focus=row["this"].value,
            component=str(SH.SPARQLConstraintComponent),
            path=URIRef(path.value) if isinstance(path, ox.NamedNode) else self.path,
            value=str(row["value"]) if "value" in row else None,
            constraint=self.constraint,
            messages=tuple(_filled(text, row) for text in self.messages),
        )


def constraint_query(shapes: Graph, shape: Node, constraint: Node) -> ConstraintQuery:
    """Return the query of a SPARQL constraint of a shape. Raises UnsuitedQuery where there is not exactly one."""
    texts = list(shapes.objects(constraint, SH.select))
    if len(texts) != 1 or (constraint, SH.deactivated, None) in shapes:
        raise UnsuitedQuery("a constraint has one query, and is not switched off")
    text = str(texts[0])
    path = shapes.value(shape, SH.path)
    if path is not None:
        in_full = written(shapes, path, {})
        text = re.sub(r"[$?]PATH\b", lambda _: in_full, text)
    own = [str(message) for message in shapes.objects(constraint, SH.message)]
    return ConstraintQuery(
        shape=shape,
        constraint=constraint,
        path=path,
        severity=shapes.value(shape, SH.severity) or SH.Violation,
        text=text,
        prefixes={name: PREFIXES[name] for name in ("owl", "rdf", "rdfs")} | dict(_declared(shapes, constraint)),
        messages=(*own, *(str(message) for message in shapes.objects(shape, SH.message))),
    )


def _declared(shapes: Graph, constraint: Node) -> Iterator[tuple[str, str]]:
    for source in shapes.objects(constraint, SH.prefixes):
        for declaration in shapes.objects(source, SH.declare):
            prefix, namespace = shapes.value(declaration, SH.prefix), shapes.value(declaration, SH.namespace)
            if isinstance(prefix, Literal) and isinstance(namespace, Literal):
                yield str(prefix), str(namespace)


def _filled(text: str, row: dict[str, OxTerm]) -> str:
    """Return a message with the values of its variables; those that have none stay as they are written."""
    return _VARIABLE.sub(lambda found: row[found[1]].value if found[1] in row else found[0], text)


# ---------------------------------------------------------------- the text


def _for_all(text: str, given: Mapping[str, str], inserted: Mapping[int, str]) -> str:
    """Return the query with the patterns given for variables, in its outermost group and wherever these are used.

    ``inserted`` has what else to write, each before the character of the query at a place.
    """
    parts = list(every_token(text))
    opened: list[int] = []
    told: dict[str, set[int]] = {name: set() for name in given}
    before = ""
    for place, part in enumerate(parts):
        if part.text == "{":
            opened.append(opened[-1] if before == "EXISTS" else place)
            if len(opened) == 1:
                for places in told.values():
                    places.add(place)
        elif part.text == "}" and opened:
            opened.pop()
        elif part.kind == "variable" and part.text[1:] in told and opened:
            told[part.text[1:]].add(opened[-1])
        if part.kind not in {"space", "comment"}:
            before = part.keyword
    texts = (inserted.get(part.start, "") + FUNCTIONS.get(part.keyword, part.text) for part in parts)
    added: dict[int, str] = defaultdict(str)
    for name, places in told.items():
        for place in places:
            added[place] += given[name]
    return "".join(text + added[place] for place, text in enumerate(texts))


def _repeats_paths(text: str) -> bool:
    return any(part.kind == "mark" and part.text in {"*", "+", "?"} for part in tokens(text))


def _refuse_unsuited(text: str) -> None:
    parts = list(tokens(text))
    words = [part.keyword for part in parts]
    variables = {part.text[1:] for part in parts if part.kind == "variable"}
    opening = next((place for place, part in enumerate(parts) if part.text == "{"), 0)
    head, body = parts[:opening], parts[opening:]
    selected = {part.text[1:] for part in head if part.kind == "variable"}
    rebound = any(word == "AS" and part.text[1:] == "this" for word, part in zip(words, parts[1:], strict=False))
    if (
        words[:1] != ["SELECT"]
        or words.count("SELECT") != 1
        or _UNSUITED & set(words)
        or _RESERVED & variables
        or "this" not in selected
        or rebound
        or any(part.kind == "mark" for part in head)
        or has_flags(parts)
        or any(map(_may_ask_for_any_property, body, body[1:], body[2:]))
    ):
        raise UnsuitedQuery("it may not say of all nodes what it says of each")


def _computes(text: str) -> bool:
    """Return whether an expression uses the value of a variable, and not just its text, its type or that it has one."""
    parts = list(tokens(text))
    opened = [""]
    for place, part in enumerate(parts):
        if part.text in {"(", "{"}:
            opened.append(part.text if part.text == "{" else parts[place - 1].keyword or "(")
        elif part.text in {")", "}"} and len(opened) > 1:
            opened.pop()
        elif part.kind == "variable" and opened[-1] not in {"", "{", *_FORMAL} and parts[place - 1].keyword != "AS":
            return True
    return False


def _may_ask_for_any_property(before: Token, part: Token, after: Token) -> bool:
    """Return whether a token may be a variable in the place of a property, or exclude some properties."""
    if part.text == "!":
        return after.text != "=" and after.kind != "word"
    ends_subject = before.kind in _TERMS or before.text in {";", "]"}
    return part.kind == "variable" and ends_subject and (after.kind in _TERMS or after.text in {"[", "("})
