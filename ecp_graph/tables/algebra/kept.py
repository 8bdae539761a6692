"""Queries in SQL, kept from one run to the next: rdflib takes longer to parse one than the database to answer it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

from ecp_graph.rdf.cache import cached, entry_name, keep
from ecp_graph.tables.algebra import Statement, compiled
from ecp_graph.tables.statements import LITERALS

__all__ = ["kept"]


def kept(query: str, prefixes: Mapping[str, str]) -> Statement:
    """Return a query as `compiled` does, from the cache where it was before; raises NotCompiled."""
    name = entry_name(query.encode(), "joins", _compiler(), json.dumps(dict(prefixes)))
    text = cached(name)
    if text is not None:
        held = json.loads(text)
        return Statement(**{**held, "constants": tuple(held["constants"])})
    statement = compiled(query, prefixes)
    keep(name, json.dumps(asdict(statement)).encode())
    return statement


@cache
def _compiler() -> str:
    """Return what tells this compiler from others that make other joins of the same query."""
    sources = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    return f"{version('rdflib')} {LITERALS} {hashlib.sha256(sources).hexdigest()}"
