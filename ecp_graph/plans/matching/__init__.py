"""Which known body, programme, instrument, topic or goal a text names: for sure, as a question, or none."""

from ecp_graph.plans.matching.compare import Part
from ecp_graph.plans.matching.decisions import FILE, Decision, read_decisions, write_decisions
from ecp_graph.plans.matching.known import Known, known_of
from ecp_graph.plans.matching.register import Match, Register

__all__ = ["FILE", "Decision", "Known", "Match", "Part", "Register", "known_of", "read_decisions", "write_decisions"]
