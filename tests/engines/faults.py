"""Scripts of endpoints that stall, break off or lie, and what is said of each."""

from __future__ import annotations

import gzip
import socket
import time

from .faulty import Script, answer, chunk, drip, head, reset

__all__ = ["BREAKS", "LIES", "PAGE", "ROWS", "STALLS", "forever", "wait"]

ROWS = b'{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "1"}}]}}'
PAGE = b"<!DOCTYPE html><html><body><h1>Welcome to the hotel network</h1></body></html>"


def wait(connection: socket.socket) -> None:
    """Say nothing more, until the other side goes."""
    connection.settimeout(600)
    connection.recv(1)


def forever(first: bytes, then: bytes) -> Script:
    def script(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(then)

    return script


def sending(*parts: bytes, end: Script = lambda connection: None) -> Script:
    def script(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
        time.sleep(0.05)
        end(connection)

    return script


STALLS: dict[str, Script] = {
    "silent": wait,
    "half a status line": sending(b"HTTP/1.1 2", end=wait),
    "half of the headers": sending(head()[:-2], end=wait),
    "half of the body": sending(head(content_length="5000") + ROWS, end=wait),
    "half of a chunk": sending(head(transfer_encoding="chunked") + b"ffff\r\n" + ROWS, end=wait),
    "no last chunk": sending(head(transfer_encoding="chunked") + chunk(ROWS), end=wait),
    "a byte of status at a time": lambda connection: drip(b"H", connection),
    "a byte of a header at a time": sending(b"HTTP/1.1 200 OK\r\nX: ", end=lambda connection: drip(b"x", connection)),
    "a byte of the body at a time": sending(head(), end=lambda connection: drip(b" ", connection)),
    "a byte of an error at a time": sending(head("500 Broken"), end=lambda connection: drip(b"x", connection)),
    "continues without end": forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "JSON without end": forever(head(), b" "),
    "an error without end": sending(head("400 Bad Request", content_length="999999999"), end=wait),
}

BREAKS: dict[str, tuple[Script, str]] = {
    "reset at once": (reset, "the connection broke"),
    "reset in the headers": (sending(b"HTTP/1.1 200 OK\r\nX", end=reset), "the connection broke"),
    "reset in the body": (sending(head(content_length="5000") + ROWS, end=reset), "the connection broke"),
    "closed at once": (sending(), "the connection broke"),
    "closed in the status": (sending(b"HTTP"), "the connection broke"),
    "closed in the body": (sending(head(content_length="5000") + ROWS), "the connection broke"),
    "closed in a chunk": (sending(head(transfer_encoding="chunked") + b"fff\r\n" + ROWS), "the connection broke"),
    "closed before the last chunk": (sending(head(transfer_encoding="chunked") + chunk(ROWS)), "the connection broke"),
    "closed in the JSON, no length": (sending(head() + ROWS[:-20]), "broken JSON"),
    "not HTTP": (sending(b"SSH-2.0-OpenSSH_9.2\r\n"), "the connection broke"),
    "headers without end": (forever(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), "the connection broke"),
    "a header without end": (forever(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 9999), "the connection broke"),
    "a length that is none": (sending(head(content_length="-5") + ROWS), "the connection broke"),
    "a chunk size that is none": (sending(head(transfer_encoding="chunked") + b"zz\r\n"), "the connection broke"),
}

LIES: dict[str, tuple[Script, str]] = {
    "a page": (answer(PAGE, media_type="text/html"), "but returned text/html"),
    "a page under the name of JSON": (answer(PAGE), "broken JSON"),
    "no type at all": (answer(ROWS, media_type=""), "but returned no type"),
    "broken JSON": (answer(ROWS.replace(b"]", b"")), "broken JSON"),
    "JSON of something else": (answer(b'{"error": "quota exceeded"}'), "not a SPARQL result"),
    "a JSON list": (answer(b"[1]"), "not a SPARQL result"),
    "JSON too deep to read": (answer(b'{"head":' + b"[" * 100_000), "broken JSON"),
    "bytes that are not text": (answer(b"\xff\xfe\x00{"), "broken JSON"),
    "nothing": (answer(b""), "broken JSON"),
    "nothing, and says so": (sending(b"HTTP/1.1 204 No Content\r\n\r\n"), "but returned no type"),
    "compressed, unasked": (answer(gzip.compress(ROWS), content_encoding="gzip"), "not requested"),
    "a part of the rows": (answer(ROWS, X_SQL_State="S1TAT"), r"only part of the answer \(S1TAT\)"),
}
