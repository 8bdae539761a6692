"""Releases that change under many readers, and releases that are damaged: no request fails, no answer mixes two."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecp_graph.release.release import CURRENT, MANIFEST, current_id, open_release
from tests.bundled import with_workspace_file
from tests.serving import Served, serving
from tests.waiting import wait_for

from .damage import damage
from .readers import MARKER, Readers, publish, release_name
from .siege import family

PUBLISHES = 6
READERS = 20
#: Workers for clients and for pages, and one of each to spare.
PROCESSES = 2 + 1 + 2


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moving")
    publish(folder / "workspaces", folder / "releases", 0)
    return folder / "releases"


@pytest.fixture(scope="module")
def served(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with_workspace_file(releases.parent / "place")
    for name in ("ontology", "data", "queries"):
        (releases.parent / "place" / name).mkdir(parents=True)
    place = ["--workspace", str(releases.parent / "place"), "--releases", str(releases), "--timeout", "60"]
    limits = {"ECP_GRAPH_WORKERS": "2", "ECP_GRAPH_PAGE_WORKERS": "1", "ECP_GRAPH_QUEUE": "200"}
    limits["ECP_GRAPH_ACCESS_LOG"] = "no"
    with serving(*place, environment=limits) as served:
        yield served


def release_now(served: Served) -> str:
    return str(json.loads(served.open(served.url + "health").body)["release"])


def test_publishing_under_readers_fails_no_request_and_mixes_no_answer(served: Served, releases: Path) -> None:
    readers = Readers(served.port, READERS).start()
    try:
        for number in range(1, PUBLISHES + 1):
            made = publish(releases.parent / "workspaces", releases, number)
            assert made.id == release_name(number)
            wait_for(lambda name=made.id: release_now(served) == name)
    finally:
        readers.stop()
    assert not readers.faults, readers.faults[:5]
    assert readers.answers > 5 * READERS
    assert len(readers.seen) >= PUBLISHES - 1, "the readers saw hardly any of the releases"
    # the server, a fork server, and workers
    wait_for(lambda: len(family(served.process.pid)) <= 1 + 1 + PROCESSES)


def test_a_mixed_answer_would_be_noticed() -> None:
    readers = Readers(0, 0)
    readers.note(200, "aaa", "id\r\nbbb\r\n", 0.1)
    readers.note(503, "aaa", "id\r\naaa\r\n", 0.1)
    readers.note(200, "aaa", "id\r\naaa\r\n", 0.1)
    assert (len(readers.faults), readers.seen) == (2, {"aaa"})


def test_damaged_releases_are_never_served(served: Served, releases: Path) -> None:
    good = current_id(releases)
    assert good is not None
    chance = random.Random(20161006)
    kinds = set()
    for number in range(8):
        broken = damage(open_release(releases, good), f"{number:012x}", chance)
        kinds.add(broken.kind)
        (releases / "new").write_text(broken.id)
        (releases / "new").replace(releases / CURRENT)
        wait_for(lambda: json.loads(served.open(served.url + "health").body)["status"] == "stale")
        assert release_now(served) == good
        answer = served.get(MARKER)
        assert (answer.status, answer.body) == (200, f"id\r\n{good}\r\n".encode())
        (releases / "new").write_text(good)
        (releases / "new").replace(releases / CURRENT)
        wait_for(lambda: release_now(served) == good)
    assert kinds == {"flipped", "cut"}
    assert (releases / good / MANIFEST).is_file()
