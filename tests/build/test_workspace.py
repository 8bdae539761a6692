"""Finding a workspace and the folder of its releases."""

from __future__ import annotations

from pathlib import Path

import pytest

import ecp_graph.workspace as module
from ecp_graph.errors import WorkspaceError
from ecp_graph.workspace import FOLDERS, Workspace, bundled_workspace, default_releases, find_workspace
from tests.bundled import with_workspace_file

from .conftest import MakeWorkspace


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ECP_GRAPH_WORKSPACE", raising=False)
    monkeypatch.delenv("ECP_GRAPH_RELEASES", raising=False)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)


def test_files_are_sorted_recursive_and_not_hidden(make_workspace: MakeWorkspace) -> None:
    workspace = make_workspace({"data/b/x.trig": "", "data/a.nq": "", "data/.draft/y.trig": "", "data/note.txt": ""})
    assert [workspace.relative(path) for path in workspace.data_files] == [
        "data/a.nq",
        "data/b/x.trig",
        "data/main.trig",
    ]
    assert [workspace.relative(path) for path in workspace.rule_files] == ["queries/derive/same-row.rq"]
    assert len(workspace.files) == 7


def test_the_order_is_given_environment_current_folder_bundled(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = make_workspace().root
    assert find_workspace() == bundled_workspace()
    (root / "data" / "deep").mkdir()
    for folder in (root, root / "data" / "deep"):
        monkeypatch.chdir(folder)
        assert find_workspace() == Workspace(root)
    other = with_workspace_file(tmp_path / "other").root
    monkeypatch.setenv("ECP_GRAPH_WORKSPACE", str(other))
    assert find_workspace() == Workspace(other)
    assert find_workspace(root) == Workspace(root)


def test_a_named_folder_that_is_no_workspace_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"There is no folder .*nowhere"):
        find_workspace(tmp_path / "nowhere")
    (tmp_path / "half" / "data").mkdir(parents=True)
    with pytest.raises(WorkspaceError, match=r"half is not a workspace: it has no workspace.toml. Write one there"):
        find_workspace(tmp_path / "half")


def test_what_a_folder_lacks_comes_from_the_package(tmp_path: Path) -> None:
    workspace, bundled = with_workspace_file(tmp_path / "bare"), bundled_workspace()
    for folder in ("data", "shapes"):
        (workspace.root / folder).mkdir()
    assert workspace.ontology_files == bundled.ontology_files
    assert workspace.rule_files == bundled.rule_files
    assert workspace.shape_files == workspace.data_files == []
    assert [name for name in FOLDERS if not workspace.has_own(name)] == ["ontology", "queries"]
    assert workspace.relative(bundled.root / "ontology" / "ecp.ttl") == "ontology/ecp.ttl"
    assert workspace.relative(workspace.root / "workspace.toml") == "workspace.toml"


def test_releases_lie_in_the_workspace_unless_told_otherwise(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert default_releases(workspace) == workspace.root / "releases"
    monkeypatch.setenv("ECP_GRAPH_RELEASES", str(tmp_path / "kept"))
    assert default_releases(workspace) == tmp_path / "kept"


def test_the_workspace_of_a_wheel_is_found_and_never_written_to(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_workspace()
    monkeypatch.setattr(module, "_IN_WHEEL", workspace.root)
    assert bundled_workspace() == workspace
    releases = default_releases(workspace)
    assert releases.name == "releases"
    assert workspace.root not in releases.parents
