"""The W3C SPARQL 1.1 query tests through the endpoint: no lower a score than that of the engine alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Served, serving
from tools.fetch_w3c import FOLDER

from .w3c import W3cTest, passes_alone, passes_over_http, read_tests, write_quads

SUITE = Path(os.environ.get("ECP_W3C_SPARQL11", "") or FOLDER)

pytestmark = pytest.mark.skipif(
    not (SUITE / "manifest-all.ttl").is_file(),
    reason="no W3C SPARQL 1.1 test suite: run tools/fetch_w3c.py, or set ECP_W3C_SPARQL11 to its folder",
)


@pytest.fixture(scope="module")
def tests() -> list[W3cTest]:
    return read_tests(SUITE)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("w3c") / "suite.nq"
    assert write_quads(SUITE, data) > 100
    with serving(str(data)) as served:
        yield served


def test_the_score_is_no_lower_than_that_of_the_engine_alone(served: Served, tests: list[W3cTest]) -> None:
    endpoint = served.url + "sparql"
    alone = {test.name for test in tests if passes_alone(test)}
    here = {test.name for test in tests if passes_over_http(test, endpoint)}
    print(f"W3C SPARQL 1.1 query tests: {len(here)} of {len(tests)} over HTTP, {len(alone)} by the engine alone")
    assert len(tests) > 250
    assert len(alone) > 0.85 * len(tests)
    assert alone - here == set()


def test_a_wrong_answer_is_noticed(served: Served, tests: list[W3cTest]) -> None:
    """A test with the result of another one fails, over HTTP and alone."""
    right = [test for test in tests if test.result and test.result.suffix == ".srx" and passes_alone(test)]
    first, last = right[0], right[-1]
    wrong = W3cTest(first.name, first.kind, first.query, first.default, first.named, last.result)
    assert not passes_alone(wrong)
    assert not passes_over_http(wrong, served.url + "sparql")
