"""A plan that there is not is refused wherever a plan can be chosen, with the names of those that there are."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from tests.web.conftest import BROWSER

PAGES = [
    "/actions",
    "/actions.csv",
    "/timeline",
    "/timeline.svg",
    "/overlap/body-body",
    "/overlap/body-body.csv",
    "/overlap/on/topic/coordinated-border-management",
]


@pytest.fixture(scope="module")
def client(releases: Path) -> FlaskClient:
    return create_app(Settings(releases=releases, timeout=60)).test_client()


@pytest.mark.parametrize("page", PAGES)
def test_an_unknown_plan_is_refused_and_the_one_of_the_release_is_not(client: FlaskClient, page: str) -> None:
    refused = client.get(f"{page}?plan=nonsense", headers={"Accept": "application/json"})
    assert refused.status_code == 400
    sentence = "'nonsense' is not valid for 'plan'. Use one of: ecp-action-plan-3."
    assert refused.get_json()["error"]["message"] == sentence
    assert client.get(f"{page}?plan=ecp-action-plan-3", headers={"Accept": BROWSER}).status_code == 200
