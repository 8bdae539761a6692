"""Building a release, reading it, and what a crash or a second build can do to it."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

import ecp_graph.pipeline.contents as contents
import ecp_graph.pipeline.steps as pipeline
from ecp_graph.errors import InconsistentData, InputSyntaxError, ReleaseError, UncoveredAxiom
from ecp_graph.pipeline import BuildResult, build
from ecp_graph.rdf.load import load, parse_file
from ecp_graph.release.release import Release, current_id, open_release, verify_release
from ecp_graph.release.swap import install
from ecp_graph.workspace import Workspace
from tests.bundled import DATASET_GRAPH, DERIVED_GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH, SHAPES_GRAPH

from .conftest import MakeWorkspace, write_workspace

LITERALS = 'reading:list { body:ptc ecp:a "01"^^xsd:integer , 1.50 , "P12M"^^xsd:duration , "x"@en , "y" . }'


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    return tmp_path / "releases"


@pytest.fixture
def release(workspace: Workspace, releases: Path) -> Release:
    return built(build(workspace, releases))


def built(result: BuildResult) -> Release:
    assert result.release is not None
    return result.release


def count(store: ox.Store, pattern: str) -> int:
    (row,) = store.query(f"SELECT (COUNT(*) AS ?count) WHERE {{ {pattern} }}")  # type: ignore[union-attr]
    return int(row["count"].value)


def rows(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# ---------------------------------------------------------------- what a release holds


def test_a_release_is_current_whole_and_says_so(workspace: Workspace, releases: Path) -> None:
    said: list[str] = []
    result = build(workspace, releases, progress=said.append)
    release = open_release(releases)
    assert release == result.release
    assert current_id(releases) == release.id
    assert verify_release(release) == []
    assert [line.split()[0] for line in said] == ["Read", "Inferred", "Derived", "Wrote", "Validated", "Release"]
    assert rows(releases) == {".lock", "current", release.id}


def test_the_manifest_counts_what_is_there(release: Release) -> None:
    store = ox.Store.read_only(str(release.store))
    manifest = release.manifest
    assert manifest["triples"] == count(store, "?s ?p ?o") > 100
    graphs = {graph.value for graph in store.named_graphs()}  # type: ignore[union-attr]
    assert set(manifest["graphs"]) == graphs
    assert {ONTOLOGY_GRAPH, SHAPES_GRAPH, INFERRED_GRAPH, DERIVED_GRAPH, DATASET_GRAPH} < graphs
    for graph, number in manifest["graphs"].items():
        assert number == count(store, f"GRAPH <{graph}> {{ ?s ?p ?o }}") > 0
    assert manifest["findings"] == {"Violation": 0, "Warning": 0, "Info": 1}
    assert sum(manifest["graphs"].values()) == len(release.dataset.read_text().splitlines())
    files = {path.relative_to(release.path).as_posix() for path in release.path.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == files - {"manifest.json"}


def test_the_default_graph_has_each_triple_once(release: Release) -> None:
    store = ox.Store.read_only(str(release.store))
    twice = "<https://w3id.org/ecp-graph/id/body/ptc> a <https://w3id.org/ecp-graph/ontology#Body>"
    assert count(store, f"GRAPH ?g {{ {twice} }}") == 2
    assert count(store, twice) == 1
    merged = {str(quad.triple) for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    named = {str(quad.triple) for quad in store if quad.graph_name != ox.DefaultGraph()}
    assert merged == named
    assert len(merged) == release.manifest["triples"]


def test_the_dataset_is_the_sources_again_with_literals_as_written(
    make_workspace: MakeWorkspace, releases: Path
) -> None:
    workspace = make_workspace({"data/literals.trig": LITERALS})
    dataset = list(parse_file(built(build(workspace, releases)).dataset))
    sources = load(workspace)
    passages = sources.readings
    found = {str(quad) for quad in dataset if quad.graph_name.value in passages}  # type: ignore[union-attr]
    assert found == {str(quad) for quad in sources.data}
    assert any('"P12M"' in quad for quad in found)
    for graph, authored in ((ONTOLOGY_GRAPH, sources.ontology), (SHAPES_GRAPH, sources.shapes)):
        again, once = (
            ox.Dataset(quads) for quads in ([q for q in dataset if q.graph_name == ox.NamedNode(graph)], authored)
        )
        again.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        once.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        assert again == once
        assert len(once) > 10


def test_two_builds_of_one_workspace_write_the_same_bytes(workspace: Workspace, tmp_path: Path) -> None:
    first, second = (built(build(workspace, tmp_path / name)) for name in ("one", "two"))
    assert first.id == second.id
    for name in ("dataset.nq", "description.ttl", "report.txt", "report.json", "report.ttl", "report.html"):
        assert (first.path / name).read_bytes() == (second.path / name).read_bytes()


def test_dumps_that_another_process_left_half_written_are_made_anew(release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    (folder / "dumps").mkdir(parents=True)
    shutil.copy(release.dataset, folder)
    (folder / "dumps" / "dataset.ttl").write_text("half of it")
    (folder / "dumps" / "stray.ttl").write_text("")
    contents._write_dumps(folder, folder / "dataset.nq")
    expected = {path.name: path.read_bytes() for path in (release.path / "dumps").iterdir()}
    assert len(expected) > 10
    assert {path.name: path.read_bytes() for path in (folder / "dumps").iterdir()} == expected


def test_reports_and_description_can_be_read(release: Release) -> None:
    assert json.loads(release.report("json").read_text())["conforms"] is True
    assert release.report("txt").read_text().startswith("The data conform")
    assert "<!DOCTYPE html>" in release.report("html").read_text()
    assert len(list(parse_file(release.report("ttl")))) > 3
    described = {str(quad.triple) for quad in parse_file(release.description)}
    store = ox.Store.read_only(str(release.store))
    graph = store.quads_for_pattern(None, None, None, ox.NamedNode(DATASET_GRAPH))
    assert described == {str(quad.triple) for quad in graph}


def test_opening_a_release_loads_no_rdf_library() -> None:
    code = (
        "import sys, ecp_graph.release.release; print({'rdflib', 'pyoxigraph', 'pyshacl', 'owlrl'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"


# ---------------------------------------------------------------- builds that come to nothing


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("reading:list { body:ptc a }", InputSyntaxError),
        ("reading:list { body:ptc a ecp:OpenBodyGroup . }", InconsistentData),
        ("body:ptc a ecp:Body .", None),
    ],
)
def test_the_last_release_stays_when_a_build_fails(
    make_workspace: MakeWorkspace, releases: Path, text: str, error: type[Exception] | None
) -> None:
    last = built(build(make_workspace(), releases))
    workspace = make_workspace({"data/wrong.trig": text})
    if error:
        with pytest.raises(error):
            build(workspace, releases)
    else:
        result = build(workspace, releases)
        assert result.release is None
        assert not result.report.conforms
    assert open_release(releases) == last
    assert rows(releases) == {".lock", "current", last.id}


def test_a_contradiction_names_the_places(make_workspace: MakeWorkspace, releases: Path) -> None:
    workspace = make_workspace({"data/wrong.trig": "reading:list { body:ptc a ecp:OpenBodyGroup . }"})
    with pytest.raises(
        InconsistentData, match=r"body:ptc is in two classes .* \(data/main\.trig:\d+, data/wrong\.trig:\d+\)"
    ):
        build(workspace, releases)


def test_what_the_joins_do_not_cover_is_told_with_its_place(make_workspace: MakeWorkspace, releases: Path) -> None:
    workspace = make_workspace({"data/same.trig": "reading:list {\n  body:ptc a ecp:Body ;\n  owl:sameAs body:x .\n}"})
    written = (workspace.root / "data/same.trig").read_text(encoding="utf-8").splitlines()
    (line,) = (number for number, text in enumerate(written, 1) if "owl:sameAs" in text)
    with pytest.raises(UncoveredAxiom, match=rf"body:ptc: owl:sameAs \(data/same\.trig:{line}\)"):
        build(workspace, releases)


def test_files_changed_during_the_build_are_noticed(
    workspace: Workspace, releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change_and_load(given: Workspace) -> object:
        sources = load(given)
        (given.root / "data/main.trig").write_text("# changed")
        return sources

    monkeypatch.setattr(pipeline, "load", change_and_load)
    with pytest.raises(ReleaseError, match="were changed during the build"):
        build(workspace, releases)
    assert current_id(releases) is None


def test_a_folder_that_cannot_be_written_is_an_error(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReleaseError, match=r"cannot be written to .*--releases"):
        build(workspace, tmp_path / "file" / "releases")


# ---------------------------------------------------------------- releases that are missing or damaged


def test_no_release_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"There is no release in .* Run `ecp-graph build`"):
        open_release(tmp_path)


@pytest.mark.parametrize("part", ["dataset.nq", "manifest.json", "store/CURRENT"])
def test_a_missing_part_is_found_on_opening(release: Release, releases: Path, part: str) -> None:
    (release.path / part).unlink()
    with pytest.raises(ReleaseError, match="is damaged"):
        open_release(releases)


def test_a_pointer_to_nothing_is_an_error(release: Release, releases: Path) -> None:
    shutil.rmtree(release.path)
    with pytest.raises(ReleaseError, match="is not in"):
        open_release(releases)


def test_every_changed_missing_or_added_file_is_found(release: Release) -> None:
    names = sorted(release.manifest["files"])
    assert len(names) > 10
    for name in names:
        path = release.path / name
        content = path.read_bytes()
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:] if content else b"x")
        assert [problem for problem in verify_release(release) if name in problem], name
        path.write_bytes(content)
    assert verify_release(release) == []
    (release.path / "store" / "extra").write_text("")
    (release.path / names[0]).unlink()
    assert [problem.rpartition(" ")[2] for problem in verify_release(release)] == ["missing.", "manifest."]


def test_a_damaged_release_is_replaced_and_a_whole_one_kept(workspace: Workspace, releases: Path) -> None:
    first = built(build(workspace, releases))
    inode = first.path.stat().st_ino
    assert built(build(workspace, releases)).path.stat().st_ino == inode
    (first.path / "dataset.nq").write_text("")
    again = built(build(workspace, releases))
    assert again.path.stat().st_ino != inode
    assert verify_release(again) == []
    assert rows(releases) == {".lock", "current", first.id}


def test_the_newest_releases_and_the_current_one_are_kept(make_workspace: MakeWorkspace, releases: Path) -> None:
    made = [
        built(build(make_workspace({"data/more.trig": f"reading:list {{ body:ptc ecp:x {number} . }}"}), releases)).id
        for number in range(7)
    ]
    assert len(set(made)) == 7
    assert rows(releases) == {".lock", "current", *made[2:]}
    oldest = made[2]
    assert (
        built(build(make_workspace({"data/more.trig": "reading:list { body:ptc ecp:x 2 . }"}), releases)).id == oldest
    )
    newest = built(build(make_workspace({"data/more.trig": "reading:list { body:ptc ecp:x 8 . }"}), releases)).id
    assert current_id(releases) == newest
    assert rows(releases) == {".lock", "current", *made[3:], newest}


# ---------------------------------------------------------------- crashes and company

_ENDLESS = """
import sys
from pathlib import Path
from ecp_graph.namespaces import using
from ecp_graph.pipeline.complete import complete
from ecp_graph.pipeline.contents import release_id, write_contents
from ecp_graph.rdf.load import load
from ecp_graph.release.swap import install
from ecp_graph.validation.report import Report
from ecp_graph.workspace import Workspace

