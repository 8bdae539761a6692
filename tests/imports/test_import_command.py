"""``ecp-graph import``: what it prints and writes, what it refuses, and a newer version of a document."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook

from ecp_graph.cli import cli
from ecp_graph.errors import ImportRefused
from ecp_graph.pipeline.staging import Content, install_files, one_at_a_time
from ecp_graph.pipeline.validate import validate_workspace
from ecp_graph.pipeline.workspaces import create_workspace
from ecp_graph.workspace import Workspace, bundled_workspace

HEADS = ("No.", "Action", "Responsible", "Timeframe")
ROWS: tuple[tuple[str, ...], ...] = (
    ("1", "Mend the quay", "Port Office", "March 2027"),
    ("2", "Paint the lighthouse", "Port Office; Coast Guard", "2027-2028"),
    ("3", "Dredge the channel", "Dredging Unit", "some day"),
)


def workbook(path: Path, rows: Sequence[Sequence[str]] = ROWS) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    for row in (HEADS, *rows):
        sheet.append(list(row))
    book.save(path)
    return path


@pytest.fixture
def harbour(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "harbour", "Harbour", base="https://harbour.example/")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return workbook(tmp_path / "quays.xlsx")


def run(workspace: Workspace, source: Path, *arguments: str, slug: str = "quays") -> Result:
    command = ["import", str(source), "--plan", slug, "--into", str(workspace.root), *arguments]
    return CliRunner().invoke(cli, command, catch_exceptions=False)


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def actions(workspace: Workspace, slug: str = "quays") -> dict[str, str]:
    """Return the titles of a plan's actions with the ends of their IRIs."""
    quads = ox.parse(path=str(workspace.root / "data" / slug / "plan.trig"))
    return {
        quad.object.value: quad.subject.value.rpartition("/")[2]  # type: ignore[union-attr]
        for quad in quads
        if quad.predicate.value.endswith("#prefLabel") and "/id/action/" in quad.subject.value  # type: ignore[union-attr]
    }


def test_a_plain_import_writes_a_draft_and_never_over_one(harbour: Workspace, plan: Path) -> None:
    first = run(harbour, plan)
    assert first.exit_code == 0
    assert first.stdout.startswith("quays.xlsx: 3 actions\n")
    assert "Plan!row 4: The time “some day” is not understood" in first.stdout
    written = tree(harbour.root)
    assert {"drafts/quays.xlsx", "drafts/quays.html"} <= set(written)
    assert not any(name.startswith(("data/", "sources/")) for name in written)
    again = run(harbour, plan)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "There is already a draft" in again.stderr
    assert tree(harbour.root) == written
    assert run(harbour, plan, "--replace").exit_code == 0


def test_a_dry_run_writes_nothing_and_runs_the_shapes(harbour: Workspace, plan: Path) -> None:
    before = tree(harbour.root)
    result = run(harbour, plan, "--dry-run", "--format", "json")
    assert result.exit_code == 0
    held = json.loads(result.stdout)
    assert [row["number"] for row in held["rows"]] == ["1", "2", "3"]
    assert held["rows"][0]["timeframe"] == {
        "text": "March 2027",
        "kind": "deadline",
        "from": "",
        "until": "2027-03",
        "edtf": "../2027-03",
    }
    assert "conforms to the shapes" in result.stderr
    assert tree(harbour.root) == before


def test_a_dry_run_with_violations_exits_with_1(harbour: Workspace, plan: Path) -> None:
    (harbour.root / "shapes" / "profiles").mkdir(parents=True)
    (harbour.root / "shapes" / "profiles" / "quays.ttl").write_text(
        "@prefix ecp: <https://w3id.org/ecp-graph/ontology#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix ecpsh: <https://w3id.org/ecp-graph/shapes#> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "ecpsh:quays a owl:Ontology ; ecpsh:profileOf <https://harbour.example/id/document/quays> .\n"
        "ecpsh:Own a sh:NodeShape ; sh:targetClass ecp:Action ;\n"
        "  sh:property [ sh:path ecp:underProgramme ; sh:minCount 1 ; sh:message 'The action has no programme.' ] .\n"
    )
    result = run(harbour, plan, "--dry-run", "--format", "json")
    assert (result.exit_code, len(json.loads(result.stdout)["rows"])) == (1, 3)
    assert "The action has no programme." in result.stderr
    assert not (harbour.root / "data" / "quays").exists()


