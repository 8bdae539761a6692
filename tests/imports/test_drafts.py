"""Draft readings: what they hold, their JSON, their workbook and back, their page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ecp_graph.errors import ImportRefused
from ecp_graph.plans.draft.accepting import Decided, accepted_draft
from ecp_graph.plans.draft.columns import columns
from ecp_graph.plans.draft.document import as_json, as_text
from ecp_graph.plans.draft.edited import read_edited
from ecp_graph.plans.draft.making import make_draft
from ecp_graph.plans.draft.model import Draft, Given
from ecp_graph.plans.draft.page import draft_page
from ecp_graph.plans.draft.workbook import draft_workbook
from ecp_graph.plans.known.things import KnownThing
from ecp_graph.plans.reading.tables import SourceCell, SourceTable
from ecp_graph.plans.rows import Problem
from tests.imports.fakes import document, readers

PTC = KnownThing("https://w.example/id/body/ptc", "body", "PTC", (("Permanent Technical Committee", "en"),))
TRADE = KnownThing("https://w.example/id/body/trade", "body", "", (("Ministry of Trade", "en"),))
GUIDE = KnownThing("https://w.example/id/instrument/guide", "instrument", "", (("Port Guide", "en"),))
KNOWN = (PTC, TRADE, GUIDE)
ROWS = (
    {
        "number": "1",
        "title": "Update the Port Guide",
        "chapter": "1 Ports",
        "responsible": "PTC; [others]",
        "time": "2027-03",
    },
    {"number": "2", "title": "=Sum & <b>", "responsible": "Ministry of Ports; Police", "time": "soon"},
    {"number": "3", "title": "Sing", "responsible": "Choir", "partner": "PTC", "time": "PTC sessions"},
)


@pytest.fixture
def draft() -> Draft:
    read = document(Path("/papers/plan.xlsx"), ROWS)
    read = replace(
        read, problems=(Problem("Plan!B9", "empty-cell", "Write a text in Plan!B9."),), taken=("sheet Plan",)
    )
    return make_draft(read, Given("ports", "Ports", start="2027"), readers(KNOWN), language="en")


def test_a_draft_tells_what_is_sure_what_is_asked_and_what_is_own(draft: Draft) -> None:
    names = {name.text: name for row in draft.rows for name in row.names}
    assert (names["PTC"].match, names["PTC"].score, names["PTC"].is_question) == ("PTC", 1.0, False)
    assert (names["Ministry of Ports"].match, names["Ministry of Ports"].is_question) == ("", True)
    assert (names["Choir"].match, names["Choir"].is_question) == ("", False)
    assert (names["Port Guide"].match, names["Port Guide"].is_in_title) == (GUIDE.iri, True)
    assert draft.counts("body") == {"sure": 2, "question": 1, "own": 2}
    assert [row.status for row in draft.rows] == ["accept", "change", "accept"]
    assert draft.rows[2].time.sessions_of == PTC.iri


def test_the_json_has_its_fixed_keys(draft: Draft) -> None:
    held = as_json(draft)
    assert list(held) == ["plan", "document", "rows", "problems"]
    assert held["document"] == {"path": "/papers/plan.xlsx", "sha256": draft.sha256}
    first, second, _ = held["rows"]
    assert first == {
        "locator": "Plan!row 2",
        "number": "1",
        "title": "Update the Port Guide",
        "chapter": "1 Ports",
        "responsible": [
            {"text": "PTC", "role": "lead", "match": "PTC", "score": 1.0},
            {"text": "others", "role": "open", "match": None, "score": 0.0},
        ],
        "programmes": [],
        "timeframe": {"text": "2027-03", "kind": "deadline", "from": "", "until": "2027-03", "edtf": "2027-03"},
        "instruments": [{"text": "Port Guide", "match": GUIDE.iri, "score": 1.0}],
        "topics": [],
        "status": "accept",
        "doubts": [],
    }
    assert second["responsible"][0] == {"text": "Ministry of Ports", "role": "lead", "match": None, "score": 0.5}
    assert [doubt.split(":")[0] for doubt in second["doubts"]] == [
        "“Ministry of Ports” may be Ministry of Trade (score 0.50)",
        "The time “soon” is not understood",
    ]
    assert held["problems"] == [{"locator": "Plan!B9", "code": "empty-cell", "message": "Write a text in Plan!B9."}]


def test_the_json_has_a_role_for_every_body_by_who_is_said_to_lead() -> None:
    said = ({"title": "Sing", "responsible": ">PTC; Choir"}, {"title": "Rest", "responsible": "PTC; Choir"})
    draft = make_draft(document(Path("/papers/plan.xlsx"), said), Given("ports"), readers(KNOWN), language="en")
    roles = [[body["role"] for body in row["responsible"]] for row in as_json(draft)["rows"]]
    assert roles == [["lead", "partner"], ["lead", "lead"]]


def test_the_text_tells_understanding_doubts_and_problems(draft: Draft) -> None:
    text = as_text(draft)
    assert text.startswith("plan.xlsx: 3 actions in 1 chapter\n  sheet Plan\n")
    assert "bodies: 5 named, 2 known for sure, 1 asked, 2 the plan's own" in text
    assert "In doubt (2):\n  Plan!row 3: “Ministry of Ports” may be" in text
    assert text.endswith("Problems (1):\n  Write a text in Plan!B9.\n")


def _edited(draft: Draft, path: Path, edit: Callable[[dict[str, object]], None] = lambda _: None) -> Path:
    """Write the workbook of a draft, let it be edited cell by cell (``title 3`` is that of row 3), and save it."""
    path.write_bytes(draft_workbook(draft))
    book = load_workbook(path)
    sheet = book["actions"]
    at = {f"{column.field} {row}": (row, number) for number, column in enumerate(columns(), 1) for row in range(2, 5)}
    cells: dict[str, object] = {name: sheet.cell(*place).value for name, place in at.items()}
    before = dict(cells)
    edit(cells)
    for name, place in at.items():
        if cells[name] != before[name]:  # or a text that begins with = becomes a formula
            sheet.cell(*place).value = cells[name]  # type: ignore[assignment]
    book.save(path)
    return path


def _resolve(text: str, kind: str) -> tuple[str, str] | None:
    return next(((one.iri, one.code) for one in KNOWN if one.kind == kind and text in (one.code, one.iri)), None)


def test_a_draft_that_nobody_edited_comes_back_as_it_was(draft: Draft, tmp_path: Path) -> None:
    assert accepted_draft(draft, read_edited(_edited(draft, tmp_path / "ports.xlsx")), _resolve) == (draft, ())
    assert draft_workbook(draft) == draft_workbook(draft)


def test_edits_are_taken_and_known_for_what_they_are(draft: Draft, tmp_path: Path) -> None:
    def edit(cells: dict[str, object]) -> None:
        cells["status 2"] = "drop"
        cells["title 3"] = "Sum up"
        cells["responsible match 3"] = "PTC"
        cells["kind 3"], cells["from 3"], cells["until 3"] = "window", "2027-01", "2027-06"
        cells["responsible 4"], cells["responsible match 4"] = "Choir\nPTC\nMinistry of Trade", f"\n\n{TRADE.iri}"
        cells["roles 4"] = "lead\npartner\npartner"

    taken, decided = accepted_draft(draft, read_edited(_edited(draft, tmp_path / "ports.xlsx", edit)), _resolve)
    assert [row.status for row in taken.rows] == ["drop", "change", "accept"]
    second, third = taken.accepted
    assert (second.title, second.edited, third.edited) == ("Sum up", {"title", "time"}, {"responsible"})
    assert (second.time.kind, second.time.start, second.time.end) == ("window", "2027-01", "2027-06")
    assert [name.match for name in second.named("responsible")] == ["PTC", ""]
    assert [(name.text, name.match, name.role) for name in third.named("responsible")] == [
        ("Choir", "", "lead"),
        ("PTC", "", "partner"),
        ("Ministry of Trade", TRADE.iri, "partner"),
    ]
    assert decided == (
        Decided("Ministry of Ports", "body", PTC.iri, is_same=True),
        Decided("PTC", "body", PTC.iri, is_same=False),
        Decided("Ministry of Trade", "body", TRADE.iri, is_same=True),
    )


@pytest.mark.parametrize(
    ("cell", "value", "place", "sentence"),
    [
        ("status 3", "perhaps", "cell A3", "'perhaps' is not a status. Write one of accept, change, drop."),
        ("title 2", None, "cell D2", "an action needs a text"),
        ("locator 4", "Plan!row 99", "row 4", "the document has no row 'Plan!row 99'"),
        ("locator 4", "Plan!row 2", "row 4", "Plan!row 2 is in two rows"),
        ("locator 4", None, "row 4", "the column Where is empty"),
        ("from 3", "31/12/2027", "cell O3", "'31/12/2027' is not a date"),
        ("until 3", "2027-02-30", "cell P3", "'2027-02-30' is not a date"),
        ("kind 3", "later", "cell N3", "'later' is not a kind of time"),
        ("kind 3", "Window", "cell N3", "'window' cannot be stated with From '' and Until ''"),
        ("from 2", "2020-01", "cell N2", "From '2020-01' and Until '2027-03'. A window has both, in this order"),
        ("roles 2", "boss", "cell G2", "'boss' is not a role"),
        ("responsible match 2", "NOBODY", "cell H2", "'NOBODY' is no body that the workspace knows"),
        ("responsible match 4", "PTC\nPTC\nPTC", "cell H4", "3 lines beside 2 names"),
    ],
)
def test_bad_edits_get_a_sentence_with_their_cell(
    cell: str, value: str | None, place: str, sentence: str, draft: Draft, tmp_path: Path
) -> None:
    path = _edited(draft, tmp_path / "ports.xlsx", lambda cells: cells.update({cell: value}))
    with pytest.raises(ImportRefused) as refused:
        accepted_draft(draft, read_edited(path), _resolve)
    assert f"{path}, sheet actions, {place}: " in str(refused.value)
    assert sentence in str(refused.value)


def test_the_case_of_words_from_a_list_does_not_count(draft: Draft, tmp_path: Path) -> None:
    path = _edited(
        draft, tmp_path / "ports.xlsx", lambda cells: cells.update({"status 3": " DROP ", "roles 2": "Lead"})
    )
    accepted, _ = accepted_draft(draft, read_edited(path), _resolve)
    assert accepted.rows[1].status == "drop"
    assert accepted.rows[0].named("responsible")[0].role == "lead"


def test_what_is_no_draft_of_the_document_is_refused(draft: Draft, tmp_path: Path) -> None:
    path = _edited(draft, tmp_path / "ports.xlsx")
    with pytest.raises(ImportRefused, match="not the document that"):
        accepted_draft(replace(draft, sha256="0" * 64), read_edited(path), _resolve)
    with pytest.raises(ImportRefused, match="draft of the plan 'ports', not of 'roads'"):
        accepted_draft(replace(draft, given=Given("roads")), read_edited(path), _resolve)
    book = load_workbook(path)
    book["actions"]["A1"] = "State"
    book.save(path)
    with pytest.raises(ImportRefused, match="lacks the columns Status"):
        read_edited(path)
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(ImportRefused, match="cannot be read as a workbook"):
        read_edited(path)


def test_a_long_text_survives_the_workbook(draft: Draft, tmp_path: Path) -> None:
    row = replace(draft.rows[0], title="long " * 20_000)
    long = replace(draft, rows=(row, *draft.rows[1:]))
    taken, _ = accepted_draft(long, read_edited(_edited(long, tmp_path / "ports.xlsx")), _resolve)
    assert taken == long


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        held = dict(attrs)
        self.attributes |= set(held)
        self.ids += [held["id"] or ""] if "id" in held else []
        self.links |= {held["href"] or ""} if "href" in held else set()


def test_the_page_holds_all_and_fetches_nothing(draft: Draft) -> None:
    cells = {cell.locator: cell for row in draft.rows for cell in row.row.cells.values()}
    merged = SourceCell(1, 1, "Plan & <script>alert(1)</script>", column_span=10)
    table = SourceTable(1, (merged, *(SourceCell(c.row, c.column, c.text) for c in cells.values())), sheet="Plan")
    other = SourceTable(2, (SourceCell(1, 1, "Annual figures"),), sheet="Figures")
    text = draft_page(draft, [table, other])
    page = _Page()
    page.feed(text)
    drawn = [name for name in page.ids if name.startswith("cell-")]
    assert len(drawn) == len(cells) + 1
    columns = max(cell.column for cell in cells.values())
    assert page.tags.count("td") >= len({cell.row for cell in cells.values()}) * (
        columns - 3
    )  # blank ones are drawn too
    assert len(page.ids) == len(set(page.ids))
    assert {f"#{name}" for name in page.ids} >= page.links >= {"#a1", "#cell-Plan-B2"}
    assert not page.attributes & {"src", "srcset", "onload", "onclick"}
    assert "<script>alert" not in text
    assert "Annual figures" not in text
    assert not re.search(r"https?://(?!w\.example)", text)
