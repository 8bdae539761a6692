"""The result of a build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecp_graph.release.release import Release
    from ecp_graph.validation.report import Report

__all__ = ["BuildResult"]


@dataclass(frozen=True)
class BuildResult:
    """The result of a build: the report, and the release, or None if the data do not conform."""

    release: Release | None
    report: Report
