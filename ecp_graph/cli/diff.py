"""``ecp-graph diff``."""

from __future__ import annotations

import csv
import difflib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ecp_graph.cli.common import (
    output_option,
    refuse_terminal,
    release_or_build,
    say,
    settings_options,
    workspace_and_releases,
)
from ecp_graph.cli.output import write_bytes
from ecp_graph.errors import ParameterError, ReleaseError

if TYPE_CHECKING:
    from ecp_graph.overlap.changes.reading import NamedPlan
    from ecp_graph.papers import Paper
    from ecp_graph.pipeline.plan_changes import PlanDifference
    from ecp_graph.queries.compare import Difference
    from ecp_graph.release.release import Release
    from ecp_graph.settings import Settings
    from ecp_graph.workspace import Workspace

__all__ = ["diff"]

_MARKS: Final = {"added": "+", "removed": "-", "changed": "~"}
_FORMATS: Final = ("text", "csv", "json", "html", "docx")


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", required=False)
@click.option(
    "--from",
    "earlier",
    metavar="RELEASE",
    help="Take plan A from this release, and plan B, by default the same one, from the current release.",
)
@click.option("--to", "later", metavar="RELEASE", help="With --from: take plan B from this release.")
@click.option("-f", "--format", "fmt", type=click.Choice(_FORMATS), default="text", help="[default: text]")
@output_option
@settings_options("timeout", "workspace", "releases")
@click.pass_context
def diff(
    ctx: click.Context,
    before: str,
    after: str | None,
    earlier: str | None,
    later: str | None,
    fmt: str,
    output: Path | None,
    settings: Settings,
) -> None:
    """Show what changed between two plans, phases or releases.

    A plan is given by its slug or code, or as a document that is not in the graph (a workbook, a Word file, a file of
    separated values): its actions are unchanged, added, dropped, split, merged, reworded, moved to another chapter,
    reassigned to another body, or rescheduled. A release is given by its id, a prefix of its id, `current`, `previous`,
    or its folder; the queries of the catalogue that have `compare` in their header say what is compared. If a plan
    and a release have the same name, the plan is meant; `plan:` and `release:` make it explicit. `diff A --from
    previous` shows what changed in a plan since an earlier release.

    Exit codes: 0 no changes, 1 changes, 2 there is no such plan or release, or it cannot be read.
    """
    if fmt == "docx" and output is None:
        refuse_terminal("A Word file")
    if later is not None and earlier is None:
        raise click.UsageError("Give --from RELEASE beside --to: the release that plan A is taken from.")
    difference: PlanDifference | Difference
    if earlier is not None:
        difference, body = _of_plan_since((before, after or before), (earlier, later), settings, fmt)
    elif after is None:
        raise ParameterError(
            f"There is nothing to compare {before} with. Give B, or an earlier release of it: "
            f"ecp-graph diff {before} --from previous"
        )
    else:
        difference, body = _of_two(before, after, settings, fmt)
    write_bytes(body, output)
    ctx.exit(0 if difference.is_empty else 1)


def _of_two(before: str, after: str, settings: Settings, fmt: str) -> tuple[PlanDifference | Difference, bytes]:
    """Return what changed between two plans of the current release, or two releases, and the same in a format."""
    tables = _tables(settings)
    sides = [_named(name, tables) for name in (before, after)]
    plans = [side for side in sides if not isinstance(side, str)]
    if len(plans) == 1:
        plan, other = (before, after) if isinstance(sides[1], str) else (after, before)
        raise ParameterError(
            f"{plan} is a plan and {other} is not: give two plans, two releases, or a plan and "
            f"--from RELEASE.{_nearest(other, tables)}"
        )
    if not plans:
        return _of_releases(sides, tables, settings, fmt)
    workspace, folder = workspace_and_releases(settings)
    release = release_or_build(workspace, folder)
    return _of_plans((plans[0], plans[1]), (release, release), workspace, settings, fmt)


def _of_plan_since(
    plans: tuple[str, str], named: tuple[str, str | None], settings: Settings, fmt: str
) -> tuple[PlanDifference, bytes]:
    """Return what changed from a plan of a named release to one of another, and the same in a format.

    Where the other release is not named, it is the current one.
    """
    from ecp_graph.overlap.changes.reading import NamedPlan
    from ecp_graph.release.versions import named_release

    workspace, folder = workspace_and_releases(settings)
    first, second = (
        named_release(name.removeprefix("release:"), folder) if name else release_or_build(workspace, folder)
        for name in named
    )
    old, new = (_named(name, release.tables) for name, release in zip(plans, (first, second), strict=True))
    if not isinstance(old, NamedPlan):
        raise ParameterError(f"Release {first.id} has no plan '{plans[0]}'.{_nearest(plans[0], first.tables)}")
    if isinstance(new, str):
        raise ParameterError(f"Release {second.id} has no plan '{plans[1]}'.{_nearest(plans[1], second.tables)}")
    return _of_plans((old, new), (first, second), workspace, settings, fmt)


def _named(name: str, tables: Path | None) -> NamedPlan | Path | str:
    """Return the plan of a name, the path of a document, or else the name of a release."""
    from ecp_graph.overlap.changes.reading import named_plan

    kind, colon, rest = name.partition(":")
    if colon and kind == "release":
        return rest
    wanted = rest if colon and kind == "plan" else name
    if tables and (plan := named_plan(wanted, tables)):
        return plan
    if wanted != name:
        raise ParameterError(f"There is no plan '{wanted}'.{_nearest(wanted, tables)}")
    return Path(name) if Path(name).is_file() else name


