"""What lies in a workspace and is not read: an error where it may hold statements, nothing where it cannot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ecp_graph.errors import InputSyntaxError
from ecp_graph.rdf.left_out import refuse_left_out
from ecp_graph.rdf.load import load
from ecp_graph.workspace import Workspace, bundled_workspace

from .conftest import MakeWorkspace


def _refused(workspace: Workspace, path: str, reason: str) -> None:
    with pytest.raises(InputSyntaxError, match=reason) as caught:
        load(workspace)
    assert caught.value.path == workspace.root / path


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        *((f"data/more.{suffix}", "it would be left out") for suffix in ("jsonld", "rdf", "n3", "owl", "TTL", "rq")),
        *((f"{folder}/deep/more.owl", "convert it, move it") for folder in ("ontology", "data", "shapes", "queries")),
        ("ontology/more.trig", r"Below ontology/ only \.ttl files are read"),
        ("queries/more.sparql", r"Below queries/ only \.rq files are read"),
        *((f"data/more.{suffix}", "Unpack it") for suffix in ("ttl.gz", "zip", "nq.bz2")),
    ],
)
def test_statements_and_queries_that_would_be_left_out(make_workspace: MakeWorkspace, path: str, reason: str) -> None:
    _refused(make_workspace({path: "x"}), path, reason)


@pytest.mark.parametrize(
    ("name", "rdf", "other"),
    [
        ("more.json", '{"@id": "https://example.org/"}', '{"type": "FeatureCollection"}'),
        ("more.xml", '<RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "<book/>"),
    ],
)
def test_a_suffix_of_many_things_is_looked_into(make_workspace: MakeWorkspace, name: str, rdf: str, other: str) -> None:
    load(make_workspace({f"data/{name}": other}))
    _refused(make_workspace({f"data/{name}": rdf}), f"data/{name}", "it would be left out")


def test_documents_tables_hidden_files_and_backups_may_lie_there(make_workspace: MakeWorkspace) -> None:
    names = ("README.md", "table.csv", "LICENSE", "main.trig~", "#main.trig#", "main.trig.bak", ".main.trig.swp")
    workspace = make_workspace({f"data/{name}": "x" for name in (*names, ".draft/more.owl", ".more.jsonld")})
    (workspace.root / "data" / ".#main.trig").symlink_to("someone@somewhere.1234")
    refuse_left_out(workspace)
    refuse_left_out(bundled_workspace())


def test_links_that_lead_to_no_file(make_workspace: MakeWorkspace, tmp_path: Path) -> None:
    workspace = make_workspace({"elsewhere/main.trig": ""})
    link = workspace.root / "shapes" / "link.ttl"
    for target, reason in (
        ("nowhere.ttl", "the link leads nowhere"),
        ("link.ttl", "the link leads nowhere"),
        ("../elsewhere", "a link to a folder is not followed"),
    ):
        link.symlink_to(target)
        _refused(workspace, "shapes/link.ttl", reason)
        link.unlink()
    link.symlink_to("main.ttl")
    assert load(workspace).shapes


@pytest.mark.parametrize("path", ["data/pipe.trig", "queries/README.md"])
def test_a_pipe_is_not_waited_for(make_workspace: MakeWorkspace, path: str) -> None:
    workspace = make_workspace({path: None})
    os.mkfifo(workspace.root / path)
    _refused(workspace, path, "it is a named pipe")
