"""Building a release: load, reason, derive, validate, write.

::

    load        authored files → statements, each in the named graph of its passage          rdf/load.py
    reason      OWL 2 RL closure → graph/inferred, and contradictions                        reasoning/reason.py
    derive      rules below queries/derive/ → overlaps and ecp:statedIn, graph/derived       overlap/derive.py
    complete    the two above, one after the other                                           complete.py
    former      last release → findings that still hold                                      former.py
    check       shapes → Report                                                              validation/check.py
    withhold    confidential plans → the same steps without their files                      confidential.py
    describe    counts, catalogue and sources → graph/dataset                                linked_data/describe.py
    contents    all of it → the files of a release                                           contents.py
    swap        the folder → the current release                                             release/swap.py
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from ecp_graph.namespaces import using
from ecp_graph.pipeline.result import BuildResult
from ecp_graph.workspace import Workspace

__all__ = ["SPARK_MASTER", "BuildResult", "build"]

#: All processors of this machine.
SPARK_MASTER: Final = "local[*]"


def build(
    workspace: Workspace,
    releases: Path,
    *,
    kept: int = 5,
    engine: Literal["local", "reference", "spark"] = "local",
    spark_master: str = SPARK_MASTER,
    progress: Callable[[str], None] = lambda _: None,
    full: bool = False,
) -> BuildResult:
    """Build a workspace, and return the report and, if there are no violations, the release, now the current one.

    ``progress`` is called with one short sentence for each step. The ``reference`` engine reasons with owlrl and
    validates with pySHACL; ``spark`` is the local one with its joins on a Spark master. Keeps at most ``kept``
    releases, the current one included. Raises InputSyntaxError for a file that cannot be parsed, InconsistentData if
    the data contradict the ontology, UncoveredAxiom for an axiom that the local engine does not know, and MissingExtra
    and SparkError where Spark cannot run; in each case, and if there are violations, the last release stays current.

    Where only data have changed since the current release, no more is validated than the change can affect, with the
    same report; with ``full`` all is.

    Where a plan is confidential, the release also holds what may be published: what the other files alone make.
    """
    # Not at the top: `ecp-graph query` opens a release without rdflib, owlrl and pySHACL.
    from ecp_graph.pipeline.steps import run

    with using(workspace.names):
        return run(workspace, releases, kept, engine, spark_master, progress, full)