def _of_plans(
    plans: tuple[NamedPlan | Path, NamedPlan | Path],
    releases: tuple[Release, Release],
    workspace: Workspace,
    settings: Settings,
    fmt: str,
) -> tuple[PlanDifference, bytes]:
    from ecp_graph.pipeline.plan_changes import compare_plans
    from ecp_graph.queries.catalogue import load_catalogue

    difference = compare_plans(
        *plans,
        workspace=workspace,
        releases=releases,
        catalogue=load_catalogue(workspace),
        timeout_s=settings.timeout,
        progress=say,
    )
    return difference, _written(difference, fmt)


def _of_releases(names: list[Any], tables: Path | None, settings: Settings, fmt: str) -> tuple[Difference, bytes]:
    """Return what changed from one release to another, and the same in a format."""
    from ecp_graph.queries.catalogue import load_catalogue
    from ecp_graph.queries.compare import compare
    from ecp_graph.release.opening import release_engine
    from ecp_graph.release.versions import named_release

    where, folder = workspace_and_releases(settings)
    try:
        first, second = (named_release(name, folder) for name in names)
    except ReleaseError as reason:
        known = "".join(_nearest(name, tables) for name in names)
        raise ReleaseError(f"{reason}{known}") from reason
    sides = release_engine(first), release_engine(second)
    difference = compare(*sides, load_catalogue(where), timeout_s=settings.timeout)
    if fmt == "json":
        whole = {"before": first.id, "after": second.id, **difference.as_json()}
        return difference, _json(whole)
    if fmt == "csv":
        return difference, _csv(difference).encode()
    if fmt == "text":
        return difference, _text(difference).encode()
    return difference, _paper(_paper_of(first, second, difference), fmt)


def _written(difference: PlanDifference, fmt: str) -> bytes:
    from ecp_graph.overlap.changes.paper import changes_csv

    if fmt == "json":
        return _json(difference.as_json())
    return changes_csv(difference.changes).encode() if fmt == "csv" else _paper(difference.paper(), fmt)


def _paper(paper: Paper, fmt: str) -> bytes:
    from ecp_graph.papers import as_docx, as_html, as_text

    if fmt == "docx":
        return as_docx(paper)
    return (as_html(paper) if fmt == "html" else as_text(paper)).encode()


def _json(whole: dict[str, Any]) -> bytes:
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()


def _tables(settings: Settings) -> Path | None:
    """Return the folder of the tables of the current release; None where there is no release, or it has none."""
    from ecp_graph.release.release import current_id, open_release

    _, folder = workspace_and_releases(settings)
    tables = open_release(folder).tables if current_id(folder) is not None else None
    return tables if tables and tables.is_dir() else None


def _nearest(name: str, tables: Path | None) -> str:
    """Return a sentence on the plans whose slugs or codes are most like a name; empty without any."""
    from ecp_graph.overlap.changes.reading import plans_in

    known = {text: plan.slug for plan in plans_in(tables) for text in (plan.slug, plan.code) if text} if tables else {}
    near = [known[text] for text in difflib.get_close_matches(name, known, n=3, cutoff=0.5)]
    return f" The plans with the most similar names: {', '.join(dict.fromkeys(near))}." if near else ""


def _text(difference: Difference) -> str:
    """Return the sections with changes as text, one line for each thing and each changed value."""
    from ecp_graph.sparql.results import printable

    lines: list[str] = []
    for section in difference.sections:
        if not section.changes:
            continue
        lines.append(f"{section.title} ({section.before} before, {section.after} after)")
        for change in section.changes:
            lines.append(f"  {_MARKS[change.kind]} {change.name}")
            lines += [
                f"      {field.column}: {_quoted(field.before)} → {_quoted(field.after)}" for field in change.fields
            ]
        lines.append("")
    if not lines:
        lines.append(_nothing(difference))
    return printable("\n".join(lines).rstrip() + "\n")


def _paper_of(first: Release, second: Release, difference: Difference) -> Paper:
    """Return what changed from one release to another as a paper for people."""
    from ecp_graph.papers import Paper, Section

    sections = [
        Section(
            section.title,
            f"{section.before} before, {section.after} after",
            ("change", "what", "from", "to"),
            [
                (change.kind, f"{change.name}{mark}", before, after)
                for change in section.changes
                for mark, before, after in (
                    [(f": {field.column}", field.before, field.after) for field in change.fields] or [("", "", "")]
                )
            ],
        )
        for section in difference.sections
        if section.changes
    ]
    lead = _nothing(difference) if difference.is_empty else difference.summary
    return Paper(f"Releases {first.id} and {second.id}: what changed", lead, sections)


def _nothing(difference: Difference) -> str:
    things = sum(section.after for section in difference.sections)
    return f"Nothing changed; {things} things were compared by {len(difference.sections)} queries."


def _quoted(text: str) -> str:
    return f'"{text}"' if text else "nothing"


def _csv(difference: Difference) -> str:
    """Return CSV with a row for each thing added or removed, and for each changed value."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["section", "change", "name", "thing", "column", "before", "after"])
    for section in difference.sections:
        for change in section.changes:
            head = [section.title, change.kind, change.name, change.thing]
            rows = [[field.column, field.before, field.after] for field in change.fields] or [["", "", ""]]
            writer.writerows([*head, *row] for row in rows)
    return stream.getvalue()
