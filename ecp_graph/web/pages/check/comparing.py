"""Compares a draft in a process of its own, with limits: reading it can go wrong, and comparing takes seconds."""

from __future__ import annotations

from collections.abc import Sequence
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

    return check_draft(path, workspace, release, against=against)
