"""What tests of several folders share: a release of the bundled workspace, and a workspace with its own queries."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from filelock import FileLock

from ecp_graph.engine import Engine
from ecp_graph.namespaces import using
from ecp_graph.pipeline import build
from ecp_graph.release.opening import release_engine
from ecp_graph.release.release import Release, open_release
from ecp_graph.settings import Settings, environment_name
from ecp_graph.twin.publish import publish
from ecp_graph.workspace import bundled_workspace
from tests.bundled import NAMES, with_workspace_file

#: Tests call functions far below a command, and modules of tests do so as they are imported.
_NAMES_IN_USE = using(NAMES)
_NAMES_IN_USE.__enter__()

#: Where the twin of the tests says that it is.
TWIN_BASE = "https://example.org/plan/"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for setting in fields(Settings):
        if setting.name != "cache":  # which is that of `_own_cache`
            monkeypatch.delenv(environment_name(setting.name), raising=False)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests parse out of the cache of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECP_GRAPH_CACHE", str(_shared(tmp_path_factory) / "cache"))
        yield


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of this run of the tests share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one release of the bundled workspace; tests read it and leave it as it is.

    It is built once for all processes that the tests run in: the one that comes first does it.
    """
    folder = _shared(tmp_path_factory) / "releases"
    with FileLock(folder.with_name("releases.lock")):
        if not folder.exists():
            result = build(bundled_workspace(), folder)
            assert result.release is not None, [finding.message for finding in result.report.findings]
    return folder


@pytest.fixture(scope="session")
def release(releases: Path) -> Release:
    """The release in that folder."""
    return open_release(releases)


@pytest.fixture(scope="session")
def without_lists(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """That release without its lists: pages then ask the engine for everything, as they do of a store of others."""
    folder = tmp_path_factory.mktemp("bare") / release.id
    folder.mkdir()
    for part in release.path.iterdir():
        if part != release.lists:
            (folder / part.name).symlink_to(part)
    return replace(release, path=folder)


@pytest.fixture(scope="session")
def twin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static site of that release's site; tests read it and leave it as it is.

    It is published once for all processes that the tests run in: the one that comes first does it.
    """
    shared = _shared(tmp_path_factory)
    folder = shared / "twin" / "site"
    with FileLock(shared / "twin.lock"):
        if not folder.exists():
            release = request.getfixturevalue("release")
            report = publish(release, bundled_workspace(), folder, base_url=TWIN_BASE, processes=2)
            assert (report.broken, report.refused) == ({}, [])
            assert report.files > 300
    return folder


@pytest.fixture(scope="session")
def engine(release: Release) -> Iterator[Engine]:
    """The embedded engine over that release."""
    engine = release_engine(release)
    yield engine
    engine.close()


QUERIES = {
    "bodies/list-bodies": """\
        #+ summary: The bodies of the plan
        #+ description: By code.
        #+ columns:
        #+   - {name: code, meaning: code of the body}
        #+   - {name: name, meaning: its name}
        #+ tags: [body]
        SELECT ?code ?name ?body WHERE {
          ?body a ecp:Body ; skos:notation ?code ; skos:prefLabel ?name .
        }
        ORDER BY ?code
        """,
    "bodies/body-facts": """\
        #+ summary: What is said of one body
        #+ parameters:
        #+   - {name: body, type: iri, class: ecp:Body, label: Body, help: By code or name.}
        CONSTRUCT { ?body skos:prefLabel ?name ; skos:notation ?code } WHERE {
          #= body
          ?body skos:prefLabel ?name ; skos:notation ?code .
        }
        """,
    "overlap/overlap-bodies": """\
        #+ summary: Overlaps of bodies, for tests
        #+ parameters:
        #+   - {name: on, type: enum, values: [instrument, topic], label: Kind of thing, optional: true}
        #+   - {name: grade, type: enum, values: [A, B, C, D], default: D, label: Grade at least}
        #+   - {name: secretariat, type: enum, values: [with, without], default: without, label: Secretariat}
        SELECT ?on ?grade ?secretariat WHERE {
          VALUES ?x { 1 }
          #= on
          #= grade
          #= secretariat
        }
        """,
    "other/some-bodies": """\
        #+ summary: Some bodies
        #+ parameters:
        #+   - {name: body, type: iri, class: ecp:Body, values: [nobody], many: true, label: Body, optional: true}
        #+ columns:
        #+   - {name: code, meaning: code of the body}
        SELECT ?code WHERE {
          #= body
          ?body a ecp:Body ; skos:notation ?code .
        }
        ORDER BY ?code
        """,
    "other/echo": """\
        #+ summary: Gives back what it is given
        #+ parameters:
        #+   - {name: text, type: text, label: Text, optional: true}
        #+   - {name: day, type: date, label: Day, default: 2017-01-01}
        #+   - {name: number, type: integer, label: Number, optional: true}
        #+ columns:
        #+   - {name: number, meaning: the number, unit: pieces}
        SELECT ?text ?day ?number WHERE {
          VALUES ?x { 1 }
          #= text
          #= day
          #= number
        }
        """,
}


@pytest.fixture(scope="session")
def asking_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a few queries and no data; with ``releases`` it asks the bundled graph."""
    root = with_workspace_file(tmp_path_factory.mktemp("workspace")).root
    for name in ("ontology", "data"):
        (root / name).mkdir()
    for name, text in QUERIES.items():
        path = root / "queries" / f"{name}.rq"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return root
