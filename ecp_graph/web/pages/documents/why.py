"""Explanations of the inferred statements on a page, each as a tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecp_graph.engine import Engine
from ecp_graph.namespaces import names
from ecp_graph.reasoning import Explainer, Explanation, Statement
from ecp_graph.reasoning.findings import explain_finding
from ecp_graph.reasoning.rules import read_rules
from ecp_graph.reasoning.statements import names_of
from ecp_graph.sparql.results import Term
from ecp_graph.web.pages.documents.entity import Entity, Value
from ecp_graph.web.state.site import site

__all__ = ["Reasons", "reasons_of"]


@dataclass(frozen=True)
class Reasons:
    """The explanations on a page: by value, how the thing itself was derived, names by IRI, and anchors on the page.

    A premise that is explained elsewhere on the page is linked to, not explained again.
    """

    by_value: Mapping[Value, Explanation]
    finding: Explanation | None
    names: Mapping[str, str]
    places: Mapping[Statement, str]

    def of(self, value: Value) -> Explanation | None:
        """Return why a statement of the page holds, where that is known."""
        return self.by_value.get(value)


def reasons_of(entity: Entity, told: Engine) -> Reasons:
    """Return explanations of the inferred statements about a thing that ``told`` knows; raises what engines raise."""
    here = site()
    limit_s = here.settings.timeout
    rules = here.keep("rules", lambda: read_rules(here.engine, timeout_s=limit_s))
    explainer = Explainer(here.engine, rules=rules, timeout_s=limit_s)
    values = [value for group in entity.groups for value in group.values]
    statements = {value: _statement(entity.iri, value) for value in values}
    explainer.learn({statement: value.stated for value, statement in statements.items()})
    shown = [value for group in entity.following for value in group.values]
    following = {
        value: statements[value]
        for value in shown
        if any(names().is_inferred(source.graph) for source in value.sources)
    }
    explained = explainer.explain(following.values())
    found = {value: explained[statement] for value, statement in following.items() if statement in explained}
    finding = _finding(values, statements, told, limit_s)
    trees = [*found.values(), *([finding] if finding else [])]
    known = {value.other.value: value.name for value in values if value.name and value.other.kind == "iri"}
    known |= {group.predicate: group.label for group in entity.groups} | {entity.iri: entity.title}
    unknown = {term for tree in trees for term in tree.terms() if term.kind == "iri" and term.value not in known}
    places = {one.statement: f"why-{number}" for number, one in enumerate(found.values(), 1) if one.derivation}
    return Reasons(found, finding, {**names_of(here.engine, unknown, timeout_s=limit_s), **known}, places)


def _finding(
    values: list[Value], statements: Mapping[Value, Statement], told: Engine, limit_s: float
) -> Explanation | None:
    """Return how the build found the thing, when it is one of its findings."""
    here = site()
    own = [v for v in values if v.direction == "from" and all(s.graph == names().derived_graph for s in v.sources)]
    if here.workspace is None or not own or any(v.is_stated for v in values if v.direction == "from"):
        return None
    files = here.keep("rule files", lambda: here.workspace.rule_files if here.workspace else [])
    return explain_finding(here.engine, files, statements[own[0]], told=told, timeout_s=limit_s)


def _statement(thing: str, value: Value) -> Statement:
    me, property_ = Term("iri", thing), Term("iri", value.predicate)
    if value.direction == "from":
        return Statement(me, property_, value.other)
    return Statement(value.other, property_, me)
