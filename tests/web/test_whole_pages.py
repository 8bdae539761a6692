"""Home, validation and shapes over the whole catalogue: what they show is what the release holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from ecp_graph.errors import ReleaseError
from ecp_graph.release.release import Release
from ecp_graph.settings import Settings
from ecp_graph.sparql.moments import day, period
from ecp_graph.validation.writers import read_json, render
from ecp_graph.web.app import create_app
from ecp_graph.web.state.source import FixedEngine
from tests.bundled import NAMES, with_workspace_file
from tests.web.conftest import BROWSER


@pytest.fixture(scope="module")
def whole(releases: Path) -> FlaskClient:
    """A client of the bundled workspace, with all its queries."""
    return create_app(Settings(releases=releases)).test_client()


def read(client: FlaskClient, url: str) -> str:
    response = client.get(url, headers={"Accept": BROWSER})
    assert response.status_code == 200, url
    return response.get_data(as_text=True)


def words(text: str) -> str:
    """What a reader sees: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


# ---------------------------------------------------------------- home


def test_home_gives_the_plan_at_a_glance(whole: FlaskClient) -> None:
    text = read(whole, "/")
    seen = words(text)
    assert "Draft · January 2017 to December 2018" in seen
    assert "28 actions in 7 chapters, carried by 7 bodies, under 4 work programmes" in seen
    plan = text[text.index('id="the-plan"') : text.index('class="beside"')]
    assert plan.count('class="chapter"') == 7
    assert plan.count("<li>") == 28
    assert "16 Promote the implementation of a Single Window paperless environment no time stated" in words(plan)


def test_home_says_what_is_due_in_order(whole: FlaskClient) -> None:
    seen = words(read(whole, "/"))
    first, second = seen.index("By the end of July 2017"), seen.index("By the end of July 2018")
    assert first < seen.index("PTC, SEC · PTC April-July 2017") < second
    assert second < seen.index("SAFE WG, SEC")
    assert "20 continuous activity" in seen
    assert "1 recurrent at sessions" in seen


def test_home_sets_the_secretariat_apart_and_counts_the_open_groups(whole: FlaskClient) -> None:
    text = read(whole, "/")
    assert text.count("<rect ") == 7
    assert text.count('class="apart"') == 1
    seen = words(text)
    assert "SEC is the secretariat, which appears in 26 of 28 rows" in seen
    assert "10 rows add other related WCO committees or working groups" in seen


def test_home_leads_to_overlaps_findings_and_questions(whole: FlaskClient, release: Release) -> None:
    text = read(whole, "/")
    assert "PTC and TFA WG 3 rows, 1 joint session, 1 theme. TFA WG reports to PTC (external)" in words(text)
    assert '<a href="/overlap/body-body/ptc/tfawg">' in text
    report = read_json(release.report("json").read_text(encoding="utf-8"))
    assert len(report.by_response()) > 3
    for place, (response, findings) in enumerate(report.by_response().items(), 1):
        assert f'<a href="/validation#response-{place}">{response}</a> <span class="soft">{len(findings)}<' in text
    assert text.index("/queries/overlap-on-instruments") < text.index('class="glance"')


def test_home_answers_first_what_is_due_double_and_unclear(whole: FlaskClient) -> None:
    text = read(whole, "/")
    ids = re.findall(r'<h2 id="([\w-]+)"', text)
    assert ids[:3] == ["due", "overlap", "findings"]
    seen = words(text)
    assert "20 Develop a study report on the roles" in seen
    assert "SAFE WG, SEC" in seen


