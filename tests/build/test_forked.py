"""A forked call: run in a second process where that is safe, with the same outcome where it is not."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ecp_graph.errors import WorkspaceError
from ecp_graph.forked import forked_call

HERE = os.getpid()
pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecp_graph.forked.usable_processors", lambda: 2)
    monkeypatch.setattr("ecp_graph.forked._threads", lambda: 1)


def _children() -> str:
    return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text()


@pytest.mark.usefixtures("two_processors")
def test_the_call_is_made_in_another_process_which_is_gone_afterwards() -> None:
    before = _children()
    with forked_call(lambda: (os.getpid(), "x" * 1_000_000)) as result:
        process, text = result()
    assert process != os.getpid()
    assert len(text) == 1_000_000
    assert _children() == before


@pytest.mark.usefixtures("two_processors")
def test_an_error_is_raised_as_if_there_were_one_process() -> None:
    def fail() -> None:
        raise WorkspaceError("It is broken.", Path("shapes"))

    with pytest.raises(WorkspaceError, match="It is broken"), forked_call(fail) as result:
        result()


@pytest.mark.usefixtures("two_processors")
@pytest.mark.parametrize(
    "end",
    [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: os._exit(3), lambda: lambda: None],
    ids=["killed", "ended", "not picklable"],
)
def test_a_process_that_ends_early_is_made_up_for_here(end: Callable[[], object]) -> None:
    def call() -> object:
        return "made here" if os.getpid() == HERE else end()

    with forked_call(call) as result:
        assert result() == "made here"


@pytest.mark.usefixtures("two_processors")
def test_nothing_is_left_when_the_result_is_not_wanted() -> None:
    before = _children()

    def fail_meanwhile() -> None:
        with forked_call(lambda: threading.Event().wait(60)):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_meanwhile()
    assert _children() == before


def test_a_process_with_threads_is_not_forked() -> None:
    waiting = threading.Event()
    thread = threading.Thread(target=waiting.wait)
    thread.start()
    try:
        with forked_call(os.getpid) as result:
            assert result() == os.getpid()
    finally:
        waiting.set()
        thread.join()
