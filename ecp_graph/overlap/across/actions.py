"""The actions of plans as they are compared, read from the statements of a build or of a release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ecp_graph.languages import main_language, preference
from ecp_graph.namespaces import ECP, PREFIXES
from ecp_graph.overlap.likeness import ActionText
from ecp_graph.tables.statements import OxTerm, Statements

__all__ = ["PROPERTIES", "PlanAction", "read_plan_actions"]

_TERMS: Final = {
    "type": PREFIXES["rdf"] + "type",
    "label": PREFIXES["skos"] + "prefLabel",
    "notation": PREFIXES["skos"] + "notation",
    "action": ECP + "Action",
    "plan": ECP + "belongsToPlan",
    "body": ECP + "responsibleBody",
    "audience": ECP + "benefits",
    "instrument": ECP + "concernsInstrument",
    "topic": PREFIXES["dcterms"] + "subject",
    "goal": ECP + "contributesToGoal",
    "programme": ECP + "underProgramme",
    "phase": ECP + "followsPhase",
    "timeframe": ECP + "timeframe",
    "time": ECP + "timeframeText",
    "since": ECP + "from",
    "until": ECP + "until",
    "in": ECP + "participationIn",
    "who": ECP + "participant",
    "role": ECP + "role",
}
#: What actions are read from; no statement with another property makes a difference.
PROPERTIES: Final = frozenset(_TERMS.values())
_ACTIONS: Final = """
CREATE OR REPLACE TEMP TABLE plan_action AS
SELECT s AS action, min_by(o, term) AS plan FROM triples JOIN terms ON terms.id = o
WHERE p = {plan} AND s IN (SELECT s FROM triples WHERE p = {type} AND o = {action})
  AND s IN (SELECT s FROM triples WHERE p = {label})
GROUP BY s"""
_DIRECT: Final = "SELECT action, o FROM plan_action JOIN triples ON s = action AND p = {%s}"
_NAMED: Final = """
SELECT action, of.o FROM plan_action JOIN triples AS held ON held.s = action AND held.p = {%s}
JOIN triples AS of ON of.s = held.o AND of.p IN ({%s})"""
_ROLE: Final = """
SELECT action, who.o FROM plan_action JOIN triples AS part ON part.o = action AND part.p = {in}
JOIN triples AS who ON who.s = part.s AND who.p = {who} JOIN triples AS role ON role.s = part.s AND role.p = {role}
JOIN triples AS told ON told.s = role.o AND told.p = {notation} JOIN terms ON terms.id = told.o AND term = '"%s"'"""
#: A programme by its name is the plan of that name too.
_NAMESAKES: Final = """
SELECT action, same.s FROM plan_action JOIN triples AS held ON held.s = action AND held.p = {programme}
JOIN triples AS name ON name.s = held.o AND name.p = {label}
JOIN triples AS same ON same.o = name.o AND same.p = {label}
WHERE same.s IN (SELECT plan FROM plan_action)"""
#: What each part of an action is read from: rows of an action and a value.
_PARTS: Final = {
    "plan": "SELECT action, plan FROM plan_action",
    **{name: _DIRECT % name for name in ("label", "body", "instrument", "topic", "goal", "programme")},
    "namesake": _NAMESAKES,
    "phase": "SELECT action, o FROM plan_action JOIN triples ON s = plan AND p = {phase}",
    "audience": _NAMED % ("audience", "label"),
    "time": _NAMED % ("timeframe", "time}, {since}, {until"),
    "lead": _ROLE % "lead",
    "partner": _ROLE % "partner",
}


@dataclass(frozen=True)
class PlanAction:
    """An action of a plan; all but ``text`` are IRIs.

    ``leads`` and ``partners`` are the bodies in these roles; where the plan tells no roles, those responsible lead.
    ``programmes`` are those that it runs under, ``earlier`` the plans of which its own is a later phase.
    """

    iri: str
    text: ActionText
    leads: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()

    @property
    def plan(self) -> str:
        """Its plan."""
        return self.text.plan


def read_plan_actions(statements: Statements) -> list[PlanAction]:
    """Return the actions that belong to a plan and have a title, in the order of their IRIs.

    An action with titles in several languages has the one that a page shows; one of several plans is of the first.
    """
    terms = {name: str(ox.NamedNode(iri)) for name, iri in _TERMS.items()}
    numbers = statements.numbers(terms.values())
    of = {name: numbers[term] for name, term in terms.items()}
    execute = statements.connection.execute
    execute(_ACTIONS.format(**of))
    rows = {name: execute(select.format(**of)).fetchall() for name, select in _PARTS.items()}
    execute("DROP TABLE plan_action")
    known = statements.terms(number for some in rows.values() for row in some for number in row)
    parts = {name: _grouped(some, known) for name, some in rows.items()}
    return [_action(iri, {name: held.get(iri, []) for name, held in parts.items()}) for iri in sorted(parts["plan"])]


def _grouped(rows: Iterable[tuple[int, int]], known: Mapping[int, OxTerm]) -> dict[str, list[OxTerm]]:
    found: dict[str, list[OxTerm]] = {}
    for action, value in rows:
        subject = known[action]
        if isinstance(subject, ox.NamedNode):
            found.setdefault(subject.value, []).append(known[value])
    return found


def _action(iri: str, parts: Mapping[str, list[OxTerm]]) -> PlanAction:
    told = {name: tuple(_values(terms)) for name, terms in parts.items()}
    titles = (term for term in parts["label"] if isinstance(term, ox.Literal))
    title = min(titles, key=lambda text: (preference(text.language), text.value))
    text = ActionText(
        title.value,
        title.language or main_language(),
        bodies=told["body"],
        audiences=told["audience"],
        instruments=told["instrument"],
        topics=told["topic"],
        goals=told["goal"],
        times=told["time"],
        plan=told["plan"][0],
    )
    leads = told["lead"] or tuple(body for body in told["body"] if body not in told["partner"])
    return PlanAction(iri, text, leads, told["partner"], (*told["programme"], *told["namesake"]), told["phase"])


def _values(terms: Iterable[OxTerm]) -> Iterator[str]:
    yield from sorted({term.value for term in terms if not isinstance(term, ox.BlankNode)})
