"""``init`` and ``remove``: a workspace of one's own, what it knows from another, and what it forgets."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from ecp_graph.cli import cli
from ecp_graph.pipeline.surroundings import PLAN_FILE, headed
from ecp_graph.pipeline.validate import validate_workspace
from ecp_graph.pipeline.workspaces import REGISTER, create_workspace
from ecp_graph.workspace import Workspace, bundled_workspace

WORLDS = Path(__file__).parents[1] / "worlds"
ID = "https://w3id.org/ecp-graph/id/"
ECP = "https://w3id.org/ecp-graph/ontology#"


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


def _register(workspace: Workspace) -> list[ox.Quad]:
    return list(ox.parse(path=str(workspace.root / REGISTER)))


def test_init_makes_a_workspace_that_is_found(tmp_path: Path) -> None:
    result = _run("init", str(tmp_path / "port"), "--title", 'The "port"', "--base", "https://port.example/")
    assert (result.exit_code, result.stdout) == (0, "")
    about = Workspace(tmp_path / "port").about
    assert (about.title, about.names.base) == ('The "port"', "https://port.example/")
    assert dict(about.names.own_prefixes)["action"] == "https://port.example/id/action/"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["port"]


def test_init_in_an_empty_folder_keeps_it(tmp_path: Path) -> None:
    before = tmp_path.stat().st_ino
    assert _run("init", str(tmp_path)).exit_code == 0
    assert tmp_path.stat().st_ino == before
    assert Workspace(tmp_path).about.title == tmp_path.name


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("full",), "is not an empty folder"),
        (("new", "--title", "two\nlines"), "one line of printable text"),
        (("new", "--base", "port"), "not an absolute IRI"),
        (("new", "--with", "nowhere"), "There is no folder"),
    ],
)
def test_init_that_is_refused_leaves_nothing(
    arguments: tuple[str, ...], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("x")
    result = _run("init", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "letter.txt"]


def test_the_bundled_register_conforms_and_holds_no_plan(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "own", "Own", register_of=bundled_workspace())
    quads = _register(workspace)
    subjects = {quad.subject.value for quad in quads}
    assert {ID + "body/ptc", ID + "plan/ptc-work-programme", ID + "instrument/transit-guidelines"} <= subjects
    assert not any("/action/" in iri or "/chapter/" in iri or "/goal/" in iri for iri in subjects)
    assert ID + "plan/ecp-action-plan-3" not in subjects
    bundled = {quad for path in bundled_workspace().data_files for quad in ox.parse(path=str(path))}
    own = {quad for quad in quads if quad.graph_name.value.startswith(workspace.names.graph)}
    assert set(quads) - own <= bundled
    told = {quad.subject.value for quad in own if quad.object.value == bundled_workspace().names.dataset}
    assert {ID + "body/ptc", ID + "topic/capacity-building"} <= told
    report = validate_workspace(workspace)
    assert report.conforms
    # what is only known, what nobody names, and where the documents of the plan differ is no fault of the new workspace
    assert [finding.message for finding in report.findings] == []
    assert sum(report.looked_at.values()) > 100


def test_a_register_keeps_confidential_plans_to_itself(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "own", "Own", language="fr", register_of=Workspace(WORLDS / "ecoles"))
    iris = {quad.subject.value for quad in _register(workspace)}
    assert "https://cantines.example/plan/id/body/batiments" in iris or len(iris) > 10
    assert not any("securite" in iri for iri in iris)


def test_remove_takes_a_plan_and_its_documents(tmp_path: Path) -> None:
    workspace = _two_plans(tmp_path)
    (workspace.root / "drafts").mkdir()
    (workspace.root / "drafts" / "smlc.xlsx").write_text("draft")
    for name in ("smlc.docx", "smlc-annex.docx", "pnete.docx"):
        (workspace.root / "sources" / name).write_text("x")
    result = _run("remove", "--plan", "smlc", "--workspace", str(workspace.root))
    assert (result.exit_code, result.stdout) == (0, "")
    assert sorted(path.name for path in (workspace.root / "data").iterdir()) == ["pnete"]
    assert sorted(path.name for path in (workspace.root / "sources").iterdir()) == ["pnete.docx", "smlc-annex.docx"]
    assert (workspace.root / "drafts" / "smlc.xlsx").exists()


def test_what_no_import_wrote_is_not_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = create_workspace(tmp_path / "own", "Own", register_of=bundled_workspace())
    assert _run("remove", "--plan", "register", "--workspace", str(workspace.root)).exit_code == 2
    assert (workspace.root / REGISTER).exists()
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    result = _run("remove", "--plan", "pc0457e1")
    assert (result.exit_code, "no workspace in this folder" in result.stderr) == (2, True)


@pytest.mark.parametrize("slug", ["none", "../data", "..", "smlc/report.trig", ""])
def test_remove_of_no_plan(slug: str, tmp_path: Path) -> None:
    workspace = _two_plans(tmp_path)
    result = _run("remove", "--plan", slug, "--workspace", str(workspace.root))
    assert result.exit_code == 2
    assert "it has: pnete, smlc" in result.stderr
    assert len(workspace.data_files) == 2


def test_remove_of_what_another_plan_names(tmp_path: Path) -> None:
    workspace = _two_plans(tmp_path)
    other = workspace.root / "data" / "pnete" / "plan.trig"
    text = other.read_text().replace("organization:mpf ,", "organization:mpf , organization:ansi ,")
    assert text != other.read_text()
    other.write_text(text)
    result = _run("remove", "--plan", "smlc", "--workspace", str(workspace.root))
    assert result.exit_code == 2
    assert "organization:ansi" in result.stderr
    assert len(Workspace(workspace.root).data_files) == 2


def _two_plans(folder: Path) -> Workspace:
    shutil.copytree(WORLDS / "real", folder / "real")
    (folder / "real" / "sources").mkdir()
    for path in list((folder / "real" / "data").glob("*/*.trig")):
        (path.parent / PLAN_FILE).write_bytes(headed(path.read_bytes(), "paper.docx", "0" * 64))
        if path.name != PLAN_FILE:
            path.unlink()
    return Workspace(folder / "real")
