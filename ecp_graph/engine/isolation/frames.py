"""The wire protocol between server and worker: frames (tag, length, payload) over a Unix socket."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any, Final, Literal, cast

__all__ = ["MAX_DATA_BYTES", "Decoder", "Tag", "frame", "receive", "send", "send_json"]

#: Query (JSON), Data (bytes of the answer), End (JSON of statistics), Failure (JSON of an error).
Tag = Literal[b"Q", b"D", b"E", b"F"]

#: The maximum size of a data frame, so that neither side buffers more than this much of an answer.
MAX_DATA_BYTES: Final = 262_144

_HEADER: Final = struct.Struct("!cI")


def frame(tag: Tag, payload: bytes = b"") -> bytes:
    """Return the bytes of one frame, to be sent together with others."""
    return _HEADER.pack(tag, len(payload)) + payload


def send(connection: socket.socket, tag: Tag, payload: bytes | memoryview = b"") -> None:
    """Send one frame; raises OSError if the other side has disconnected."""
    header = _HEADER.pack(tag, len(payload))
    if len(payload) < 65_536:
        connection.sendall(header + bytes(payload))
    else:
        connection.sendall(header)
        connection.sendall(payload)


def send_json(connection: socket.socket, tag: Tag, payload: dict[str, Any]) -> None:
    """Send one frame whose payload is a JSON object."""
    send(connection, tag, json.dumps(payload).encode())


def receive(connection: socket.socket) -> tuple[Tag, bytes]:
    """Return the next frame; raises EOFError if the other side has disconnected, TimeoutError on socket timeout."""
    tag, length = _HEADER.unpack(_exactly(connection, _HEADER.size))
    return cast("Tag", tag), _exactly(connection, length)


class Decoder:
    """Reassembles frames from the bytes of a connection, however they were split in transit."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> None:
        """Add the next bytes received."""
        self._bytes += data

    def next(self) -> tuple[Tag, bytes] | None:
        """Return the next frame, or None if it is still incomplete."""
        if len(self._bytes) < _HEADER.size:
            return None
        tag, length = _HEADER.unpack_from(self._bytes)
        end = _HEADER.size + length
        if len(self._bytes) < end:
            return None
        payload = bytes(self._bytes[_HEADER.size : end])
        del self._bytes[:end]
        return cast("Tag", tag), payload


def _exactly(connection: socket.socket, length: int) -> bytes:
    buffer = bytearray(length)
    view, filled = memoryview(buffer), 0
    while filled < length:
        try:
            count = connection.recv_into(view[filled:])
        except ConnectionResetError:
            count = 0
        if not count:
            raise EOFError
        filled += count
    return bytes(buffer)
