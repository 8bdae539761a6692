"""A workspace of one's own: making one, with what another knows, and taking a plan out of it again."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ecp_graph.errors import WorkspaceError
from ecp_graph.namespaces import PREFIXES, Names, compact, using
from ecp_graph.pipeline.confidential import withheld
from ecp_graph.pipeline.surroundings import is_imported
from ecp_graph.plans.known.kinds import kinds_of
from ecp_graph.plans.known.register import register_part
from ecp_graph.plans.writing.evidence import Evidence, Place
from ecp_graph.plans.writing.trig import trig
from ecp_graph.rdf.load import parse_files
from ecp_graph.reasoning.certainty import strengths_of
from ecp_graph.workspace import Workspace
from ecp_graph.workspace_file import WORKSPACE_FILE, read_workspace_file

__all__ = ["REGISTER", "Removed", "create_workspace", "is_slug", "remove_plan"]

#: The file of what a new workspace knows from another one.
REGISTER: Final = Path("data", "register", "known.trig")

#: The document that says where a register is from; people name documents of their own "register".
_REGISTER_SLUG: Final = "copied-register"
_TEMPLATE: Final = Path(__file__).with_name("workspace_template.toml")
_IGNORED: Final = "# Made by `ecp-graph build`.\n/releases/\n"
_FOLDERS: Final = ("data", "decisions", "drafts", "sources")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LABEL: Final = PREFIXES["skos"] + "prefLabel"
#: Of the things that others still name, so many are told.
_TOLD: Final = 5


@dataclass(frozen=True)
class Removed:
    """What was taken out of a workspace: folders and files, relative to it."""

    paths: tuple[Path, ...]


def create_workspace(
    folder: Path, title: str, *, base: str | None = None, language: str = "en", register_of: Workspace | None = None
) -> Workspace:
    """Make a workspace in a folder that does not exist or is empty, and return it.

    With ``register_of`` it has that workspace's register, but for what is confidential there. Nothing is left behind
    where this fails. Raises WorkspaceError for a folder with something in it or a title that cannot be written,
    InputSyntaxError for a base or a language that a workspace cannot have or for a file of the other workspace.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkspaceError(
            f"{folder} is not an empty folder. Name a new one; a folder becomes a workspace by its {WORKSPACE_FILE}, "
            "which you can also write by hand.",
            folder,
        )
    if _UNPRINTABLE.search(title) or not title.strip():
        raise WorkspaceError("The title has to be one line of printable text. Give another one with --title.", folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write(staging, title, base, language, register_of)
        folder.mkdir(exist_ok=True)
        # the file that marks a workspace comes last
        for path in sorted(staging.iterdir(), key=lambda path: path.name == WORKSPACE_FILE):
            path.rename(folder / path.name)
        staging.rmdir()
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return Workspace(folder.resolve())


def remove_plan(workspace: Workspace, slug: str) -> Removed:
    """Take a plan out of a workspace: its folder below ``data/`` and its documents in ``sources/``.

    Drafts and decisions stay. Raises WorkspaceError, before anything is removed, where there is no such plan that was
    imported or where other files name something that only this plan describes.
    """
    data = workspace.folder("data")
    folder = data / slug
    if not is_slug(slug) or not is_imported(folder):
        plans = ", ".join(path.name for path in _found(data) if is_imported(path)) or "none"
        raise WorkspaceError(f"{workspace.root} has no imported plan '{slug}' (it has: {plans}).", workspace.root)
    if named := _named_elsewhere(workspace, folder):
        shown = ", ".join(named[:_TOLD]) + (f" and {len(named) - _TOLD} more" if len(named) > _TOLD else "")
        raise WorkspaceError(
            f"Other files name what only {workspace.relative(folder)}/ describes: {shown}. Describe it in another "
            "file, or remove those plans first.",
            workspace.root,
        )
    sources = workspace.root / "sources"
    gone = [folder, *(path for path in _found(sources) if path.name == slug or path.stem == slug)]
    for path in gone:
        _move_away(path)
    return Removed(tuple(path.relative_to(workspace.root) for path in gone))


def is_slug(text: str) -> bool:
    """Whether a text can name a plan: lowercase letters, digits and single hyphens, 60 characters at most."""
    return bool(re.fullmatch(r"(?=.{1,60}$)[a-z0-9]+(-[a-z0-9]+)*", text))


def _write(root: Path, title: str, base: str | None, language: str, register_of: Workspace | None) -> None:
    for name in _FOLDERS:
        (root / name).mkdir()
    (root / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    values = {"title": title, "base": base or f"urn:ecp-graph:{_slug(title)}:", "language": language}
    quoted = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
    (root / WORKSPACE_FILE).write_text(_TEMPLATE.read_text(encoding="utf-8").format_map(quoted), encoding="utf-8")
    about = read_workspace_file(root / WORKSPACE_FILE)
    if register_of is not None:
        path = root / REGISTER
        path.parent.mkdir()
        path.write_bytes(_register(register_of, about.names))


def _register(workspace: Workspace, here: Names) -> bytes:
    """Return the file of what a workspace knows, for another with the names given."""
    with using(workspace.names):
        quads = list(_statements(workspace, workspace.data_files))
        if hidden := withheld(workspace, quads):
            workspace = replace(workspace, without=frozenset(hidden.statements))
            quads = list(_statements(workspace, workspace.data_files))
    remarks = (
        f"What is known from the workspace {workspace.about.title!r}: bodies, programmes, instruments and topics.",
        "Written by `ecp-graph init`. Yours to change: each statement is in the reading of the passage that states it.",
    )
    ontology = parse_files([(path, "ontology") for path in workspace.ontology_files])
    strengths = strengths_of(quad for found in ontology.values() for quad in found)
    part = register_part(quads, [concept.value for concept in strengths.concepts])
    graphs = {graph: number for number, graph in enumerate(dict.fromkeys(quad.graph_name for quad in part))}
    part.sort(key=lambda quad: graphs[quad.graph_name])
    part += _taken_from(workspace, part, here)
    return trig(part, workspace.names.prefixes, remarks=remarks)


def _taken_from(workspace: Workspace, register: Sequence[ox.Quad], here: Names) -> Iterator[ox.Quad]:
    """Yield the statements that the things of a register are described by the data set of a workspace."""
    document = f"{here.id}document/{_REGISTER_SLUG}"
    place = Place("source", "code-list", REGISTER.as_posix())
    said = Evidence(here.base, _REGISTER_SLUG)
    label = ox.Literal(f"What is known from {workspace.about.title}", language="en")
    said.state(place, "external", document, "rdf:type", "ecp:SourceDocument")
    said.state(place, "external", document, "skos:prefLabel", label)
    for thing in kinds_of(register):
        said.state(place, "external", thing, "dcterms:source", workspace.names.dataset)
    yield from said.quads()


def _statements(workspace: Workspace, files: Iterable[Path]) -> Iterator[ox.Quad]:
    for quads in parse_files([(path, None) for path in files]).values():
        yield from quads


def _named_elsewhere(workspace: Workspace, folder: Path) -> list[str]:
    """Return what other files name and only those of the folder describe, as prefixed names."""
    parsed = parse_files([(path, None) for path in workspace.data_files])
    ours = [quad for path, quads in parsed.items() if folder in path.parents for quad in quads]
    others = [quad for path, quads in parsed.items() if folder not in path.parents for quad in quads]
    described = {quad.subject for quad in ours if quad.predicate.value == _LABEL}
    described -= {quad.subject for quad in others if quad.predicate.value == _LABEL}
    named = {term for quad in others for term in (quad.subject, quad.object) if term in described}
    return sorted(compact(term.value) for term in named if isinstance(term, ox.NamedNode))


def _found(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if not path.name.startswith(".")) if folder.is_dir() else []


def _move_away(path: Path) -> None:
    """Hide a path in one step, since commands pass hidden ones over, and then remove it."""
    hidden = path.with_name(f".removed-{path.name}-{os.getpid()}")
    path.rename(hidden)
    if hidden.is_dir():
        shutil.rmtree(hidden)
    else:
        hidden.unlink()


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "workspace"
