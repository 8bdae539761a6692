"""Validating files from anywhere against the shapes of a workspace, as if they were added to its data.

What the workspace states is read with them, so that a number used twice is found and a body need not be described
again. Left out is what the files state anew:

- A named graph that they hold replaces the workspace's graph of that name, since a reading is written down once.
  What the workspace tells about the reading itself and its passage stays, unless they tell it.
- Where they have no graphs, a thing whose class they state is described by them alone.

Files of the workspace's own data/ folder are part of it, so nothing is left out. Reported is only what is about what
they describe, so only such nodes are judged whose judgement reads a statement about that, or with it as its object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ecp_graph.forked import forked_call
from ecp_graph.namespaces import ECP, PREFIXES, using
from ecp_graph.overlap.choosing import themes_in
from ecp_graph.pipeline.complete import complete, tables_of
from ecp_graph.pipeline.excerpt import excerpt
from ecp_graph.rdf.lines import SourceIndex
from ecp_graph.rdf.load import Sources, load, parse_files
from ecp_graph.tables.statements import DEFAULT_GRAPH, Statements
from ecp_graph.validation.check import check_touched, judge_stated
from ecp_graph.validation.report import Finding, Report, in_order
from ecp_graph.workspace import Workspace

__all__ = ["validate_files"]

#: What the files state anew; see the module for the rules.
_REPLACED: Final = """
WITH
  described AS (SELECT s, g FROM given WHERE p = $type),
  passages AS (SELECT o, g FROM data WHERE p = $reading_of)
DELETE FROM data WHERE s IN (SELECT s FROM described WHERE g = $none)
  OR g IN (SELECT g FROM given WHERE g <> $none)
    AND ((s, g) IN (FROM described) OR s <> g AND (s, g) NOT IN (FROM passages))"""
_ADDED: Final = "INSERT INTO data FROM given ANTI JOIN data USING (s, p, o, g)"
#: What is judged: statements about what the files describe, and those with it as their object.
_TOUCHED: Final = (
    "CREATE TEMP TABLE things AS SELECT DISTINCT s, p, o FROM quads",
    "CREATE TEMP VIEW walked AS FROM things",
    "CREATE TEMP TABLE changed AS FROM things WHERE s IN (SELECT s FROM given) OR o IN (SELECT s FROM given)",
)


def validate_files(files: Sequence[Path], workspace: Workspace) -> Report:
    """Return the report on the files: findings about their subjects, and one note for each file without named graphs.

    For each shape it tells at how many nodes it looked because of the files. Raises InputSyntaxError for a file that
    cannot be parsed (path, line), and what `load` raises for the workspace.
    """
    with using(workspace.names):
        return _report(files, workspace)


def _report(files: Sequence[Path], workspace: Workspace) -> Report:
    parsed = parse_files([(path, f"file{number}x") for number, path in enumerate(files)])
    quads = list(dict.fromkeys(quad for part in parsed.values() for quad in part))
    sources = load(workspace)
    own = {path.resolve() for path in workspace.data_files}
    names = {path: workspace.relative(path.resolve()) if path.resolve() in own else str(path) for path in files}
    others = [path for path in workspace.data_files if path not in {given.resolve() for given in files}]
    index = SourceIndex(
        [*files, *others, *workspace.shape_files], lambda path: names.get(path) or workspace.relative(path)
    )
    statements = _together(sources, quads, within=all(path.resolve() in own for path in files))
    data, documents = excerpt(sources.profiles, statements)
    sources = replace(sources, data=data, index=index)
    judged = [quad for path, part in parsed.items() if _has_graphs(path) for quad in part]
    with forked_call(partial(judge_stated, sources, judged, documents=documents)) as of_stated:
        completed = complete(sources, workspace.rule_files, statements=statements, themes=themes_in(workspace.about))
        for statement in _TOUCHED:
            statements.connection.execute(statement)
        about = {_text(quad.subject) for quad in quads}
        report = check_touched(sources, statements, completed.contradictions, of_stated, about=about)
    return replace(report, findings=in_order([*report.findings, *_without_evidence(parsed, names)]))


def _together(sources: Sources, quads: Sequence[ox.Quad], *, within: bool) -> Statements:
    """Return the workspace as tables with the quads, which are the table ``given``."""
    statements = tables_of(sources)
    statements.put("derived", quads)
    run = statements.connection.execute
    run("CREATE TEMP TABLE given AS FROM derived")
    if not within:
        names = {"type": f"<{PREFIXES['rdf']}type>", "reading_of": f"<{ECP}readingOf>"}
        numbers = statements.numbers(names.values())
        run(_REPLACED, {"none": DEFAULT_GRAPH} | {name: numbers[term] for name, term in names.items()})
        run(_ADDED)
    return statements


def _without_evidence(parsed: Mapping[Path, Sequence[ox.Quad]], names: Mapping[Path, str]) -> Iterator[Finding]:
    for path, quads in parsed.items():
        if not _has_graphs(path):
            yield Finding(
                "Info",
                f"Its {len(quads)} statements are not in a named graph, so their source is unknown.",
                file=names[path],
                remedy="Write the file as TriG, each statement in the graph of a reading of its passage.",
            )


def _has_graphs(path: Path) -> bool:
    form = ox.RdfFormat.from_extension(path.suffix.lstrip(".").lower())
    return form is not None and form.supports_datasets


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.BlankNode) else str(term)
