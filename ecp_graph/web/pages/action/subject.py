"""The card of an action: who is responsible and who leads, when, under what, on what, with whom it overlaps, and what
is unclear about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from ecp_graph.namespaces import ECP
from ecp_graph.reasoning import Source
from ecp_graph.sparql.moments import day, period
from ecp_graph.sparql.results import Term
from ecp_graph.web.pages.documents.entity import Entity, Value, entity_of
from ecp_graph.web.pages.documents.facts import facts_of, home_of, proof_of
from ecp_graph.web.pages.documents.subjects import Subject, SubjectPage
from ecp_graph.web.pages.documents.unclear import DISCREPANCIES, Doubt, check_results, discrepancies, doubt
from ecp_graph.web.pages.overlap.telling import told
from ecp_graph.web.show.names import name_of
from ecp_graph.web.show.panels import Panel, Row, panel, panel_of_first, panel_of_page
from ecp_graph.web.state.site import site

__all__ = ["SUBJECT"]

_ROLES: Final = "action-roles"
_PARTNERS: Final = "overlap-partners"
_MEETINGS: Final = "overlap-on-thing"
_GLOSSARY: Final = "glossary"
_KINDS: Final = "overlap-kinds"
_LEAD: Final = "lead"
_OPEN: Final = "open group"
#: Rows of one list of overlaps that a card shows.
_MOST_ROWS: Final = 50


@dataclass(frozen=True)
class Role:
    """One party: what it is called, what part it has, whether the plan names it, and where it is stated."""

    party: Term
    name: str
    role: str
    is_open: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Time:
    """When: the words of the plan, the kind with its definition, the bounds in words, and where it is stated."""

    written: str
    kind: str
    definition: str
    bounds: str
    sessions: tuple[Value, ...]
    sources: tuple[Source, ...]


def _page(entity: Entity) -> SubjectPage:
    roles = _roles(entity)
    partners = panel_of_page(_PARTNERS, _MOST_ROWS, thing=entity.iri)
    meetings = panel_of_page(_MEETINGS, _MOST_ROWS, thing=entity.iri, dimension="body")
    when = _time(entity)
    context = {
        "number": next((value.text for value in entity.values_of("numberText")), ""),
        "plan": next(iter(entity.values_of("belongsToPlan")), None),
        "chapter": next(iter(entity.values_of("inChapter")), None),
        "roles": roles,
        "has_lead": any(role.role == _LEAD for role in roles),
        "home": home_of(entity),
        "via": _via(entity, roles),
        "time": when,
        "facts": facts_of(entity, __package__),
        "partners": partners,
        "partners_in_words": _in_words(partners),
        "by_kind": _by_kind(partners),
        "kinds": {row["kind"]: row["definition"] for row in panel(_KINDS).rows},
        "meetings": meetings,
        "doubts": _doubts(entity, roles),
    }
    return SubjectPage("action/action.html", context)


def _roles(entity: Entity) -> list[Role]:
    """Return the parties with a part in the action, in the order of the query: those who lead first."""
    stated: dict[str, tuple[Source, ...]] = {}
    for name in ("responsibleBody", "responsibleParty", "involvesParty"):
        for value in entity.values_of(name):
            stated.setdefault(value.other.value, proof_of(entity, value)[0])
    return [
        Role(
            Term("iri", row["party"]),
            row["partyName"],
            row["role"],
            row["kind"] == _OPEN,
            stated.get(row["party"], ()),
        )
        for row in panel(_ROLES, action=entity.iri).rows
        if row["party"]
    ]


def _via(entity: Entity, roles: Sequence[Role]) -> list[Value]:
    """Return the bodies under whose programme the action runs although it gives them no part."""
    named = {role.party.value for role in roles}
    return [value for value in entity.values_of("bodyInvolvedVia") if value.other.value not in named]


def _time(entity: Entity) -> Time | None:
    """Return when the action is to be done; None where the plan has nothing about its time."""
    stated = next(iter(entity.values_of("timeframe")), None)
    if stated is None:
        return None
    most = site().bounds.statements
    table = panel_of_first("thing-statements", most, thing=stated.other.value).table
    frame = entity_of(stated.other.value, table, (), name_of)
    said = {name: _first(frame, name) for name in ("timeframeText", "from", "until")}
    kind = next(iter(frame.values_of("timeframeKind")), None)
    return Time(
        said["timeframeText"],
        kind.name if kind else "",
        _definition(kind.other.value) if kind else "",
        period(said["from"], said["until"]) if said["from"] else day(said["until"]),
        frame.values_of("tiedToSessionsOf"),
        stated.stated,
    )


def _first(entity: Entity, name: str) -> str:
    return next((value.other.value for value in entity.values_of(name)), "")


def _definition(concept: str) -> str:
    """Return what the glossary says of a concept."""
    return next((row["definition"] for row in panel(_GLOSSARY).rows if row["term"] == concept), "")


def _in_words(partners: Panel) -> str:
    """Return how many others the action meets, and what makes them meet: ``3 actions: 1 theme``."""
    others = len({row["other"] for row in partners.rows})
    causes = Counter(kind for kind, _ in dict.fromkeys((row["causeKind"], row["cause"]) for row in partners.rows))
    catalogue = site().catalogue
    on = told(catalogue, causes) if catalogue else ""
    return f"{others} {'action' if others == 1 else 'actions'}: {on}"


def _by_kind(partners: Panel) -> list[tuple[str, list[Row]]]:
    """Return the findings on the action by their kinds, in the order of their first rows."""
    kinds = list(dict.fromkeys(row["kindName"] for row in partners.rows))
    ranked = sorted(partners.rows, key=lambda row: kinds.index(row["kindName"]))
    return [(kind, list(rows)) for kind, rows in groupby(ranked, key=lambda row: row["kindName"])]


def _doubts(entity: Entity, roles: Sequence[Role]) -> list[Doubt]:
    """Return what is unclear about the action: bodies that it does not name, discrepancies, results of the checks."""
    unnamed = [doubt(f"It is open who is meant by “{role.name}”.", role.sources) for role in roles if role.is_open]
    return [*unnamed, *discrepancies(entity), *check_results(entity.iri)]


SUBJECT: Final = Subject(
    ECP + "Action", _page, queries=(_ROLES, _PARTNERS, _MEETINGS, _GLOSSARY, _KINDS, DISCREPANCIES)
)
