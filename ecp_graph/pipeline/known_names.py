"""What names are matched with: the things that a workspace knows, and what people decided of names."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path

from ecp_graph.pipeline.surroundings import Around
from ecp_graph.plans.draft.accepting import Decided
from ecp_graph.plans.draft.making import Readers
from ecp_graph.plans.known.things import KnownThing
from ecp_graph.plans.matching import FILE, Decision, Register, known_of, read_decisions, write_decisions
from ecp_graph.plans.times import read_time
from ecp_graph.plans.writing.minting import slug_of
from ecp_graph.workspace import Workspace

__all__ = ["all_names", "decisions_with", "known_prefixes", "readers_among", "readers_of"]


def all_names(known: Iterable[KnownThing]) -> frozenset[str]:
    """Return every name of known things; some hold what separates names elsewhere."""
    return frozenset(text for thing in known for text, _ in thing.names)


def known_prefixes(known: Iterable[KnownThing], own: str) -> dict[str, str]:
    """Return prefixes for known things whose IRIs do not begin with the workspace's own: ``known-body:`` …"""
    found: dict[str, str] = {}
    for namespace in sorted({thing.iri.rpartition("/")[0] + "/" for thing in known if not thing.iri.startswith(own)}):
        name = f"known-{slug_of(namespace.rstrip('/').rpartition('/')[2])}"
        prefix, number = name, 1
        while prefix in found:
            number += 1
            prefix = f"{name}-{number}"
        found[prefix] = namespace
    return found


def readers_of(around: Around) -> Readers:
    """Return what the names and times of a plan are read with, by the workspace's decisions and its table [times].

    Raises InputSyntaxError for decisions that cannot be read or contradict each other.
    """
    return readers_among(around.known, around.workspace)


def readers_among(known: Iterable[KnownThing], workspace: Workspace) -> Readers:
    """Return the same with other things that are known; raises as `readers_of`."""
    times = workspace.about.times
    read = partial(read_time, hemisphere=times.get("hemisphere"), financial_year_start=times.get("first_month"))
    return Readers(Register(known_of(known), read_decisions(workspace.root / FILE)), read)


def decisions_with(around: Around, decided: Iterable[Decided], *, by: str, why: str) -> bytes:
    """Return the file of the workspace's decisions with those that were made now, which go before older ones."""
    labels = {thing.iri: next((text for text, _ in thing.names), thing.code) for thing in around.known}
    new = [
        Decision(one.text, one.iri, one.is_same, by, date.today().isoformat(), why, labels.get(one.iri, ""))
        for one in decided
    ]
    made = {(one.subject_label, one.object_id) for one in new}
    old = read_decisions(around.workspace.root / FILE)
    kept = [one for one in old if (one.subject_label, one.object_id) not in made]
    with tempfile.TemporaryDirectory(prefix="ecp-graph-") as folder:
        path = Path(folder) / FILE.name
        write_decisions(path, [*kept, *new])
        return path.read_bytes()
