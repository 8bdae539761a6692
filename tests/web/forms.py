"""Sends the form of ``/check``."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def send(client: FlaskClient, content: bytes, name: str, accept: str = "", **fields: str) -> TestResponse:
    """The answer to the form with a file, whose body is written here: the client of Werkzeug leaves files open."""
    parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
    parts += [f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + content]
    body = b"".join(b"--limit\r\n" + part + b"\r\n" for part in parts) + b"--limit--\r\n"
    headers = {"Accept": accept} if accept else {}
    return client.post("/check", data=body, headers=headers, content_type="multipart/form-data; boundary=limit")
