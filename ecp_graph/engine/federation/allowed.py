"""The list of endpoints that a SERVICE clause may name: empty unless the settings say otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

__all__ = ["Allowed", "Endpoint", "normalised"]

_PORTS: Final = {"http": 80, "https": 443}


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


def normalised(address: str) -> str:
    """Return the address with scheme and host in small letters, without a usual port, and with a path.

    Raises ValueError, with a reason, for anything but an http or https address without user, password and fragment.
    """
    parts = urlsplit(address)
    host, port = parts.hostname, parts.port
    if parts.scheme not in _PORTS or not host or not address.isprintable() or " " in address:
        raise ValueError(f"{address} is no address that begins with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("an address with a user or a password is not taken")
    if parts.fragment or "#" in address:
        raise ValueError(f"{address} has a fragment, which is never sent")
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port in {None, _PORTS[parts.scheme]} else f"{shown}:{port}"
    return parts._replace(netloc=netloc, path=parts.path or "/").geturl()
