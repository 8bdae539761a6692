"""Things that the data describe under IRIs of other workspaces, from which `ecp-graph init --with` copied them."""

from __future__ import annotations

from typing import Final

from ecp_graph.errors import EcpGraphError
from ecp_graph.namespaces import Names, names
from ecp_graph.web.state.site import site

__all__ = ["others"]

#: How the IRI of every data set ends.
_ENDING: Final = Names("").dataset
#: The data sets that things are copied from, as `init` states them.
_COPIED: Final = f"""
SELECT DISTINCT ?dataset WHERE {{ ?thing dcterms:source ?dataset FILTER (STRENDS(STR(?dataset), "{_ENDING}")) }}"""


def others() -> tuple[Names, ...]:
    """Return the names of the other workspaces whose things have pages here; found once for each release.

    None over a remote store, which would be asked for each page, and where there is no release or it cannot say.
    """
    try:
        return site().keep("workspaces copied from", _others) if site().current.is_fixed else ()
    except EcpGraphError:  # a page can do without these links
        return ()


def _others() -> tuple[Names, ...]:
    rows = site().ask(_COPIED).rows
    bases = {value.value.removesuffix(_ENDING) for (value,) in rows if value and value.kind == "iri"}
    return tuple(Names(base) for base in sorted(bases - {names().base}))
