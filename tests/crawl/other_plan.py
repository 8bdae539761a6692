"""A workspace with nothing of the bundled plan: another base, other prefixes, another language, data of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ecp_graph.namespaces import CONCEPTS, PREFIXES
from ecp_graph.workspace import Workspace
from tests.bundled import BASE
from tests.shapes.harness import WORLD

__all__ = ["OTHER_BASE", "write_other_plan"]

OTHER_BASE: Final = "https://port.example/plan/"
_FILE: Final = f"""\
title = "Harbour plans"
base = "{OTHER_BASE}"
language = "fr"

[prefixes]
chart = "id/instrument/"
deed = "id/action/"
row = "graph/harbour/"
who = "id/body/"

[site]
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
"""


def write_other_plan(root: Path) -> Workspace:
    """Return the workspace, written into a new folder: its file, and the small world of the shapes' tests as its data.

    Ontology, shapes and queries come from the package.
    """
    (root / "data").mkdir(parents=True)
    (root / "workspace.toml").write_text(_FILE, encoding="utf-8")
    own = re.compile(rf"(?!{CONCEPTS}|{PREFIXES['scheme']}){BASE}(?=id/|graph/)")
    world = own.sub(OTHER_BASE, WORLD.read_text(encoding="utf-8"))
    (root / "data" / "plans.trig").write_text(world, encoding="utf-8")
    return Workspace(root)
