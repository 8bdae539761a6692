"""Small workspaces of our own making, for tests, examples and demonstrations; they say nothing about any real plan.

``coast``: objectives, actions "A-1" with sub-actions, indicators, budgets, milestones, no chapters; a workbook and a
report. ``ecoles``: in French, chapters of two depths, straight apostrophes, a timeframe of every kind, a confidential
plan beside it. ``real``: actions in the manner of real plans that an importer met, wording paraphrased.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ecp_graph.workspace import Workspace

__all__ = ["WORLDS", "world"]

WORLDS: Final = ("coast", "ecoles", "real")


def world(name: str) -> Workspace:
    """Return the workspace of that name; ontology, shapes and queries come from the package."""
    assert name in WORLDS
    return Workspace(Path(__file__).parent / name)
