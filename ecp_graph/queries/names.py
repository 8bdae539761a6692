"""The names of things: what the catalogue's query ``names`` answers, gathered thing by thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from ecp_graph.engine.results import Table, Term
from ecp_graph.errors import ParameterError

__all__ = ["QUERY", "Named", "gather"]

#: The query of the catalogue whose answer is gathered.
QUERY: Final = "names"
_COLUMNS: Final = ("kind", "nameKind", "name", "thing")


@dataclass(frozen=True)
class Named:
    """One thing with its kind, the label that is shown for it, its codes, and all its other names.

    ``is_made``: the label was put together by the build, from names of other things.
    """

    iri: str
    kind: str
    label: str
    codes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    is_made: bool = False


def gather(table: Table) -> dict[str, Named]:
    """Return the things of an answer to the query ``names`` by their IRIs; the rows of a thing stand together.

    A thing of several kinds goes by the first. The label is the preferred name in English or without a language,
    else the first preferred name, else any name; the other preferred names count among the others. Raises
    ParameterError when the answer has other columns than kind, nameKind, name and thing.
    """
    if missing := [name for name in _COLUMNS if name not in table.columns]:
        raise ParameterError(f"The query '{QUERY}' has to select {', '.join(_COLUMNS)}; it lacks {missing[0]}.")
    places = [table.columns.index(name) for name in _COLUMNS]
    found: dict[str, Named] = {}
    for iri, rows in groupby(_complete(table, places), key=lambda row: row[3].value):
        named = _named(iri, list(rows))
        found.setdefault(iri, named)
    return found


def _complete(table: Table, places: Sequence[int]) -> Iterator[tuple[Term, Term, Term, Term]]:
    for row in table.rows:
        kind, name_kind, name, thing = (row[place] for place in places)
        if kind and name_kind and name and thing and name.value.strip():
            yield kind, name_kind, name, thing


def _named(iri: str, rows: Sequence[tuple[Term, Term, Term, Term]]) -> Named:
    kind = rows[0][0].value
    by_kind: dict[str, list[Term]] = {}
    for of_kind, name_kind, name, _ in rows:
        if of_kind.value == kind:
            by_kind.setdefault(name_kind.value, []).append(name)
    preferred = sorted(by_kind.get("preferred", []), key=lambda name: name.language.partition("-")[0] not in {"", "en"})
    codes, others, hidden = (_texts(by_kind.get(name_kind, [])) for name_kind in ("code", "other", "hidden"))
    made = _texts(by_kind.get("made", []))
    first, *further = _texts(preferred) or made or others or codes or hidden
    rest = tuple(name for name in dict.fromkeys((*further, *others)) if name != first)
    return Named(iri, kind, first, codes, rest, hidden, is_made=first in made)


def _texts(names: Sequence[Term]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.value for name in names))
