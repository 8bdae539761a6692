"""Findings across plans: actions of different plans compared by what they say, beside what rules find of them."""

from ecp_graph.overlap.across.actions import PlanAction, read_plan_actions
from ecp_graph.overlap.across.findings import add_findings
from ecp_graph.overlap.across.pairs import Comparison, Pair, compare_actions

__all__ = ["Comparison", "Pair", "PlanAction", "add_findings", "compare_actions", "read_plan_actions"]
