"""Refusals of requests that never reach the app, from the bridge or the HTTP parser, in the usual error format."""

from __future__ import annotations

import json
from collections.abc import Mapping

__all__ = ["Refusal", "too_long"]


class Refusal(Exception):
    """The refusal of a request before it reaches the app: status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = json.dumps({"error": {"code": code, "message": message}}).encode()

    def headers(self, always: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return the headers of the response; ``always`` are those of every response."""
        return [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(self.body))),
            ("Access-Control-Allow-Origin", "*"),
            *always.items(),
            ("Connection", "close"),
        ]


def too_long(limit_bytes: int) -> Refusal:
    """Return the refusal for a body that is too large."""
    sentence = f"The body is longer than the limit of this server, {limit_bytes // 1000} kB."
    return Refusal(413, "query-too-long", sentence)
