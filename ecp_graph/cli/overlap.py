"""``ecp-graph overlap``: overlaps, by queries of the catalogue.

``overlap KIND`` runs the query ``overlap-KIND`` of the topic ``overlap`` (for bodies, the file
``queries/overlap/overlap-bodies.rq``). The options are parameters of these queries, which define what they mean:
``on``, ``kind`` and ``grade`` (enum), ``plan``, and ``secretariat`` (enum: with, without). An option that is not a
parameter of the query is refused. ``overlap body-instrument`` prints the matrix of two dimensions, like the page
``/overlap/body-instrument``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ecp_graph.cli.common import is_terminal, say, settings_options, split_parameters, workspace_and_releases
from ecp_graph.cli.output import output_options, width_of, write_bytes, write_query
from ecp_graph.cli.query import engine_and_lists
from ecp_graph.errors import ParameterError

if TYPE_CHECKING:
    from ecp_graph.engine import Engine
    from ecp_graph.overlap.counting import CauseWords
    from ecp_graph.overlap.joins import Joins
    from ecp_graph.overlap.matrix import Choice, Matrix
    from ecp_graph.queries.catalogue import Catalogue
    from ecp_graph.settings import Settings
    from ecp_graph.tables.lists.reading import Lists

__all__ = ["overlap"]

_PREFIX: Final = "overlap-"
#: The queries about two plans, about each two, and about what was not understood of a plan.
_BETWEEN: Final = "overlap-actions-between"
_PLANS: Final = "overlap-plans"
_NOT_UNDERSTOOD: Final = "plans-not-understood"


@click.command()
@click.argument("kind", metavar="bodies|programmes|plans|actions|body-body|body-instrument|...")
@click.option("--on", metavar="KIND", help="Only overlaps on things of this kind, such as instrument or topic.")
@click.option("--kind", "overlap_kind", metavar="KIND", help="Only this kind of overlap, such as joint or parallel.")
@click.option("--grade", metavar="GRADE", help="Only this grade of evidence and better ones.")
@click.option("--tie", metavar="TIE", help="For a matrix of links: this tie and stronger ones, such as action.")
@click.option(
    "--between",
    nargs=2,
    metavar="PLAN PLAN",
    help="With actions: only those of these two plans; each by its slug, name or IRI.",
)
@click.option("--plan", metavar="PLAN", help="Only findings that actions of this plan show; by its slug, name or IRI.")
@click.option("--with-secretariat", is_flag=True, help="Include secretariats, which are left out by default.")
@click.option("-p", "--param", "pairs", multiple=True, metavar="k=v", help="A value for a parameter of the query.")
@output_options
@settings_options("endpoint", "timeout", "workspace", "releases")
def overlap(
    kind: str,
    on: str | None,
    overlap_kind: str | None,
    grade: str | None,
    tie: str | None,
    between: tuple[str, str] | None,
    plan: str | None,
    with_secretariat: bool,
    pairs: tuple[str, ...],
    fmt: str | None,
    output: Path | None,
    settings: Settings,
) -> None:
    """Show overlaps with their kind, grade and evidence.

    The kind says how two deal with the same thing, the grade how directly the document proves it; `ecp-graph query
    overlap-kinds` and `ecp-graph query grades` list them. `ecp-graph queries overlap` lists the queries and what they
    count. Two dimensions joined by '-' give a matrix: body-body, programme-goal.

    `overlap plans` counts what each two plans have in common, `overlap actions --between PLAN PLAN` lists it.
    """
    from ecp_graph.overlap.counting import CELLS, words_of_causes
    from ecp_graph.queries.catalogue import load_catalogue

    catalogue = load_catalogue(workspace_and_releases(settings)[0])
    name = _PREFIX + kind
    given = {"on": on, "kind": overlap_kind, "grade": grade, "tie": tie, "plan": plan}
    chosen = {option: value for option, value in given.items() if value}
    if with_secretariat:
        chosen["secretariat"] = "with"
    if between or name == _PLANS:
        if kind not in ("actions", "plans") or chosen or pairs:
            raise ParameterError("`overlap plans` and `overlap actions --between PLAN PLAN` take no further options.")
        _write_of_plans(settings, catalogue, between or (), fmt, output)
    elif name in catalogue:
        engine, lists = engine_and_lists(settings)
        values, limit = chosen | split_parameters(pairs), settings.timeout
        write_query(
            engine, lists, catalogue[name], values, fmt=fmt, output=output, timeout_s=limit, catalogue=catalogue
        )
    elif "-" in kind:
        choice = _choice(chosen, pairs)
        matrix = _matrix(*engine_and_lists(settings), catalogue, kind, choice, "--tie" if tie else "--grade")
        _write_matrix(matrix, words_of_causes(catalogue[CELLS]), kind.replace("-", " \\ ", 1), fmt, output)
    else:
        kinds = ", ".join(known.removeprefix(_PREFIX) for known in catalogue if known.startswith(_PREFIX))
        raise ParameterError(f"There are no overlaps of '{kind}'. Available: {kinds or 'none'}.")


def _choice(chosen: Mapping[str, str], pairs: Sequence[str]) -> Choice:
    """Return what the options choose of a matrix, the plan as it was named.

    Raises ParameterError for options that a matrix does not have.
    """
    from ecp_graph.overlap.matrix import Choice

    if pairs:
        raise ParameterError("A matrix consists of several queries and has no --param.")
    if "grade" in chosen and "tie" in chosen:
        raise ParameterError("A matrix has either grades or ties; use --grade or --tie, not both.")
    return Choice(
        weakest=chosen.get("grade", chosen.get("tie", "")),
        kind=chosen.get("kind", ""),
        on=chosen.get("on", ""),
        with_everywhere="secretariat" in chosen,
        plan=chosen.get("plan", ""),
        most=sys.maxsize,
    )


def _write_of_plans(
    settings: Settings, catalogue: Catalogue, plans: Sequence[str], fmt: str | None, output: Path | None
) -> None:
    """Write what two plans have in common, or how much each two have, and say what of them was not understood."""
    from ecp_graph.queries.resolve import resolve

    engine, lists = engine_and_lists(settings)
    query = catalogue[_BETWEEN if plans else _PLANS]
    given = {each.name: resolve(each, value, engine) for each, value in zip(query.parameters, plans, strict=False)}
    if plans and len(set(given.values())) < 2:
        raise ParameterError(f"--between takes two different plans, and '{plans[0]}' and '{plans[1]}' are one.")
    limit = settings.timeout
    write_query(engine, lists, query, given, fmt=fmt, output=output, timeout_s=limit, catalogue=catalogue)
    for line in _not_understood(engine, catalogue, list(given.values())):
        say(line)


def _not_understood(engine: Engine, catalogue: Catalogue, plans: Sequence[str]) -> Iterator[str]:
    """Yield for each plan what is not stated or was not understood, as the query of the catalogue counts it."""
    from ecp_graph.engine.asking import ask_table
    from ecp_graph.queries.binding import bind

    query = catalogue[_NOT_UNDERSTOOD]
    table = ask_table(engine, bind(query, {"plan": plans}, engine))
    for row in table.rows:
        told = {name: cell.value for name, cell in zip(table.columns, row, strict=True) if cell}
        gaps = [
            f"{told[column.name]} {column.heading}"
            for column in query.columns
            if column.unit and column.name != "actions" and told[column.name] != "0"
        ]
        found = ", ".join(gaps) or "everything is stated and understood"
        yield f"{told['planName']}: {told['actions']} actions; {found}"


def _matrix(
    engine: Engine, lists: Lists | None, catalogue: Catalogue, kind: str, choice: Choice, option: str
) -> Matrix:
    """Return the matrix of two dimensions; raises ParameterError for dimensions and options that do not fit.

    ``option`` is the one that gave the weakest mark: ``--grade`` or ``--tie``. Where findings are counted in the
    graph alone, stderr says what is left out.
    """
    from ecp_graph.engine.asking import ask_table
    from ecp_graph.overlap.matrix import make_matrix
    from ecp_graph.overlap.reading import FINDINGS, StoredJoins, read_joins
    from ecp_graph.queries.binding import bind
    from ecp_graph.tables.lists.answering import left_out

    joins = read_joins(catalogue, lambda name: ask_table(engine, bind(catalogue[name], {}, engine)), lists)
    sides = joins.sides(kind)
    if sides is None:
        known = ", ".join(joins.dimensions)
        raise ParameterError(f"There are no overlaps and no matrix of '{kind}'. Join two of these with '-': {known}.")
    marks = joins.tie_ranks if option == "--tie" else joins.grade_ranks
    for name, value, ranks in ((option, choice.weakest, marks), ("--kind", choice.kind, joins.kind_ranks)):
        if value and value not in ranks:
            raise ParameterError(f"'{value}' is not valid for {name}; use one of {', '.join(ranks)}.")
    matrix = make_matrix(joins, *sides, replace(choice, plan=_plan(engine, choice.plan, joins)))
    if choice.weakest and matrix.is_graded == (option == "--tie"):
        has = "grades" if matrix.is_graded else "ties"
        raise ParameterError(f"The matrix '{kind}' has {has}, not '{choice.weakest}'.")
    if (choice.on or choice.kind) and not matrix.is_graded:
        name = "--on" if choice.on else "--kind"
        raise ParameterError(f"The matrix '{kind}' counts links; '{name}' is only for overlaps.")
    if matrix.is_graded and not isinstance(joins, StoredJoins) and (told := left_out(lists, catalogue[FINDINGS])):
        say(told)
    return matrix


def _plan(engine: Engine, value: str, joins: Joins) -> str:
    """Return the IRI of a plan with actions; empty where none is named. Raises ParameterError for another thing."""
    from ecp_graph.namespaces import ECP
    from ecp_graph.queries.parameters import Parameter
    from ecp_graph.queries.resolve import resolve

    if not value:
        return ""
    iri = resolve(Parameter("plan", "iri", "Plan", of_class=f"{ECP}Plan"), value, engine)
    if iri not in {plan.iri for plan in joins.plans}:
        known = ", ".join(plan.name for plan in joins.plans) or "none"
        raise ParameterError(f"'{value}' is a plan without actions. Those with actions are: {known}.")
    return iri


def _write_matrix(matrix: Matrix, words: CauseWords, corner: str, fmt: str | None, output: Path | None) -> None:
    """Write a matrix as a table with marks, as CSV or as a workbook of the matrix and its cells."""
    from ecp_graph.overlap.sheets import cells_headings, cells_table, csv_text, numbers_table
    from ecp_graph.sparql.moments import today
    from ecp_graph.sparql.spreadsheet import About, Sheet, workbook_of

    chosen = fmt or ("table" if output is None and is_terminal() else "csv")
    if chosen == "table":
        from ecp_graph.cli.tables import matrix_text

        body = matrix_text(numbers_table(matrix, corner, marked=True), width_of(output)).encode()
    elif chosen == "csv":
        body = csv_text(numbers_table(matrix, corner)).encode()
    elif chosen == "xlsx":
        about = About(f"Overlap: {corner}", [("Made on", today())])
        cells = Sheet(cells_table(matrix), cells_headings(matrix, words, *corner.split(" \\ ")))
        body = workbook_of({"matrix": numbers_table(matrix, corner), "cells": cells}, about=about)
    else:
        raise ParameterError(f"A matrix is available as table, csv or xlsx, not as {chosen}.")
    write_bytes(body, output)
