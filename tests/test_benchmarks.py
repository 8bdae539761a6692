"""Generated workspaces: the true build accepts them, and they hold what plans hold and are the same each time."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from benchmarks.building import Measured, tables
from benchmarks.watching import Failed, Step, watch
from benchmarks.workspace import write_workspace
from ecp_graph.pipeline import build
from ecp_graph.release.opening import release_engine
from ecp_graph.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
#: Classes of the ontology, with how many things of each a release has. What people decide is not generated.
HELD = """
    SELECT ?class (COUNT(DISTINCT ?thing) AS ?number) {
      ?class a owl:Class ; rdfs:isDefinedBy <https://w3id.org/ecp-graph/ontology> .
      FILTER (isIRI(?class) && ?class != ecp:OverlapDecision)
      OPTIONAL { ?thing a ?class }
    } GROUP BY ?class"""
USED = "SELECT DISTINCT (STR(?kind) AS ?found) { ?thing ecp:%s ?kind } ORDER BY ?found"
LISTED = "SELECT DISTINCT (STR(?kind) AS ?found) { ?kind skos:inScheme scheme:%s } ORDER BY ?found"


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.slow
def test_generated_plans_conform_and_hold_what_any_plan_may_hold(tmp_path: Path) -> None:
    write_workspace(tmp_path / "two", 2)
    result = build(Workspace(tmp_path / "two"), tmp_path / "releases")
    assert result.report.conforms
    assert result.release is not None
    store = release_engine(result.release)

    def rows(query: str) -> list[list[str]]:
        return [line.split(",") for line in store.query(query, fmt="csv").read().decode().splitlines()[1:]]

    held = {iri: int(number) for iri, number in rows(HELD)}
    assert len(held) > 30
    assert [iri for iri, number in held.items() if number == 0] == []
    for term, scheme in (("timeframeKind", "timeframe-kinds"), ("certainty", "certainties")):
        assert rows(USED % term) == rows(LISTED % scheme) != []
    store.close()


def test_the_same_arguments_give_the_same_files(tmp_path: Path) -> None:
    for name, plans, seed in (("one", 2, 1), ("same", 2, 1), ("more", 3, 1), ("other", 2, 5)):
        write_workspace(tmp_path / name, plans, seed=seed)
    one, same, more, other = (contents(tmp_path / name) for name in ("one", "same", "more", "other"))
    assert one == same
    plans = {path for path in one if path.parent.name.startswith("plan-")}
    assert {path: one[path] for path in plans} == {path: more[path] for path in plans}
    assert all(one[path] != other[path] for path in plans if path.name.startswith("actions"))


def test_every_template_is_used(tmp_path: Path) -> None:
    write_workspace(tmp_path / "four", 4)
    used = {quad.predicate.value for path in contents(tmp_path / "four") for quad in _quads(tmp_path / "four" / path)}
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "benchmarks" / "world").rglob("*.trig")]
    named = {word for text in texts for word in re.findall(r"\becp:([a-z]\w+)", text)}
    assert len(named) > 60
    assert named <= {iri.rpartition("#")[2] for iri in used}


def test_a_folder_that_is_there_stays(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError, match="is there already"):
        write_workspace(tmp_path, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_watched_command_is_told_step_by_step() -> None:
    busy = "import sys, time; print('Read 7', file=sys.stderr, flush=True); [i for i in range(9**7)]; time.sleep(0.5)"
    read, rest = watch([sys.executable, "-c", f"{busy}; {busy}"])[::2]
    assert (read.line, rest.line) == ("Read 7", "")
    assert rest.wall_s > 0.5
    assert 0 < rest.peak_mb < 1000
    with pytest.raises(Failed, match="no such plan"):
        watch([sys.executable, "-c", "raise SystemExit('no such plan')"])


def test_the_time_of_a_process_counts_when_it_outlived_the_one_that_started_it() -> None:
    busy = "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass"
    starts = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {busy!r}], close_fds=False)"
    watched = f"""
import os, subprocess, sys
reading, writing = os.pipe()
os.set_inheritable(writing, True)
subprocess.run([sys.executable, "-c", {starts!r}], close_fds=False)
os.close(writing)
os.read(reading, 1)  # the end of the busy process
print("ended", file=sys.stderr, flush=True)
print("after it", file=sys.stderr, flush=True)
"""
    ended, after, _ = watch([sys.executable, "-c", watched])
    assert ended.processor_s > 0.4
    assert after.processor_s >= 0


def test_the_tables_say_how_costs_grow_and_compare() -> None:
    def built(plans: int, seconds: float) -> Measured:
        step = Step("load", seconds, seconds, 50 * plans)
        return Measured(1000 * plans, ({"load": step, "whole": step},))

    builds = {("local", 13): built(13, 1.0), ("local", 52): built(52, 16.0), ("reference", 13): built(13, 7.5)}
    ours, reference, ratios = "\n".join(tables(builds)).split("step |")[1:]
    assert "| load | 1.00 (1.00; 650 MB) | 16.00 (16.00; 2,600 MB) | 2.00 |" in ours
    assert "| whole | 7.50 (7.50; 650 MB) | – |" in reference
    assert "| load | 7.5 |" in ratios


def _quads(path: Path) -> list[ox.Quad]:
    return list(ox.parse(path=str(path))) if path.suffix == ".trig" else []
