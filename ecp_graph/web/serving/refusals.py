"""Requests that never reach the app: refused by the bridge or by the HTTP parser, in the one shape of errors."""

from __future__ import annotations

import json
from collections.abc import Mapping

__all__ = ["Refusal", "too_long"]


class Refusal(Exception):
    """A request that is refused before the app sees it: its status, code and sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = json.dumps({"error": {"code": code, "message": message}}).encode()

    def headers(self, always: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return the headers of the response; ``always`` are those that every response of the server has."""
        return [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(self.body))),
            ("Access-Control-Allow-Origin", "*"),
            *always.items(),
            ("Connection", "close"),
        ]


def too_long(limit_bytes: int) -> Refusal:
    """Return the refusal of a body that is longer than the server takes."""
    sentence = f"The body is longer than the limit of this server, {limit_bytes // 1000} kB."
    return Refusal(413, "query-too-long", sentence)
