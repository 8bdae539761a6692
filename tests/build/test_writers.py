"""The report in each of its formats."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pyoxigraph as ox
import pytest

from ecp_graph.namespaces import ECP, SHAPES
from ecp_graph.validation.report import Finding, Report, in_order
from ecp_graph.validation.writers import FORMATS, read_json, render
from tests.bundled import GRAPH, ID

FOUND = Finding(
    severity="Violation",
    message="The number <b>3</b> is used twice.",
    focus=ID + "action/a1",
    path=ECP + "actionNumber",
    value='"3"^^<http://www.w3.org/2001/XMLSchema#integer>',
    shape=SHAPES + "Number",
    component="http://www.w3.org/ns/shacl#SPARQLConstraintComponent",
    passages=(GRAPH + "pc0457e1/action-1",),
    file="data/a.trig",
    line=7,
    remedy="Correct one of the rows.",
)
NOTE = Finding("Info", "The file has no graphs.", file="new.ttl")
REPORT = Report(in_order([NOTE, FOUND]), {SHAPES + "Number": 28, SHAPES + "Idle": 0})


def test_text_says_what_where_and_how_to_fix_it() -> None:
    assert render(REPORT, "text") == (
        "The data do not conform: 1 violation, 0 warnings, 1 note. 2 shapes checked 28 nodes.\n"
        "\n"
        "Violation: The number <b>3</b> is used twice. (ecpsh:Number)\n"
        '  data/a.trig:7  action:a1  ecp:actionNumber  "3"  [reading:action-1]\n'
        "  To fix: Correct one of the rows.\n"
        "\n"
        "Info: The file has no graphs.\n"
        "  new.ttl\n"
        "\n"
        "These shapes had nothing to check: ecpsh:Idle\n"
        "\n"
        "What to do, the most urgent first\n"
        "  Correct the data (2)\n"
        "    The number <b>3</b> is used twice.\n"
        "    The file has no graphs.\n"
        "\n"
        "The data do not conform: 1 violation, 0 warnings, 1 note. 2 shapes checked 28 nodes.\n"
    )


def test_text_ends_with_what_to_do_the_most_urgent_first() -> None:
    findings = [
        Finding("Info", f"Paragraph {number} contradicts itself.", response="Settle it", order=1) for number in range(5)
    ]
    findings += [Finding("Warning", "No label.", focus=f"{ID}body/{name}") for name in "ab"]
    findings += [Finding("Info", "Only known.", response="Bear in mind", order=2)]
    text = render(Report(in_order(findings)), "text")
    end = text[text.index("What to do") :].splitlines()
    assert end == [
        "What to do, the most urgent first",
        "  Correct the data (2)",
        "    No label. (2 times)",
        "  Settle it (5)",
        *(f"    Paragraph {number} contradicts itself." for number in range(3)),
        "    … and 2 more, above.",
        "  Bear in mind (1)",
        "    Only known.",
        "",
        "The data conform: 0 violations, 2 warnings, 6 notes. 0 shapes checked 0 nodes.",
    ]
    assert text.index("Warning: No label.") < text.index("Info: Paragraph 0") < text.index("Info: Only known.")
    assert read_json(render(Report(in_order(findings)), "json")).by_response().keys() == {
        "Correct the data",
        "Settle it",
        "Bear in mind",
    }


def test_text_groups_findings_of_one_sentence() -> None:
    others = [Finding("Warning", "No label.", focus=f"{ID}body/{name}", remedy="Give one.") for name in "ba"]
    text = render(Report(in_order(others)), "text")
    assert "Warning: No label. (2 times)\n  body:a\n  body:b\n  To fix: Give one.\n" in text
    assert text.startswith("The data conform: 0 violations, 2 warnings, 0 notes.")


def test_many_shapes_with_nothing_to_check_are_counted() -> None:
    idle = {f"{SHAPES}Idle{number}": 0 for number in range(6)}
    for fmt in ("text", "html"):
        text = render(Report((), idle), fmt)
        assert "6 shapes had nothing to check" in text
        assert "ecpsh:Idle1" not in text


def test_json_holds_every_field() -> None:
    content = json.loads(render(REPORT, "json"))
    assert content["conforms"] is False
    assert content["counts"] == {"Violation": 1, "Warning": 0, "Info": 1}
    assert content["lookedAt"] == {SHAPES + "Idle": 0, SHAPES + "Number": 28}
    assert content["idleShapes"] == [SHAPES + "Idle"]
    first = content["findings"][0]
    assert Finding(**{**first, "passages": tuple(first["passages"])}) == FOUND


def test_turtle_is_a_shacl_report() -> None:
    text = render(REPORT, "turtle")
    store = ox.Store()
    store.load(text.encode(), ox.RdfFormat.TURTLE)
    rows = store.query(
        """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX ecp: <https://w3id.org/ecp-graph/ontology#>
        SELECT ?conforms ?severity ?focus ?path ?value ?shape ?passage ?remedy WHERE {
          ?report a sh:ValidationReport ; sh:conforms ?conforms ; sh:result ?result .
          ?result a sh:ValidationResult ; sh:resultSeverity ?severity ; sh:resultMessage ?message ;
            sh:focusNode ?focus ; sh:resultPath ?path ; sh:value ?value ; sh:sourceShape ?shape ;
            sh:sourceConstraintComponent ?component ; ecp:statedIn ?passage ;
            <https://w3id.org/ecp-graph/shapes#remedy> ?remedy }"""
    )
    ((conforms, severity, focus, path, value, shape, passage, remedy),) = list(rows)  # type: ignore[misc]
    assert conforms.value == "false"
    assert severity.value.endswith("#Violation")
    assert [term.value for term in (focus, path, shape, passage)] == [
        FOUND.focus, FOUND.path, FOUND.shape, FOUND.passages[0],
    ]  # fmt: skip
    assert str(value) == FOUND.value
    assert remedy == ox.Literal("Correct one of the rows.", language="en")
    assert len(list(store.quads_for_pattern(None, ox.NamedNode("http://www.w3.org/ns/shacl#result"), None))) == 2
    assert text == render(REPORT, "turtle")


def test_html_escapes_and_runs_nothing() -> None:
    page = render(REPORT, "html")
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append(tag)  # type: ignore[method-assign]
    parser.feed(page)
    assert {"html", "h1", "h2", "table", "th"} <= set(tags)
    assert not {"script", "link", "img", "b"} & set(tags)
    assert "&lt;b&gt;3&lt;/b&gt;" in page
    assert "data/a.trig:7" in page


@pytest.mark.parametrize("fmt", sorted(FORMATS))
def test_an_empty_report_can_be_written_in_every_format(fmt: str) -> None:
    text = render(Report(), fmt)
    assert text.endswith("\n")
    assert "conform" in text
