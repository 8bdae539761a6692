"""The nursery: loads the store into memory once and forks workers that share it copy-on-write.

It is a process of its own, with one thread, because only such a process can fork safely; a store that is on disk has
threads, so each worker opens it for itself. Its server talks to it over a Unix socket given as a descriptor on the
command line: ``fork NICENESS`` is answered with a process id and the worker's socket, ``end PID`` kills that worker and
is answered with how it ended. When the server is gone all of them end.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ecp_graph.confined import Limits, limited
from ecp_graph.engine.isolation.crew import READING
from ecp_graph.engine.isolation.worker import run_worker
from ecp_graph.engine.loading import TABLE_ENDING, load_files, open_store
from ecp_graph.engine.merge import Stores, with_merge
from ecp_graph.errors import InputSyntaxError, ReleaseError
from ecp_graph.inputs import input_size

__all__ = ["main"]


def main() -> None:
    """Load what the command line says and fork on request.

    It says in JSON: ``control``, ``memory_bytes``, the ``prefixes`` of queries, and ``files`` with ``union``, or the
    folder of a ``store``.
    """
    order = json.loads(sys.argv[1])
    # A service manager tells every process of the server to stop; queries under way may finish first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    control = socket.socket(fileno=order["control"])
    try:
        opened = _opener(order, lambda path: control.send(READING + os.fsencode(path)))
    except InputSyntaxError as error:
        failure = {"path": str(error.path), "reason": error.reason, "line": error.line}
        control.send(json.dumps({"failed": failure}).encode())
        return
    except MemoryError:
        os.abort()  # as the engine does itself, when it is the one that gets no memory
    gc.collect()
    gc.freeze()
    control.send(b"{}")
    workers: set[int] = set()
    try:
        while request := control.recv(100):
            what, number = request.split()
            if what == b"fork":
                workers.add(_fork(control, opened, order, int(number)))
            else:
                control.send(b"%d" % _end(int(number), workers))
    finally:
        for pid in tuple(workers):
            _end(pid, workers)
        os._exit(0)  # to take a large store apart would only cost time


def _opener(order: dict[str, Any], reading: Callable[[Path], object]) -> Callable[[], Stores]:
    """Return what gives a worker its store: the one that this process loaded, or one of its own on disk."""
    if "store" in order:
        folder = Path(order["store"])
        return lambda: Stores(open_store(folder), files=sum(1 for _ in folder.glob(f"*{TABLE_ENDING}")))
    files = [Path(name) for name in order["files"]]
    with limited(Limits.of_files(sum(map(input_size, files)))):
        store = load_files(files, union=order["union"], reading=reading)
        stores = with_merge(store) if order["union"] else Stores(store)
    return lambda: stores


def _fork(control: socket.socket, opened: Callable[[], Stores], order: dict[str, Any], niceness: int) -> int:
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            ours.close()
            control.close()
            run_worker(theirs, opened, order, niceness)
        except ReleaseError as problem:  # of which the parent has told already, when it tried the first one
            print(problem, file=sys.stderr, flush=True)
        finally:
            os._exit(1)  # what the parent has to do at its end is not this one's
    theirs.close()
    socket.send_fds(control, [b"%d" % pid], [ours.fileno()])
    ours.close()
    return pid


def _end(pid: int, workers: set[int]) -> int:
    """Kill a worker and return how it had ended: minus the signal's number, or its exit code."""
    if pid not in workers:
        return 0
    workers.remove(pid)
    os.kill(pid, signal.SIGKILL)  # does nothing to one that has ended by itself
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    main()
