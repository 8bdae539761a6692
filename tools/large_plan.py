"""Writes a release of a made-up plan of any size, for measuring: the bundled ontology, and as many actions as wanted.

    python tools/large_plan.py --actions 10000 --releases /somewhere

The plan is made by rule, so two runs give the same. Reasoning, overlaps and validation are left out: they belong to the
authoring side, which is not meant for this size. An action comes with about 17 statements of its own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from ecp_graph.namespaces import using
from ecp_graph.pipeline.complete import Completed, tables_of
from ecp_graph.pipeline.contents import release_id, write_contents
from ecp_graph.rdf.load import Sources, load
from ecp_graph.release.swap import install
from ecp_graph.validation.report import Report
from ecp_graph.workspace import bundled_workspace

WORKSPACE = bundled_workspace()
BODIES, PROGRAMMES, INSTRUMENTS, TOPICS, PER_CHAPTER = 200, 60, 2_000, 300, 40
VERBS = ("Develop", "Review", "Promote", "Discuss", "Support", "Publish", "Assess", "Refine")
KINDS = ("continuous", "deadline", "not-stated", "session-window")


def main() -> None:
    """Write the release that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--actions", type=int, required=True, help="number of actions")
    parser.add_argument("--releases", type=Path, required=True, help="folder of releases to write into")
    given = parser.parse_args()
    print(write_release(given.actions, given.releases), file=sys.stderr)


def write_release(actions: int, releases: Path) -> str:
    """Write a release of a plan of so many actions, and return a sentence that tells its size."""
    with using(WORKSPACE.names):
        return _written(actions, releases)


def _written(actions: int, releases: Path) -> str:
    own = load(WORKSPACE)
    sources = Sources(own.ontology, list(plan(actions)), own.shapes, own.index)
    made = Completed(sources, tables_of(sources), ())
    label = f"large plan of {actions} actions"
    write = partial(write_contents, completed=made, report=Report(), workspace=WORKSPACE, workspace_hash=label)
    release = install(releases, release_id(label), write)
    return f"Release {release.id} with {release.manifest['triples']} triples is in {release.path}."


def plan(actions: int) -> Iterator[ox.Quad]:
    """Yield the quads of a plan: each action in the graph of its row, everything else in the graph of a title."""
    yield from _in("title", _title(actions))
    for number in range(1, actions + 1):
        yield from _in(f"action-{number}", _action(number))


def _title(actions: int) -> Iterator[tuple[str, str, str | int]]:
    yield "plan/large", "rdf:type", "ecp:ActionPlan"
    yield "plan/large", "skos:prefLabel", '"A plan of many actions"'
    for chapter in range(1, (actions - 1) // PER_CHAPTER + 2):
        yield f"chapter/large-{chapter}", "rdf:type", "ecp:Chapter"
        yield f"chapter/large-{chapter}", "ecp:numberText", f"'{chapter}'"
        yield f"chapter/large-{chapter}", "ecp:position", chapter
        yield f"chapter/large-{chapter}", "ecp:inPlan", "id:plan/large"
        yield f"chapter/large-{chapter}", "skos:prefLabel", f'"Chapter {chapter}"'
    for kind, count, class_ in (("body", BODIES, "Body"), ("plan", PROGRAMMES, "WorkProgramme")):
        for number in range(count):
            yield f"{kind}/{kind}-{number}", "rdf:type", f"ecp:{class_}"
            yield f"{kind}/{kind}-{number}", "skos:notation", f'"{kind[0].upper()}{number}"'
            yield f"{kind}/{kind}-{number}", "skos:prefLabel", f'"{class_} number {number}"'
    for kind, count, class_ in (("instrument", INSTRUMENTS, "Instrument"), ("topic", TOPICS, "Topic")):
        for number in range(count):
            yield f"{kind}/{kind}-{number}", "rdf:type", f"ecp:{class_}"
            yield f"{kind}/{kind}-{number}", "skos:prefLabel", f'"{class_} number {number}"'


def _action(number: int) -> Iterator[tuple[str, str, str | int]]:
    action, timeframe = f"action/large-{number}", f"timeframe/large-{number}"
    instrument = number * 7 % INSTRUMENTS
    yield action, "rdf:type", "ecp:Action"
    yield action, "ecp:numberText", f"'{number}'"
    yield action, "ecp:position", number
    yield action, "skos:prefLabel", f'"{VERBS[number % len(VERBS)]} instrument {instrument} in row {number}"'
    yield action, "ecp:inChapter", f"id:chapter/large-{(number - 1) // PER_CHAPTER + 1}"
    yield action, "ecp:belongsToPlan", "id:plan/large"
    yield action, "ecp:responsibleBody", f"id:body/body-{number % BODIES}"
    yield action, "ecp:responsibleBody", f"id:body/body-{number * 3 % BODIES}"
    yield action, "ecp:underProgramme", f"id:plan/plan-{number % PROGRAMMES}"
    yield action, "ecp:concernsInstrument", f"id:instrument/instrument-{instrument}"
    yield action, "dcterms:subject", f"id:topic/topic-{number % TOPICS}"
    yield action, "ecp:timeframe", f"id:{timeframe}"
    yield timeframe, "rdf:type", "ecp:Timeframe"
    yield timeframe, "ecp:timeframeText", f'"cell {number}"'
    yield timeframe, "ecp:timeframeKind", f"id:concept/timeframe-{KINDS[number % len(KINDS)]}"


def _in(place: str, facts: Iterator[tuple[str, str, str | int]]) -> Iterator[ox.Quad]:
    graph = ox.NamedNode(f"{WORKSPACE.names.graph}large/{place}")
    passage = ox.NamedNode(f"{WORKSPACE.names.id}passage/large/{place}")
    for subject, predicate, value in (
        (graph, "rdf:type", "ecp:Reading"),
        (graph, "ecp:readingOf", f"id:passage/large/{place}"),
        (graph, "ecp:certainty", "id:concept/certainty-verbatim"),
        (passage, "rdf:type", "ecp:SourcePassage"),
        (passage, "ecp:locator", f'"{place}"'),
    ):
        yield ox.Quad(subject, _iri(predicate), _term(value), graph)
    for subject, predicate, value in facts:
        yield ox.Quad(ox.NamedNode(WORKSPACE.names.id + subject), _iri(predicate), _term(value), graph)


def _term(value: str | int) -> ox.NamedNode | ox.Literal:
    if isinstance(value, int):
        return ox.Literal(value)
    if value.startswith('"'):
        return ox.Literal(value.strip('"'), language="en")
    if value.startswith("'"):
        return ox.Literal(value.strip("'"))
    return _iri(value)


def _iri(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(WORKSPACE.names.prefixes[prefix] + local)


if __name__ == "__main__":
    main()
