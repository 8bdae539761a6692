"""Accepted drafts as statements: each at its certainty, in the passage of its cell; they conform to the core shapes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ecp_graph.documents.text import text_hash
from ecp_graph.namespaces import Names
from ecp_graph.pipeline.validate import validate_workspace
from ecp_graph.pipeline.workspaces import create_workspace
from ecp_graph.plans.draft.making import make_draft
from ecp_graph.plans.draft.model import Draft, DraftTime, Given
from ecp_graph.plans.known.things import KnownThing, known_things
from ecp_graph.plans.rows import Cell
from ecp_graph.plans.writing.minting import slug_of
from ecp_graph.plans.writing.plan import Surroundings, Written, write_plan
from ecp_graph.plans.writing.texts import numbered
from ecp_graph.plans.writing.timeframes import Bounds, deadline, stated_time
from ecp_graph.plans.writing.trig import trig
from ecp_graph.workspace import Workspace, bundled_workspace
from tests.imports.fakes import COLUMNS, document, readers

BASE = "https://w.example/"
ECP = "https://w3id.org/ecp-graph/ontology#"
PTC = KnownThing(
    "https://k.example/id/body/ptc", "body", "PTC", (("Permanent Technical Committee", "en"),), (("The PTC", "en"),)
)
ROWS = (
    {
        "number": "1",
        "title": "Update the Port Guide",
        "chapter": "1. Ports",
        "responsible": "PTC; The PTC; Police; [other bodies]",
        "programmes": "Port Programme",
        "time": "2027-03",
        "goals": "Better ports",
    },
    {
        "number": "2",
        "title": "Sing",
        "chapter": "2. Song",
        "responsible": "Choir / PTC",
        "partner": "Police",
        "time": "2027",
    },
    {
        "number": "2",
        "title": "Sing on",
        "chapter": "2. Song",
        "instruments": "Song Book",
        "topics": "song",
        "time": "soon",
    },
    {"title": "Rest", "time": "ongoing"},
)


def drafted(rows: Sequence[dict[str, str]], known: Sequence[KnownThing] = (PTC,), **said: Any) -> Draft:
    read = document(Path("/papers/plan.xlsx"), rows)
    return make_draft(read, Given("ports", **said), readers(known), language="en")


def written(draft: Draft, known: Sequence[KnownThing] = (PTC,), **around: Any) -> Written:
    return write_plan(draft, Surroundings(Names(BASE), known, **around))


def stated(made: Written, subject: str, predicate: str) -> dict[str, str]:
    """Return the values of a subject, each with its reading, both without what they begin with."""
    return {
        quad.object.value.removeprefix(BASE + "id/"): quad.graph_name.value.removeprefix(BASE + "graph/ports/")
        for quad in made.quads
        if quad.subject.value == BASE + "id/" + subject and quad.predicate.value.endswith(predicate)
    }


def test_each_statement_has_the_certainty_and_the_cell_that_it_comes_from() -> None:
    made = written(drafted(ROWS))
    assert stated(made, "action/ports-1", "prefLabel") == {"Update the Port Guide": "row-2-column-2"}
    assert stated(made, "action/ports-1", "numberText") == {"1": "row-2-column-1"}
    assert stated(made, "action/ports-1", "inChapter") == {"chapter/ports-1": "row-2"}
    assert stated(made, "chapter/ports-1", "prefLabel") == {"Ports": "row-2-column-3"}
    assert stated(made, "action/ports-1", "responsibleBody") == {
        PTC.iri: "row-2-column-4",  # and so by "The PTC", which is no preferred name, below
        "body/police": "row-2-column-4",
    }
    assert stated(made, "action/ports-1", "underProgramme") == {"plan/port-programme": "row-2-column-6"}
    assert stated(made, "timeframe/ports-1", "timeframeText") == {"2027-03": "row-2-column-7"}
    assert stated(made, "timeframe/ports-1", "until") == {"2027-03-31T23:59:59": "row-2-column-7-interpreted"}
    assert stated(made, "action/ports-2-2", "responsibleBody") == {
        "body/choir-ptc": "row-3-column-4",
        "body/police": "row-3-column-5",
        PTC.iri: "row-3-normalised",
    }
    assert stated(made, "action/ports-2-2", "responsibleText") == {"Choir / PTC; Police": "row-3-normalised"}
    assert stated(made, "plan/ports", "prefLabel") == {"plan": f"{BASE}graph/ports-import/statement"}


def test_a_role_is_stated_where_it_is_said_and_nowhere_else() -> None:
    rows = ({**ROWS[0], "responsible": ">PTC; Police"}, {**ROWS[1], "responsible": "PTC; Choir"})
    made = written(drafted(rows))
    roles = {
        quad.subject.value.rpartition("/")[2]: quad.object.value.rpartition("/")[2]
        for quad in made.quads
        if quad.predicate.value == f"{ECP}role"
    }
    assert roles == {"ports-1-ptc": "role-lead", "ports-2-police": "role-partner"}
    assert set(stated(made, "action/ports-2", "responsibleBody")) == {PTC.iri, "body/choir", "body/police"}


def test_who_is_consulted_is_involved_and_not_responsible() -> None:
    made = written(drafted([{**ROWS[0], "responsible": "PTC; Choir", "consulted": "Police; PTC"}]))
    assert set(stated(made, "action/ports-1", "responsibleBody")) == {PTC.iri, "body/choir"}
    assert stated(made, "action/ports-1", "responsibleText") == {"PTC; Choir": "row-2-column-4"}
    assert stated(made, "action/ports-1", "involvesParty") == {"body/police": "row-2-column-11"}
    (role,) = stated(made, "participation/ports-1-police", "role")
    assert role.endswith("role-consulted")


def test_the_title_of_the_plan_is_verbatim_where_the_document_has_it() -> None:
    heading = Cell("Plan!A1", "Plan of  the ports", 1, 1, 1, "Plan")
    titles = [
        stated(written(replace(drafted(ROWS, title=given), heading=heading)), "plan/ports", "prefLabel")
        for given in ("", "Ports")
    ]
    assert titles == [{"Plan of the ports": "row-1-column-1"}, {"Ports": f"{BASE}graph/ports-import/statement"}]


def test_a_variant_is_another_name_of_what_it_names() -> None:
    made = written(drafted([{**ROWS[0], "responsible": "the ptc"}]))
    assert PTC.iri in stated(made, "action/ports-1", "responsibleBody")
    assert stated(made, "action/ports-1", "responsibleBody")[PTC.iri] == "row-2-column-4-normalised"


def test_every_cell_has_a_passage_with_its_place_and_hash() -> None:
    draft = drafted(ROWS)
    made = written(draft)
    cells = {cell.locator: cell for row in draft.rows for cell in row.row.cells.values()}
    said: dict[str, dict[str, str]] = {}
    for quad in made.quads:
        said.setdefault(quad.subject.value, {})[quad.predicate.value.removeprefix(ECP)] = quad.object.value  # type: ignore[union-attr]
    passages = {each["locator"]: each for each in said.values() if "cellReference" in each}
    # a chapter is described at its first cell, and a number that was given before is not given again
    assert set(passages) == set(cells) - {"Plan!C4", "Plan!A4"}
    for locator in passages:
        cell = cells[locator]
        passage = passages[locator]
        assert passage["textHash"] == text_hash(cell.text)
        assert (passage["sheetName"], passage["cellReference"]) == ("Plan", locator.removeprefix("Plan!"))
        assert (int(passage["rowNumber"]), int(passage["columnNumber"])) == (cell.row, cell.column)


def test_what_is_the_plans_own_is_told_once() -> None:
    own = {(thing.kind, thing.name): thing.locator for thing in written(drafted(ROWS)).own}
    assert own == {
        ("body", "Police"): "Plan!D2",
        ("programme", "Port Programme"): "Plan!F2",
        ("goal", "Better ports"): "Plan!J2",
        ("body", "Choir / PTC"): "Plan!D3",
        ("instrument", "Song Book"): "Plan!H4",
        ("topic", "song"): "Plan!I4",
    }


def test_iris_are_not_taken_twice_and_numbers_that_are_shared_are_left_out() -> None:
    made = written(drafted(ROWS), taken=frozenset({f"{BASE}id/body/police"}))
    assert "body/police-2" in stated(made, "action/ports-1", "responsibleBody")
    assert set(made.actions.values()) == {
        f"{BASE}id/action/{name}" for name in ("ports-1", "ports-2-2", "ports-2-2-2", "ports-row-4")
    }
    assert not stated(made, "action/ports-2-2", "actionNumber")


def test_dropped_rows_are_not_there_and_edits_are_interpreted() -> None:
    draft = drafted(ROWS)
    rows = (
        replace(draft.rows[0], title="Mend the guide", edited=frozenset({"title"})),
        replace(draft.rows[1], status="drop"),
    )
    made = written(replace(draft, rows=rows))
    assert stated(made, "action/ports-1", "prefLabel") == {"Mend the guide": "row-2-column-2-interpreted"}
    assert len(made.actions) == 1


def test_a_mapping_may_say_what_a_name_is() -> None:
    read = document(Path("/papers/plan.xlsx"), [{"title": "Sing", "responsible": "C1; C2"}])
    good, bad = read.rows[0].responsible
    named = (replace(good, iri="https://x.example/c1"), replace(bad, iri="https://x.example/not an iri"))
    read = replace(read, rows=(replace(read.rows[0], responsible=named),))
    made = written(make_draft(read, Given("ports"), readers(()), language="en"), ())
    assert set(stated(made, "action/ports-row-1", "responsibleBody")) == {"https://x.example/c1", "body/c2"}
    told = {q.predicate.value.rpartition("#")[2] for q in made.quads if q.subject.value == "https://x.example/c1"}  # type: ignore[union-attr]
    assert told == {"type", "prefLabel"}


def test_a_row_whose_text_nobody_sees_is_no_action() -> None:
    assert len(written(drafted([{"title": "\u200b"}, {"title": "Sing"}])).actions) == 1


def test_what_is_said_of_the_plan_is_external() -> None:
    made = written(drafted(ROWS, title="Ports", start="2027", end="2028-06", body="PC"), follows=f"{BASE}id/plan/old")
    graph = f"{BASE}graph/ports-import/statement"
    assert stated(made, "plan/ports", "from") == {"2027-01-01T00:00:00": graph}
    assert stated(made, "plan/ports", "until") == {"2028-06-30T23:59:59": graph}
    assert stated(made, "plan/ports", "previousPhase") == {"plan/old": graph}
    assert stated(made, "plan/ports", "programmeOf") == {"body/pc": graph}
    assert stated(made, "body/pc", "notation") == {"PC": graph}


def test_the_file_is_the_same_each_time_and_reads_back() -> None:
    made = written(drafted(ROWS))
    text = trig(made.quads, Names(BASE, "en", (("action", BASE + "id/action/"),)).prefixes, remarks=["One.", "Two."])
    assert text == trig(
        written(drafted(ROWS)).quads,
        Names(BASE, "en", (("action", BASE + "id/action/"),)).prefixes,
        remarks=["One.", "Two."],
    )
    assert set(ox.parse(text, format=ox.RdfFormat.TRIG)) == set(made.quads)
    lines = text.decode().splitlines()
    assert lines[:4] == ["# One.", "# Two.", "", f"@prefix action: <{BASE}id/action/> ."]
    assert not any("\t" in line for line in lines)
    assert "    action:ports-1 a ecp:Action ;" in lines
    with pytest.raises(ValueError, match="one line"):
        trig(made.quads, {}, remarks=["a\nb"])


@pytest.mark.parametrize(
    ("time", "bounds"),
    [
        (DraftTime("x", "window", "2027-01", "2027-03"), Bounds("window", "2027-01", "2027-03")),
        (DraftTime("x", "window", "2027-04", "2027-03"), Bounds("not-understood")),
        (DraftTime("x", "window", "2027-01", ""), Bounds("not-understood")),
        (DraftTime("x", "deadline", "2027-01", "2027-03"), Bounds("deadline", "", "2027-03")),
        (DraftTime("x", "deadline"), Bounds("not-understood")),
        (DraftTime("x", "session-window", "2027-01", "2027-03"), Bounds("window", "2027-01", "2027-03")),
        (DraftTime("x", "recurrent-sessions", sessions_of="b"), Bounds("recurrent-sessions", sessions_of="b")),
        (DraftTime("x", "recurrent-sessions"), Bounds("recurrent")),
        (DraftTime("x", "continuous", "2027-01"), Bounds("continuous")),
        (DraftTime("-", "not-stated"), Bounds("not-stated")),
        (DraftTime(), Bounds("not-stated")),
        (DraftTime("", "deadline", "", "2027-03"), Bounds("deadline", "", "2027-03")),
    ],
)
def test_a_time_is_stated_as_far_as_its_kind_allows(time: DraftTime, bounds: Bounds) -> None:
    assert stated_time(time) == bounds


@pytest.mark.parametrize(
    ("end", "text", "until"),
    [
        ("2018-07", "by July 2018", "2018-07-31T23:59:59"),
        ("2018-06", "before July 2018", "2018-07-01T00:00:00"),
        ("2018-06", "avant juillet 2018", "2018-07-01T00:00:00"),
        ("2017-12", "before 2018", "2018-01-01T00:00:00"),
        ("2019-12-31", "prior to 1 January 2020", "2020-01-01T00:00:00"),
        ("2020-02-29", "29/02/2020", "2020-02-29T23:59:59"),
        ("2020", "2020", "2020-12-31T23:59:59"),
    ],
)
def test_a_deadline_ends_where_its_text_says(end: str, text: str, until: str) -> None:
    assert deadline(end, text).value == until


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1. Ports", ("1", "Ports")),
        ("2.1 Sea ports", ("2.1", "Sea ports")),
        ("IV. Roads", ("IV", "Roads")),
        ("3) Rail – freight", ("3", "Rail – freight")),
        ("4 - Air", ("4", "Air")),
        ("A. Water", ("A", "Water")),
        ("A plan of ports", ("", "A plan of ports")),
        ("I think", ("", "I think")),
        ("2030 targets", ("2030", "targets")),
        ("12", ("", "12")),
    ],
)
def test_a_heading_is_a_number_and_a_name(text: str, parts: tuple[str, str]) -> None:
    assert numbered(text) == parts


def test_slugs() -> None:
    assert slug_of("Éducation & Santé") == "education-sante"
    assert slug_of("министерство") == slug_of("министерство") != slug_of("совет")
    assert len(slug_of("word " * 40)) <= 60


def conforms(draft: Draft, known: Sequence[KnownThing], workspace: Workspace) -> list[str]:
    """Write a draft into a workspace, and return the violations."""
    quads = [quad for path in workspace.data_files for quad in ox.parse(path=str(path))]
    taken = frozenset(
        term.value for quad in quads for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)
    )
    made = write_plan(draft, Surroundings(workspace.names, known, taken))
    path = workspace.root / "data" / "ports" / "plan.trig"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(trig(made.quads, workspace.names.prefixes))
    found = validate_workspace(Workspace(workspace.root)).findings
    return [f"{finding.focus}: {finding.message}" for finding in found if finding.severity == "Violation"]


def test_it_conforms_in_an_empty_workspace_and_beside_a_register(tmp_path: Path) -> None:
    empty = create_workspace(tmp_path / "empty", "Empty", base=BASE)
    assert conforms(drafted(ROWS, (), body="PTC", start="2027"), (), empty) == []
    full = create_workspace(tmp_path / "full", "Full", base=BASE, register_of=bundled_workspace())
    known = known_things(quad for path in full.data_files for quad in ox.parse(path=str(path)))
    assert conforms(drafted(ROWS, known, start="2027"), known, full) == []


_TEXTS = st.one_of(
    st.sampled_from(
        ["PTC", "Secretariat", "PTC, Secretariat", "Police / PTC", "ptc", "1", "1.1", "2", "PTC Work Programme"]
    ),
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12),
)
_CELLS = st.one_of(_TEXTS, st.lists(_TEXTS, max_size=3).map("; ".join))
_TIMES = st.sampled_from(["2027-03", "2027", "2027-2028", "ongoing", "soon", "PTC sessions", "sessions", "", "-"])
_ROWS = st.fixed_dictionaries(
    {"title": _TEXTS.filter(lambda text: any(letter.isalnum() for letter in text))},
    optional={**{field: _CELLS for field in COLUMNS if field not in ("title", "time")}, "time": _TIMES},
)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(_ROWS, min_size=1, max_size=6))
def test_whatever_the_cells_say_conforms(rows: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = create_workspace(Path(folder) / "own", "Own", base=BASE)
        assert conforms(drafted(rows, ()), (), workspace) == []
