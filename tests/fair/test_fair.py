"""Each practice holds where it should, fails with its planted fault, and the table in the docs says so."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import bundled_workspace
from tests.fair.features import PRACTICES, Practice
from tests.fair.hosts import Faulty, FileHost, Host, RuledHost, ServerHost
from tests.publishing.test_hosts import NO_APACHE, apache_of, ask
from tools.fair_docs import PAGE, page

HOSTS = ("server", "rules", "files")
NAMES = [f"{one.source} {one.id}: {one.name}" for one in PRACTICES]


@pytest.fixture(scope="module")
def hosts(releases: Path, twin: Path) -> Sequence[Host]:
    client = create_app(Settings(workspace=bundled_workspace().root, releases=releases)).test_client()
    return [ServerHost(client), RuledHost(twin), FileHost(twin)]


@pytest.fixture(scope="module", params=HOSTS)
def host(request: pytest.FixtureRequest, hosts: Sequence[Host]) -> Host:
    return next(one for one in hosts if one.name == request.param)


@pytest.mark.parametrize("practice", PRACTICES, ids=NAMES)
def test_practice(host: Host, practice: Practice) -> None:
    assert practice.check(host) is (host.name not in practice.gaps)


@pytest.mark.parametrize("practice", PRACTICES, ids=NAMES)
def test_a_planted_fault_is_noticed(hosts: Sequence[Host], practice: Practice) -> None:
    holding = [host for host in hosts if host.name not in practice.gaps]
    for host in holding:
        assert not practice.check(Faulty(host, practice.fault)), host.name
    if not holding:  # nobody has it, so nothing can be taken away
        assert set(practice.gaps) == set(HOSTS)
        assert practice.name in NOBODY


#: What no host has. Whoever adds to it says why in the practice.
NOBODY = {
    "Detailed metadata as FOOPS! scores it",
    "A contact point",
    "How often the data change",
    "An address for feedback",
}


def test_there_are_many_practices_and_every_gap_has_a_reason() -> None:
    assert len(PRACTICES) > 60
    assert len(set(NAMES)) == len(NAMES)
    for practice in PRACTICES:
        assert set(practice.gaps) <= set(HOSTS)
        assert all(len(reason) > 10 for reason in practice.gaps.values())


def test_apache_obeys_the_rules_as_they_are_read_here(hosts: Sequence[Host], twin: Path, tmp_path: Path) -> None:
    if shutil.which("apache2") is None:
        pytest.skip(NO_APACHE)
    ruled, asked = next(host for host in hosts if host.name == "rules"), 0
    with apache_of(twin, tmp_path) as port:
        for path in ("/ontology", "/ontology/0.1.0", "/dataset", "/shapes", "/id/action/ecp3-1", "/ontology.ttl"):
            for accept in ("text/html", "text/turtle", "application/rdf+xml", "application/ld+json", "*/*"):
                status, location, media_type = ask(port, path, accept)
                said = ruled.get(path, accept)
                told = said.status, said.headers.get("Location", "")
                assert (status, location.removeprefix("/plan")) == told, (path, accept)
                assert said.status == 303 or media_type.partition(";")[0] == said.media_type
                asked += 1
    assert asked == 30


def test_the_table_in_the_docs_is_that_of_this_run(hosts: Sequence[Host]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(hosts), "run: python -m tools.fair_docs"
