"""The actions for faceted pages: queried once for each release, and filtered by the query string."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from werkzeug.datastructures import MultiDict

from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import Query
from ecp_graph.sparql.results import Table, Term
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.pages.actions.facets import Facets, Narrowed, facets_of
from ecp_graph.web.show.panels import Row, panel, texts_of
from ecp_graph.web.state.site import site

__all__ = ["LIST", "TIMES", "ActionList", "Selection", "action_list", "selection_of", "sparql_of"]

#: The catalogue's queries: the list that the page stands for, and what it is put together from. The list itself joins
#: several groupings, which takes long on a large plan; the parts do not.
LIST: Final = "actions"
TIMES: Final = "actions-in-time"
FACETS: Final = "action-facets"

#: Parts of a selection beside the facets, by the name of their parameter: here as in the query of the table.
WORDS, FROM, UNTIL = "words", "from", "until"
PERIOD: Final = "period"
#: The facet of plans, and how many of them a refusal names.
_PLAN: Final = "plan"
_MOST_NAMED: Final = 20
#: Columns of the list that join the codes of a facet.
_JOINED: Final = {"bodies": "body", "programmes": "programme", "goals": "goal", "possibleGoals": "possibleGoal"}
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class ActionList:
    """All actions of the graph by number: rows and terms, facets, and the wording of bodies that are left unnamed.

    ``columns`` are the facets that the table has a column for, with their headings.
    """

    query: Query
    rows: tuple[Row, ...]
    terms: Table
    facets: Facets
    unnamed: Mapping[str, str]
    columns: Mapping[str, str]

    @cached_property
    def wordings(self) -> tuple[str, ...]:
        """The titles in lower case, for the search."""
        return tuple(row["title"].lower() for row in self.rows)

    def narrow(self, selection: Selection) -> Narrowed:
        """Return what a selection leaves."""
        limits = {}
        if words := selection.words.lower():
            limits[WORDS] = _bits([words in wording for wording in self.wordings])
        if selection.begins or selection.ends:
            limits[PERIOD] = _bits([_is_within(row, selection.begins, selection.ends) for row in self.rows])
        return Narrowed(self.facets, selection.chosen, limits)

    def table(self, places: Iterable[int]) -> Table:
        """Return some actions as the rows that the query of the list gives for them."""
        columns = tuple(column.name for column in self.query.columns)
        return Table(columns, tuple(tuple(self._cell(at, column) for column in columns) for at in places))

    def _cell(self, at: int, column: str) -> Term | None:
        source = {"dueUntil": "ends"}.get(column, column)
        if column == "openGroup":
            return Term("literal", self.unnamed.get(self.facets.things[at], ""))
        if column in _JOINED:
            stated = self.facets.of_thing[at].get(_JOINED[column], ())
            return Term("literal", ", ".join(sorted(value.code or value.name for value in stated if value.iri)))
        if column == "chapter":
            stated = self.facets.of_thing[at].get(column, ())
            return Term("literal", stated[0].code) if stated and stated[0].code else None
        return self.terms.rows[at][self.terms.columns.index(source)] if source in self.terms.columns else None


@dataclass(frozen=True)
class Selection:
    """The filters in a query string: values by facet, words in titles, and a period, both days included."""

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: str = ""
    begins: str = ""
    ends: str = ""

    @classmethod
    def of(cls, given: MultiDict[str, str], facets: Sequence[str]) -> Selection:
        """Return the selection of a query string; what is no part of one, or no date, counts as not given."""
        chosen = {
            name: tuple(dict.fromkeys(key.strip() for key in given.getlist(name) if key.strip())) for name in facets
        }
        return cls(
            {name: keys for name, keys in chosen.items() if keys},
            given.get(WORDS, "").strip(),
            _day(given.get(FROM, "")),
            _day(given.get(UNTIL, "")),
        )

    @property
    def address(self) -> dict[str, str | list[str]]:
        """The selection as the values of a query string, without what is not chosen."""
        others = {WORDS: self.words, FROM: self.begins, UNTIL: self.ends}
        return {
            **{name: list(keys) for name, keys in self.chosen.items()},
            **{name: value for name, value in others.items() if value},
        }

    def without(self, part: str, key: str | None = None) -> Selection:
        """Return the selection without one facet or limit, or without one value of a facet."""
        chosen = {
            name: left
            for name, keys in self.chosen.items()
            if (left := tuple(k for k in keys if key is not None and k != key) if name == part else keys)
        }
        period = ("", "") if part == PERIOD else (self.begins, self.ends)
        return Selection(chosen, "" if part == WORDS else self.words, *period)


def action_list() -> ActionList:
    """Return the actions of the current release, which are cached; raises what the engine raises."""
    return site().keep(("actions",), _ask)


def selection_of(given: MultiDict[str, str], actions: ActionList) -> Selection:
    """Return the selection of a query string; raises HttpError for a plan that there is not, naming those there are.

    With one plan alone there is nothing to choose, but its name is no mistake.
    """
    facet = actions.facets.facets.get(_PLAN)
    known = list(facet.by_key) if facet else sorted({_last_part(row["plan"]) for row in actions.rows if row["plan"]})
    for key in given.getlist(_PLAN):
        if key.strip() and key.strip() not in known:
            first = ", ".join(known[:_MOST_NAMED]) or "none"
            more = f" and {len(known) - _MOST_NAMED} more" if len(known) > _MOST_NAMED else ""
            sentence = f"'{key.strip()[:100]}' is not valid for 'plan'. Use one of: {first}{more}."
            raise HttpError(400, "bad-parameter", sentence)
    return Selection.of(given, list(actions.facets.facets))


def _last_part(iri: str) -> str:
    return re.split(r"[/#]", iri.rstrip("/#"))[-1]


def sparql_of(selection: Selection, actions: ActionList) -> str:
    """Return the SPARQL of the table's query for a selection: what the page filters, a store would find by it.

    Raises ParameterError for a value that the query does not take.
    """
    query = actions.query
    given: dict[str, str | list[str]] = {}
    for name, value in selection.address.items():
        parameter, facet = query.parameter(name), actions.facets.facets.get(name)
        if facet and parameter and parameter.type == "iri":
            known = [facet.by_key.get(key) for key in value]
            given[name] = [v.iri or v.key if v else k for v, k in zip(known, value, strict=True)]
        else:
            given[name] = value
    return bind(query, given, site().engine)


def _ask() -> ActionList:
    catalogue, times = site().catalogue, panel(TIMES)
    assert catalogue is not None  # noqa: S101 - pages are registered with a catalogue only
    first: dict[str, int] = {}
    for at, row in enumerate(times.rows):  # an action of two plans has two rows
        first.setdefault(row["action"], at)
    unnamed: dict[str, str] = {}
    stated = list(texts_of(FACETS))
    for row in stated:
        if not row["value"]:
            unnamed[row["action"]] = "; ".join(filter(None, (unnamed.get(row["action"]), row["name"])))
    return ActionList(
        catalogue[LIST],
        tuple(times.rows[at] for at in first.values()),
        Table(times.table.columns, tuple(times.table.rows[at] for at in first.values())),
        facets_of(stated, list(first), column="action"),
        unnamed,
        catalogue[FACETS].values_of("facet"),
    )


def _is_within(row: Row, begins: str, ends: str) -> bool:
    """Whether a deadline's last day lies in the period, or a window overlaps it; no date lies in none."""
    last = row["ends"][:10]
    first = row["begins"][:10] or last
    return bool(last) and (not begins or last >= begins) and (not ends or first <= ends)


def _day(text: str) -> str:
    return text.strip() if _DAY.fullmatch(text.strip()) else ""


def _bits(flags: Sequence[bool]) -> int:
    return int("0" + "".join("1" if flag else "0" for flag in reversed(flags)), 2)
