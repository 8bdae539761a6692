"""Addresses on the web: in one form, so that two can be compared, and with any text in their path."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, urlsplit

__all__ = ["PATH", "is_loopback", "normalised", "quoted"]

#: What may stand in a path as it is (RFC 3986, section 3.3); `%` is not among it, because an IRI may hold one.
PATH: Final = "/:@!$&'()*+,;=-._~"
_PORTS: Final = {"http": 80, "https": 443}


def normalised(address: str) -> str:
    """Return the address with scheme and host in lowercase, without a usual port, and with a path.

    Raises ValueError, with a reason, for anything but an http or https address without user, password and fragment.
    """
    parts = urlsplit(address)
    host, port = parts.hostname, parts.port
    if parts.scheme not in _PORTS or not host or not address.isprintable() or " " in address:
        raise ValueError(f"{address} is not an address that begins with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("an address with a user name or a password is not allowed")
    if parts.fragment or "#" in address:
        raise ValueError(f"{address} has a fragment, which is never sent")
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port in {None, _PORTS[parts.scheme]} else f"{shown}:{port}"
    return parts._replace(netloc=netloc, path=parts.path or "/").geturl()


def is_loopback(host: str) -> bool:
    """Whether a host, a name or an address, is this machine by its very name."""
    name = host.strip("[]").lower().rstrip(".")
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def quoted(text: str) -> str:
    """Return a text, such as the end of an IRI, as it stands in the path of an address."""
    return quote(text, safe=PATH)
