"""What actions of different plans are compared by: the names that a workspace knows, and the meaning of texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Final

import pyoxigraph as ox

from ecp_graph.errors import MissingExtra
from ecp_graph.languages import preference
from ecp_graph.namespaces import ECP
from ecp_graph.overlap.across import Comparison
from ecp_graph.overlap.likeness import Meaning, Named, open_meaning
from ecp_graph.plans.known.kinds import class_kinds
from ecp_graph.plans.known.things import READ, KnownThing, known_things
from ecp_graph.plans.matching import FILE, Decision, Register, known_of, read_decisions
from ecp_graph.rdf.cache import cache_folder
from ecp_graph.rdf.nquads import NQuads
from ecp_graph.workspace import Workspace

__all__ = ["comparison_among", "comparison_of", "meaning_or_none"]

#: How an action is told to be of a plan, itself or by its chapter.
_OF_PLAN: Final = (ECP + "belongsToPlan", ECP + "inPlan")


def comparison_of(
    workspace: Workspace, data: Sequence[ox.Quad], progress: Callable[[str], None] = lambda _: None
) -> Comparison | None:
    """Return what the actions of a workspace are compared by; None where its data have no two plans.

    Says by ``progress`` where meaning is not compared. Raises InputSyntaxError for decisions that cannot be read or
    contradict each other.
    """
    if isinstance(data, NQuads):
        if len({iri for one in _OF_PLAN for iri in data.iris_of(one)}) < 2:
            return None
        data = data.stating(READ)
    return comparison_among(known_things(data), read_decisions(workspace.root / FILE), meaning_or_none(progress))


def comparison_among(known: Sequence[KnownThing], decisions: Iterable[Decision], meaning: Meaning | None) -> Comparison:
    """Return what actions are compared by among some known things; raises InputSyntaxError as a register does."""
    register = Register(known_of(known), decisions)
    kinds = sorted(set(class_kinds().values()))

    @cache
    def names_in(title: str) -> tuple[Named, ...]:
        return tuple(_named(title, register, kinds))

    called = {thing.iri: name for thing in known if (name := _called(thing))}
    return Comparison(names_in, meaning, called)


def meaning_or_none(progress: Callable[[str], None]) -> Meaning | None:
    """Return the likeness of meaning, its vectors kept in the cache of the user; None, which is told, without one."""
    try:
        return open_meaning(cache_folder().parent / "vectors")
    except MissingExtra as reason:
        progress(f"Meaning is not compared, so fewer overlaps between plans are found: {reason}")
        return None


def _named(title: str, register: Register, kinds: Iterable[str]) -> Iterator[Named]:
    for kind in kinds:
        for match in register.found_in(title, kind):
            if match.is_sure and match.known is not None:
                yield Named(match.text, match.known.iri, kind)


def _called(thing: KnownThing) -> str:
    """Return the code of a thing, else the name that comes first."""
    names = sorted((preference(language), text) for text, language in thing.preferred)
    return thing.code or (names[0][1] if names else "")
