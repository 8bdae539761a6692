"""The query catalogue: questions as files, their parameters, and what a person means by a value."""

from __future__ import annotations

__all__: list[str] = []
