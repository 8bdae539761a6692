"""What changed from one plan to another: which action became which, and how."""

from ecp_graph.overlap.changes.aligning import Alignment, align
from ecp_graph.overlap.changes.rows import Party, PlanRow, PlanTime
from ecp_graph.overlap.changes.telling import KINDS, Change, changes_between

__all__ = ["KINDS", "Alignment", "Change", "Party", "PlanRow", "PlanTime", "align", "changes_between"]
