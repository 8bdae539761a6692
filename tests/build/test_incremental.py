"""A build after a change judges only what the change can affect, and makes the release that a full build makes."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from benchmarks.workspace import write_workspace
from ecp_graph.namespaces import ECP, PREFIXES, SHAPES, using
from ecp_graph.pipeline import BuildResult, build
from ecp_graph.pipeline.complete import Completed, complete
from ecp_graph.pipeline.former import Former, judge_since
from ecp_graph.rdf.load import load, parse_file
from ecp_graph.release.release import Release, open_release
from ecp_graph.tables.statements import LAYERS
from ecp_graph.validation.check import check, judge_stated
from ecp_graph.validation.report import Report
from ecp_graph.workspace import FOLDERS, Workspace, bundled_workspace, find_workspace
from tests.build.test_partial import edited

LABEL = ox.NamedNode(PREFIXES["skos"] + "prefLabel")
NOTATION = ox.NamedNode(PREFIXES["skos"] + "notation")
#: The parts of a release that tell how it was made, or whose bytes depend on more than what they say.
APART = ("manifest.json", "store")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workspace of three generated plans, and with its releases."""
    folder = tmp_path_factory.mktemp("three") / "plans"
    write_workspace(folder, 3, actions=4)
    assert build_in(folder).release
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "plans")
    return tmp_path / "plans"


def build_in(folder: Path, *, full: bool = False) -> BuildResult:
    return build(find_workspace(folder), folder / "releases", full=full)


def in_full(folder: Path) -> BuildResult:
    """Return the result of a full build of the same files, in another place."""
    other = folder.with_name("in-full")
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns("releases"))
    return build_in(other)


def made(result: BuildResult) -> Release:
    assert result.release is not None
    return result.release


def contents(release: Release) -> dict[str, bytes]:
    found = {path.relative_to(release.path): path for path in release.path.rglob("*") if path.is_file()}
    return {name.as_posix(): path.read_bytes() for name, path in found.items() if name.parts[0] not in APART}


def told(release: Release) -> dict[str, Any]:
    return {name: value for name, value in release.manifest.items() if name not in {"validation", "files"}}


def rewrite(path: Path, quads: list[ox.Quad]) -> None:
    path.write_bytes(ox.serialize(quads, format=ox.RdfFormat.TRIG) or b"")


# ---------------------------------------------------------------- equal to a full build


def renamed(folder: Path) -> None:
    path = folder / "data/plan-0002/actions-1.trig"
    path.write_text("\n\n" + path.read_text().replace('prefLabel "', 'prefLabel "Once more: ', 1))


def removed(folder: Path) -> None:
    shutil.rmtree(folder / "data/plan-0003")


def moved(folder: Path) -> None:
    (folder / "data/plan-0001/actions-1.trig").rename(folder / "data/plan-0001/z.trig")


def commented(folder: Path) -> None:
    path = folder / "data/plan-0001/plan.trig"
    path.write_text("# A line more.\n" + path.read_text())


@pytest.mark.slow
@pytest.mark.parametrize("change", [renamed, removed, moved, commented])
def test_a_release_after_a_change_is_that_of_a_full_build(folder: Path, change: Callable[[Path], None]) -> None:
    change(folder)
    result, every = build_in(folder), in_full(folder)
    assert result.report == every.report
    release, other = made(result), made(every)
    assert release.manifest["validation"]["since"]
    assert release.manifest["validation"]["nodes"] < sum(every.report.looked_at.values()) / 2
    assert other.manifest["validation"] == {"since": None}
    assert contents(release) == contents(other)
    assert told(release) == told(other)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 7))
def test_the_report_after_random_edits_is_that_of_a_full_run(folder: Path, tmp_path: Path, seed: int) -> None:
    """What the edits break is in the former report too: more than a build that makes a release can meet."""
    chance = random.Random(seed)
    workspace = find_workspace(folder)
    edit(workspace.data_files, chance)
    with using(workspace.names):
        before, former_report = completed(workspace)
        shutil.move(before.statements.write_sorted(LAYERS), tmp_path / "dataset.nq")
        files = frozenset(map(workspace.relative, edit(workspace.data_files, chance)))
        after, expected = completed(workspace)
        former = Former("former", tmp_path / "dataset.nq", former_report, files)
        found = judge_since(former, workspace, after, lambda: judge_stated(after.sources))
    assert not isinstance(found, str), found
    report, anew = found
    assert set(report.findings) - set(expected.findings) == set()
    assert set(expected.findings) - set(report.findings) == set()
    assert report == expected
    assert len({one.shape for one in report.findings if one not in former_report.findings}) > 3
    assert 0 < anew < sum(report.looked_at.values())


