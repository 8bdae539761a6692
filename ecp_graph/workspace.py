"""Where the authored files are: a workspace is a folder with ontology/, data/, shapes/ and queries/."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ecp_graph.errors import WorkspaceError

__all__ = ["FOLDERS", "Workspace", "bundled_workspace", "default_releases", "find_workspace", "is_hidden"]

#: The suffixes of the files that are read below each folder.
FOLDERS: Final = {
    "ontology": (".ttl",),
    "data": (".trig", ".nq", ".ttl", ".nt"),
    "shapes": (".ttl",),
    "queries": (".rq",),
}

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "_workspace"
_REQUIRED = ("ontology", "data")


@dataclass(frozen=True)
class Workspace:
    """One workspace; its lists of files are sorted, recursive, and leave out hidden files and folders."""

    root: Path

    @property
    def ontology_files(self) -> list[Path]:
        """Turtle files below ``ontology/``."""
        return self._files("ontology")

    @property
    def data_files(self) -> list[Path]:
        """TriG, N-Quads, Turtle and N-Triples files below ``data/``."""
        return self._files("data")

    @property
    def shape_files(self) -> list[Path]:
        """Turtle files below ``shapes/``."""
        return self._files("shapes")

    @property
    def query_files(self) -> list[Path]:
        """SPARQL files below ``queries/``, the rules below ``queries/derive/`` included."""
        return self._files("queries")

    @property
    def rule_files(self) -> list[Path]:
        """SPARQL files below ``queries/derive/``: the rules that find overlaps."""
        rules = self.root / "queries" / "derive"
        return [path for path in self.query_files if rules in path.parents]

    @property
    def files(self) -> list[Path]:
        """Every authored file of the workspace, in the order of its path."""
        every = [*self.ontology_files, *self.data_files, *self.shape_files, *self.query_files]
        return sorted(every, key=self.relative)

    def relative(self, path: Path) -> str:
        """Return the path as the workspace's own files are named in findings: ``data/plans.trig``."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()

    def _files(self, folder: str) -> list[Path]:
        found = (path for path in (self.root / folder).rglob("*") if path.suffix in FOLDERS[folder] and path.is_file())
        return sorted(path for path in found if not is_hidden(path.relative_to(self.root)))


def is_hidden(path: Path) -> bool:
    """Whether a path, relative to a workspace, is hidden or below a hidden folder."""
    return any(part.startswith(".") for part in path.parts)


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
    """Return the workspace given, or that of ECP_GRAPH_WORKSPACE, the current folder, or the bundled one.

    The current folder counts when it holds both ontology/ and data/. Raises WorkspaceError when a folder that was
    named is not a workspace.
    """
    named = given or _from_environment("ECP_GRAPH_WORKSPACE")
    if named is not None:
        return _checked(named)
    here = Path.cwd()
    return Workspace(here) if _is_workspace(here) else bundled_workspace()


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


def _checked(root: Path) -> Workspace:
    if not root.is_dir():
        raise WorkspaceError(f"There is no folder {root}. Give the folder that holds ontology/ and data/.", root)
    missing = [name for name in _REQUIRED if not (root / name).is_dir()]
    if missing:
        parts = " and ".join(f"{name}/" for name in missing)
        raise WorkspaceError(f"{root} is not a workspace: it has no {parts}. `ecp-graph init` makes one.", root)
    return Workspace(root.resolve())


def _is_workspace(root: Path) -> bool:
    return all((root / name).is_dir() for name in _REQUIRED)
