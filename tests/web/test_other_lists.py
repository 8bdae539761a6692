"""A workspace with lists of its own: what the bundled plan has no word for is on the pages all the same."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from ecp_graph.cli import cli
from ecp_graph.pipeline import build
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import Workspace, bundled_workspace
from tests.bundled import with_workspace_file
from tests.web.conftest import BROWSER

CONCEPTS = """
concept:rumour a skos:Concept ; skos:prefLabel "hearsay"@en ; skos:notation "E" ; skos:definition "They say so."@en ;
    skos:inScheme scheme:evidence-grades .
concept:timeframe-seasonal a skos:Concept ; skos:prefLabel "each spring"@en ; skos:notation "seasonal" ;
    skos:definition "The work comes back."@en ; skos:inScheme scheme:timeframe-kinds .
"""
RULE = """\
#+ summary: Two bodies are said to overlap
SELECT (body:council AS ?memberA) (body:icac AS ?memberB) ("possible" AS ?kind) (topic:e-commerce AS ?cause)
  (topic:e-commerce AS ?on) ("E" AS ?grade) ?reading {
  ?reading ecp:readingOf/ecp:locator "Cover paper, paragraph 9" ; ecp:certainty concept:certainty-verbatim
}
"""
#: What is replaced in files of the bundled workspace.
CHANGES = {
    "ontology/concepts.ttl": [('"stated by the actions"@en', '"one action for both"@en')],
    "data/pc0457e1/annex-1.trig": [("concept:timeframe-continuous", "concept:timeframe-seasonal")],
    "queries/actions/actions-in-time.rq": [("values: {", "values: {seasonal: recurrent, ")],
    "queries/goals/contents.rq": [("values: {", "values: {seasonal: in spring, ")],
    "queries/actions/action-facets.rq": [
        ("{plan: Plan, chapter: Chapter, body: Responsible,", "{topic: Field, body: Lead,")
    ],
    "queries/bodies/bodies.rq": [("{secretariat: the secretariat}", "{working-group: a working group}")],
    "queries/overlap/overlap-body-pairs.rq": [
        (
            "#+   - {name: interpreted",
            "#+   - {name: gradeE, meaning: findings of grade E, unit: findings}\n#+   - {name: interpreted",
        ),
        ("?gradeD ?interpreted", "?gradeD ?gradeE ?interpreted"),
        (
            "  (SUM(IF(STR(?certainty)",
            '  (SUM(IF(STR(?evidenceGrade) = "E", 1, 0)) AS ?gradeE)\n  (SUM(IF(STR(?certainty)',
        ),
    ],
    "queries/overlap/dimension-things.rq": [
        ('"secretariat", "secretariat", ""', '"office", "secretariat", ""'),
        ("#+       event: events", "#+       event: gatherings"),
        ("#+       body: bodies", "#+       body: committees"),
        ("matrices: [", "matrices: [event-body, "),
        ('(ecp:Topic "topic")', '(ecp:Topic "topic")\n      (ecp:Event "event")'),
    ],
    "queries/overlap/dimension-links.rq": [
        (
            "#+       action: an action names both",
            "#+       event: a gathering of both\n#+       action: one action names both",
        ),
        (
            "  # instruments and their editions",
            '  { ?link a ecp:Event . BIND (?link AS ?thing) BIND ("event" AS ?dimension)\n'
            '    BIND ("event" AS ?tie) } UNION',
        ),
    ],
}


def changed_copy(root: Path) -> Workspace:
    for folder in ("ontology", "data", "queries", "shapes"):
        shutil.copytree(bundled_workspace().root / folder, root / folder)
    for name, changes in CHANGES.items():
        text = (root / name).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, (name, old)
            text = text.replace(old, new)
        (root / name).write_text(text, encoding="utf-8")
    with (root / "ontology/concepts.ttl").open("a", encoding="utf-8") as file:
        file.write(CONCEPTS)
    (root / "queries/derive/rumours.rq").write_text(RULE, encoding="utf-8")
    return with_workspace_file(root)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    workspace = changed_copy(tmp_path_factory.mktemp("own") / "workspace")
    releases = workspace.root / "releases"
    assert build(workspace, releases).release is not None
    return Settings(workspace=workspace.root, releases=releases, timeout=60)


@pytest.fixture(scope="module")
def client(own: Settings) -> FlaskClient:
    return create_app(own).test_client()


@pytest.fixture(scope="module")
def bundled(releases: Path) -> FlaskClient:
    return create_app(Settings(releases=releases, timeout=60)).test_client()


def words(client: FlaskClient, url: str) -> str:
    response = client.get(url, headers={"Accept": BROWSER})
    assert response.status_code == 200, url
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_a_fifth_grade_is_on_every_page(client: FlaskClient, bundled: FlaskClient) -> None:
    overlap = words(client, "/overlap/body-body")
    assert "all, A to E" in overlap
    assert "Grade E: hearsay They say so." in overlap
    assert overlap.count(", grade E") == 2
    assert "possible only the likeness of the words suggests that both do the same" in overlap
    assert words(client, "/overlap/body-body?grade=D").count(", grade E") == 0
    assert "1 at grade E" in words(client, "/overlap/body-body/council/icac")
    assert "Grade E: hearsay" in words(client, "/overlap/on/topic/e-commerce")
    assert "E hearsay" in words(client, "/overlap/body-body.svg")
    for url in ("/overlap/body-body", "/overlap/on/topic/e-commerce"):
        assert "hearsay" not in words(bundled, url)
    assert bundled.get("/overlap/body-body?grade=E").status_code == 400


def test_a_matrix_more_comes_first_with_its_words(client: FlaskClient, bundled: FlaskClient) -> None:
    overlap = words(client, "/overlap")
    assert "Gatherings and committees" in overlap
    assert "Programmes with programmes" in overlap
    ties = overlap[overlap.index("What the ties mean") :]
    assert "Event A gathering of both. Action One action names both. Instrument An action is on an instrument" in ties
    assert (
        "event or stronger" not in overlap
    )  # the first in the list is the strongest: the form says so in its own words
    assert "action or stronger" in overlap
    assert "Gatherings" not in words(bundled, "/overlap")
    assert bundled.get("/overlap/event-body").status_code == 404


def test_the_command_knows_them_too(own: Settings) -> None:
    places = ["--workspace", str(own.workspace), "--releases", str(own.releases), "--format", "csv"]

    def overlap(*arguments: str) -> str:
        result = CliRunner().invoke(cli, ["overlap", *arguments, *places])
        return result.stdout or result.stderr

    assert overlap("event-body", "--tie", "text").startswith("event \\ body,")
    everything = overlap("body-body", "--grade", "E").splitlines()
    assert everything[0].startswith("body \\ body,SEC ")
    assert any(line.startswith("PTC Permanent Technical Committee,9,,5,1,1") for line in everything)
    assert "'F' is not valid for --grade; use one of A, B, C, D, E." in overlap("body-body", "--grade", "F")


def test_another_kind_of_timeframe_is_drawn_and_worded(client: FlaskClient, bundled: FlaskClient) -> None:
    def dotted(of: FlaskClient) -> int:
        return of.get("/timeline.svg").get_data(as_text=True).count('class="mark recurrent"')

    seasonal = len(re.findall("concept:timeframe-continuous", annex := bundled_annex()))
    assert seasonal > 1, annex[:80]
    assert dotted(client) == dotted(bundled) + seasonal
    home = words(client, "/")
    assert home.count(" in spring ") == seasonal
    assert "Actions without a time beside them are continuous." in home
    assert f"{seasonal} each spring" in home
    assert " in spring " not in words(bundled, "/")


def bundled_annex() -> str:
    return (bundled_workspace().root / "data/pc0457e1/annex-1.trig").read_text(encoding="utf-8")


def test_another_kind_of_body_is_set_apart(client: FlaskClient, bundled: FlaskClient) -> None:
    assert "TFAWG is a working group, which appears in" in words(client, "/")
    assert "SEC is the secretariat" not in words(client, "/")
    shared = "/overlap/on/topic/e-commerce"
    assert "left out" not in words(client, shared)  # no body is an office
    assert "WCO Secretariat is left out: 26 of 28 actions name it. More on" in words(bundled, shared)
    assert "SEC is the secretariat, which appears in" in words(bundled, "/")


def test_other_facets_are_columns_of_the_table_of_actions(client: FlaskClient, bundled: FlaskClient) -> None:
    assert re.search(r"Field\s+Lead\s+Programme\s+Goal", words(client, "/actions"))
    assert re.search(r"Chapter\s+Responsible\s+Programme\s+Goal", words(bundled, "/actions"))
