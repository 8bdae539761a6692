"""Things that the data describe under IRIs of other workspaces: those of the vocabulary, and of a copied register."""

from __future__ import annotations

from ecp_graph.errors import EcpGraphError
from ecp_graph.namespaces import VOCABULARY, Names, names
from ecp_graph.web.state.site import site

__all__ = ["others"]

#: The data sets that things are copied from, as `ecp-graph init --with` states them.
_COPIED = "SELECT DISTINCT ?dataset WHERE { ?thing dcterms:source ?dataset FILTER (STRENDS(STR(?dataset), 'dataset')) }"


def others() -> tuple[Names, ...]:
    """Return the names of the other workspaces whose things have pages here; found once for each release.

    Over a remote store, which would be asked for each page, that is the vocabulary alone.
    """
    return tuple(Names(base) for base in site().keep("bases elsewhere", _bases) if base != names().base)


def _bases() -> list[str]:
    here = site()
    found = {VOCABULARY}
    if here.current.is_fixed:
        try:
            rows = here.ask(_COPIED).rows
        except EcpGraphError:  # a page can do without these links
            rows = ()
        found |= {value.value.removesuffix("dataset") for (value,) in rows if value and value.kind == "iri"}
    return sorted(found)
