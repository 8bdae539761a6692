"""From a finding to a decision, through builds, editions and what is published."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import duckdb
import openpyxl
import pytest
from click.testing import CliRunner, Result

from ecp_graph.cli import cli
from ecp_graph.pipeline import build
from ecp_graph.release.release import open_release, public_part
from ecp_graph.settings import Settings
from ecp_graph.twin.publish import publish
from ecp_graph.web.app import create_app
from ecp_graph.workspace import DECISIONS, Workspace, find_workspace
from tests.overlap.across.plans import made

NAME: Final = "Quenby Zwartkruis"
ATOM: Final = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two plans with planted pairs, built, and their documents beside them."""
    folder = tmp_path_factory.mktemp("decided")
    assert build(made(folder / "world", "north", "south"), folder / "world" / "releases").release
    return folder


@pytest.fixture
def workspace(template: Path, tmp_path: Path) -> Workspace:
    """A copy of them."""
    shutil.copytree(template, tmp_path / "copy")
    return find_workspace(tmp_path / "copy" / "world")


def _run(workspace: Workspace, *arguments: str) -> Result:
    where = ["--workspace", str(workspace.root)]
    return CliRunner().invoke(cli, [*arguments, *where], catch_exceptions=False)


def _built(workspace: Workspace) -> Path:
    result = build(workspace, workspace.root / "releases")
    assert result.release, [finding.message for finding in result.report.findings]
    return result.release.tables


def _asked(tables: Path, select: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(select.format(**{path.stem: f"'{path}'" for path in tables.glob("*.parquet")})).fetchall()


def _decision(tables: Path, end: str) -> str | None:
    ((decision,),) = _asked(tables, f"SELECT decision FROM {{findings}} WHERE ends_with(iri, '/{end}')")
    return decision


def _finding(workspace: Workspace, one: str, other: str) -> str:
    tables = open_release(workspace.root / "releases").tables
    ((iri,),) = _asked(
        tables,
        f"SELECT iri FROM {{findings}} WHERE ends_with(member_a, '/{one}') AND ends_with(member_b, '/{other}')",
    )
    return str(iri)


def _reimport(workspace: Workspace, slug: str, old: str, new: str) -> None:
    path = workspace.root.parent / f"{slug}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    result = CliRunner().invoke(
        cli, ["import", str(path), "--plan", slug, "--into", str(workspace.root), "--yes"], catch_exceptions=False
    )
    assert result.exit_code == 0, result.stderr


@pytest.mark.slow
def test_a_dismissed_finding_comes_back_when_its_evidence_changes_and_says_what_changed(workspace: Workspace) -> None:
    audit, compendium = _finding(workspace, "north-5", "south-5"), _finding(workspace, "north-8", "south-8")
    end = audit.rpartition("/")[2]
    reason = "South restates north"
    assert _run(workspace, "decide", end, "dismissed", "--reason", reason, "--by", NAME).exit_code == 0
    assert _run(workspace, "decide", compendium, "confirmed", "--reason", "Same", "--by", NAME).exit_code == 0
    tables = _built(workspace)
    assert _decision(tables, end) == "dismissed"
    between = _run(workspace, "overlap", "actions", "--between", "north", "south", "--format", "csv")
    assert [row["decision"] for row in csv.DictReader(io.StringIO(between.stdout))][-1] == "dismissed", "it is last"
    listed = csv.DictReader(io.StringIO(_run(workspace, "overlap", "actions", "--format", "csv").stdout))
    decided = [row for row in listed if row["decision"]]
    assert {row["overlap"]: row["decision"] for row in decided} == {audit: "dismissed", compendium: "confirmed"}
    client = create_app(Settings(workspace=workspace.root, releases=tables.parent.parent)).test_client()
    assert "Decided: dismissed." in client.get("/overlap/action-action/north-5/south-5").text
    assert "Decided: dismissed." in client.get("/overlap/plans/north/south").text
    on = client.get("/overlap/on/instrument/aeo-compendium").text
    assert re.search(r'<th scope="col">decision</th>.*<td>confirmed</td>', on, re.DOTALL)
    assert _asked(tables, "SELECT decision, holds, reason, agent FROM {decisions} ORDER BY decision DESC") == [
        ("dismissed", True, reason, "reviewer"),
        ("confirmed", True, "Same", "reviewer"),
    ]

    file = workspace.root / DECISIONS
    file.write_text(file.read_text(encoding="utf-8").replace(reason, "North came first"), encoding="utf-8")
    assert _decision(_built(workspace), end) == "dismissed", "a reworded reason changes nothing"
    _reimport(workspace, "south", "6,Subsidize organic vineyards", "6,Subsidize organic farms")
    assert _decision(_built(workspace), end) == "dismissed", "another row changes nothing"

    _reimport(workspace, "south", "5,Audit the bonded warehouses", "5,Audit all the bonded warehouses")
    tables = _built(workspace)
    assert _decision(tables, end) == "reopened"
    assert _decision(tables, compendium.rpartition("/")[2]) == "confirmed"
    ((decision, holds, change),) = _asked(
        tables, f"SELECT decision, holds, change FROM {{decisions}} WHERE ends_with(finding, '/{end}')"
    )
    assert (decision, holds) == ("dismissed", False)
    assert change.endswith("Passages with other words: line 6 column 2.")

    assert _run(workspace, "decide", end, "dismissed", "--reason", "Still", "--by", NAME).exit_code == 0
    assert _decision(_built(workspace), end) == "dismissed", "it was decided on anew"


