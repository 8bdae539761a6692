"""Writes the files of a release into a folder, whose layout is described in `ecp_graph.release.release`."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from ecp_graph import __version__
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.forked import forked_call
from ecp_graph.inputs import read_input
from ecp_graph.linked_data.counts import count_graphs
from ecp_graph.linked_data.describe import describe
from ecp_graph.linked_data.dumps import FOLDER as DUMPS_FOLDER
from ecp_graph.linked_data.dumps import write_checksums, write_dumps
from ecp_graph.namespaces import PREFIXES
from ecp_graph.overlap.choosing import count_findings, rows_beside, told_of_rows
from ecp_graph.overlap.likeness import encoder_version
from ecp_graph.pipeline.complete import Completed
from ecp_graph.pipeline.storing import DESCRIBED, Storing, describe_in
from ecp_graph.queries.catalogue import load_catalogue
from ecp_graph.rdf.writing import write_rdf
from ecp_graph.release.release import CURRENT, MANIFEST, PUBLIC, Release, file_facts, open_release
from ecp_graph.sparql.formats import TURTLE
from ecp_graph.tables.answers import answers_by_joins
from ecp_graph.tables.definitions import FOLDER as TABLES_FOLDER
from ecp_graph.tables.definitions import Definition, read_definitions
from ecp_graph.tables.lists.writing import FILE as LISTS_FILE
from ecp_graph.tables.lists.writing import write_lists
from ecp_graph.tables.statements import LAYERS, Statements
from ecp_graph.tables.stored import make_merged
from ecp_graph.tables.tidy import write_tables
from ecp_graph.validation.report import Report
from ecp_graph.validation.writers import FORMATS, render
from ecp_graph.workspace import FOLDERS, Workspace

__all__ = ["LAYOUT", "fingerprint", "release_id", "write_contents", "write_public_part"]

#: Rises when the files of a release change their form, so that a release of the old form is not taken for the new one.
LAYOUT: Final = 8


def fingerprint(workspace: Workspace) -> str:
    """Return the SHA-256 over the relative path and the bytes of every authored file; raises InputSyntaxError."""
    digest = hashlib.sha256()
    for path in workspace.files:
        name, content = workspace.relative(path).encode(), read_input(path)
        digest.update(b"%d %s %d " % (len(name), name, len(content)) + content)
    return digest.hexdigest()


def release_id(workspace_hash: str) -> str:
    """Return the id of the release that this version of the package makes of a workspace: 12 hexadecimal digits.

    With another version of the encoder of meaning, or without one, other overlaps can be found.
    """
    made_of = f"{workspace_hash} {__version__} {LAYOUT} {encoder_version()}"
    return hashlib.sha256(made_of.encode()).hexdigest()[:12]


def write_public_part(
    folder: Path,
    completed: Completed,
    report: Callable[[], Report],
    workspace: Workspace,
    workspace_hash: str,
    *,
    facts: Mapping[str, Any],
    progress: Callable[[str], None],
) -> Release:
    """Write the release without confidential plans into the folder of the whole one, and return it."""
    identity = release_id(workspace_hash)
    (part := folder / PUBLIC / identity).mkdir(parents=True)
    write_contents(part, completed, report, workspace, workspace_hash, facts=facts, progress=progress)
    (part.parent / CURRENT).write_text(identity + "\n", encoding="utf-8")
    return open_release(part.parent)


def write_contents(
    folder: Path,
    completed: Completed,
    report: Callable[[], Report],
    workspace: Workspace,
    workspace_hash: str,
    *,
    facts: Mapping[str, Any],
    confidential: Sequence[str] = (),
    public: Release | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Write every file of a release into an empty folder, the manifest last, and all of it to disk.

    ``report`` waits for the report, and is called when all else is written; what it raises is raised. ``facts`` are
    what the manifest tells of how the release was made. With confidential plans the folder may hold ``public``, the
    release without them. The description and the dumps are those of that part then; without one, there are none.
    ``progress`` is told which tables joins do not cover.
    """
    identity = release_id(workspace_hash)
    statements = completed.statements
    tables = read_definitions(workspace)
    description = (
        _description_of(public)
        if public
        else describe(
            statements,
            about=None if workspace.has_own("ontology") else workspace.about,
            release_id=identity,
            workspace_hash=workspace_hash,
            tables=tables,
            comment=told_of_rows(statements),
        )
    )
    dumped = public.dataset if public else None if confidential else folder / "dataset.nq"
    statements.put("description", description)
    shutil.move(statements.write_sorted(LAYERS), folder / "dataset.nq")
    with forked_call(partial(_write_dumps, folder, dumped)) as dumps_written:
        for name, content in (("description", description), ("ontology", completed.sources.ontology)):
            (folder / f"{name}.ttl").write_bytes(write_rdf((quad.triple for quad in content), TURTLE))
        left = _write_store_tables_and_lists(folder, statements, description, tables, workspace)
        for name, why_not in left.items():
            progress(f"The table {name} is asked of the store, because joins do not cover {why_not}")
        dumps_written()
    found = report()
    for name, suffix in FORMATS.items():
        (folder / f"report.{suffix}").write_text(render(found, name), encoding="utf-8")
    manifest = {
        "id": identity,
        "version": __version__,
        "workspace": workspace_hash,
        **facts,
        **_manifest(completed, workspace),
        **({"tables_without_joins": left} if left else {}),
        "findings": found.counts,
        **({"confidential": list(confidential)} if confidential else {}),
        "files": _facts_of_files(folder),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    _to_disk([*folder.rglob("*"), folder])


def _manifest(completed: Completed, workspace: Workspace) -> dict[str, Any]:
    """Return what a manifest tells of statements and of the workspace that they are of."""
    statements = completed.statements
    make_merged(statements)
    return {
        "title": workspace.about.title,
        "names": workspace.names.as_json(),
        "ontology": _ontology_version(completed),
        "from_package": [name for name in FOLDERS if not workspace.has_own(name)],
        "triples": statements.connection.execute("SELECT count(*) FROM merged").fetchall()[0][0],
        "graphs": count_graphs(statements),
        "overlaps": count_findings(statements),
        **({"rules_without_joins": dict(completed.without_joins)} if completed.without_joins else {}),
    }


def _facts_of_files(folder: Path) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): file_facts(path) for path in files}


