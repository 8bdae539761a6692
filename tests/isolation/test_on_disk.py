"""Workers over a store on disk: they read its files, all of them, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from ecp_graph.engine.isolation import pool
from ecp_graph.engine.isolation.pool import IsolatedEngine, Limits
from ecp_graph.errors import QueryTimeout, ReleaseError, WorkerLost
from tests.waiting import wait_for

from .asking import ENDLESS, HUNGRY, answers, children


def test_a_store_on_disk_is_asked_in_workers(on_disk: IsolatedEngine) -> None:
    assert len(on_disk.query("SELECT ?s { ?s ?p ?o }", fmt="tsv").read().splitlines()) == 3001
    before = children()
    with pytest.raises(QueryTimeout):
        on_disk.query(ENDLESS, fmt="csv", timeout_s=0.5).read()
    with pytest.raises(WorkerLost, match="exceeded its memory limit"):
        on_disk.query(HUNGRY).read()
    assert answers(on_disk)
    wait_for(lambda: len(children()) <= len(before))


def test_a_worker_has_of_a_store_on_disk_its_files_and_nothing_else(on_disk: IsolatedEngine, tmp_path: Path) -> None:
    assert answers(on_disk)
    workers = [worker.pid for worker in on_disk.worker_pool.idle]
    wait_for(lambda: all("0 0 files" in " ".join(_limits_of(pid, "Max open files")) for pid in workers))
    assert all(
        "NoNewPrivs:\t1" in status.read_text()
        for pid in workers
        for status in Path(f"/proc/{pid}/task").glob("*/status")
    )
    assert workers
    for pid in workers:
        targets = {Path(fd).readlink() for fd in Path(f"/proc/{pid}/fd").iterdir()}
        files = {target for target in targets if target.is_relative_to(tmp_path / "store")}
        assert any(file.suffix == ".sst" for file in files)
        assert sum(str(target).startswith("socket:") for target in targets) == 1
        assert not {t for t in targets - files if not str(t).startswith(("socket:", "/dev/null"))}
        assert Path(f"/proc/{pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()


def test_a_store_of_many_files_is_read_whole(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    store = ox.Store(str(folder))
    for batch in range(12):
        store.bulk_extend(
            ox.Quad(ox.NamedNode(f"http://x/s{batch}-{n}"), ox.NamedNode("http://x/p"), ox.Literal(str(batch)))
            for n in range(10)
        )
    store.flush()
    del store
    files = len(list(folder.glob("*.sst")))
    assert files > 20, "more than a store opens with itself"
    engine = IsolatedEngine.on_disk(folder, name="test", limits=Limits(timeout_s=60, workers=1))
    try:
        assert len(engine.query("SELECT * { ?s ?p ?o }", fmt="csv").read().splitlines()) == 121
        for batch in range(12):
            asked = f'SELECT ?s {{ ?s <http://x/p> "{batch}" }}'
            assert len(engine.query(asked, fmt="csv").read().splitlines()) == 11
            assert len(engine.query(f"SELECT ?o {{ <http://x/s{batch}-3> ?p ?o }}", fmt="csv").read().splitlines()) == 2
    finally:
        engine.close()


def test_a_store_that_workers_cannot_open_is_told(on_disk: IsolatedEngine, tmp_path: Path) -> None:
    before = children()
    folder = tmp_path / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "open_store", lambda _: None)  # which the server may, and a worker may not
        folder.rename(tmp_path / "elsewhere")
        with pytest.raises(ReleaseError, match="A worker cannot open"):
            IsolatedEngine.on_disk(folder, name="test", limits=Limits(timeout_s=60, workers=1))
    wait_for(lambda: len(children()) <= len(before))
    with pytest.raises(QueryTimeout):
        on_disk.query(ENDLESS, fmt="csv", timeout_s=0.5).read()  # another worker is forked, and ends at once
    lost = [_outcome(on_disk) for _ in range(3)]
    assert any(isinstance(one, WorkerLost) for one in lost)
    assert not any(one.out_of_memory for one in lost if isinstance(one, WorkerLost))
    (tmp_path / "elsewhere").rename(folder)
    wait_for(lambda: _outcome(on_disk) is None)


def _outcome(engine: IsolatedEngine) -> Exception | None:
    try:
        assert answers(engine)
    except (WorkerLost, ReleaseError) as problem:
        return problem
    return None


def _limits_of(pid: int, name: str) -> list[str]:
    lines = Path(f"/proc/{pid}/limits").read_text(encoding="ascii").splitlines()
    return next(line for line in lines if line.startswith(name)).removeprefix(name).split()


def test_a_folder_that_holds_no_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"cannot be opened.*ecp-graph build"):
        IsolatedEngine.on_disk(tmp_path / "nothing", name="test")