def completed(workspace: Workspace) -> tuple[Completed, Report]:
    sources = load(workspace)
    found = complete(sources, workspace.rule_files)
    return found, check(sources, found.things(), (), lambda: judge_stated(sources))


def edit(files: Sequence[Path], chance: random.Random) -> set[Path]:
    """Change two files, and take one away, move it or leave it as it is; return which are not as they were."""
    one, two, three = chance.sample(files, 3)
    for path in (one, two):
        rewrite(path, edited(tuple(parse_file(path)), chance))
    fate = chance.randrange(3)
    if fate == 0:
        three.unlink()
        return {one, two, three}
    if fate == 1:
        moved_to = three.rename(three.with_name(f"{chance.choice('az')}-{three.name}"))
        return {one, two, three, moved_to}
    return {one, two}


# ---------------------------------------------------------------- what a change breaks elsewhere


def found(result: BuildResult) -> set[tuple[str | None, str | None]]:
    return {(one.shape, one.focus) for one in result.report.findings}


@pytest.mark.slow
def test_a_code_that_another_plan_has_is_found(folder: Path) -> None:
    register = folder / "data/register/pool-1.trig"
    known = next(one for one in parse_file(register) if one.predicate == NOTATION and "/id/plan/" in str(one.subject))
    path = folder / "data/plan-0002/plan.trig"
    quads = list(parse_file(path))
    plan = next(one for one in quads if getattr(one.object, "value", "") == ECP + "ActionPlan")
    rewrite(path, [*quads, ox.Quad(plan.subject, NOTATION, known.object, plan.graph_name)])
    told: list[str] = []
    result = build(find_workspace(folder), folder / "releases", progress=told.append)
    assert result.release is None
    assert (f"{SHAPES}plan-code-unique", plan.subject.value) in found(result)
    assert any("nodes that a change can affect" in line for line in told)
    assert result.report == in_full(folder).report


@pytest.mark.slow
def test_what_a_removed_file_described_is_missed_where_another_file_names_it(folder: Path) -> None:
    register = folder / "data/register/pool-1.trig"
    quads = list(parse_file(register))
    path = folder / "data/plan-0001/actions-1.trig"
    named = {one.object for one in parse_file(path) if one.predicate == ox.NamedNode(ECP + "responsibleBody")}
    body = next(one.subject for one in quads if one.subject in named)
    alone = folder / "data/register/body.trig"
    rewrite(alone, [one for one in quads if one.subject == body])
    rewrite(register, [one for one in quads if one.subject != body])
    before = found(build_in(folder, full=True))
    alone.unlink()
    told: list[str] = []
    result = build(find_workspace(folder), folder / "releases", progress=told.append)
    assert any("nodes that a change can affect" in line for line in told)
    assert result.report == in_full(folder).report
    missed = {focus for shape, focus in found(result) - before}
    assert any("/id/action/" in (focus or "") or focus == body.value for focus in missed)


# ---------------------------------------------------------------- when all is validated


def setting(folder: Path) -> None:
    path = folder / "workspace.toml"
    path.write_text(path.read_text() + "\n[overlaps]\nthemes = 7\n")


def own(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        shutil.copytree(bundled_workspace().folder(name), folder / name)
        path = sorted((folder / name).rglob(f"*{FOLDERS[name][0]}"))[0]
        path.write_text(path.read_text() + "\n# A line more.\n")

    return change


def damaged(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        renamed(folder)
        path = open_release(folder / "releases").path / name
        path.write_bytes(path.read_bytes() + b" \n")

    return change


def forced(folder: Path) -> None:
    renamed(folder)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (setting, "workspace.toml has changed"),
        (own("shapes"), "shapes/"),
        (own("ontology"), "ontology/"),
        (own("queries"), "queries/"),
        (damaged("dataset.nq"), "is damaged"),
        (damaged("report.json"), "is damaged"),
        (forced, ""),
    ],
    ids=["setting", "shapes", "ontology", "queries", "dataset", "report", "forced"],
)
def test_all_is_validated_and_the_build_says_why(folder: Path, change: Callable[[Path], None], reason: str) -> None:
    change(folder)
    told: list[str] = []
    result = build(find_workspace(folder), folder / "releases", progress=told.append, full=not reason)
    (line,) = [line for line in told if line.startswith("Validated")]
    assert reason in line
    assert "can affect" not in line
    assert ("in full, because" in line) == bool(reason)
    assert made(result).manifest["validation"] == {"since": None}
