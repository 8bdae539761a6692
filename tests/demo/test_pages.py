"""The pages of overlap between plans, over the demo."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import Workspace
from tests.web.test_finding import section

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(demo: Workspace) -> FlaskClient:
    return create_app(Settings(workspace=demo.root)).test_client()


@pytest.mark.parametrize(
    "finding",
    [
        "action-customs-7--action-ports-b-1--concept-cause-similar-work",
        pytest.param("action-customs-2--action-ports-a-2--concept-cause-similar-work", id="a row of the tables"),
    ],
)
def test_the_parts_of_a_score_add_up(client: FlaskClient, finding: str) -> None:
    told = section(client, finding, "score").partition("Points")[2]
    points = [int(number) for number in re.findall(r"(?<= )-?\d+(?= |$)", told)]
    assert len(points) >= 8
    assert sum(points[:-1]) == points[-1]


def test_a_finding_says_why_and_how_the_two_differ(client: FlaskClient) -> None:
    finding = "action-customs-7--action-ports-b-1--concept-cause-similar-work"
    assert "the objects are the same" in section(client, finding, "for")
    assert "they are for others: customs officers and port guards" in section(client, finding, "against")
