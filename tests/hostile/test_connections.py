"""Connections on which a request has begun and does not go on do not keep others from being answered."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path

from tests.serving import serving

_HALF_OPEN = 200
_BEGUN = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 50\r\n\r\nASK"


def test_half_open_connections_keep_nobody_waiting(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text("<http://x/a> <http://x/b> 1 .\n", encoding="utf-8")
    with serving(str(data), environment={"ECP_GRAPH_QUEUE": "4"}) as served, ExitStack() as lines:
        held = []
        for number in range(_HALF_OPEN):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", served.port)))
            line.sendall(_BEGUN[: 1 + number % len(_BEGUN)])
            held.append(line)
        for number in range(20):
            assert served.get(f"ASK {{ ?s ?p {number} }}").status == 200
        assert all(is_open(line) for line in held), "the answers waited until the server gave up on the others"
        assert served.process.poll() is None


def is_open(line: socket.socket) -> bool:
    """Whether the server has neither answered on a connection nor closed it."""
    try:
        line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return True
    return False
