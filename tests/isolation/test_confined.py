"""Calls in a process with limits: what they return and raise, and how they end."""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ecp_graph.confined import LimitReached, Limits, confined, now_reading
from ecp_graph.errors import EcpGraphError, InputSyntaxError, QueryTimeout, UnknownQuery

_ENOUGH = Limits(500_000_000, 30)
_SHORT = Limits(100_000_000, 1, clock_s=20)


def _child() -> tuple[int, int]:
    return os.getpid(), os.nice(0)


def _failing(path: Path) -> None:
    raise InputSyntaxError(path, "it is wrong", 7)


def _needing(what: str, path: Path) -> None:
    now_reading(path)
    print("noise on stdout, which is not the result", flush=True)
    if what == "memory":
        bytearray(200_000_000)
    while what == "time":
        pass
    if what == "a fault":
        ctypes.string_at(0)
    if what == "depth":
        _deeper(0)


def _deeper(depth: int) -> int:
    return _deeper(depth + 1)


def test_a_call_is_made_in_another_process() -> None:
    pid, nice = confined(_child, limits=_ENOUGH, nice=3)
    assert pid != os.getpid()
    assert nice == os.nice(0) + 3


def test_an_error_comes_back_with_its_attributes() -> None:
    with pytest.raises(InputSyntaxError, match=r"^a\.ttl:7: it is wrong$") as caught:
        confined(_failing, Path("a.ttl"), limits=_ENOUGH)
    assert (caught.value.path, caught.value.line, caught.value.reason) == (Path("a.ttl"), 7, "it is wrong")


@pytest.mark.parametrize(
    "error", [QueryTimeout(3), UnknownQuery("x", ["y"]), EcpGraphError("plain")], ids=lambda error: type(error).__name__
)
def test_an_error_is_the_same_after_pickling(error: EcpGraphError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize("what", ["memory", "time", "a fault", "depth"])
def test_an_end_at_the_limits_names_the_file_and_is_silent(what: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LimitReached) as caught:
        confined(_needing, what, Path("greedy.ttl"), limits=_SHORT)
    assert caught.value.path == Path("greedy.ttl")
    assert capfd.readouterr() == ("", "")


def test_a_call_that_only_waits_ends_by_the_clock() -> None:
    with pytest.raises(LimitReached):
        confined(time.sleep, 600, limits=Limits(100_000_000, 30, clock_s=1))


def test_files_of_the_working_directory_are_no_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pickle", "ctypes", "subprocess"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    assert confined(_child, limits=_ENOUGH)[0] != os.getpid()


def test_a_process_that_does_not_start_is_no_fault_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(OSError, match="could not be started"):
        confined(_child, limits=_ENOUGH)


def test_ctrl_c_ends_both() -> None:
    code = (
        "import time; from ecp_graph.confined import Limits, confined\n"
        "confined(time.sleep, 600, limits=Limits(100_000_000, 30))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    while not (found := children.read_text().split()):
        time.sleep(0.05)
    time.sleep(0.5)
    parent.send_signal(signal.SIGINT)
    assert b"KeyboardInterrupt" in parent.communicate(timeout=60)[1]
    assert not any(Path(f"/proc/{pid}").exists() for pid in found)
