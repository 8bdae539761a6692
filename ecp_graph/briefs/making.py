"""From what a reader names, such as ``PTC``, to the briefing on it, over a release or any SPARQL endpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ecp_graph.briefs.asking import Source, asking
from ecp_graph.briefs.body import QUERIES as OF_BODIES
from ecp_graph.briefs.body import brief_of_body
from ecp_graph.briefs.discrepancies import checks_by_thing
from ecp_graph.briefs.model import Brief
from ecp_graph.briefs.plan import QUERIES as OF_PLANS
from ecp_graph.briefs.plan import brief_of_plan
from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.errors import ParameterError, ReleaseError
from ecp_graph.linked_data.document import named_node
from ecp_graph.namespaces import ECP, names
from ecp_graph.overlap.counting import CELLS, words_of_causes
from ecp_graph.queries.catalogue import Catalogue
from ecp_graph.queries.parameters import Parameter
from ecp_graph.queries.resolve import resolve
from ecp_graph.reasoning.statements import names_of
from ecp_graph.release.release import Release
from ecp_graph.sparql.results import Term
from ecp_graph.tables.lists.reading import Lists
from ecp_graph.validation.report import Report
from ecp_graph.validation.writers import read_json

__all__ = ["BODY", "KINDS", "PLAN", "Kind", "Subject", "brief_of", "day_of", "source_over", "subject_of"]


@dataclass(frozen=True)
class Kind:
    """A kind of thing that has briefings: its class, what makes them, and the queries without which there are none."""

    name: str
    of_class: str
    make: Callable[[Source, str, str], Brief]
    queries: tuple[str, ...]


BODY: Final = Kind("body", ECP + "Body", brief_of_body, (*OF_BODIES, CELLS))
PLAN: Final = Kind("plan", ECP + "Plan", brief_of_plan, (*OF_PLANS, CELLS))
#: In the order in which a name is looked for.
KINDS: Final = (BODY, PLAN)


@dataclass(frozen=True)
class Subject:
    """What a briefing is on."""

    kind: Kind
    iri: str
    name: str


def subject_of(value: str, engine: Engine) -> Subject:
    """Return the body or plan that an IRI, a curie, a code, a slug or a name stands for; a body wins over a plan.

    Raises ParameterError where it is neither, with the nearest names of both, and what the engine raises.
    """
    refusals = []
    for kind in KINDS:
        parameter = Parameter(kind.name, "iri", kind.name.capitalize(), of_class=kind.of_class)
        try:
            iri = resolve(parameter, value, engine)
        except ParameterError as refusal:
            refusals.append(str(refusal))
        else:
            return Subject(kind, iri, names_of(engine, [Term("iri", iri)]).get(iri, value))
    raise ParameterError(" ".join(refusals))


def brief_of(source: Source, subject: Subject) -> Brief:
    """Return the whole briefing on a body or a plan; raises what the source raises when asked."""
    return subject.kind.make(source, subject.iri, subject.name)


def source_over(
    engine: Engine, catalogue: Catalogue, release: Release | None, *, timeout_s: float | None = None
) -> Source:
    """Return where the content comes from: an engine, and the lists and the report of its release if it is over one.

    Raises ReleaseError when the report of the release cannot be read, and what the engine raises.
    """
    lists = Lists(release.lists) if release and release.lists.is_file() else None
    return Source(
        asking(engine, catalogue, lists, timeout_s=timeout_s),
        words_of_causes(catalogue[CELLS]),
        release.id if release else "",
        day_of(engine, timeout_s=timeout_s),
        checks_by_thing(_report(release)) if release else {},
        lambda iris: names_of(engine, (Term("iri", iri) for iri in iris if named_node(iri)), timeout_s=timeout_s),
    )


def day_of(engine: Engine, *, timeout_s: float | None = None) -> str:
    """Return the day of the data, as the description of the dataset tells it; empty where it does not."""
    asked = f"SELECT (MAX(?day) AS ?latest) WHERE {{ <{names().dataset}> dcterms:modified ?day }}"
    rows = ask_table(engine, asked, timeout_s=timeout_s).rows
    latest = rows[0][0] if rows else None
    return latest.value if latest else ""


def _report(release: Release) -> Report:
    path = release.report("json")
    try:
        return read_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as reason:
        raise ReleaseError(f"The report {path} cannot be read ({reason}). Run `ecp-graph build`.") from reason
