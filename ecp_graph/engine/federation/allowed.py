"""The list of endpoints that a SERVICE clause may name: empty unless the settings say otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ecp_graph.addresses import normalised

__all__ = ["Allowed", "Endpoint"]


@dataclass(frozen=True)
class Endpoint:
    """One entry: the address that is asked, and whether it may lie in a private network."""

    address: str
    may_be_private: bool = False


class Allowed:
    """The endpoints that may be asked; an address has to be the same in scheme, host, port, path and query."""

    def __init__(self, public: Iterable[str] = (), private: Iterable[str] = ()) -> None:
        """Take addresses that have to lie in the open internet, and some that may not; raises ValueError for no one."""
        entries = [Endpoint(normalised(address)) for address in public]
        entries += [Endpoint(normalised(address), may_be_private=True) for address in private]
        self._entries = {entry.address: entry for entry in entries}

    def __bool__(self) -> bool:
        return bool(self._entries)

    def find(self, iri: str) -> Endpoint | None:
        """Return the entry that an IRI names, or None."""
        try:
            return self._entries.get(normalised(iri))
        except ValueError:
            return None
