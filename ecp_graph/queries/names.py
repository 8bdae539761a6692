"""The names of things, collected from the rows of the catalogue's query ``names``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import pyoxigraph as ox

from ecp_graph.engine.asking import Stream
from ecp_graph.errors import ParameterError
from ecp_graph.languages import preference

__all__ = ["QUERY", "Named", "gather"]

#: The query of the catalogue whose answer is gathered.
QUERY: Final = "names"
_COLUMNS: Final = ("kind", "nameKind", "name", "thing")


@dataclass(frozen=True, slots=True)
class Named:
    """One thing with its kind, its display label, its codes, and all its other names.

    ``is_made``: the label was put together by the build, from names of other things.
    """

    iri: str
    kind: str
    label: str
    codes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    is_made: bool = False


class _Row(NamedTuple):
    """One name of a thing, in the order in which names are weighed."""

    kind: str
    name_kind: str
    name: str
    language: str


def gather(answer: Stream) -> dict[str, Named]:
    """Return the things of an answer to the query ``names`` by their IRIs, whatever the order of its rows.

    A thing of several kinds goes by the first. The label is the preferred name in the main language, else one without
    a language, else the first preferred name, else any name; the other preferred names count among the others. Raises
    ParameterError when the answer has other columns than kind, nameKind, name and thing, and what the rows raise.
    """
    if missing := [name for name in _COLUMNS if name not in answer.columns]:
        raise ParameterError(f"The query '{QUERY}' must select {', '.join(_COLUMNS)}; {missing[0]} is missing.")
    rows: dict[str, list[_Row]] = {}
    for iri, row in _complete(answer):
        rows.setdefault(iri, []).append(row)
    named = (_named(iri, sorted(rows.pop(iri))) for iri in list(rows))  # never all of both in memory
    return {one.iri: one for one in sorted(named, key=lambda one: (one.kind, one.iri))}


def _complete(answer: Stream) -> Iterator[tuple[str, _Row]]:
    places = [answer.columns.index(name) for name in _COLUMNS]
    for row in answer.rows:
        kind, name_kind, name, thing = (row[place] for place in places)
        if (
            isinstance(thing, ox.NamedNode)
            and isinstance(name, ox.Literal)
            and isinstance(kind, ox.Literal)
            and isinstance(name_kind, ox.Literal)
            and name.value.strip()
        ):
            yield (
                thing.value,
                _Row(sys.intern(kind.value), sys.intern(name_kind.value), name.value, name.language or ""),
            )


def _named(iri: str, rows: Sequence[_Row]) -> Named:
    kind = rows[0].kind
    by_kind: dict[str, list[_Row]] = {}
    for row in rows:
        if row.kind == kind:
            by_kind.setdefault(row.name_kind, []).append(row)
    preferred = sorted(by_kind.get("preferred", []), key=lambda row: preference(row.language))
    codes, others, hidden = (_texts(by_kind.get(name_kind, [])) for name_kind in ("code", "other", "hidden"))
    made = _texts(by_kind.get("made", []))
    first, *further = _texts(preferred) or made or others or codes or hidden or _texts(rows)
    rest = tuple(name for name in dict.fromkeys((*further, *others)) if name != first)
    return Named(iri, kind, first, codes, rest, hidden, is_made=first in made)


def _texts(rows: Sequence[_Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.name for row in rows))