def test_decisions_outlive_the_plan_that_they_are_about(workspace: Workspace) -> None:
    finding = _finding(workspace, "north-5", "south-5")
    _run(workspace, "decide", finding, "merge", "--reason", "One of them is enough", "--by", NAME)
    before = (workspace.root / DECISIONS).read_bytes()
    assert _run(workspace, "remove", "--plan", "south").exit_code == 0
    told: list[str] = []
    build(workspace, workspace.root / "releases", progress=told.append)
    assert "Decisions on findings: 0 hold, 1 are on findings that are not there" in told
    assert (workspace.root / DECISIONS).read_bytes() == before


def test_a_workbook_of_findings_is_decided_on_line_by_line_or_not_at_all(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "findings.xlsx"
    assert _run(workspace, "overlap", "actions", "--format", "xlsx", "--output", str(target)).exit_code == 0
    book = openpyxl.load_workbook(target)
    sheet = book["result"]
    heads = [str(cell.value).lower() for cell in sheet[1]]
    assert heads[-3:] == ["status", "lead", "reason"]
    at = {name: heads.index(name) + 1 for name in ("status", "lead", "reason")}
    for row, values in ((2, ("coordinate", "PTC", "PTC leads")), (3, ("Dismissed", None, "Not the same"))):
        for name, value in zip(at, values, strict=True):
            sheet.cell(row, at[name], value)
    book.save(target)
    assert _run(workspace, "decide", "--from", str(target), "--by", NAME).exit_code == 0
    lines = list(csv.DictReader(io.StringIO((workspace.root / DECISIONS).read_text(encoding="utf-8")), delimiter="\t"))
    assert sorted((line["decision"], line["lead"].rpartition("/")[2], line["reason"]) for line in lines) == [
        ("coordinate", "ptc", "PTC leads"),
        ("dismissed", "", "Not the same"),
    ]
    before = (workspace.root / DECISIONS).read_bytes()
    sheet.cell(3, at["reason"]).value = None
    sheet.cell(2, at["reason"], "Another reason")
    book.save(target)
    refused = _run(workspace, "decide", "--from", str(target), "--by", NAME)
    assert refused.exit_code == 2
    assert f"{target}, row 3: The decision on" in refused.stderr
    assert (workspace.root / DECISIONS).read_bytes() == before


def test_what_cannot_be_decided_is_refused_and_nothing_is_written(workspace: Workspace) -> None:
    end = _finding(workspace, "north-5", "south-5").rpartition("/")[2]
    for arguments, message in (
        ((end.replace("north-5", "north-9"), "confirmed", "--reason", "x"), f"The nearest: {end}"),
        ((end, "confirmed"), "has no reason"),
        ((end, "coordinate", "--reason", "x"), "Name the body that leads."),
        ((end, "coordinate", "--reason", "x", "--lead", "PTX"), "There is no body 'PTX'"),
        ((end, "perhaps", "--reason", "x"), "'perhaps' is not a decision; use one of confirmed, dismissed"),
    ):
        refused = _run(workspace, "decide", *arguments, "--by", NAME)
        assert refused.exit_code == 2
        assert message in refused.stderr
    assert not (workspace.root / DECISIONS).exists()


def test_who_decides_is_gits_user_else_the_login_name(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def decided() -> None:
        arguments = (_finding(workspace, "north-5", "south-5"), "unsure", "--reason", "x")
        assert _run(workspace, "decide", *arguments).exit_code == 0

    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("LOGNAME", "loginname")
    decided()
    assert "\tloginname\t" in (workspace.root / DECISIONS).read_text(encoding="utf-8")
    for name, value in (("COUNT", "1"), ("KEY_0", "user.name"), ("VALUE_0", "Git User")):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    decided()
    assert "\tGit User\t" in (workspace.root / DECISIONS).read_text(encoding="utf-8")


def _leaving(workspace: Workspace, twin: Path | None) -> Iterator[bytes]:
    """Yield every file of the release, of which parts are pushed and dumped, and of the twin."""
    release = open_release(workspace.root / "releases")
    if twin:
        publish(release, workspace, twin, base_url="https://pairs.example/", processes=1)
    for root in filter(None, (release.path, twin)):
        yield from (path.read_bytes() for path in root.rglob("*") if path.is_file())


@pytest.mark.slow
@pytest.mark.parametrize(("telling", "told"), [("roles", "role"), ("none", ""), ("names", "name")])
def test_names_of_people_stay_at_home_unless_they_are_published(
    workspace: Workspace, tmp_path: Path, telling: str, told: str
) -> None:
    end = _finding(workspace, "north-5", "south-5")
    decided = _run(workspace, "decide", end, "dismissed", "--reason", "x", "--by", NAME, "--role", "Quux reviewer")
    assert decided.exit_code == 0
    file = workspace.root / "workspace.toml"
    file.write_text(f'{file.read_text(encoding="utf-8")}\n[publish]\ndecisions = "{telling}"\n', encoding="utf-8")
    workspace = find_workspace(workspace.root)
    _built(workspace)
    contents = [content.lower() for content in _leaving(workspace, tmp_path / "twin" if told == "role" else None)]
    assert len(contents) > 30
    found = {what for what, word in (("name", b"zwartkruis"), ("role", b"quux")) if any(word in c for c in contents)}
    assert found == ({told} if told else set())


def test_json_of_the_finding_has_the_decision(workspace: Workspace) -> None:
    finding = _finding(workspace, "north-5", "south-5")
    _run(workspace, "decide", finding, "dismissed", "--reason", "x", "--by", NAME)
    _built(workspace)
    query = workspace.root / "asked.rq"
    query.write_text(f"SELECT ?what WHERE {{ <{finding}> ecp:decision/skos:notation ?what }}", encoding="utf-8")
    result = _run(workspace, "query", str(query), "--format", "json")
    assert json.loads(result.stdout)["results"]["bindings"] == [{"what": {"type": "literal", "value": "dismissed"}}]


@pytest.mark.slow
def test_the_feed_tells_new_and_reopened_findings(workspace: Workspace) -> None:
    first, audit = _feed(workspace), _finding(workspace, "north-5", "south-5")
    assert first
    assert {what for what, *_ in first} == {"New"}
    _run(workspace, "decide", audit, "dismissed", "--reason", "x", "--by", NAME)
    _built(workspace)
    assert _feed(workspace) == first, "a decision is no news"
    _reimport(workspace, "south", "5,Audit the bonded warehouses", "5,Audit all the bonded warehouses")
    _reimport(workspace, "south", "6,Subsidize organic vineyards", "6,Digitise the patient records")
    _built(workspace)
    found = _feed(workspace)
    assert found[0][:2] == ("Reopened", "action/north-5")
    assert found[0][2].endswith("Passages with other words: line 6 column 2.")
    assert [(what, one) for what, one, _ in found[1:2]] == [("New", "action/north-6")]
    assert found[2:] == first


def _feed(workspace: Workspace) -> list[tuple[str, str, str]]:
    """What each entry says, the first member of its finding, and the rest of it."""
    app = create_app(Settings(workspace=workspace.root, releases=workspace.root / "releases", workers=1))
    client = app.test_client()
    answer = client.get("/feed")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    assert client.get("/feed.atom").data == answer.data
    feed = ElementTree.fromstring(answer.data)
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    found = []
    for entry in feed.iter(f"{ATOM}entry"):
        title, summary = (entry.findtext(f"{ATOM}{name}") or "" for name in ("title", "summary"))
        link = next(iter(entry.iter(f"{ATOM}link"))).attrib["href"]
        member = link.rpartition("/overlap/")[2].partition("--")[0].replace("-", "/", 1)
        found.append((title.partition(":")[0], member, summary))
    return found


@pytest.mark.slow
def test_a_decision_on_a_confidential_plan_does_not_leave_the_machine(workspace: Workspace) -> None:
    finding = _finding(workspace, "north-5", "south-5")
    assert _run(workspace, "decide", finding, "dismissed", "--reason", "Quux", "--by", NAME).exit_code == 0
    file = workspace.root / "data" / "south" / "plan.trig"
    text = file.read_text(encoding="utf-8")
    assert "plan:south a " in text
    file.write_text(text.replace("plan:south a ", "plan:south ecp:confidential true ; a ", 1), encoding="utf-8")
    whole = _built(workspace)
    assert _asked(whole, "SELECT decision FROM {decisions}") == [("dismissed",)]
    public = public_part(open_release(workspace.root / "releases"))
    assert _asked(public.tables, "SELECT decision FROM {decisions}") == []
    told = [path for path in public.path.rglob("*") if path.is_file() and b"Quux" in path.read_bytes()]
    assert told == []
