"""The steps of a build, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ecp_graph.errors import InconsistentData, ReleaseError
from ecp_graph.forked import forked_call
from ecp_graph.overlap.choosing import themes_in
from ecp_graph.pipeline.comparing import comparison_of
from ecp_graph.pipeline.complete import Completed, complete
from ecp_graph.pipeline.confidential import Withheld, traces, withheld
from ecp_graph.pipeline.contents import LAYOUT, fingerprint, release_id, write_contents, write_public_part
from ecp_graph.pipeline.decisions import decisions_of
from ecp_graph.pipeline.former import circumstances, former_release, judge_since
from ecp_graph.pipeline.result import BuildResult
from ecp_graph.rdf.load import load
from ecp_graph.release.swap import install
from ecp_graph.tables.joins import Place, in_process
from ecp_graph.tables.spark import on_spark
from ecp_graph.validation.check import check, judge_stated
from ecp_graph.validation.report import Report, in_order
from ecp_graph.workspace import Workspace

__all__ = ["run"]

Engine: TypeAlias = Literal["local", "reference", "spark"]


@dataclass(frozen=True)
class _Means:
    """What reasons and validates, where its joins run, and what is told of each step."""

    engine: Literal["local", "reference"]
    place: Place
    progress: Callable[[str], None]


@dataclass(frozen=True)
class _Judged:
    """The statements of a workspace with all that is added to them, and the report on them.

    ``facts`` are what the manifest tells of how they were made.
    """

    workspace: Workspace
    hash: str
    completed: Completed
    report: Report
    facts: Mapping[str, Any]


def run(
    workspace: Workspace,
    releases: Path,
    kept: int,
    engine: Engine,
    spark_master: str,
    progress: Callable[[str], None],
    full: bool,
) -> BuildResult:
    """See `ecp_graph.pipeline.build`."""
    with on_spark(spark_master) if engine == "spark" else nullcontext(in_process) as place:
        means = _Means("reference" if engine == "reference" else "local", place, progress)
        return _run(workspace, None if full else releases, releases, kept, means)


def _run(workspace: Workspace, earlier: Path | None, releases: Path, kept: int, means: _Means) -> BuildResult:
    whole = _judge(workspace, means, earlier)
    if not whole.report.conforms:
        return BuildResult(None, whole.report)
    hidden = withheld(workspace, whole.completed.sources.data)
    public = _judge_public(workspace, hidden, means, whole.completed.reopened) if hidden else None
    if fingerprint(workspace) != whole.hash:
        raise ReleaseError(f"Files of {workspace.root} were changed during the build; run `ecp-graph build` again.")
    write = partial(_write, whole=whole, hidden=hidden, public=public)
    release = install(releases, release_id(whole.hash), write, kept=kept, progress=means.progress)
    means.progress(f"Release {release.id} with {release.manifest['triples']} triples is current")
    return BuildResult(release, whole.report, public.report if public else None)


def _judge(
    workspace: Workspace, means: _Means, releases: Path | None = None, reopened: frozenset[str] | None = None
) -> _Judged:
    """Return a workspace judged: in full, or, with releases, with what was found in the current one and still holds.

    ``reopened`` are the findings whose evidence has changed, where the workspace does not have all of it.
    """
    before = fingerprint(workspace)
    facts = circumstances(workspace, means.engine, LAYOUT)
    former = former_release(workspace, releases, facts) if releases else ""
    sources = load(workspace)
    with forked_call(partial(judge_stated, sources, engine=means.engine)) as of_stated:
        completed = complete(
            sources,
            workspace.rule_files,
            engine=means.engine,
            themes=themes_in(workspace.about),
            decisions=decisions_of(workspace, reopened),
            comparison=comparison_of(workspace, sources.data, means.progress),
            place=means.place,
            progress=means.progress,
        )
        if completed.contradictions:
            raise InconsistentData([completed.located(one) for one in completed.contradictions])
        since = former if isinstance(former, str) else judge_since(former, workspace, completed, of_stated)
        if isinstance(former, str) or isinstance(since, str):
            report = check(sources, completed.things, completed.contradictions, of_stated, engine=means.engine)
            means.progress("Validated " + (f"in full, because {since}, " if since else "") + f"with {report.engines}")
            facts["validation"] = {"since": None}
        else:
            report, anew = since
            means.progress(f"Validated {anew} nodes that a change can affect, with {report.engines}")
            facts["validation"] = {"since": former.release, "nodes": anew}
    return _Judged(workspace, before, completed, report, facts)


def _judge_public(workspace: Workspace, hidden: Withheld, means: _Means, reopened: frozenset[str]) -> _Judged | None:
    """Return the workspace without the confidential files, judged by itself; None where nothing else is there."""
    means.progress(f"{', '.join(hidden.units)} is confidential; building what may be published without it")
    rest = replace(workspace, without=frozenset(hidden.statements))
    if not rest.data_files:
        return None
    judged = _judge(rest, means, reopened=reopened)
    found = [*judged.report.findings, *traces(hidden, judged.completed.sources, rest)]
    return replace(judged, report=replace(judged.report, findings=in_order(found)))


def _write(folder: Path, whole: _Judged, hidden: Withheld | None, public: _Judged | None) -> None:
    part = None
    if public and public.report.conforms:
        part = write_public_part(
            folder, public.completed, public.report, public.workspace, public.hash, facts=public.facts
        )
    units = hidden.units if hidden else ()
    write_contents(
        folder,
        whole.completed,
        whole.report,
        whole.workspace,
        whole.hash,
        facts=whole.facts,
        confidential=units,
        public=part,
    )
