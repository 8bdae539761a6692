"""The nursery: loads the store into memory once and forks workers that share it copy-on-write.

It is a process of its own, with one thread, because only such a process can fork safely. Its server talks to it over
a Unix socket given as a descriptor on the command line: ``fork`` is answered with a process id and the worker's
socket, ``wait PID`` with how that worker ended.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path

import pyoxigraph as ox

from ecp_graph.engine.isolation.worker import run_worker
from ecp_graph.engine.loading import load_files
from ecp_graph.errors import InputSyntaxError

__all__ = ["main"]


def main() -> None:
    """Load what the command line says (JSON: ``control``, ``files``, ``union``, ``memory_bytes``); fork on request."""
    order = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=order["control"])
    try:
        store = load_files([Path(name) for name in order["files"]], union=order["union"])
    except InputSyntaxError as error:
        failure = {"path": str(error.path), "reason": error.reason, "line": error.line}
        control.send(json.dumps({"failed": failure}).encode())
        return
    gc.collect()
    gc.freeze()
    control.send(json.dumps({"quads": len(store)}).encode())
    while request := control.recv(100):
        if request == b"fork":
            _fork(control, store, order["memory_bytes"])
        else:
            control.send(str(_status(int(request.removeprefix(b"wait ")))).encode())


def _fork(control: socket.socket, store: ox.Store, memory_bytes: int) -> None:
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        control.close()
        run_worker(theirs, store, memory_bytes)
    theirs.close()
    socket.send_fds(control, [str(pid).encode()], [ours.fileno()])
    ours.close()


def _status(pid: int) -> int:
    """Return the signal that ended a worker, as a negative number, or its exit code."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return 0


if __name__ == "__main__":
    main()