def test_yes_takes_what_is_sure_and_lists_the_rest(harbour: Workspace, plan: Path) -> None:
    result = run(harbour, plan, "--yes", "--title", "Quays", "--from", "2027")
    assert result.exit_code == 0
    assert "kept as the plan's own (3)" in result.stderr
    assert "body “Coast Guard” (Plan!C3)" in result.stderr
    assert actions(harbour) == {
        "Mend the quay": "quays-1",
        "Paint the lighthouse": "quays-2",
        "Dredge the channel": "quays-3",
    }
    assert (harbour.root / "sources" / "quays.xlsx").read_bytes() == plan.read_bytes()
    assert validate_workspace(harbour).conforms
    text = (harbour.root / "data" / "quays" / "plan.trig").read_bytes()
    assert run(harbour, plan, "--yes", "--title", "Quays", "--from", "2027").exit_code == 0
    assert (harbour.root / "data" / "quays" / "plan.trig").read_bytes() == text
    assert not [name for name in tree(harbour.root) if "/." in name]


def test_a_draft_is_accepted_as_edited_and_decisions_are_remembered_as_those_of_gits_user(
    harbour: Workspace, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("COUNT", "1"), ("KEY_0", "user.name"), ("VALUE_0", "ana")):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    run(harbour, plan, "--yes")
    other = workbook(tmp_path / "sea.xlsx", [("1", "Sound the depths", "Quay Bureau", "2027"), ("2", "Rest", "", "")])
    assert run(harbour, other, "--title", "The sea", slug="sea").exit_code == 0
    draft = harbour.root / "drafts" / "sea.xlsx"
    book = load_workbook(draft)
    sheet = book["actions"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, heads["Responsible is"]).value = "https://harbour.example/id/body/port-office"
    sheet.cell(3, heads["Status"]).value = "drop"
    book.save(draft)
    result = run(harbour, other, "--accept", str(draft), slug="sea")
    assert result.exit_code == 0, result.stderr
    assert actions(harbour, "sea") == {"Sound the depths": "sea-1"}
    text = (harbour.root / "data" / "sea" / "plan.trig").read_text()
    assert "body:port-office" in text
    assert '"The sea"@en' in text
    decisions = (harbour.root / "decisions" / "matches.sssom.tsv").read_text()
    assert "Quay Bureau\t" in decisions
    assert "\tana\t" in decisions
    held = json.loads(run(harbour, other, "--dry-run", "--format", "json", slug="sea").stdout)
    assert held["rows"][0]["responsible"][0]["match"] == "https://harbour.example/id/body/port-office"


def test_a_draft_that_nobody_edited_is_what_yes_writes(harbour: Workspace, plan: Path) -> None:
    run(harbour, plan, "--title", "Quays", "--until", "2028")
    draft = harbour.root / "drafts" / "quays.xlsx"
    assert run(harbour, plan, "--accept", str(draft)).exit_code == 0
    accepted = (harbour.root / "data" / "quays" / "plan.trig").read_bytes()
    run(harbour, plan, "--yes", "--title", "Quays", "--until", "2028")
    assert (harbour.root / "data" / "quays" / "plan.trig").read_bytes() == accepted


def test_a_newer_version_keeps_iris_and_lists_what_changed(harbour: Workspace, plan: Path, tmp_path: Path) -> None:
    run(harbour, plan, "--yes")
    newer = [
        ("1", "Paint the lighthouse", "Port Office", "2027-2028"),  # renumbered
        ("2", "Light the quay", "Port Office", "2028"),  # new, with the number of another
        ("3", "Dredge the channel and the basin", "Dredging Unit", "2029"),  # changed
    ]
    result = run(harbour, workbook(tmp_path / "newer.xlsx", newer), "--yes")
    assert result.exit_code == 0
    assert "IRIs kept: 2; no longer in the document: 1." in result.stdout
    assert "orphaned: 1 Mend the quay" in result.stdout
    assert "Plan!row 4: changed: 3 Dredge the channel and the basin" in result.stdout
    assert "Plan!row 3: new: 2 Light the quay" in result.stdout
    kept = {
        "Paint the lighthouse": "quays-2",
        "Light the quay": "quays-2-2",
        "Dredge the channel and the basin": "quays-3",
    }
    assert actions(harbour) == kept
    orphaned = harbour.root / "data" / "quays" / "orphaned.tsv"
    assert orphaned.read_text().splitlines()[1:] == ["https://harbour.example/id/action/quays-1\t1\tMend the quay"]
    assert validate_workspace(Workspace(harbour.root)).conforms
    back = run(
        harbour, workbook(tmp_path / "back.xlsx", [*newer, ("4", "Mend the quay", "Port Office", "2030")]), "--yes"
    )
    assert back.exit_code == 0
    assert actions(harbour)["Mend the quay"] == "quays-1"
    assert not orphaned.exists()