workspace, releases = Workspace(Path(sys.argv[1])), Path(sys.argv[2])
in_use = using(workspace.names)
in_use.__enter__()
completed = complete(load(workspace), workspace.rule_files)
for number in range(int(sys.argv[3]), 10**9):
    seed = str(number)
    write = lambda folder: write_contents(folder, completed, Report, workspace, seed, facts={})
    install(releases, release_id(seed), write, kept=2)
    print(number, flush=True)
"""


def test_a_release_that_does_not_say_its_names_has_to_be_built_again(workspace: Workspace, releases: Path) -> None:
    manifest = built(build(workspace, releases)).path / "manifest.json"
    held = json.loads(manifest.read_text())
    assert held.pop("names")["base"] == "https://w3id.org/ecp-graph/"
    manifest.write_text(json.dumps(held))
    with pytest.raises(ReleaseError, match=r"was built by an earlier version of ecp-graph, .* Run `ecp-graph build`"):
        open_release(releases)
    manifest.write_text(json.dumps({**held, "names": {"base": "x"}}))
    with pytest.raises(ReleaseError, match=r"is damaged: its manifest.json cannot be read"):
        open_release(releases)


def endless_builds(workspace: Workspace, releases: Path, start: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _ENDLESS, str(workspace.root), str(releases), str(start)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_killed_build_leaves_the_last_release(workspace: Workspace, releases: Path) -> None:
    chance = random.Random(20161006)
    unfinished = 0
    for attempt in range(60):
        if unfinished == 5:
            break
        process = endless_builds(workspace, releases, attempt * 1000)
        assert process.stdout is not None
        assert process.stdout.readline()
        time.sleep(chance.uniform(0, 0.12))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        unfinished += any(releases.glob(".building-*"))
        release = open_release(releases)
        assert verify_release(release) == []
        store = ox.Store.read_only(str(release.store))
        assert count(store, "?s ?p ?o") == release.manifest["triples"]
    assert unfinished >= 5, "the builds were hardly ever killed at work, so this proves little"
    assert built(build(workspace, releases)).id == current_id(releases)
    assert not list(releases.glob(".building-*"))


def test_builds_at_the_same_time_wait_for_each_other(tmp_path: Path, releases: Path) -> None:
    said: list[str] = []
    made: list[BuildResult] = []

    def run(number: int) -> None:
        more = f"reading:list {{ body:ptc ecp:x {number} . }}"
        workspace = write_workspace(tmp_path / f"workspace{number}", {"data/more.trig": more})
        made.append(build(workspace, releases, progress=said.append))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = {built(result).id for result in made}
    assert len(ids) == 4
    assert current_id(releases) in ids
    assert all(verify_release(open_release(releases, release_id)) == [] for release_id in ids)
    assert rows(releases) == {".lock", "current", *ids}


def test_a_build_says_that_it_waits(release: Release, releases: Path) -> None:
    said: list[str] = []

    def hold(folder: Path) -> None:
        other = threading.Thread(target=install, args=(releases, "b" * 12, copy), kwargs={"progress": said.append})
        other.start()
        others.append(other)
        while not said:
            time.sleep(0.01)
        copy(folder)

    def copy(folder: Path) -> None:
        shutil.copytree(release.path, folder, dirs_exist_ok=True)
        manifest = {**release.manifest, "id": folder.name.split("-")[1]}
        (folder / "manifest.json").write_text(json.dumps(manifest))

    others: list[threading.Thread] = []
    install(releases, "a" * 12, hold)
    others[0].join()
    assert said == ["Waiting for another build to finish"]
    assert current_id(releases) == "b" * 12
