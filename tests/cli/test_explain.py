"""``ecp-graph explain``: how the parts of a statement are named, the tree, JSON, and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ecp_graph.cli import cli
from ecp_graph.workspace import bundled_workspace
from tests.bundled import messages

Ask = Callable[..., Result]


@pytest.fixture
def ask(releases: Path) -> Ask:
    def run(*arguments: str) -> Result:
        options = ["--workspace", str(bundled_workspace().root), "--releases", str(releases)]
        return CliRunner().invoke(cli, ["explain", *arguments, *options], catch_exceptions=False)

    return run


def test_what_is_stated_shows_its_passage(ask: Ask) -> None:
    result = ask("action:ecp3-3", "ecp:responsibleBody", "body:ptc")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].endswith("[action:ecp3-3 ecp:responsibleBody body:ptc]")
    assert lines[1:] == ["  stated in Annex, table row of action 3 (reading:action-3, verbatim)"]
    assert messages(result.stderr) == ""


def test_what_follows_is_a_tree_down_to_the_passages(ask: Ask) -> None:
    result = ask("PTC", "works on", "transit guidelines")
    assert result.exit_code == 0
    assert "“works on” follows from “is responsible for”, then “concerns instrument”" in result.stdout
    assert "ecp:worksOn owl:propertyChainAxiom ( ecp:responsibleFor ecp:concernsInstrument )" in result.stdout
    assert result.stdout.count("stated in Annex, table row of action 3") == 2
    assert result.stdout.count("─ ") == 4


@pytest.mark.parametrize(
    "parts",
    [
        ("PTC", "notation", "PTC"),
        ("body:ptc", "a", "ecp:Body"),
        (
            "<https://w3id.org/ecp-graph/id/body/ptc>",
            "<http://www.w3.org/2004/02/skos/core#prefLabel>",
            "Permanent Technical Committee",
        ),
        ("action:ecp3-3", "actionNumber", "3"),
        ("PTC", "statedIn", "para-18"),
        ("overlap:body-pc--body-wgec--event-establishment-wgec", "a", "Overlap"),
    ],
)
def test_parts_go_by_curie_code_name_or_value(ask: Ask, parts: tuple[str, str, str]) -> None:
    assert ask(*parts).exit_code == 0


def test_json_has_every_step(ask: Ask) -> None:
    result = ask("PTC", "worksOn", "transit-guidelines", "--format", "json")
    found = json.loads(result.stdout)
    assert found["statement"]["subject"] == {
        "type": "uri",
        "value": "https://w3id.org/ecp-graph/id/body/ptc",
        "name": "Permanent Technical Committee",
    }
    assert found["sources"] == []
    step = found["derivation"]
    assert (step["kind"], len(step["premises"])) == ("chain", 2)
    leaf = step["premises"][0]["derivation"]["premises"][0]
    assert leaf["derivation"] is None
    assert leaf["sources"][0]["certainty"] == "verbatim"


def test_what_does_not_hold_is_1(ask: Ask) -> None:
    result = ask("PTC", "worksOn", "PTC")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "neither stated in the graph nor can it be inferred" in result.stderr
    assert ask("PTC", "notation", "PTX").exit_code == 1


@pytest.mark.parametrize(
    ("parts", "hint"),
    [
        (
            ("PTCX", "worksOn", "PTC"),
            "'PTCX' is not valid for 'SUBJECT': it is not a thing in this graph. Did you mean PTC",
        ),
        (("PTC", "worsOn", "PTC"), "The graph has no property 'worsOn'. Did you mean workson"),
        (("PTC", "worksOn", "no such thing"), "is not valid for 'OBJECT': it is not a thing in this graph."),
        (
            ("ecp3-3", "actionNumber", "3"),
            "'ecp3-3' names several things for 'SUBJECT': ",
        ),
        (("PTC", "worksOn"), "Missing argument 'OBJECT'"),
    ],
)
def test_wrong_usage_is_2(ask: Ask, parts: tuple[str, ...], hint: str) -> None:
    result = ask(*parts)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert hint in result.stderr


def test_what_a_body_only_shares_through_a_programme_is_told_as_the_site_tells_it(ask: Ask) -> None:
    # two things have that name, an instrument and a project; bodies work on instruments
    result = ask("TFAWG", "worksOn", "Transit Guidelines")
    assert result.exit_code == 1
    assert result.stdout == ""
    told = messages(result.stderr)
    assert "neither stated in the graph nor can it be inferred" in told
    assert "1 link joins the two:" in told
    assert "row 3, Develop new Transit Guidelines and organize a Global Conference on Transit: by programme" in told
    assert "The site says more at /overlap/body-instrument/tfawg/transit-guidelines." in told


def test_two_bodies_are_told_by_their_findings(ask: Ask) -> None:
    told = messages(ask("PTC", "ecp:reportsTo", "TFAWG").stderr)
    assert "The two meet on 3 rows, 1 joint session, 1 theme:" in told
    assert "/overlap/body-body/ptc/tfawg" in told


def test_what_nothing_joins_is_told_alone(ask: Ask) -> None:
    told = messages(ask("TFAWG", "worksOn", "ATA Convention").stderr)
    assert told.rstrip().endswith("this is neither stated in the graph nor can it be inferred.")
    assert "/overlap" not in told
