"""The last release, where a build can take over what was found in it, since only data have changed.

That is so where the same version of this package and of what it validates with built it, with the same engine, from the
same ontology, shapes, queries and settings, and its dataset and report are whole. In any other case, and where a plan
is confidential, all is validated in full. See `ecp_graph.tables.difference` for what has changed, and
`ecp_graph.validation.incremental` for what is judged anew.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import duckdb

from ecp_graph import __version__
from ecp_graph.errors import ReleaseError
from ecp_graph.inputs import read_input
from ecp_graph.pipeline.complete import Completed
from ecp_graph.rdf.load import Sources
from ecp_graph.rdf.nquads import NQuads
from ecp_graph.release.release import file_facts, open_release
from ecp_graph.tables.difference import compare_with
from ecp_graph.tables.statements import Statements
from ecp_graph.validation.check import Judged, check_since
from ecp_graph.validation.report import Report
from ecp_graph.validation.writers import read_json
from ecp_graph.workspace import Workspace

__all__ = ["Former", "circumstances", "former_release", "judge_since"]

#: On these it depends what is found.
_TOOLS: Final = ("duckdb", "pyoxigraph", "pyshacl", "rdflib", "shacl")
#: Where more of the statements than one in so many have changed, all are validated.
_FEW: Final = 5


@dataclass(frozen=True)
class Former:
    """What a build takes over: a dataset and its report, and which data files, as findings name them, have changed."""

    release: str
    dataset: Path
    report: Report
    files: frozenset[str]


def circumstances(workspace: Workspace, engine: str, layout: int) -> dict[str, Any]:
    """Return on what a build depends, for its manifest: ``layout``, ``engine``, ``tools`` and ``inputs``.

    The last has the SHA-256 of each file by its name. Raises InputSyntaxError.
    """
    inputs = {workspace.relative(path): hashlib.sha256(read_input(path)).hexdigest() for path in workspace.files}
    tools = {"python": platform.python_version(), **dict(map(_versioned, _TOOLS))}
    return {"layout": layout, "engine": engine, "tools": tools, "inputs": inputs}


def former_release(workspace: Workspace, releases: Path, now: Mapping[str, Any]) -> Former | str:
    """Return the current release, or as the end of a sentence why nothing found in it can be taken over.

    ``now`` are the circumstances of the build. The reason is empty where there is no release.
    """
    try:
        release = open_release(releases)
    except ReleaseError:
        return ""
    if now["engine"] != "local":
        return "the reference engine judges all"
    then = release.manifest
    if then["version"] != __version__ or any(then.get(one) != now[one] for one in ("layout", "tools", "engine")):
        return "the last release was built with another version or engine"
    if release.confidential or workspace.without:
        return "a plan is confidential"
    data = {workspace.relative(path) for path in workspace.data_files}
    before, after = then["inputs"], now["inputs"]
    differing = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if others := sorted(name for name in differing - data if not name.startswith("data/")):
        return f"{others[0]} has changed"
    try:
        if any(file_facts(path) != then["files"].get(path.name) for path in (release.dataset, release.report("json"))):
            return f"the release {release.id} is damaged"
        report = read_json(release.report("json").read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return f"the release {release.id} cannot be read"
    return Former(release.id, release.dataset, report, frozenset(differing))


def judge_since(
    former: Former, workspace: Workspace, completed: Completed, of_stated: Callable[[], Judged]
) -> tuple[Report, int] | str:
    """Return the report, made of a former one, and how many nodes were judged anew; or why that is not possible."""
    sources = completed.sources
    statements = completed.statements
    with statements.scratch():
        moved = _moved(former, sources, statements, workspace)
        if isinstance(moved, str):
            return moved
        found = check_since(sources, statements, of_stated, former=former.report, files=former.files, moved=moved)
    return found or "some shapes report findings about other nodes than their own"


def _moved(former: Former, sources: Sources, statements: Statements, workspace: Workspace) -> set[str] | str:
    """Compare the statements with those of a former release, as tables, and return which subjects may stand elsewhere.

    Or return why all has to be validated.
    """
    names = workspace.names
    fixed = [names.ontology_graph, names.shapes_graph]
    try:
        is_fixed = compare_with(former.dataset, statements, but=names.dataset_graph, fixed=fixed)
    except (OSError, duckdb.Error):  # another build may have removed it meanwhile
        return f"the release {former.release} cannot be read"
    if not is_fixed:
        return "the rules of another set of documents apply"
    run = statements.connection.execute
    differing, every = run("SELECT (SELECT count(*) FROM changed), (SELECT count(*) FROM things)").fetchall()[0]
    if differing * _FEW > every:
        return "too much has changed"
    rows = run("SELECT term FROM terms WHERE id IN (SELECT s FROM gone UNION ALL SELECT s FROM come)").fetchall()
    moved = {term.removeprefix("<").removesuffix(">") for (term,) in rows}
    if not isinstance(sources.data, NQuads):
        return "the data were not read from files"
    for path, text in zip(workspace.data_files, sources.data.texts, strict=True):
        if workspace.relative(path) in former.files:
            moved |= {line.partition(b" ")[0][1:-1].decode() for line in text.splitlines()}
    return moved


def _versioned(name: str) -> tuple[str, str | None]:
    try:
        return name, version(name)
    except PackageNotFoundError:
        return name, None
