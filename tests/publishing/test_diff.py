"""What changed between two releases: planted changes are found, and nothing else is."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from ecp_graph.cli import cli
from ecp_graph.engine import Engine
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.engine.loading import load_files
from ecp_graph.errors import InputSyntaxError
from ecp_graph.queries.catalogue import Catalogue, load_catalogue, parse_query
from ecp_graph.queries.compare import Difference, compare
from ecp_graph.release.release import Release
from ecp_graph.workspace import bundled_workspace
from tests.bundled import messages
from tests.publishing.conftest import COMPARED

Versions = tuple[Path, Path, Release, Release]


def _run(versions: Versions, *arguments: str) -> Result:
    workspace, releases, *_ = versions
    where = ["--workspace", str(workspace), "--releases", str(releases)]
    return CliRunner().invoke(cli, ["diff", *arguments, *where], catch_exceptions=False)


def test_the_command_shows_what_was_changed_and_exits_with_1(two_releases: Versions) -> None:
    result = _run(two_releases, "previous", "current")
    assert result.exit_code == 1
    assert result.stdout == (
        "Actions (2 before, 3 after)\n"
        "  ~ 1 · Write the guide\n"
        '      body: "PTC; SEC" → "SEC"\n'
        "  ~ 2 · Study the guide\n"
        '      title: "Read the guide" → "Study the guide"\n'
        "  + 3 · =Burn the guide<b>\n"
    )


def test_the_other_way_round_what_came_went(two_releases: Versions) -> None:
    *_, before, after = two_releases
    result = _run(two_releases, after.id, str(before.path), "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["before"], found["after"], found["same"]) == (after.id, before.id, False)
    (section,) = found["sections"]
    assert (section["query"], section["before"], section["after"]) == ("rows", 3, 2)
    assert [(change["kind"], change["name"]) for change in section["changes"]] == [
        ("changed", "1 · Write the guide"),
        ("changed", "2 · Read the guide"),
        ("removed", "3 · =Burn the guide<b>"),
    ]


def test_as_csv(two_releases: Versions) -> None:
    rows = list(csv.reader(io.StringIO(_run(two_releases, "previous", "current", "-f", "csv").stdout)))
    assert rows[0] == ["section", "change", "name", "thing", "column", "before", "after"]
    assert [row[1] for row in rows[1:]] == ["changed", "changed", "added"]
    assert rows[1][4:] == ["body", "PTC; SEC", "SEC"]


def test_a_release_is_the_same_as_itself(two_releases: Versions) -> None:
    result = _run(two_releases, "current", "current")
    assert result.exit_code == 0
    assert result.stdout == "Nothing changed; 3 things were compared by 1 queries.\n"


@pytest.mark.parametrize("name", ["0000", "", "/nowhere/at/all", "../releases"])
def test_a_release_that_is_not_there(two_releases: Versions, name: str) -> None:
    result = _run(two_releases, name, "current")
    assert (result.exit_code, result.stdout) == (2, "")
    assert messages(result.stderr).startswith("Error: ")
    assert messages(result.stderr).count("\n") == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{title: Actions, key: action}", "'compare' needs title, key and name"),
        ("{title: Actions, key: action, name: colour}", "names 'colour'"),
        ("{title: Actions, key: colour, name: title}", "names 'colour'"),
    ],
)
def test_a_wrong_header_is_refused(wrong: str, said: str) -> None:
    text = COMPARED.replace("{title: Actions, key: action, name: [number, title]}", wrong)
    with pytest.raises(InputSyntaxError, match=said):
        parse_query(text, Path("queries/actions/rows.rq"), Path("queries"))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(bundled_workspace())


@pytest.fixture(scope="module")
def bundled(release: Release) -> Iterator[Engine]:
    engine = EmbeddedEngine(load_files([release.dataset], union=True), name="the bundled graph")
    yield engine
    engine.close()


def _changed(release: Release, tmp_path: Path, *replacements: tuple[str, str]) -> Engine:
    text = release.dataset.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "changed.nq"
    path.write_text(text, encoding="utf-8")
    return EmbeddedEngine(load_files([path], union=True), name="changed")


def _kinds(difference: Difference) -> dict[str, list[str]]:
    return {section.title: [change.kind for change in section.changes] for section in difference.sections}


def test_the_bundled_queries_compare_things_of_every_sort(bundled: Engine, catalogue: Catalogue) -> None:
    difference = compare(bundled, bundled, catalogue)
    assert difference.is_empty
    sizes = {section.title: section.after for section in difference.sections}
    assert {"Actions", "Bodies", "Dates", "Overlaps of bodies", "Discrepancies"} <= set(sizes)
    assert sizes["Actions"] == 28
    assert all(sizes.values())


def test_a_title_and_a_date_that_were_changed_are_found(
    bundled: Engine, catalogue: Catalogue, release: Release, tmp_path: Path
) -> None:
    title, later = "Promote the implementation of a Single Window paperless environment", "2018-06-30T23:59:59"
    after = _changed(release, tmp_path, (title, "Another title"), ("2017-07-31T23:59:59", later))
    difference = compare(bundled, after, catalogue)
    actions = {section.title: section for section in difference.sections}["Actions"]
    fields = {(change.name.partition(" ")[0], field.column) for change in actions.changes for field in change.fields}
    assert ("16", "title") in fields
    assert "dueUntil" in {column for _, column in fields}
    assert _kinds(difference)["Dates"]
    assert _kinds(difference)["Bodies"] == []


def test_an_overlap_that_is_gone_is_removed(
    bundled: Engine, catalogue: Catalogue, release: Release, tmp_path: Path
) -> None:
    wanted = next(
        quad.subject.value
        for quad in ox.parse(release.dataset.read_bytes(), format=ox.RdfFormat.N_QUADS)
        if quad.predicate.value.endswith("#overlapCause")
        and quad.subject.value.endswith("action-ecp3-3")
        and "/body-" in quad.subject.value
        and "body-sec" not in quad.subject.value
    )
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/ecp-graph/ontology#Overlap>"
    after = _changed(
        release, tmp_path, (f"<{wanted}> {kind}", f"<{wanted}> <http://x.example/was> <http://x.example/o>")
    )
    difference = compare(bundled, after, catalogue)
    gone = [change for section in difference.sections for change in section.changes if change.thing == wanted]
    assert [change.kind for change in gone] == ["removed"]
    assert "Overlaps of bodies: 1 removed." in difference.summary