def test_what_other_plans_name_is_not_lost(harbour: Workspace, plan: Path, tmp_path: Path) -> None:
    run(harbour, plan, "--yes")
    other = workbook(tmp_path / "sea.xlsx", [("1", "Sound the depths", "Coast Guard", "2027")])
    run(harbour, other, "--yes", slug="sea")
    assert "body:coast-guard" in (harbour.root / "data" / "sea" / "plan.trig").read_text()
    newer = workbook(tmp_path / "newer.xlsx", [ROWS[0], ROWS[2]])
    before = tree(harbour.root)
    refused = run(harbour, newer, "--yes")
    assert (refused.exit_code, "no longer has: body:coast-guard" in refused.stderr) == (2, True)
    assert tree(harbour.root) == before
    assert run(harbour, newer, "--yes", "--replace").exit_code == 0


def test_the_next_phase_follows_the_one_before(harbour: Workspace, plan: Path, tmp_path: Path) -> None:
    run(harbour, plan, "--yes", "--from", "2025", "--until", "2027")
    next_ = workbook(tmp_path / "next.xlsx", [("1", "Go on", "Port Office", "2029")])
    refused = run(harbour, next_, "--yes", "--follows", "quays", "--from", "2027", slug="quays-2")
    assert (refused.exit_code, "Correct --from or --follows" in refused.stderr) == (2, True)
    assert run(harbour, next_, "--yes", "--follows", "quays", "--from", "2028", slug="quays-2").exit_code == 0
    assert "ecp:previousPhase plan:quays" in (harbour.root / "data" / "quays-2" / "plan.trig").read_text()
    assert validate_workspace(Workspace(harbour.root)).conforms


def test_a_plan_that_was_edited_by_hand_or_written_by_hand_is_kept(harbour: Workspace, plan: Path) -> None:
    run(harbour, plan, "--yes")
    path = harbour.root / "data" / "quays" / "plan.trig"
    path.write_text(path.read_text() + "# mine\n")
    before = tree(harbour.root)
    result = run(harbour, plan, "--yes")
    assert (result.exit_code, "was edited by hand after the import" in result.stderr) == (2, True)
    assert tree(harbour.root) == before
    assert run(harbour, plan, "--yes", "--replace").exit_code == 0
    (harbour.root / "data" / "mine").mkdir()
    (harbour.root / "data" / "mine" / "mine.trig").write_text("")
    result = run(harbour, plan, "--yes", "--replace", slug="mine")
    assert (result.exit_code, "has no imported plan" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "slug", "sentence"),
    [
        ((), "../evil", "cannot name a plan"),
        ((), "Quays", "cannot name a plan"),
        ((), "a-import", "cannot name a plan"),
        (("--from", "31/12/2027"), "quays", "--from 31/12/2027 is not a date"),
        (("--from", "2028", "--until", "2027"), "quays", "would end (2027) before it begins"),
        (("--follows", "nothing", "--yes"), "quays", "no plan 'nothing'"),
        (("--yes", "--dry-run"), "quays", "one of --dry-run, --yes and --accept"),
        (("--accept", "nowhere.xlsx"), "quays", "nowhere.xlsx"),
    ],
)
def test_what_is_refused_leaves_the_workspace_alone(
    arguments: tuple[str, ...], slug: str, sentence: str, harbour: Workspace, plan: Path
) -> None:
    before = tree(harbour.root)
    result = run(harbour, plan, *arguments, slug=slug)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert tree(harbour.root) == before
    assert sorted(path.name for path in harbour.root.parent.iterdir()) == ["harbour", "quays.xlsx"]


