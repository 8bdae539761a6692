"""The paths of documents about things below ``/doc/``, and of pages of named graphs below ``/graph/``, on any host.

The path of what a workspace names itself is the rest of its IRI: ``body/ptc`` for ``BASE/id/body/ptc``. That of what
its data describe under the IRI of another workspace, such as a copied register, is the scheme and the rest of that IRI:
``https/w3id.org/ecp-graph/id/body/ptc``.
"""

from __future__ import annotations

from typing import Final

__all__ = ["iris_at", "place_of"]

_WITH_HOST: Final = frozenset({"http", "https"})


def place_of(iri: str, own: str) -> str:
    """Return the path of an IRI; ``own`` is what the IRIs of the workspace itself begin with."""
    if iri.startswith(own):
        return iri.removeprefix(own)
    scheme, _, rest = iri.partition(":")
    return f"{scheme}/{rest.removeprefix('//')}"


def iris_at(place: str, own: str) -> tuple[str, ...]:
    """Return the IRIs that a path can stand for: one of the workspace itself, and one from elsewhere."""
    scheme, slash, rest = place.partition("/")
    if not slash or not scheme.isalpha():
        return (own + place,)
    return own + place, f"{scheme}:{'//' if scheme in _WITH_HOST else ''}{rest}"
