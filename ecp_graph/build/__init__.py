"""Building a release: load, reason, derive, validate, write; one module for each step.

::

    load.py      authored files → statements, each in the named graph of its passage      lines.py: where they stand
                 left_out.py: what it must not pass over
    reason.py    OWL 2 RL closure → graph/inferred, and contradictions                    closure.py, identity.py
    derive.py    rules below queries/derive/ → overlaps and ecp:statedIn, graph/derived   ecp_graph/overlap/mint.py
    complete.py  the three above, one after the other
    validate.py  shapes → Report                     shacl.py, beside.py, statements.py, report.py, writers.py, files.py
    describe.py  counts, catalogue and sources → graph/dataset      counts.py, catalogue.py
    contents.py  all of it → the files of a release
    swap.py      the folder → the current release
    release.py   opening and checking a release
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ecp_graph.workspace import Workspace

if TYPE_CHECKING:
    from ecp_graph.build.release import Release
    from ecp_graph.build.report import Report

__all__ = ["BuildResult", "build"]


@dataclass(frozen=True)
class BuildResult:
    """What a build came to: its report, and the release, or None when the data do not conform."""

    release: Release | None
    report: Report


def build(
    workspace: Workspace, releases: Path, *, kept: int = 5, progress: Callable[[str], None] = lambda _: None
) -> BuildResult:
    """Return the report on a workspace and, when it has no violation, the new release, which is then the current one.

    ``progress`` gets one short sentence for each step. Of the older releases so many stay that there are ``kept`` in
    all. Raises InputSyntaxError for a file that cannot be parsed and InconsistentData when the data contradict the
    ontology; in both cases, as with violations, the last release stays.
    """
    # Not at the top: `ecp-graph query` opens a release without rdflib, owlrl and pySHACL.
    from ecp_graph.build.pipeline import run

    return run(workspace, releases, kept, progress)
