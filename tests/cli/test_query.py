"""``ecp-graph query``: sources, parameters, formats, errors, exit codes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextvars import Context
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from ecp_graph.cli import cli
from tests.bundled import messages

Ask = Callable[..., Result]


@pytest.fixture
def ask(asking_workspace: Path, releases: Path) -> Ask:
    def run(*arguments: str, input: str | None = None, command: str = "query") -> Result:
        options = ["--workspace", str(asking_workspace), "--releases", str(releases)]
        return CliRunner().invoke(cli, [command, *arguments, *options], input=input, catch_exceptions=False)

    return run


def test_a_query_of_the_catalogue_as_csv_when_piped(ask: Ask) -> None:
    result = ask("list-bodies")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert result.exit_code == 0
    assert {"code": "PTC", "name": "Permanent Technical Committee"}.items() <= {r["code"]: r for r in rows}[
        "PTC"
    ].items()
    assert messages(result.stderr) == ""


@pytest.mark.parametrize(
    "value", ["PTC", "ptc", "body:ptc", "https://w3id.org/ecp-graph/id/body/ptc", "Permanent Technical Committee"]
)
def test_a_parameter_by_any_name(ask: Ask, value: str) -> None:
    result = ask("body-facts", "-p", f"body={value}", "--format", "nt")
    assert result.exit_code == 0
    assert (
        '<https://w3id.org/ecp-graph/id/body/ptc> <http://www.w3.org/2004/02/skos/core#notation> "PTC"' in result.stdout
    )


def test_a_graph_is_turtle(ask: Ask) -> None:
    result = ask("body-facts", "--param", "body=PTC")
    assert result.stdout.startswith("@prefix ")
    assert "body:ptc skos:" in result.stdout


def test_standard_input_and_files(ask: Ask, tmp_path: Path) -> None:
    assert ask("-", input="ASK { body:ptc a ecp:Body }").stdout == "true"
    path = tmp_path / "own.rq"
    path.write_text("SELECT ?code { body:ptc skos:notation ?code }")
    assert ask(str(path)).stdout_bytes == b"code\r\nPTC\r\n"
    path.write_text("#+ summary: x\n#+ parameters:\n#+ - {name: n, type: integer, label: N}\nSELECT ?n {\n#= n\n}")
    assert ask(str(path), "-p", "n=7").stdout_bytes == b"n\r\n7\r\n"
    header = '#+ summary: x\n#+ parameters:\n#+ - {name: body, type: iri, class: "ecp:Body", label: Body}\n'
    path.write_text(header + "SELECT ?code {\n#= body\n?body skos:notation ?code }")
    asked = Context().run(ask, str(path), "-p", "body=PTC")  # as in a process of its own
    assert asked.stdout_bytes == b"code\r\nPTC\r\n"


def test_formats(ask: Ask, tmp_path: Path) -> None:
    assert (
        json.loads(ask("echo", "-p", "text=a", "-f", "json").stdout)["results"]["bindings"][0]["text"]["value"] == "a"
    )
    assert ask("echo", "-f", "tsv").stdout.startswith("?text\t?day\t?number\n")
    assert "<sparql" in ask("echo", "-f", "xml").stdout
    table = ask("echo", "-p", "text=[bold]a", "-f", "table").stdout.splitlines()
    assert [table[0].split(), table[2].split()] == [["text", "day", "number"], ["[bold]a", "2017-01-01"]]
    assert ask("-", "-f", "table", input="ASK {}").stdout == "yes\n"
    book = tmp_path / "out.xlsx"
    assert ask("echo", "-p", "number=12", "-f", "xlsx", "-o", str(book)).exit_code == 0
    sheet = openpyxl.load_workbook(book).active
    assert sheet is not None
    assert sheet["C2"].value == 12
    assert json.loads(ask("body-facts", "-p", "body=PTC", "-f", "json").stdout)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["list-bodys"], "There is no query named 'list-bodys' in the catalogue. Did you mean list-bodies"),
        (["body-facts"], "needs a value for 'body'"),
        (
            ["body-facts", "-p", "body=PTCC"],
            "'PTCC' is not valid for 'body': it is not an ecp:Body in this graph. Did you mean PTC",
        ),
        (["body-facts", "-p", "boddy=PTC"], "no parameter 'boddy'. It has body."),
        (["echo", "-p", "day"], "'day' is not a parameter; write name=value"),
        (
            ["echo", "-p", "day=1", "-p", "day=2"],
            "'day' takes one value, but 2 are given. Run the query once for each.",
        ),
        (["echo", "-p", "day=tomorrow"], "use a date such as 2017-06-30"),
        (["list-bodies", "-f", "ttl"], "'ttl' is not valid"),
        (["body-facts", "-p", "body=PTC", "-f", "xlsx"], "this query returns a graph"),
        (["nowhere/x.rq"], "nowhere/x.rq: it cannot be read"),
        (["list-bodies", "-o", "/nowhere/x.csv"], "/nowhere/x.csv cannot be written"),
        (["list-bodies", "--endpoint", "file:///x"], "must begin with http://"),
    ],
)
def test_errors_are_one_sentence_and_exit_2(ask: Ask, arguments: list[str], sentence: str) -> None:
    result = ask(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    said = messages(result.stderr)
    assert said.startswith("Error: ")
    assert sentence in said
    assert said.count("\n") == 1
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("SELECT * {\n ?s foo:p ?o }", "Line 2, column 5: the prefix 'foo:' is not declared"),
        ("INSERT DATA {}", "This is an update (INSERT), and a release is read-only"),
        ("SELECT * { SERVICE <http://x/> {} }", "SERVICE is refused"),
        ("", "There is no query"),
    ],
)
def test_faults_of_a_text(ask: Ask, query: str, sentence: str) -> None:
    result = ask("-", input=query)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


@pytest.mark.parametrize("fmt", ["table", "csv", "tsv"])
def test_a_query_that_finds_nothing_gets_a_hint(ask: Ask, fmt: str) -> None:
    result = ask("-", "--format", fmt, input="SELECT ?a {\n ?a ecp:responsibleBdy ?b }")
    assert result.exit_code == 0
    assert "Line 2, column 5: The graph has no property ecp:responsibleBdy." in result.stderr
    assert "Did you mean" not in result.stdout
    assert messages(ask("-", "--format", fmt, input="SELECT ?a { ?a a ecp:Body }").stderr) == ""


def test_parameters_need_a_header(ask: Ask) -> None:
    assert "this one has none" in ask("-", "-p", "a=b", input="ASK {}").stderr


def test_overlap_passes_its_options_on(ask: Ask) -> None:
    def overlap(*arguments: str) -> Result:
        return ask(*arguments, command="overlap")

    assert overlap("bodies").stdout.splitlines() == ["on,grade,secretariat", ",D,without"]
    result = overlap("bodies", "--on", "topic", "--grade", "B", "--with-secretariat")
    assert result.stdout.splitlines() == ["on,grade,secretariat", "topic,B,with"]
    assert "use one of A, B, C, D" in overlap("bodies", "--grade", "E").stderr
    unknown = overlap("birds")
    assert unknown.exit_code == 2
    assert "There are no overlaps of 'birds'. Available: bodies." in unknown.stderr


def test_queries_lists_and_shows(asking_workspace: Path) -> None:
    def queries(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["queries", *arguments, "--workspace", str(asking_workspace)])

    listed = queries().stdout
    places = [listed.index(part) for part in ("bodies: Bodies", "  body-facts ", "  list-bodies ", "other: Other")]
    assert places == sorted(places)
    assert "body=BODY" in listed
    assert max(map(len, listed.splitlines())) <= 100
    assert "[grade=A|B|C|D]" in listed
    shown = queries("echo").stdout
    assert "day: Day (date; default 2017-01-01)" in shown
    assert "number: the number (pieces)" in shown
    assert "#= text" in shown
    assert "By code or name." in queries("body-facts").stdout
    assert queries("nothing").exit_code == 2


def test_queries_are_filtered_by_words(asking_workspace: Path) -> None:
    def queries(*words: str) -> Result:
        return CliRunner().invoke(cli, ["queries", *words, "--workspace", str(asking_workspace)])

    found = queries("Bodies", "list").stdout
    assert "list-bodies" in found
    assert "echo" not in found
    refused = queries("list", "nonsense")
    assert refused.exit_code == 2
    assert "No query of the catalogue has all the words 'list nonsense'" in refused.stderr
    one = queries("zzzz")
    assert (one.exit_code, "No query of the catalogue has the word 'zzzz'" in one.stderr) == (2, True)
