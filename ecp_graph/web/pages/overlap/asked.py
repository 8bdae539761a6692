"""What an address under ``/overlap`` asks for: the two sides, the choice, the things and the addresses of cells."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from flask import request, url_for

from ecp_graph.overlap.joins import Joins, Plan, Thing
from ecp_graph.overlap.matrix import Choice, Matrix, make_matrix
from ecp_graph.overlap.reading import THINGS, read_joins
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import Catalogue, Query
from ecp_graph.sparql.results import Table
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.state.site import site

__all__ = [
    "SHARING",
    "Sides",
    "as_written",
    "catalogue",
    "cell_of",
    "cell_paths",
    "choice_of",
    "is_graded",
    "joins",
    "matrix_of",
    "names_bodies",
    "offered",
    "one_of",
    "pair_path",
    "plan_key",
    "plan_of",
    "plans_of",
    "plural",
    "query",
    "sides_of",
    "thing_of",
    "thing_path",
]

#: The query of who shares a thing; its column lists the dimensions that share something, the main one first.
SHARING: Final = "overlap-on-thing"
#: The parameter of a plan, in queries and in the query string.
_PLAN: Final = "plan"
_MOST_WORDS: Final = 100
_UNSAFE: Final = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Sides:
    """The two dimensions of a matrix."""

    rows: str
    columns: str

    @property
    def path(self) -> str:
        """As it is in addresses: ``body-instrument``."""
        return f"{self.rows}-{self.columns}"

    @property
    def title(self) -> str:
        """In words: ``Bodies and instruments``, ``Bodies with bodies``."""
        joint = "with" if self.rows == self.columns else "and"
        return f"{plural(self.rows).capitalize()} {joint} {plural(self.columns)}"


def plural(dimension: str) -> str:
    """Return the word for several things of a dimension, which the header of the query of the things has."""
    return query(THINGS).values_of("dimension").get(dimension, dimension)


def catalogue() -> Catalogue:
    """Return the catalogue; raises HttpError where the server has none."""
    found = site().catalogue
    if found is None:
        raise HttpError(404, "no-catalogue", "This server has no catalogue: it serves files. Ask at /sparql.")
    return found


def query(name: str) -> Query:
    """Return a query of the catalogue."""
    return catalogue()[name]


def joins() -> Joins:
    """Return what the matrices of the release in use are counted from, read once."""
    return site().keep("overlap-joins", lambda: read_joins(catalogue(), _ask, site().lists))


def _ask(name: str) -> Table:
    return site().ask(bind(query(name), {}, site().engine))


def as_written(codes: str) -> str:
    """Return codes that are joined by commas as documents write them."""
    written = site().keep("codes as written", lambda: {thing.code: thing.shown_code for thing in joins().things})
    return ", ".join(written.get(code, code) for code in codes.split(", "))


# ---------------------------------------------------------------- things and addresses


def _slugs() -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], Thing]]:
    """Return the name of each thing in addresses, by dimension and IRI, and each thing by dimension and that name."""

    def make() -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], Thing]]:
        names: dict[tuple[str, str], str] = {}
        things: dict[tuple[str, str], Thing] = {}
        for (dimension, iri), thing in sorted(joins().by_iri.items()):
            slug = _slug(iri) or "thing"
            if (dimension, slug) in things:
                slug = f"{slug}-{hashlib.sha256(iri.encode()).hexdigest()[:8]}"
            names[dimension, iri] = slug
            things[dimension, slug] = thing
        return names, things

    return site().keep("overlap-slugs", make)


def _slug(iri: str) -> str:
    return _UNSAFE.sub("-", re.split(r"[/#]", iri.rstrip("/#"))[-1]).strip("-.")


def thing_of(dimension: str, slug: str) -> Thing:
    """Return the thing of a dimension by its name in addresses; raises HttpError when there is none."""
    found = _slugs()[1].get((dimension, slug))
    if found is None:
        raise HttpError(404, "unknown-thing", f"The graph has no {dimension} '{slug}' that could stand in a matrix.")
    return found


def thing_path(dimension: str, iri: str) -> str | None:
    """Return the address of the page on who meets on a thing; None for what can be in no matrix."""
    slug = _slugs()[0].get((dimension, iri))
    return url_for("overlap.on", dimension=dimension, slug=slug) if slug else None


def cell_paths(sides: Sides) -> Callable[[Thing, Thing], str]:
    """Return what gives the address of a cell; a pair of one dimension has one address, whichever comes first."""
    names, base = _slugs()[0], url_for("overlap.matrix", pair=sides.path)

    def path(row: Thing, column: Thing) -> str:
        first, second = names[sides.rows, row.iri], names[sides.columns, column.iri]
        if sides.rows == sides.columns and second < first:
            first, second = second, first
        return f"{base}/{quote(first)}/{quote(second)}"

    return path


def cell_of(first: str, second: str) -> str | None:
    """Return the address of the cell of two things (IRIs) in a matrix that the site offers; None when none has it."""
    known = joins().by_iri
    for sides in offered() if joins().dimensions else []:
        for one, other in ((first, second), (second, first)):
            row, column = known.get((sides.rows, one)), known.get((sides.columns, other))
            if row and column:
                return cell_paths(sides)(row, column)
    return None


def pair_path(dimension: str, first: str, second: str) -> str | None:
    """Return the address of the cell of two members (IRIs) of one dimension; None when one can be in no matrix."""
    things = [joins().by_iri.get((dimension, iri)) for iri in (first, second)]
    return cell_paths(Sides(dimension, dimension))(things[0], things[1]) if things[0] and things[1] else None


# ---------------------------------------------------------------- what is asked for


def offered() -> list[Sides]:
    """Return the matrices that the catalogue offers; raises HttpError where nothing can overlap."""
    known = joins().dimensions
    found = [Sides(*pair) for pair in query(THINGS).matrices if set(pair) <= set(known)]
    if not found and not known:
        raise HttpError(404, "nothing-to-compare", "The graph holds no bodies, actions or tools that could overlap.")
    return found or [Sides(known[0], known[-1])]


def sides_of(pair: str) -> Sides:
    """Return the sides that a pair in an address names; raises HttpError for an unknown one."""
    found = joins().sides(pair)
    if found is None:
        known = ", ".join(joins().dimensions)
        raise HttpError(404, "unknown-matrix", f"There is no matrix '{pair}'. Join two of these by '-': {known}.")
    return Sides(*found)


def one_of(name: str, values: tuple[str, ...]) -> str:
    """Return the value of the query string for a name; raises HttpError, which lists those that are valid."""
    value = request.args.get(name, "").strip()
    if value not in values:
        known = ", ".join(filter(None, values))
        raise HttpError(
            400, "bad-parameter", f"'{value[:_MOST_WORDS]}' is not valid for '{name}'. Use one of: {known or 'none'}."
        )
    return value


def names_bodies(sides: Sides) -> bool:
    """Whether a side is the dimension of those that can share a thing first of all: the bodies."""
    return next(iter(query(SHARING).values_of("dimension")), "") in (sides.rows, sides.columns)


def is_graded(sides: Sides) -> bool:
    """Whether a matrix is counted from findings."""
    return sides.rows == sides.columns and sides.rows in joins().graded


def plans_of(*queries: str) -> dict[str, Plan]:
    """Return the plans that can be chosen, by their names in the query string.

    None where one of the queries, as another workspace may have it, cannot choose by plan.
    """
    can = all(query(name).parameter(_PLAN) for name in queries)
    return {plan_key(plan): plan for plan in joins().plans} if can else {}


def plan_of(known: Mapping[str, Plan]) -> Plan | None:
    """Return the plan that the query string names, or None; raises HttpError for one that is not known."""
    return known.get(one_of(_PLAN, ("", *known)))


def plan_key(plan: Plan) -> str:
    """Return how a plan is named in the query string."""

    def make() -> Mapping[str, str]:
        slugs = {each.iri: _slug(each.iri) for each in joins().plans}
        often = Counter(slugs.values())
        return {iri: slug if often[slug] == 1 else iri for iri, slug in slugs.items()}

    return site().keep("overlap-plan-keys", make)[plan.iri]


def choice_of(sides: Sides) -> Choice:
    """Return what the query string chooses of a matrix; raises HttpError for a value that is not valid."""
    graded, known = is_graded(sides), joins()
    plan = plan_of(plans_of())
    return Choice(
        weakest=one_of("grade", ("", *known.grade_ranks)) if graded else one_of("tie", ("", *known.tie_ranks)),
        kind=one_of("kind", ("", *known.kind_ranks)) if graded else "",
        on=one_of("on", ("", *known.things_on(sides.rows))) if graded else "",
        with_everywhere=one_of("secretariat", ("", "with", "without")) == "with",
        plan=plan.iri if plan else "",
        row_words=request.args.get("row", "")[:_MOST_WORDS],
        column_words=request.args.get("column", "")[:_MOST_WORDS],
    )


def matrix_of(sides: Sides, choice: Choice) -> Matrix:
    """Return the matrix of a choice, counted once for each release."""
    return site().keep(
        ("overlap-matrix", sides, choice), lambda: make_matrix(joins(), sides.rows, sides.columns, choice)
    )
