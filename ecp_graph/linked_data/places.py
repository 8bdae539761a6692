"""Where the document about a thing and the page of a named graph stand, behind ``/doc/`` and ``/graph/`` of any host.

What a workspace names itself stands by the rest of its IRI: ``body/ptc`` for ``BASE/id/body/ptc``. What its data
describe under the IRI of another workspace, such as a copied register, stands by scheme and rest of that IRI:
``https/w3id.org/ecp-graph/id/body/ptc``.
"""

from __future__ import annotations

from typing import Final

__all__ = ["iris_at", "place_of"]

_WITH_HOST: Final = frozenset({"http", "https"})


def place_of(iri: str, own: str) -> str:
    """Return the place of an IRI; ``own`` is what those of the workspace itself begin with."""
    if iri.startswith(own):
        return iri.removeprefix(own)
    scheme, _, rest = iri.partition(":")
    return f"{scheme}/{rest.removeprefix('//')}"


def iris_at(place: str, own: str) -> tuple[str, ...]:
    """Return the IRIs that a place may be that of: one of the workspace itself, and one from elsewhere."""
    scheme, slash, rest = place.partition("/")
    if not slash or not scheme.isalpha():
        return (own + place,)
    return own + place, f"{scheme}:{'//' if scheme in _WITH_HOST else ''}{rest}"
