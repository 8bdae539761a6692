"""What an index lists, and what an address chooses of it: by words, plan and kind, in an order, page by page."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from flask import current_app, request

from ecp_graph.namespaces import VOCABULARY
from ecp_graph.overlap.counting import WRITTEN_CODES, written_codes
from ecp_graph.sparql.results import Table, Term
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.pages.actions.choice import FACETS, LIST, TIMES, action_list
from ecp_graph.web.show.panels import Panel, panel
from ecp_graph.web.state.site import site

__all__ = ["Chosen", "Column", "Entry", "InPlan", "Listing", "codes_as_written", "in_plans", "panels_of", "words_of"]

#: Rows of one page; a smaller setting for result pages holds here too.
_MOST_ROWS: Final = 100
_GLOSSARY: Final = "glossary"
_SCHEMES: Final = VOCABULARY + "id/scheme/"
_INTEGER: Final = "http://www.w3.org/2001/XMLSchema#integer"


@dataclass(frozen=True)
class Column:
    """A column of an index: the name of its cells, its heading, and whether they are numbers."""

    name: str
    heading: str
    is_number: bool = False


@dataclass(frozen=True)
class InPlan:
    """A plan that has actions of a thing: its IRI, its key in addresses, its name, and how many."""

    iri: str
    key: str
    name: str
    actions: int


@dataclass(frozen=True)
class Entry:
    """One row: a thing with its name and code, its kinds, the plans that have actions of it, and its cells as texts.

    ``key`` is the thing's in the addresses of actions, empty where these do not know it.
    """

    iri: str
    name: str
    code: str = ""
    kinds: tuple[str, ...] = ()
    plans: tuple[InPlan, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    key: str = ""

    def actions(self, plan: str = "") -> int:
        """Return how many actions it has, in one plan (a key) or in all."""
        return sum(each.actions for each in self.plans if plan in ("", each.key))


@dataclass(frozen=True)
class Listing:
    """All rows of an index in their order, with its columns; cached with the release."""

    entries: tuple[Entry, ...]
    columns: tuple[Column, ...]

    @cached_property
    def kinds(self) -> Mapping[str, int]:
        """The kinds with how many things are of each, the most frequent first."""
        return dict(Counter(kind for entry in self.entries for kind in entry.kinds).most_common())

    @cached_property
    def plans(self) -> Mapping[str, str]:
        """The names of the plans by their keys, in the order of the names."""
        found = {plan.key: plan.name for entry in self.entries for plan in entry.plans}
        return dict(sorted(found.items(), key=lambda item: item[1].casefold()))

    def table(self, entries: Iterable[Entry]) -> Table:
        """Return rows as a table to save; several plans are shown with their numbers of actions."""
        several = ["plans"] if len(self.plans) > 1 else []
        columns = ("name", "code", "kind", *(column.name for column in self.columns), *several, "iri")
        return Table(columns, tuple(tuple(self._cell(entry, name) for name in columns) for entry in entries))

    def _cell(self, entry: Entry, name: str) -> Term | None:
        whole = {
            "name": entry.name,
            "code": entry.code,
            "kind": ", ".join(entry.kinds),
            "plans": "; ".join(f"{plan.name} ({plan.actions})" for plan in entry.plans),
        }
        if name == "iri":
            return Term("iri", entry.iri)
        text = whole[name] if name in whole else entry.cells.get(name, "")
        is_number = any(column.is_number for column in self.columns if column.name == name)
        return Term("literal", text, _INTEGER if is_number else "") if text else None


@dataclass(frozen=True)
class Chosen:
    """What an address chooses of a listing: words in names, one plan, one kind, and an order."""

    listing: Listing
    words: str
    plan: str
    kind: str
    order: str

    @classmethod
    def of_request(cls, listing: Listing) -> Chosen:
        """Return the choice of the address of the request.

        Raises HttpError for a plan, kind or order that the listing does not have.
        """
        given = {name: request.args.get(name, "").strip() for name in ("words", "plan", "kind", "sort")}
        orders = ["", "name", *(column.name for column in listing.columns if column.is_number)]
        _refuse_others("plan", given["plan"], listing.plans)
        _refuse_others("kind", given["kind"], listing.kinds)
        _refuse_others("sort", given["sort"], orders)
        return cls(listing, given["words"], given["plan"], given["kind"], given["sort"])

    @property
    def address(self) -> dict[str, Any]:
        """The choice as the values of a query string, without what is not chosen."""
        given = {"words": self.words, "plan": self.plan, "kind": self.kind, "sort": self.order}
        return {name: value for name, value in given.items() if value}

    @cached_property
    def entries(self) -> Sequence[Entry]:
        """The rows that are left, in the order that is chosen."""
        words = self.words.casefold().split()
        found = [
            entry
            for entry in self.listing.entries
            if all(word in f"{entry.name} {entry.code}".casefold() for word in words)
            and (not self.plan or entry.actions(self.plan))
            and (not self.kind or self.kind in entry.kinds)
        ]
        if self.order == "name":
            return sorted(found, key=lambda entry: entry.name.casefold())
        if self.order:
            return sorted(found, key=lambda entry: -int(entry.cells.get(self.order) or 0))
        return found

    def page(self) -> tuple[Sequence[Entry], int, int]:
        """Return the rows of the page that is asked for, its number, and how many pages there are; a file has all."""
        size = len(self.entries) or 1
        if not current_app.config["TWIN"]:
            size = min(_MOST_ROWS, site().settings.page_rows)
        pages = max(1, -(-len(self.entries) // size))
        number = min(max(1, request.args.get("page", 1, type=int)), pages)
        return self.entries[(number - 1) * size : number * size], number, pages


def in_plans(facet: str) -> Mapping[str, tuple[str, tuple[InPlan, ...]]]:
    """Return for each value (IRI) of a facet of the actions its key there, and the plans with how many actions it has.

    Where all actions are of one plan there is that one, unnamed. Nothing where the catalogue lacks the queries.
    """
    catalogue = site().catalogue
    if catalogue is None or not {FACETS, LIST, TIMES} <= set(catalogue):
        return {}
    return site().keep(("in plans", facet), lambda: _in_plans(facet))


def _in_plans(facet: str) -> Mapping[str, tuple[str, tuple[InPlan, ...]]]:
    facets = action_list().facets.facets
    if facet not in facets:
        return {}
    plans = [value for value in facets["plan"].values if value.is_named] if "plan" in facets else []
    found = {}
    for value in facets[facet].values:
        if not value.is_named:
            continue
        counts = [(plan, (plan.things & value.things).bit_count()) for plan in plans]
        of_plans = tuple(InPlan(plan.iri, plan.key, plan.name, count) for plan, count in counts if count)
        found[value.iri] = (value.key, of_plans or (InPlan("", "", "", value.total),))
    return found


def codes_as_written() -> Mapping[str, str]:
    """Return how documents write the codes of things, by IRI; nothing where the catalogue lacks the query."""
    catalogue = site().catalogue
    return written_codes(panel(WRITTEN_CODES).rows) if catalogue is not None and WRITTEN_CODES in catalogue else {}


def panels_of(name: str, other: str, **given: str) -> list[Panel]:
    """Return the panel of the query of an index, and that of another with its values where the catalogue has it.

    Raises HttpError where the catalogue lacks the first, as over plain files.
    """
    catalogue = site().catalogue
    if catalogue is None or name not in catalogue:
        raise HttpError(404, "no-catalogue", f"There is nothing at {request.path}: the query '{name}' is not here.")
    return [panel(name), *([panel(other, **given)] if other in catalogue else [])]


def words_of(scheme: str) -> Callable[[str], str]:
    """Return what gives the word for a notation of a list of the ontology, such as ``body-kinds``.

    What the glossary does not have, or the catalogue has no glossary for, stays as it is.
    """
    catalogue = site().catalogue
    rows = panel(_GLOSSARY).rows if catalogue is not None and _GLOSSARY in catalogue else ()
    words = {row["notation"]: row["name"] for row in rows if row["scheme"] == f"{_SCHEMES}{scheme}"}
    return lambda notation: words.get(notation, notation)


def _refuse_others(name: str, value: str, known: Iterable[str]) -> None:
    """Raise HttpError for an unknown value."""
    known = list(known)
    if value and value not in known:
        near = difflib.get_close_matches(value, known, n=3) or known[:5]
        hint = f" Did you mean {', '.join(near)}?" if any(near) else ""
        raise HttpError(400, "bad-parameter", f"'{value}' is not valid for '{name}' here.{hint}")
