"""Where the authored files are: a workspace is a folder with a workspace.toml and data/.

Of ontology/, shapes/ and queries/ it may have its own; without them it uses those of the package. Rules of one document
(shapes/profiles/) are added to the rules for any plan, be these the package's or its own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from ecp_graph.errors import WorkspaceError
from ecp_graph.namespaces import Names
from ecp_graph.workspace_file import WORKSPACE_FILE, WorkspaceFile, read_workspace_file

__all__ = ["DECISIONS", "FOLDERS", "Workspace", "bundled_workspace", "default_releases", "find_workspace", "is_hidden"]

#: Where the decisions on overlaps are.
DECISIONS: Final = Path("decisions") / "overlaps.tsv"
#: The suffixes of the files that are read below each folder.
FOLDERS: Final = {
    "ontology": (".ttl",),
    "data": (".trig", ".nq", ".ttl", ".nt"),
    "shapes": (".ttl",),
    "queries": (".rq",),
}

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "_workspace"
#: Folders of which a workspace that has none of its own uses the package's.
_FROM_PACKAGE = frozenset({"ontology", "shapes", "queries"})
#: Where, below shapes/, the rules of single documents are.
_PROFILES: Final = "profiles"


@dataclass(frozen=True)
class Workspace:
    """One workspace; its lists of files are sorted, recursive, and leave out hidden files and folders.

    ``without`` are files of its data that are left out too: those of confidential plans, for what is published.
    """

    root: Path
    without: frozenset[Path] = frozenset()

    @cached_property
    def about(self) -> WorkspaceFile:
        """What it says of itself, read once; raises WorkspaceError without a file, InputSyntaxError for a bad one."""
        path = self.root / WORKSPACE_FILE
        if not path.is_file():
            raise WorkspaceError(
                f"{self.root} is not a workspace: it has no {WORKSPACE_FILE}. Write one there, such as "
                '`title = "Plan of the port"`, or name another folder with --workspace.',
                self.root,
            )
        return read_workspace_file(path)

    @property
    def names(self) -> Names:
        """What its IRIs begin with, its prefixes and its language; raises as `about` does."""
        return self.about.names

    @property
    def ontology_files(self) -> list[Path]:
        """Turtle files below ``ontology/``."""
        return self._files("ontology")

    @property
    def data_files(self) -> list[Path]:
        """TriG, N-Quads, Turtle and N-Triples files below ``data/``."""
        return [path for path in self._files("data") if path not in self.without]

    @property
    def shape_files(self) -> list[Path]:
        """Turtle files below ``shapes/``, the profiles left out: the rules for any plan."""
        profiles = self.folder("shapes") / _PROFILES
        return [path for path in self._files("shapes") if profiles not in path.parents]

    @property
    def profile_files(self) -> list[Path]:
        """Turtle files below ``shapes/profiles/``, each the rules of one document.

        Where the other shapes are the package's, so are these, but for those that have a file of the same name here.
        """
        folder = self.root / "shapes" / _PROFILES
        own = _found(folder, FOLDERS["shapes"])
        if self.has_own("shapes"):
            return own
        names = {path.relative_to(folder).as_posix() for path in own}
        packaged = bundled_workspace().root / "shapes" / _PROFILES
        others = _found(packaged, FOLDERS["shapes"])
        return [*own, *(path for path in others if path.relative_to(packaged).as_posix() not in names)]

    @property
    def query_files(self) -> list[Path]:
        """SPARQL files below ``queries/``, with the rules below ``derive/`` and the tidy tables below ``tables/``."""
        return self._files("queries")

    @property
    def rule_files(self) -> list[Path]:
        """SPARQL files below ``queries/derive/``: the rules that find overlaps."""
        return self._queries_below("derive")

    @property
    def table_files(self) -> list[Path]:
        """SPARQL files below ``queries/tables/``: the tidy tables of a release."""
        return self._queries_below("tables")

    @property
    def decision_files(self) -> list[Path]:
        """What people decided on overlaps: ``decisions/overlaps.tsv``, if there is one."""
        path = self.root / DECISIONS
        return [path] if path.is_file() else []

    @property
    def files(self) -> list[Path]:
        """Every file that a build reads, those of the package included, in the order of its path."""
        shapes = [*self.shape_files, *self.profile_files]
        every = [*self.ontology_files, *self.data_files, *shapes, *self.query_files, *self.decision_files]
        return sorted([self.root / WORKSPACE_FILE, *every], key=self.relative)

    def has_own(self, folder: str) -> bool:
        """Whether a folder is the workspace's own, and not the package's.

        A folder ``shapes/`` with nothing but profiles in it adds to the package's, and does not take its place.
        """
        own = self.root / folder
        if folder == "shapes" and (own / _PROFILES).is_dir():
            return any(own / _PROFILES not in path.parents for path in _found(own, FOLDERS["shapes"]))
        return folder not in _FROM_PACKAGE or own.is_dir()

    def folder(self, name: str) -> Path:
        """Return the folder of that name: its own, or the package's where it has none."""
        return self.root / name if self.has_own(name) else bundled_workspace().root / name

    def folders(self, name: str) -> list[Path]:
        """Return all folders from which files of that name's kind are read: two, where its profiles are its own."""
        return list(dict.fromkeys([self.folder(name), self.root / name]))

    def relative(self, path: Path) -> str:
        """Return the path as findings name it, ``data/plans.trig``; so too for a file of the package."""
        for name in FOLDERS:
            if path.is_relative_to(folder := self.folder(name)):
                return path.relative_to(folder.parent).as_posix()
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def _queries_below(self, folder: str) -> list[Path]:
        root = self.folder("queries") / folder
        return [path for path in self.query_files if root in path.parents]

    def _files(self, folder: str) -> list[Path]:
        return _found(self.folder(folder), FOLDERS[folder])


