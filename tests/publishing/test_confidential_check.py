"""``/check`` on a server that others reach answers as if there were no confidential plan, whatever is asked of it."""

from __future__ import annotations

import json
from typing import Final

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ecp_graph.pipeline import build
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import Workspace
from tests.web.conftest import BROWSER
from tests.web.forms import send

from .confidential_workspace import betrayals, write_two_plans

pytestmark = pytest.mark.slow

#: It says what the actions of both plans say, without the word that betrays the one.
DRAFT: Final = b"""No.,Action,Responsible body,Instrument,Topic
1,Survey the berth,Harbour Board,Harbour Chart,Falcon
2,Survey the falcon,Falcon,,
"""
NAMES: Final = "https://port.example/plan/id"
#: What was decided of names while the plan was imported: its topic and its plan are called Falcon elsewhere.
DECIDED: Final = "\t".join(
    ("subject_label", "predicate_id", "predicate_modifier", "object_id", "author_label", "mapping_date", "comment")
) + "".join(
    f"\nFalcon\tskos:exactMatch\t\t{NAMES}/{thing}/kestrel\tBoard\t2031-01-01\tread in Kestrel"
    for thing in ("topic", "plan")
)
FORMS: Final = ("html", "json", "docx", "xlsx")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("check") / "workspace"
    workspace = write_two_plans(root, {"decisions/matches.sssom.tsv": DECIDED})
    assert build(workspace, root / "releases").release is not None
    return workspace


def client_of(workspace: Workspace, host: str) -> FlaskClient:
    releases = workspace.root / "releases"
    return create_app(Settings(workspace=workspace.root, releases=releases, host=host, budget=1000.0)).test_client()


def asked(client: FlaskClient, form: str, **fields: str) -> TestResponse:
    return send(client, DRAFT, "draft.csv", BROWSER if form == "html" else "", **{"as": form}, **fields)


def answers(client: FlaskClient) -> dict[str, bytes]:
    """Return what is answered to a draft in each form, with the heads; to a file that is none; and the empty form."""
    found = {form: asked(client, form) for form in FORMS}
    assert {answer.status_code for answer in found.values()} == {200}
    found["csv"] = asked(client, "csv")
    found["wrong"] = send(client, b"a,b\n1,2\n", "draft.csv")
    found["empty"] = client.get("/check", headers={"Accept": BROWSER})
    return {name: answer.data for name, answer in found.items()} | {
        "heads": "".join(str(answer.headers) for answer in found.values()).encode()
    }


def test_no_answer_has_a_word_of_the_plan(workspace: Workspace) -> None:
    told = answers(client_of(workspace, "0.0.0.0"))
    assert betrayals(told) == []
    assert b"Survey the Lantern berth" in told["html"]
    assert json.loads(told["json"])["findings"]


def test_the_same_look_finds_it_where_this_machine_alone_is_served(workspace: Workspace) -> None:
    assert set(betrayals(answers(client_of(workspace, "127.0.0.1")))) >= {*FORMS, "empty"}


@pytest.mark.parametrize(("name", "form"), [("kestrel", "html"), (f"{NAMES}/plan/kestrel", "json")])
def test_the_plan_is_answered_for_as_one_that_there_is_not(workspace: Workspace, name: str, form: str) -> None:
    client = client_of(workspace, "0.0.0.0")
    answer, nobody = (asked(client, form, against=each) for each in (name, "nobody"))
    assert answer.status_code == nobody.status_code == 400
    assert answer.text.replace(name, "nobody") == nobody.text


def test_a_fault_in_the_decisions_of_the_workspace_tells_none_of_them(workspace: Workspace) -> None:
    path = workspace.root / "decisions" / "matches.sssom.tsv"
    try:
        path.write_text(DECIDED + "\n" + DECIDED.splitlines()[1].replace("exactMatch\t", "exactMatch\tNot"))
        answer = asked(client_of(workspace, "0.0.0.0"), "html")
    finally:
        path.write_text(DECIDED)
    assert answer.status_code == 500
    assert betrayals({"answer": answer.data}) == []
    assert str(workspace.root) not in answer.text + str(answer.headers)
    assert "decisions" in answer.text
