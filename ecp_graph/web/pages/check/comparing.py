"""Compares a draft in a process of its own, with limits: reading it can go wrong, and comparing takes seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from ecp_graph.confined import GREEDY, LimitReached, Limits, confined
from ecp_graph.errors import InputSyntaxError
from ecp_graph.overlap.across.checked import Checked
from ecp_graph.release.release import Release
from ecp_graph.turns import Turns
from ecp_graph.workspace import Workspace

__all__ = ["compare"]

#: What a comparison may take in all, and how many wait for theirs: one at a time is compared.
_LIMITS: Final = Limits(memory_bytes=3_000_000_000, cpu_s=90, clock_s=120)
_TURNS: Final = Turns(most_waiting=4, limit_s=60)


def compare(path: Path, workspace: Workspace, release: Release, against: Sequence[str]) -> Checked:
    """Return what a draft has in common with plans of a release, as `check_draft` finds it.

    Raises InputSyntaxError for a file that cannot be read or needs too much, ParameterError for a plan that the release
    does not have, and EngineBusy where too many wait.
    """
    with _TURNS.turn():
        try:
            return confined(_compare_here, path, workspace, release, tuple(against), limits=_LIMITS)
        except LimitReached:
            raise InputSyntaxError(path, GREEDY) from None


def _compare_here(path: Path, workspace: Workspace, release: Release, against: Sequence[str]) -> Checked:
    from ecp_graph.pipeline.checking import check_draft

    shown = workspace if release.confidential else _open_part(workspace)
    return check_draft(path, shown, release, against=against)


def _open_part(workspace: Workspace) -> Workspace:
    """Return a workspace without its confidential plans, whose names a release without them must not tell."""
    from ecp_graph.pipeline.confidential import withheld
    from ecp_graph.rdf.load import parse_files

    files = parse_files([(path, None) for path in workspace.data_files])
    hidden = withheld(workspace, [quad for quads in files.values() for quad in quads])
    return replace(workspace, without=frozenset(hidden.statements)) if hidden else workspace
