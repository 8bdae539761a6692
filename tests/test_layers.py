"""The layers of the package and their order: a layer imports from those below it, and from no other."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "ecp_graph"
GROUND = "ground"
#: From the top down; what lies in no layer is ground. docs/architecture.md says what each is for.
LAYERS = (
    "cli",
    "twin",
    "web",
    "briefs",
    "pipeline",
    "linked_data",
    "release",
    "plans",
    "overlap",
    "validation",
    "reasoning",
    "tables",
    "queries",
    "engine",
    "rdf",
    "sparql",
    "documents",
    GROUND,
)
LAYERS_OF_WEB = ("app", "serving", "pages", "show", "http", "state")

Imports = Mapping[str, set[str]]


def modules() -> dict[str, Path]:
    """Return every module of the package by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports() -> Imports:
    """Return the modules of the package that each module imports, wherever in it the import stands."""
    known = modules()
    return {name: set(_imported(ast.parse(path.read_text(encoding="utf-8")), known)) for name, path in known.items()}


def _imported(tree: ast.Module, known: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in known else node.module for name in full if node.module.startswith("ecp_graph"))


def faults(found: Imports) -> list[str]:
    """Return a sentence for each import that goes up, and for each between two pages but those that are named."""
    told = []
    for module, others in found.items():
        for other in sorted(others):
            here, there = _layer(module), _layer(other)
            if LAYERS.index(there) < LAYERS.index(here):
                told.append(f"{module} ({here}) imports {other} ({there}), which lies above it.")
            inner, other_inner = _layer_of_web(module), _layer_of_web(other)
            if inner and other_inner and LAYERS_OF_WEB.index(other_inner) < LAYERS_OF_WEB.index(inner):
                told.append(f"{module} imports {other}, which lies on a layer of web/ above it.")
    return told


def circles(found: Imports) -> list[list[str]]:
    """Return the groups of modules that import each other in a circle."""
    reached: dict[str, set[str]] = {}
    for start in found:
        seen, left = set[str](), list(found[start])
        while left:
            if (module := left.pop()) not in seen:
                seen.add(module)
                left += found.get(module, ())
        reached[start] = seen
    groups = {
        tuple(sorted(other for other in found if other in reached[module] and module in reached[other]))
        for module in found
    }
    return [list(group) for group in sorted(groups) if len(group) > 1]


def _layer(module: str) -> str:
    _, _, rest = module.partition(".")
    first = rest.partition(".")[0]
    return first if first in LAYERS else GROUND


def _layer_of_web(module: str) -> str:
    parts = module.split(".")
    return parts[2] if parts[1:2] == ["web"] and len(parts) > 2 and parts[2] in LAYERS_OF_WEB else ""


def test_a_layer_imports_from_those_below_it() -> None:
    found = imports()
    assert len(found) > 150
    assert {_layer(module) for module in found} == set(LAYERS)
    assert {inner for module in found if (inner := _layer_of_web(module))} == set(LAYERS_OF_WEB)
    assert faults(found) == []


@pytest.mark.parametrize(
    ("module", "other", "told"),
    [
        ("ecp_graph.engine.remote", "ecp_graph.web.app", "lies above it"),
        ("ecp_graph.settings", "ecp_graph.engine.remote", "lies above it"),
        ("ecp_graph.web.state.site", "ecp_graph.web.pages.health", "on a layer of web/ above it"),
    ],
)
def test_an_import_that_goes_up_is_named(module: str, other: str, told: str) -> None:
    (fault,) = faults({**imports(), module: {other}})
    assert fault.startswith(f"{module} ")
    assert other in fault
    assert told in fault


def test_no_modules_import_each_other_in_a_circle() -> None:
    found = imports()
    assert circles({**found, "ecp_graph.errors": {"ecp_graph.settings"}}), "a planted circle"
    assert circles(found) == []


def test_every_layer_is_described() -> None:
    text = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [layer for layer in LAYERS if layer != GROUND and f"`{layer}/`" not in text] == []
