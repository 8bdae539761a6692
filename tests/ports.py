"""Ports for servers that have to be told one, because they cannot choose one for themselves."""

from __future__ import annotations

import random
import socket

__all__ = ["free_ports"]

#: Below the ports that systems give to whoever asks for any, so that none goes to somebody else between the look at it
#: and the start of the server.
_CHOICE = range(15_000, 32_000)


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback on which nobody listens."""
    found = list[int]()
    chance = random.SystemRandom()
    while len(found) < count:
        port = chance.choice(_CHOICE)
        with socket.socket() as probe:
            if port not in found and probe.connect_ex(("127.0.0.1", port)):
                found.append(port)
    return found
