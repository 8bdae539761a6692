"""A value of the wrong kind at every property of the ontology: a finding that names the statement, never a stack trace.

Each is planted on a line of its own, on a thing that has the property anyway where there is one.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest

from ecp_graph.errors import InconsistentData
from ecp_graph.namespaces import ECP
from ecp_graph.pipeline import build
from ecp_graph.pipeline.validate import validate_workspace
from ecp_graph.rdf.load import load
from ecp_graph.workspace import Workspace, bundled_workspace
from tests.bundled import GRAPH, ID, PREFIXES, with_workspace_file

TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
RANGE: Final = ox.NamedNode(PREFIXES["rdfs"] + "range")
FILE: Final = "data/planted.trig"


def _properties(kind: str) -> list[ox.NamedNode]:
    """The properties of one kind; links of which the ontology says to what they lead, for a thing of another class."""
    ontology = load(bundled_workspace()).ontology
    owl = ox.NamedNode(PREFIXES["owl"] + ("DatatypeProperty" if kind == "thing" else "ObjectProperty"))
    found = {quad.subject for quad in ontology if (quad.predicate, quad.object) == (TYPE, owl)}
    ranges = {quad.subject for quad in ontology if quad.predicate == RANGE and str(quad.object).startswith(f"<{ECP}")}
    return sorted(found & ranges if kind == "other class" else found, key=str)  # type: ignore[arg-type]


def _planted(kind: str) -> Iterator[str]:
    """Yield the line of each planted statement, and behind them what describes their values."""
    stated: dict[object, ox.Quad] = {}
    for quad in load(bundled_workspace()).data:
        stated.setdefault(quad.predicate, quad)
    described = []
    for number, name in enumerate(_properties(kind)):
        quad = stated.get(name)
        subject = quad.subject if quad else ox.NamedNode(f"{ID}thing/{number}")
        graph = quad.graph_name if quad else ox.NamedNode(f"{GRAPH}pc0457e1/para-1")
        value = {"literal": '"PTC"', "thing": f"<{ID}thing/value>"}.get(kind, f"<{ID}thing/value-{number}>")
        yield f"{graph} {{ {subject} {name} {value} }}"
        other = "Goal" if "imeframe" in name.value else "Timeframe"
        described.append(f"{graph} {{ {value} a <{ECP}{other}> }}")
    if kind == "other class":
        yield from described


@pytest.fixture(scope="module")
def planted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, list[str]]:
    """The bundled workspace with values of one wrong kind, and the properties, in the order of their lines."""
    root = tmp_path_factory.mktemp("planted")
    shutil.copytree(bundled_workspace().folder("data"), root / "data")
    workspace = with_workspace_file(root)
    (root / FILE).write_text("\n".join(_planted(request.param)) + "\n", encoding="utf-8")
    names = [name.value for name in _properties(request.param)]
    assert len(names) > 30
    return workspace, names


@pytest.mark.parametrize("planted", ["literal", "thing", "other class"], indirect=True, scope="module")
def test_validate_finds_each_at_its_line(planted: tuple[Workspace, list[str]]) -> None:
    workspace, names = planted
    violations = [one for one in validate_workspace(workspace).findings if one.severity == "Violation"]
    found = {finding.line for finding in violations if finding.file == FILE}
    assert [name for line, name in enumerate(names, 1) if line not in found] == []


@pytest.mark.parametrize("planted", ["literal", "thing"], indirect=True, scope="module")
def test_build_names_the_line_of_each(planted: tuple[Workspace, list[str]], tmp_path: Path) -> None:
    workspace, names = planted
    with pytest.raises(InconsistentData) as caught:
        build(workspace, tmp_path / "releases")
    found = {int(line) for line in re.findall(rf"{re.escape(FILE)}:(\d+)", str(caught.value))}
    assert [name for line, name in enumerate(names, 1) if line not in found] == []
    assert not list((tmp_path / "releases").glob("*/manifest.json"))
