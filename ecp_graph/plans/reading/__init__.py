"""Reading plans of others: tables of actions in workbooks, Word files and text files of separated values."""

from ecp_graph.plans.reading.comments import annotated
from ecp_graph.plans.reading.plan import PlanDocument, read_document, read_plan, source_tables
from ecp_graph.plans.reading.proposal import proposed_mapping
from ecp_graph.plans.reading.tables import SourceCell, SourceTable

__all__ = [
    "PlanDocument",
    "SourceCell",
    "SourceTable",
    "annotated",
    "proposed_mapping",
    "read_document",
    "read_plan",
    "source_tables",
]
