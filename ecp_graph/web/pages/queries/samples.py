"""Code samples for a query with the values of the page: curl, Python and R."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from ecp_graph.queries.binding import Given
from ecp_graph.queries.catalogue import Query

__all__ = ["Sample", "samples"]

_PYTHON_TABLE: Final = """\
# pip install SPARQLWrapper
from SPARQLWrapper import JSON, POST, SPARQLWrapper

endpoint = SPARQLWrapper({endpoint})
endpoint.setQuery({query})
endpoint.setMethod(POST)
endpoint.setReturnFormat(JSON)
for row in endpoint.queryAndConvert()["results"]["bindings"]:
    print({{name: cell["value"] for name, cell in row.items()}})
"""
_PYTHON_GRAPH: Final = """\
# pip install SPARQLWrapper
from SPARQLWrapper import POST, TURTLE, SPARQLWrapper

endpoint = SPARQLWrapper({endpoint})
endpoint.setQuery({query})
endpoint.setMethod(POST)
endpoint.setReturnFormat(TURTLE)
print(endpoint.queryAndConvert().decode("utf-8"))
"""
_R_TABLE: Final = """\
# base R, without packages
rows <- read.csv({address}, encoding = "UTF-8", check.names = FALSE)
print(rows)
"""
_R_GRAPH: Final = """\
# base R, without packages; the package rdflib reads the lines as a graph
turtle <- readLines({address}, encoding = "UTF-8")
writeLines(turtle)
"""


@dataclass(frozen=True)
class Sample:
    """One code sample: its language or tool, and its text."""

    language: str
    code: str


def samples(query: Query, given: Given, bound: str, *, api: str, endpoint: str) -> list[Sample]:
    """Return a sample for each of curl, Python and R.

    ``bound`` is the text of the query with the values that are given; ``api`` the address of ``/api/queries/NAME`` and
    ``endpoint`` that of ``/sparql``, both in full.
    """
    is_table = query.kind == "table"
    python = (_PYTHON_TABLE if is_table else _PYTHON_GRAPH).format(endpoint=json.dumps(endpoint), query=_python(bound))
    address = api + (".csv" if is_table else ".ttl") + (f"?{urlencode(given, doseq=True)}" if given else "")
    r = (_R_TABLE if is_table else _R_GRAPH).format(address=json.dumps(address))
    return [
        Sample("curl", _curl(api + (".csv" if is_table else ".ttl"), given)),
        Sample("Python", python),
        Sample("R", r),
    ]


def _curl(address: str, given: Given) -> str:
    parts = [f"curl --silent --show-error --fail-with-body --get {shlex.quote(address)}"]
    pairs = [(name, value) for name, each in given.items() for value in ([each] if isinstance(each, str) else each)]
    parts += [f"  --data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in pairs]
    return " \\\n".join(parts) + "\n"


def _python(text: str) -> str:
    """Return a Python literal of a text: over several lines where that says the same."""
    if "\\" in text or '"""' in text or "\r" in text or text.endswith('"'):
        return repr(text)
    return f'"""\n{text}"""'