def test_home_leaves_out_a_query_that_only_shares_the_name(releases: Path, tmp_path: Path) -> None:
    with_workspace_file(tmp_path)
    for name in ("ontology", "data", "queries/bodies", "queries/goals"):
        (tmp_path / name).mkdir(parents=True)
    bodies = (
        "#+ summary: Other bodies\n#+ columns:\n#+   - {name: x, meaning: nothing}\nSELECT ?x { VALUES ?x { 1 } }\n"
    )
    (tmp_path / "queries" / "bodies" / "bodies.rq").write_text(bodies, encoding="utf-8")
    goals = (Path(__file__).resolve().parents[2] / "queries" / "goals" / "goals.rq").read_text(encoding="utf-8")
    (tmp_path / "queries" / "goals" / "goals.rq").write_text(goals, encoding="utf-8")
    text = read(create_app(Settings(workspace=tmp_path, releases=releases)).test_client(), "/")
    assert 'id="load"' not in text
    assert "2 questions on bodies (1) and goals (1)." in words(text).replace(" ,", ",").replace(" .", ".")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2017-07-31T23:59:59", "July 2017"),
        ("2017-07-14T23:59:59", "14 July 2017"),
        ("2020-02-29T23:59:59", "February 2020"),
        ("2019-02-28", "February 2019"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_days(moment: str, said: str) -> None:
    assert day(moment) == said


def test_periods() -> None:
    assert period("2017-01-01T00:00:00", "2018-12-31T23:59:59") == "January 2017 to December 2018"
    assert period("2017-01-05T00:00:00", "") == "from 5 January 2017"
    assert period("", "2018-12-31T23:59:59") == "until December 2018"
    assert period("", "") == ""


# ---------------------------------------------------------------- validation


def test_validation_shows_every_finding_with_what_to_do(whole: FlaskClient, release: Release) -> None:
    report = read_json(release.report("json").read_text(encoding="utf-8"))
    text = read(whole, "/validation")
    assert len(report.findings) == text.count('<li id="finding-') > 40
    seen = words(text)
    assert "The data conform" in seen
    assert f"{len(report.looked_at)} rules checked" in seen
    for finding in report.findings:
        assert finding.remedy
        assert finding.remedy in seen
    # names stand where the terminal has curies, and links lead to the rule
    assert "The plan ECP Action Plan for Phase III lists Administrative Committee" in seen
    assert "plan:ecp-action-plan-3" not in seen
    assert 'href="/shapes#action-timeframe-stated"' in text
    assert "rules had nothing to check: the data have nothing of what they are about" in " ".join(seen.split())


def test_the_report_comes_as_files(whole: FlaskClient, release: Release) -> None:
    for suffix, media_type in (("txt", "text/plain"), ("json", "application/json"), ("ttl", "text/turtle")):
        response = whole.get(f"/validation/report.{suffix}")
        assert response.mimetype == media_type
        assert response.data == release.report(suffix).read_bytes()
    assert whole.get("/validation/report.exe").get_json()["error"]["code"] == "unknown-format"


def _with_report(release: Release, folder: Path, text: str) -> FlaskClient:
    """A client of the bundled graph whose release has another report."""
    from ecp_graph.release.opening import release_engine

    (folder / "report.json").write_text(text, encoding="utf-8")
    source = FixedEngine.of_release(release_engine(release), Release("x", folder, {}, NAMES))
    return create_app(Settings(), source=source).test_client()


def test_a_hostile_violation_and_an_idle_rule_are_shown(release: Release, tmp_path: Path) -> None:
    finding = {
        "severity": "Violation",
        "message": "<script>alert(1)</script> of body:ptc is\u202e wrong.",
        "focus": "javascript:alert(1)",
        "path": None,
        "value": '"<img src=x>"@en',
        "shape": None,
        "component": None,
        "passages": [],
        "file": "data/a.trig",
        "line": 3,
        "remedy": "<b>Mend</b> it.",
    }
    looked_at = {"https://w3id.org/ecp-graph/shapes#Action": 0, "https://w3id.org/ecp-graph/shapes#Body": 12}
    client = _with_report(release, tmp_path, json.dumps({"findings": [finding], "lookedAt": looked_at}))
    text = read(client, "/validation")
    assert "The data do not conform" in text
    assert "1 rule had nothing to check" in words(text)
    assert 'href="javascript:' not in text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "\u202e" not in text
    assert "&lt;script&gt;" in text
    assert "Permanent Technical Committee</a>" in text
    assert "data/a.trig:3" in text


def test_without_findings_it_says_what_was_looked_at(release: Release, tmp_path: Path) -> None:
    looked_at = {"https://w3id.org/ecp-graph/shapes#Body": 12}
    client = _with_report(release, tmp_path, json.dumps({"findings": [], "lookedAt": looked_at}))
    seen = words(read(client, "/validation"))
    assert "1 rule checked 12 nodes. They found nothing to report." in seen
    assert "By thing" not in seen


def test_a_damaged_report_is_said(release: Release, tmp_path: Path) -> None:
    response = _with_report(release, tmp_path, "{}").get("/validation")
    assert response.status_code == 503
    assert "cannot be read" in response.get_json()["error"]["message"]


def test_without_a_release_there_is_no_report(release: Release) -> None:
    from ecp_graph.release.opening import release_engine

    client = create_app(Settings(), source=FixedEngine(release_engine(release), is_fixed=False)).test_client()
    assert "There is no report here" in read(client, "/validation")
    assert client.get("/validation/report.ttl").status_code == 404
    assert 'id="findings"' not in read(client, "/")


def test_a_report_survives_its_json(release: Release) -> None:
    text = release.report("json").read_text(encoding="utf-8")
    assert render(read_json(text), "json") == text
    with pytest.raises(KeyError):
        read_json("{}")
    assert issubclass(ReleaseError, Exception)


# ---------------------------------------------------------------- shapes


def test_every_shape_has_its_place(whole: FlaskClient) -> None:
    text = read(whole, "/shapes")
    root = Path(__file__).resolve().parents[2] / "shapes"
    kinds = {ox.NamedNode("http://www.w3.org/ns/shacl#" + kind) for kind in ("NodeShape", "PropertyShape")}
    written = {
        quad.subject.value.partition("#")[2]
        for path in root.rglob("*.ttl")
        for quad in ox.parse(path=str(path))
        if quad.object in kinds and isinstance(quad.subject, ox.NamedNode)
    }
    placed = set(re.findall(r'<section class="shape" id="([^"]+)"', text))
    assert placed == written
    assert len(placed) > 190
    assert text.count('<section class="shape"') == len(placed)
    assert "The plan leaves the time of the action blank." in text
    assert "{$this}" not in text


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/turtle", "text/turtle"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("text/html", "text/html"),
        (BROWSER, "text/html"),
        ("*/*", "text/html"),
    ],
)
def test_shapes_are_negotiated(whole: FlaskClient, accept: str, media_type: str) -> None:
    response = whole.get("/shapes", headers={"Accept": accept})
    assert response.mimetype == media_type
    assert "Accept" in response.headers["Vary"]


def test_shapes_as_a_file_are_those_of_the_release(whole: FlaskClient, release: Release) -> None:
    got = sum(1 for _ in ox.parse(whole.get("/shapes.nt").data, ox.RdfFormat.N_TRIPLES))
    assert got == release.manifest["graphs"]["https://w3id.org/ecp-graph/graph/shapes"] > 2000
    assert whole.get("/shapes.exe").status_code == 404
