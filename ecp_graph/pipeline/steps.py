"""The steps of a build, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal

from ecp_graph.errors import InconsistentData, ReleaseError
from ecp_graph.forked import forked_call
from ecp_graph.pipeline.complete import complete
from ecp_graph.pipeline.contents import fingerprint, release_id, write_contents
from ecp_graph.pipeline.result import BuildResult
from ecp_graph.rdf.load import load
from ecp_graph.release.swap import install
from ecp_graph.validation.check import check, judge_statements
from ecp_graph.workspace import Workspace

__all__ = ["run"]


def run(
    workspace: Workspace,
    releases: Path,
    kept: int,
    engine: Literal["local", "reference"],
    progress: Callable[[str], None],
) -> BuildResult:
    """See `ecp_graph.pipeline.build`."""
    before = fingerprint(workspace)
    sources = load(workspace)
    progress(f"Read {len(sources.data)} statements of {len(sources.readings)} readings")
    with forked_call(partial(judge_statements, sources)) as of_statements:
        completed = complete(sources, workspace.rule_files, engine=engine, progress=progress)
        if completed.contradictions:
            raise InconsistentData([completed.located(one) for one in completed.contradictions])
        report = check(sources, completed.graph(), completed.contradictions, of_statements)
    progress(f"Validated with {len(report.looked_at)} shapes")
    if not report.conforms:
        return BuildResult(None, report)
    if fingerprint(workspace) != before:
        raise ReleaseError(f"Files of {workspace.root} were changed during the build; run `ecp-graph build` again.")
    write = partial(write_contents, completed=completed, report=report, workspace=workspace, workspace_hash=before)
    release = install(releases, release_id(before), write, kept=kept, progress=progress)
    progress(f"Release {release.id} with {release.manifest['triples']} triples is current")
    return BuildResult(release, report)
