"""The steps of a build: read, infer, derive, and then write a release while all of it is validated.

Where shapes find that the data do not conform, what was written is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from ecp_graph.errors import InconsistentData, ReleaseError
from ecp_graph.forked import forked_call
from ecp_graph.overlap.choosing import themes_in
from ecp_graph.pipeline.comparing import comparison_of
from ecp_graph.pipeline.complete import Completed, complete, things_of
from ecp_graph.pipeline.confidential import Withheld, traces, withheld
from ecp_graph.pipeline.contents import LAYOUT, fingerprint, release_id, write_contents, write_public_part
from ecp_graph.pipeline.decisions import decisions_of
from ecp_graph.pipeline.former import circumstances, former_release, judge_since
from ecp_graph.pipeline.result import BuildResult
from ecp_graph.rdf.load import Sources, load
from ecp_graph.release.swap import install
from ecp_graph.tables.joins import Place, in_process
from ecp_graph.tables.spark import on_spark
from ecp_graph.tables.statements import memory_limit
from ecp_graph.validation.check import Judged, check, judge_stated
from ecp_graph.validation.report import Report, in_order
from ecp_graph.workspace import Workspace

__all__ = ["run"]

Engine: TypeAlias = Literal["local", "reference", "spark"]
#: What reasons and validates.
_Engine: TypeAlias = Literal["local", "reference"]

#: So many times the memory of their text is what validating statements takes.
_TIMES_THE_TEXT: Final = 12


@dataclass(frozen=True)
class _Means:
    """What reasons and validates, where its joins run, and what is told of each step."""

    engine: _Engine
    place: Place
    progress: Callable[[str], None]


@dataclass(frozen=True)
class _Judged:
    """The statements of a workspace with all that is added to them, and what waits for the report on them.

    ``facts`` are what the manifest tells of how they were made.
    """

    workspace: Workspace
    hash: str
    completed: Completed
    report: Callable[[], Report]
    facts: Mapping[str, Any]

    def conforming(self) -> Report:
        """Return the report; raises DoesNotConform if there are violations."""
        if not self.report().conforms:
            raise _DoesNotConform
        return self.report()


class _DoesNotConform(Exception):
    """The data have violations, so no release is made of them."""


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
    with ExitStack() as judging:
        whole = judging.enter_context(_judging(workspace, means, earlier))
        try:
            hidden = withheld(workspace, whole.completed.sources.data)
            public = None
            if hidden:
                whole.conforming()
                public = judging.enter_context(_judging_public(workspace, hidden, means, whole.completed.reopened))
            if fingerprint(workspace) != whole.hash:
                changed = f"Files of {workspace.root} were changed during the build; run `ecp-graph build` again."
                raise ReleaseError(changed)
            write = partial(_write, whole=whole, hidden=hidden, public=public, progress=means.progress)
            release = install(releases, release_id(whole.hash), write, kept=kept, progress=means.progress)
        except _DoesNotConform:
            return BuildResult(None, whole.report())
        means.progress(f"Release {release.id} with {release.manifest['triples']} triples is current")
        return BuildResult(release, whole.report(), public.report() if public else None)


@contextmanager
def _judging(
    workspace: Workspace, means: _Means, releases: Path | None = None, reopened: frozenset[str] | None = None
) -> Iterator[_Judged]:
    """Yield a workspace that is being judged: in full, or, with releases, with what is found in the current one.

    ``reopened`` are the findings whose evidence has changed, where the workspace does not have all of it.
    """
    before = fingerprint(workspace)
    facts = circumstances(workspace, means.engine, LAYOUT)
    former = former_release(workspace, releases, facts) if releases else ""
    sources = load(workspace)
    with ExitStack() as running:
        of_stated = cache(running.enter_context(forked_call(partial(judge_stated, sources, engine=means.engine))))
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
            facts["validation"] = {"since": None}
            of_stated()  # what comes of it goes along with the process that is made now
            # its text is read where it is needed, so that it is not held here as well
            things = completed.write_things()
            judge = partial(_check, sources, things, of_stated, means.engine)
            report = _telling(running.enter_context(forked_call(judge)), str(since), means.progress)
            if things.stat().st_size * _TIMES_THE_TEXT > memory_limit():
                report()  # and nothing is written meanwhile
            yield _Judged(workspace, before, completed, report, facts)
        else:
            found, anew = since
            facts["validation"] = {"since": former.release, "nodes": anew}
            means.progress(f"Validated {anew} nodes that a change can affect, with {found.engines}")
            yield _Judged(workspace, before, completed, lambda: found, facts)


def _check(sources: Sources, things: Path, of_stated: Callable[[], Judged], engine: _Engine) -> Report:
    return check(sources, things_of(things), (), of_stated, engine=engine)


def _telling(checked: Callable[[], Report], since: str, progress: Callable[[str], None]) -> Callable[[], Report]:
    """Return what waits for a report, and tells of it once; ``since`` says why all had to be validated."""

    @cache
    def report() -> Report:
        found = checked()
        progress("Validated " + (f"in full, because {since}, " if since else "") + f"with {found.engines}")
        return found

    return report


@contextmanager
def _judging_public(
    workspace: Workspace, hidden: Withheld, means: _Means, reopened: frozenset[str]
) -> Iterator[_Judged | None]:
    """Yield the workspace without the confidential files, judged by itself; None where nothing else is there."""
    means.progress(f"{', '.join(hidden.units)} is confidential; building what may be published without it")
    rest = replace(workspace, without=frozenset(hidden.statements))
    if not rest.data_files:
        yield None
        return
    with _judging(rest, means, reopened=reopened) as judged:
        found = judged.report()
        findings = in_order([*found.findings, *traces(hidden, judged.completed.sources, rest)])
        report = replace(found, findings=findings)
        yield replace(judged, report=lambda: report)


def _write(
    folder: Path,
    whole: _Judged,
    hidden: Withheld | None,
    public: _Judged | None,
    progress: Callable[[str], None],
) -> None:
    part = None
    if public and public.report().conforms:
        part = write_public_part(
            folder,
            public.completed,
            public.report,
            public.workspace,
            public.hash,
            facts=public.facts,
            progress=progress,
        )
    units = hidden.units if hidden else ()

    def report() -> Report:
        progress("Wrote the release")
        return whole.conforming()

    write_contents(
        folder,
        whole.completed,
        report,
        whole.workspace,
        whole.hash,
        facts=whole.facts,
        confidential=units,
        public=part,
        progress=progress,
    )
