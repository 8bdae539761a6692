"""``/check``: a draft is compared with the plans of the release, and nothing of it is kept."""

from __future__ import annotations

import io
import json
import logging
import re
import tempfile
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from demo.documents import plans, write_document
from ecp_graph.errors import EngineBusy
from ecp_graph.overlap.across.checked import Checked, CheckedPlan
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.pages.check import comparing
from ecp_graph.workspace import Workspace
from tests.web.conftest import BROWSER
from tests.web.forms import send

pytestmark = pytest.mark.slow

DRAFT = "No.,Action,Responsible body\n1,Train customs officers in rules of origin,Harbour Office\n2,Plant limes,Parks\n"


@pytest.fixture(scope="module")
def client(demo: Workspace) -> FlaskClient:
    return create_app(Settings(workspace=demo.root)).test_client()


@pytest.fixture(scope="module")
def answer(client: FlaskClient) -> dict[str, object]:
    """What is found of the draft, as JSON."""
    answered = send(client, DRAFT.encode(), "draft.csv")
    assert (answered.status_code, answered.mimetype) == (200, "application/json")
    assert answered.headers["Cache-Control"] == "private, no-store"
    found: dict[str, object] = json.loads(answered.text)
    return found


def test_a_draft_is_compared_with_all_plans(answer: dict[str, object]) -> None:
    found = answer["findings"]
    assert isinstance(found, list)
    strongest = [
        (each["kind"], each["draft"]["number"], each["other"]["plan"].rpartition("/")[2]) for each in found[:2]
    ]
    assert sorted(strongest) == [("duplication", "1", "customs"), ("duplication", "1", "trade")]
    assert "2" not in {each["draft"]["number"] for each in found}, "limes are in no plan"
    assert answer["actions"] == 2
    assert {cell["locator"] for each in found for cell in each["draft"]["cells"]} >= {"line 2 column 2"}


def test_the_page_tells_it_with_the_cells_of_both_sides(client: FlaskClient) -> None:
    page = send(client, DRAFT.encode(), "draft.csv", BROWSER, against="customs")
    assert page.status_code == 200
    assert re.search(r"2 actions of draft\.csv and 18 of 1 plan: 1 duplication", page.text)
    assert "line 2 column 2" in page.text
    assert "table 3 row 2 column 2" in page.text
    assert "trade" not in re.findall(r'href="/doc/action/(\w+)-', page.text)


def test_a_program_gets_the_sentence_as_json(client: FlaskClient) -> None:
    answered = send(client, b"a,b\n1,2\n", "plan.csv")
    error = json.loads(answered.text)["error"]
    assert (answered.status_code, error["code"]) == (422, "unreadable-file")
    assert error["message"].startswith("plan.csv: no table has headings of actions")


@pytest.mark.parametrize(("form", "part"), [("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")])
def test_it_comes_as_files(client: FlaskClient, form: str, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Checked("draft.csv", 2, (CheckedPlan("http://x/plan", "Plan", 3),), ())
    monkeypatch.setattr("ecp_graph.web.pages.check.page.compare", lambda *_: found)
    answered = send(client, DRAFT.encode(), "draft.csv", BROWSER, **{"as": form})
    assert answered.headers["Content-Disposition"] == f'attachment; filename="check.{form}"'
    with ZipFile(io.BytesIO(answered.data)) as archive:
        assert part in archive.namelist()


@pytest.mark.parametrize(
    ("content", "name", "status", "sentence"),
    [
        (b"", "", 400, "The form has no file. Choose one."),
        (b"", "plan.xlsx", 422, "plan.xlsx: it is empty."),
        (b"%PDF-1.7", "plan.pdf", 422, "plan.pdf: .pdf files are not read"),
        (b"PK\x03\x04junk", "../../etc/plan.docx", 422, "plan.docx: "),
        (b"a,b\n1,2\n", "plan.csv", 422, "no table has headings of actions"),
        (b"x" * 10_000_001, "plan.csv", 413, "The file has more than 10 MB."),
    ],
    ids=["none", "empty", "pdf", "damaged", "other table", "too long"],
)
def test_a_wrong_file_is_refused_in_a_sentence(
    client: FlaskClient, content: bytes, name: str, status: int, sentence: str
) -> None:
    page = send(client, content, name, BROWSER)
    assert page.status_code == status
    told = re.search(r'<p class="problem" role="alert">(.*?)</p>', page.text)
    assert told
    assert sentence in told[1]
    assert "tmp" not in told[1]


def test_nothing_of_a_draft_stays(
    client: FlaskClient,
    demo: Workspace,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = {path: path.stat().st_mtime_ns for path in demo.root.rglob("*")}
    (plan,) = (plan for plan in plans() if plan.slug == "trade")
    with tempfile.TemporaryDirectory(dir=demo.root.parent) as folder, caplog.at_level(logging.DEBUG):
        content = write_document(plan, Path(folder)).read_bytes()
        assert send(client, content, "trade.csv", against="ports").status_code == 200
    assert list(tmp_path.iterdir()) == []
    assert {path: path.stat().st_mtime_ns for path in demo.root.rglob("*")} == before
    assert "guichet" not in caplog.text


def test_what_fails_tells_no_words_of_the_draft(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("Train customs officers")

    monkeypatch.setattr("ecp_graph.web.pages.check.page.compare", fail)
    answered = send(client, DRAFT.encode(), "draft.csv", BROWSER)
    assert answered.status_code == 500
    assert "the server's own" in answered.text.replace("&#39;", "'")
    assert "ValueError" in caplog.text
    assert "Train customs" not in caplog.text + answered.text


def test_too_many_at_once_wait_and_are_refused(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def turn(self) -> None:
            raise EngineBusy

    monkeypatch.setattr(comparing, "_TURNS", Full())
    answered = send(client, DRAFT.encode(), "draft.csv")
    assert (answered.status_code, json.loads(answered.text)["error"]["code"]) == (503, "busy")


def test_the_time_of_a_check_is_charged(demo: Workspace) -> None:
    client = create_app(Settings(workspace=demo.root, budget=0.001)).test_client()
    assert send(client, DRAFT.encode(), "draft.csv").status_code == 200
    assert send(client, DRAFT.encode(), "draft.csv").status_code == 429


def test_an_unknown_plan_and_a_form_that_there_is_not(client: FlaskClient) -> None:
    assert send(client, DRAFT.encode(), "draft.csv", against="nobody").status_code == 400
    assert send(client, DRAFT.encode(), "draft.csv", **{"as": "pdf"}).status_code == 400


def test_the_static_twin_has_no_such_page(demo: Workspace) -> None:
    app = create_app(Settings(workspace=demo.root))
    app.config["TWIN"] = True
    assert app.test_client().get("/check").status_code == 404
    page = app.test_client().get("/overlap/plans", headers={"Accept": BROWSER}).text
    assert 'href="/check' not in page
    assert "ecp-graph check FILE" in page
