"""The names of the bundled workspace, which small workspaces of tests use too."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ecp_graph.workspace import Workspace, bundled_workspace
from ecp_graph.workspace_file import WORKSPACE_FILE

__all__ = [
    "BASE",
    "DATASET",
    "DATASET_GRAPH",
    "DERIVED_GRAPH",
    "GRAPH",
    "ID",
    "INFERRED_GRAPH",
    "INFERRED_GRAPHS",
    "NAMES",
    "ONTOLOGY_GRAPH",
    "OWN_GRAPHS",
    "PREFIXES",
    "SHAPES_GRAPH",
    "messages",
    "with_workspace_file",
]

NAMES: Final = bundled_workspace().names
BASE: Final = NAMES.base
ID: Final = NAMES.id
GRAPH: Final = NAMES.graph
DATASET: Final = NAMES.dataset
ONTOLOGY_GRAPH: Final = NAMES.ontology_graph
SHAPES_GRAPH: Final = NAMES.shapes_graph
INFERRED_GRAPH: Final = NAMES.inferred_graph
DERIVED_GRAPH: Final = NAMES.derived_graph
DATASET_GRAPH: Final = NAMES.dataset_graph
#: What the build infers, by the weakest certainty that it rests on, the strongest first.
INFERRED_GRAPHS: Final = (
    INFERRED_GRAPH,
    *(NAMES.inferred_at(word) for word in ("normalised", "external", "interpreted")),
)
OWN_GRAPHS: Final = {ONTOLOGY_GRAPH, SHAPES_GRAPH, DERIVED_GRAPH, DATASET_GRAPH, *INFERRED_GRAPHS}
PREFIXES: Final = NAMES.prefixes


def with_workspace_file(root: Path) -> Workspace:
    """Return the workspace in a folder, which gets the file of the bundled one: its names, and no others.

    What that says of the site is left out, because it names a file.
    """
    root.mkdir(parents=True, exist_ok=True)
    before, _, site = (bundled_workspace().root / WORKSPACE_FILE).read_text(encoding="utf-8").partition("[site]\n")
    text = before + site[site.index("# A namespace") :]
    (root / WORKSPACE_FILE).write_text(text, encoding="utf-8")
    return Workspace(root)


def messages(stderr: str) -> str:
    """Return what a command says on stderr behind the line that names its workspace."""
    first, _, rest = stderr.partition("\n")
    return rest if first.startswith("Workspace: ") else stderr