def is_hidden(path: Path) -> bool:
    """Whether a path, relative to a workspace or one of its folders, is hidden or below a hidden folder."""
    return any(part.startswith(".") for part in path.parts)


def _found(root: Path, suffixes: tuple[str, ...]) -> list[Path]:
    found = (path for path in root.rglob("*") if path.suffix in suffixes and path.is_file())
    return sorted(path for path in found if not is_hidden(path.relative_to(root)))


def bundled_workspace() -> Workspace:
    """Return the workspace that comes with the package: inside an installed wheel, beside the package in a checkout.

    Raises WorkspaceError when the installation holds neither.
    """
    for root in (_IN_WHEEL, _PACKAGE.parent):
        if _is_workspace(root):
            return Workspace(root)
    raise WorkspaceError(
        f"The installed package holds no workspace (looked in {_IN_WHEEL} and {_PACKAGE.parent}). "
        "Reinstall ecp-graph, or name a folder with --workspace.",
        _IN_WHEEL,
    )


def find_workspace(given: Path | None = None) -> Workspace:
    """Return the workspace given, else that of ECP_GRAPH_WORKSPACE, of the current folder, or the bundled one.

    That of the current folder is the nearest one, upwards, that has a workspace.toml. Raises WorkspaceError when a
    folder that was named is not a workspace, and InputSyntaxError when its workspace.toml is faulty.
    """
    named = given or _from_environment("ECP_GRAPH_WORKSPACE")
    if named is not None:
        if not named.is_dir():
            raise WorkspaceError(f"There is no folder {named}. Name the one that holds {WORKSPACE_FILE}.", named)
        found = Workspace(named.resolve())
    else:
        here = Path.cwd()
        around = next((folder for folder in (here, *here.parents) if _is_workspace(folder)), None)
        found = Workspace(around) if around else bundled_workspace()
    _ = found.about
    return found


def default_releases(workspace: Workspace) -> Path:
    """Return the folder for the releases of a workspace: ECP_GRAPH_RELEASES, or its own ``releases/``.

    The workspace inside an installed wheel may be read-only, so its releases go to the user's data folder.
    """
    named = _from_environment("ECP_GRAPH_RELEASES")
    if named is not None:
        return named.resolve()
    if workspace.root == _IN_WHEEL:
        from platformdirs import user_data_path

        return user_data_path("ecp-graph", appauthor=False) / "releases"
    return workspace.root / "releases"


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name, "").strip()
    return Path(value).expanduser() if value else None


def _is_workspace(root: Path) -> bool:
    return (root / WORKSPACE_FILE).is_file()