def _ontology_version(completed: Completed) -> str:
    version = ox.NamedNode(PREFIXES["owl"] + "versionInfo")
    found = (quad.object for quad in completed.sources.ontology if quad.predicate == version)
    return min((value.value for value in found if isinstance(value, ox.Literal)), default="")


def _description_of(release: Release) -> list[ox.Quad]:
    graph = ox.NamedNode(release.names.dataset_graph)
    triples = ox.parse(release.description.read_bytes(), format=ox.RdfFormat.TURTLE)
    return [ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples]


def _write_dumps(folder: Path, dataset: Path | None) -> None:
    """Write the dumps of a dataset; what a process that did not come to its end has written of them is thrown away."""
    dumps = folder / DUMPS_FOLDER
    shutil.rmtree(dumps, ignore_errors=True)
    dumps.mkdir()
    if dataset is None:
        return
    write_dumps(dataset, dumps)
    made = sorted(path for path in dumps.iterdir() if path.is_file())
    write_checksums(dumps, [(path.name, file_facts(path)["sha256"]) for path in made])


def _write_store_tables_and_lists(
    folder: Path,
    statements: Statements,
    description: Sequence[ox.Quad],
    tables: Sequence[Definition],
    workspace: Workspace,
) -> dict[str, str]:
    """Write these parts of a release, and return the tables that a store was asked for, each with the reason.

    A store in memory is gone before the one on disk is made. Tables are of what the description describes, so a store
    lacks it until they are there.
    """
    make_merged(statements, DESCRIBED)
    answered, left = answers_by_joins(statements, DESCRIBED, tables)
    storing = Storing(statements)
    path = folder / "store"
    store = None if storing.fits_memory else storing.on_disk(path)
    beside = {table: statements.write_rows(rows, table) for table, rows in rows_beside(statements).items()}
    asked = storing.in_memory() if store is None else store
    write_tables(asked, tables, folder / TABLES_FOLDER, answered=answered, beside=beside)
    describe_in(asked, description)
    engine = EmbeddedEngine(asked, name=f"release in {folder.name}")
    write_lists(folder / LISTS_FILE, engine, load_catalogue(workspace), folder / TABLES_FOLDER)
    del asked, engine
    if store is None:
        store = storing.on_disk(path)
        describe_in(store, description)
    store.optimize()
    store.flush()
    del store
    for leftover in (*path.glob("LOG*"), path / "LOCK"):
        leftover.unlink(missing_ok=True)
    return left


def _to_disk(paths: Iterable[Path]) -> None:
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