def test_remove_takes_an_import_back(harbour: Workspace, plan: Path) -> None:
    before = tree(harbour.root)
    run(harbour, plan, "--yes")
    result = CliRunner().invoke(cli, ["remove", "--plan", "quays", "--workspace", str(harbour.root)])
    assert result.exit_code == 0
    assert tree(harbour.root) == before


@pytest.mark.parametrize("failing", [1, 2, 3, 4])
def test_files_are_installed_all_or_none(failing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old.txt").write_text("old")
    (tmp_path / "gone.txt").write_text("gone")
    before = tree(tmp_path)
    calls = 0
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    files: dict[Path, Content] = {tmp_path / "old.txt": b"new", tmp_path / "sub" / "new.txt": b"new"}
    with pytest.raises(KeyboardInterrupt):
        install_files(tmp_path, files, without=[tmp_path / "gone.txt"])
    assert tree(tmp_path) == before
    calls = -100
    install_files(tmp_path, files, without=[tmp_path / "gone.txt"])
    assert tree(tmp_path) == {"old.txt": b"new", "sub/new.txt": b"new"}


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ImportRefused, match=r"cannot be written to: .*No space left on device"):
        install_files(tmp_path, {tmp_path / "a.txt": b"a"})
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("folder", ["sources", "drafts", "data", "data/quays"])
def test_no_link_leads_out_of_the_workspace(harbour: Workspace, plan: Path, tmp_path: Path, folder: str) -> None:
    (tmp_path / "outside").mkdir()
    place = harbour.root / folder
    if place.exists():
        place.rename(tmp_path / "before")
    place.symlink_to(tmp_path / "outside", target_is_directory=True)
    result = run(harbour, plan, *(() if folder == "drafts" else ("--yes",)))
    assert result.exit_code == 2
    assert str(place) in result.stderr
    assert "link" in result.stderr
    assert tree(tmp_path / "outside") == {}


def test_imports_into_a_workspace_wait_for_each_other(tmp_path: Path) -> None:
    said: list[str] = []
    done: list[str] = []
    begun = threading.Event()

    def first() -> None:
        with one_at_a_time(tmp_path, said.append):
            begun.set()
            while not said:
                time.sleep(0.01)
            done.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(60)
    with one_at_a_time(tmp_path, said.append):
        done.append("second")
    thread.join()
    assert done == ["first", "second"]
    assert said == [f"Waiting for another import into {tmp_path} to finish"]


def test_a_blank_title_is_none(harbour: Workspace, plan: Path) -> None:
    assert run(harbour, plan, "--yes", "--title", "  ").exit_code == 0
    assert validate_workspace(harbour).conforms


@pytest.mark.parametrize("is_decided", [False, True])
def test_a_namesake_that_nobody_confirmed_is_another_thing(tmp_path: Path, is_decided: bool) -> None:
    own = create_workspace(tmp_path / "own", "Own", base="https://own.example/", register_of=bundled_workspace())
    source = workbook(tmp_path / "plan.xlsx", [("1", "Mend the quay", "Secretariat; PTC", "2027")])
    for slug in ("first", "second"):  # the second meets the name as the code list's and as the first one's
        draft = own.root / "drafts" / f"{slug}.xlsx"
        if is_decided:
            assert run(own, source, slug=slug).exit_code == 0
            book = load_workbook(draft)
            sheet = book["actions"]
            asked = next(cell.column for cell in sheet[1] if cell.value == "Responsible is")
            assert str(sheet.cell(2, asked).value).startswith("? ")
            sheet.cell(2, asked).value = "\nPTC"
            book.save(draft)
        result = run(own, source, *(("--accept", str(draft)) if is_decided else ("--yes",)), slug=slug)
        assert result.exit_code == 0, result.stderr
        assert f"body “Secretariat” (Plan!C2): called “Secretariat ({slug})”" in result.stderr
        text = (own.root / "data" / slug / "plan.trig").read_text()
        assert "body:sec" not in text.replace("body:secretariat", "")
        assert 'ecp:responsibleText "Secretariat; PTC"' in text
        assert f'skos:prefLabel "Secretariat ({slug})"@en' in text
        assert 'skos:altLabel "Secretariat"@en' in text
        assert validate_workspace(own).conforms
