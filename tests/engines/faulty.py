"""An endpoint that misbehaves on purpose: a socket server on the loopback that runs a script for each connection."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

__all__ = ["FaultyServer", "Script", "answer", "chunk", "drip", "faulty_server", "head", "reset"]

Script = Callable[[socket.socket], None]

_JSON = "application/sparql-results+json"


class FaultyServer:
    """Runs the ``script`` for each connection after reading its request, and counts the connections."""

    def __init__(self, script: Script, *, reads: bool = True, port: int = 0) -> None:
        self.script = script
        self._reads = reads
        self._listener = socket.create_server(("127.0.0.1", port))
        self._stopped = threading.Event()
        self._open: list[socket.socket] = []
        self.connections = 0
        self.requests: list[bytes] = []
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/sparql"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close everything; scripts that still write fail at it."""
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._reads:
                self.requests.append(_read_request(connection))
            self.script(connection)
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()


@contextlib.contextmanager
def faulty_server(script: Script, *, reads: bool = True) -> Iterator[FaultyServer]:
    server = FaultyServer(script, reads=reads)
    try:
        yield server
    finally:
        server.stop()


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            return data
        data += more
    headers, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in headers.lower().splitlines() if b"content-length:" in line), 0)
    while len(body) < length:
        body += connection.recv(65_536)
    return headers + b"\r\n\r\n" + body


def head(status: str = "200 OK", *, media_type: str = _JSON, **headers: str) -> bytes:
    """A status line and headers, ``content_length="5"`` for ``Content-Length: 5``."""
    given = {"Content-Type": media_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode()


def answer(body: bytes, status: str = "200 OK", **headers: str) -> Script:
    """A script that answers with a whole body."""
    headers.setdefault("content_length", str(len(body)))
    return lambda connection: connection.sendall(head(status, **headers) + body)


def chunk(data: bytes) -> bytes:
    """The data as one chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def drip(data: bytes, connection: socket.socket, *, every_s: float = 0.05) -> None:
    """Send a byte at a time, over and over."""
    while True:
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(every_s)


def reset(connection: socket.socket) -> None:
    """Break the connection off with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
