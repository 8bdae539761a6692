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
    """The result of a build: the report, and the release, or None if the data do not conform.

    ``public`` is the report on the data without the confidential plans, where there are any; if it has violations,
    nothing of the release can be published.
    """

    release: Release | None
    report: Report
    public: Report | None = None
