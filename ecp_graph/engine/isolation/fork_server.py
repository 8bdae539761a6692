"""The fork server: loads the store into memory once and forks workers that share it copy-on-write.

It is a separate, single-threaded process, because only such a process can fork safely. A store on disk uses threads,
so each worker opens its own. The server controls it over a Unix socket, whose descriptor is given on the command line:
``fork NICENESS`` returns a process id and the worker's socket; ``end PID`` kills that worker and returns its exit
status. When the server exits, the fork server and all workers exit too.
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
from ecp_graph.engine.isolation.worker import run_worker
from ecp_graph.engine.isolation.workers import READING
from ecp_graph.engine.loading import TABLE_ENDING, load_files, open_store
from ecp_graph.engine.merge import Stores, with_merge
from ecp_graph.errors import InputSyntaxError, ReleaseError
from ecp_graph.inputs import input_size

__all__ = ["main"]


def main() -> None:
    """Load the data named on the command line, then fork workers on request.

    It says in JSON: ``control``, ``memory_bytes``, the ``prefixes`` of queries, and ``files`` with ``union``, or the
    folder of a ``store``.
    """
    order = json.loads(sys.argv[1])
    # A service manager signals every process of the server, but running queries may finish first.
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
        os.abort()  # as the engine itself does when it runs out of memory
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
        os._exit(0)  # freeing a large store would only take time


def _opener(order: dict[str, Any], reading: Callable[[Path], object]) -> Callable[[], Stores]:
    """Return a function that gives a worker its store: the one loaded here, or one that the worker opens on disk."""
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
            os._exit(1)  # without the parent's cleanup
    theirs.close()
    socket.send_fds(control, [b"%d" % pid], [ours.fileno()])
    ours.close()
    return pid


def _end(pid: int, workers: set[int]) -> int:
    """Kill a worker and return its exit status: its exit code, or minus the number of the signal."""
    if pid not in workers:
        return 0
    workers.remove(pid)
    os.kill(pid, signal.SIGKILL)  # has no effect on one that has already ended
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    main()
