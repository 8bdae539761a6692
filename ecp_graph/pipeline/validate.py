"""Validates a workspace without building a release."""

from __future__ import annotations

from functools import partial

from ecp_graph.forked import forked_call
from ecp_graph.namespaces import using
from ecp_graph.overlap.choosing import themes_in
from ecp_graph.pipeline.complete import complete
from ecp_graph.rdf.load import load
from ecp_graph.validation.check import check, judge_stated
from ecp_graph.validation.report import Report
from ecp_graph.workspace import Workspace

__all__ = ["validate_workspace"]


def validate_workspace(workspace: Workspace) -> Report:
    """Return the report on the workspace, without building a release.

    A contradiction with the ontology is a violation of the report. Raises InputSyntaxError and WorkspaceError.
    """
    with using(workspace.names):
        sources = load(workspace)
        with forked_call(partial(judge_stated, sources)) as of_stated:
            completed = complete(sources, workspace.rule_files, themes=themes_in(workspace.about))
            return check(sources, completed.things(), completed.contradictions, of_stated)
