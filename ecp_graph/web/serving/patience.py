"""How long the server waits for a client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["USUAL", "Patience"]


@dataclass(frozen=True)
class Patience:
    """Seconds for each thing that a client may keep the server waiting for.

    ``head_s`` runs from the connection, or from the first byte of a later request, to the end of the head; ``body_s``
    from there to the end of the body, and ``upload_s`` instead where files are sent. ``stall_s`` is how long a client
    may read nothing while there is something for it to read. ``linger_s`` is how long the rest of a refused request is
    read and discarded: closing at once could destroy the refusal on its way (RFC 9112, section 9.6). ``idle_s`` is how
    long a connection without a request is kept.
    """

    head_s: float = 10.0
    body_s: float = 10.0
    upload_s: float = 60.0
    stall_s: float = 10.0
    linger_s: float = 2.0
    idle_s: int = 5


USUAL: Final = Patience()
