"""The allow-list of endpoints for SERVICE clauses, which is empty by default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ecp_graph.addresses import normalised

__all__ = ["Allowed", "Endpoint"]


@dataclass(frozen=True)
class Endpoint:
    """One entry: the address of an endpoint, and whether it may be in a private network."""

    address: str
    may_be_private: bool = False


class Allowed:
    """The allowed endpoints; an address must match in scheme, host, port, path and query."""

    def __init__(self, public: Iterable[str] = (), private: Iterable[str] = ()) -> None:
        """Take the addresses of public endpoints, and of private ones; raises ValueError for an invalid address."""
        entries = [Endpoint(normalised(address)) for address in public]
        entries += [Endpoint(normalised(address), may_be_private=True) for address in private]
        self._entries = {entry.address: entry for entry in entries}

    def __bool__(self) -> bool:
        return bool(self._entries)

    def find(self, iri: str) -> Endpoint | None:
        """Return the entry for an IRI, or None."""
        try:
            return self._entries.get(normalised(iri))
        except ValueError:
            return None
