"""The query catalogue: query files, their parameters, resolving values to things, and comparing releases."""

from __future__ import annotations

__all__: list[str] = []
