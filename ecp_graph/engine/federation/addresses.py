"""Connects to an endpoint only at an IP address that was checked.

A host name that is allowed today may resolve to an address in the local network tomorrow. So it is resolved once, all
its addresses must be public, and the connection goes to one of them: there is no second lookup with another result.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Final

__all__ = ["is_public", "resolver"]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
#: Ranges that `ipaddress` only recognises in some versions of Python: protocol assignments (including Teredo, whose
#: embedded addresses are obfuscated), 6to4 relays, and documentation.
_NEVER: Final = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")))
#: The middle part of an ISATAP address (RFC 5214, section 6.1), without the bit for a global identifier.
_ISATAP: Final = 0x5EFE
_ISATAP_MASK: Final = 0xFDFFFFFF
_LOW_32_BITS: Final = 0xFFFFFFFF


def is_public(text: str) -> bool:
    """Return whether an address is public, including an embedded IPv4 address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return _is_global(address)
    if address.ipv4_mapped is not None or address in _NAT64:
        return _is_global(_low_bits(address))
    if address not in _UNICAST or not _is_global(address):
        return False
    if address.sixtofour is not None:
        return _is_global(address.sixtofour)
    is_isatap = (int(address) >> 32) & _ISATAP_MASK == _ISATAP
    return not is_isatap or _is_global(_low_bits(address))


def _is_global(address: _Address) -> bool:
    odd = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    local = address.is_link_local or address.is_private
    never = any(address.version == network.version and address in network for network in _NEVER)
    return address.is_global and not (odd or local or never)


def _low_bits(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(address) & _LOW_32_BITS)


def resolver(*, may_be_private: bool) -> Callable[[str], Sequence[str]]:
    """Return a function that resolves a host to its addresses, all of which must be public unless private ones may be.

    It raises OSError if any address of the host is not public.
    """

    def resolve(host: str) -> Sequence[str]:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        places = [str(place[0]) for *_, place in found]
        if not may_be_private and not all(map(is_public, places)):
            raise OSError("its name resolves to an address that is not public, which is refused")
        return places

    return resolve
