"""Every feature of the protocol is there, and the table in the docs says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ecp_graph.workspace import bundled_workspace
from tests.conformance.asking_itself import asking_itself
from tests.conformance.features import FEATURES, Feature
from tools.conformance_docs import PAGE, page


@pytest.fixture(scope="module")
def client(releases: Path) -> Iterator[FlaskClient]:
    with asking_itself(bundled_workspace().root, releases) as client:
        yield client


@pytest.mark.parametrize("feature", FEATURES, ids=[f"{one.clause}: {one.name}" for one in FEATURES])
def test_feature(client: FlaskClient, feature: Feature) -> None:
    assert feature.check(client)


def test_a_missing_feature_is_noticed(client: FlaskClient) -> None:
    nothing = Feature("none", "a path that is not there", lambda c: c.get("/nothing").status_code == 200)
    assert not nothing.check(client)
    assert len(FEATURES) > 40


def test_the_table_in_the_docs_is_that_of_this_run(client: FlaskClient) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(client), "run: python tools/conformance_docs.py"
