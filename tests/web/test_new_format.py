"""A format that is added to the list of formats is everywhere: at the endpoint, in its description, in the twin."""

from __future__ import annotations

import json
import subprocess
import sys

_ADDED = """
import json
import pyoxigraph as ox
import ecp_graph.sparql.formats as formats

formats.FORMATS += (
    formats.Format("n3", "N3", "text/n3", "graph", "n3", ox.RdfFormat.N3, "N3", has_prefixes=True),
    formats.Format("tab", "TAB", "application/x-tab", "table", "tab", ox.QueryResultsFormat.TSV, "TAB"),
)

from ecp_graph.cli.output import FORMAT_NAMES
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.engine.isolation.rows import RowCounter
from ecp_graph.engine.wholeness import check_for
from ecp_graph.settings import Settings
from ecp_graph.twin.names import file_of
from ecp_graph.twin.redirects import redirect_files
from ecp_graph.web.app import create_app
from ecp_graph.web.http.negotiation import DOCUMENT_FORMATS, GRAPH_FORMATS
from ecp_graph.web.state.source import FixedEngine
from ecp_graph.namespaces import using
from ecp_graph.workspace import bundled_workspace

store = ox.Store()
store.add(ox.Quad(ox.NamedNode("https://w3id.org/ecp-graph/id/body/ptc"), ox.NamedNode("u:p"), ox.Literal("x" * 2_000)))
names = bundled_workspace().names
with using(names):
    engine = FixedEngine(EmbeddedEngine(store, name="test"), is_fixed=True)
client = create_app(Settings(), source=engine, with_catalogue=False).test_client()
graph, table = "DESCRIBE <https://w3id.org/ecp-graph/id/body/ptc>", "SELECT ?s ?p ?o { ?s ?p ?o }"


def get(query, **headers):
    response = client.get("/sparql", query_string={"query": query}, headers=headers)
    packed = response.headers.get("Content-Encoding")
    return response.status_code, response.headers["Content-Type"], packed, "" if packed else response.text


n3, tab = (formats.format_named(name, kind) for name, kind in (("n3", "graph"), ("tab", "table")))
check_for(n3).feed(b"x")
with using(names):
    redirects = redirect_files("https://example.org/")
print(json.dumps({
    "graph": get(graph, Accept="text/n3"),
    "table": get(table, Accept="application/x-tab"),
    "packed": get(table, Accept="application/x-tab", **{"Accept-Encoding": "gzip"}),
    "described": client.get("/sparql", headers={"Accept": "text/turtle"}).text,
    "description": client.get("/sparql", headers={"Accept": "text/n3"}).text,
    "openapi": client.get("/openapi.json").get_json()["paths"]["/sparql"]["get"],
    "cli": FORMAT_NAMES,
    "names": [file_of("/doc/body/ptc.n3"), file_of("/api/queries/x.tab")],
    "redirects": redirects,
    "rows": RowCounter(n3).rows,
    "forms": ["n3" in DOCUMENT_FORMATS, "n3" in GRAPH_FORMATS],
}))
"""


def test_a_format_that_is_added_to_the_list_is_everywhere() -> None:
    done = subprocess.run([sys.executable, "-c", _ADDED], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["graph"][:3] == [200, "text/n3; charset=utf-8", None]
    assert found["graph"][3].startswith("@prefix body: <https://w3id.org/ecp-graph/id/body/> .\n")
    assert found["table"][:3] == [200, "application/x-tab", None]
    assert found["table"][3].startswith("?s\t?p\t?o\n")
    assert found["packed"][:3] == [200, "application/x-tab", "gzip"]
    assert "formats:N3" in found["described"]
    assert "formats:TAB" in found["described"]
    assert found["description"].startswith("@prefix")
    assert {"n3", "tab"} <= set(found["openapi"]["parameters"][3]["schema"]["enum"])
    assert {"text/n3", "application/x-tab"} <= set(found["openapi"]["responses"]["200"]["content"])
    assert {"n3", "tab"} <= set(found["cli"])
    assert found["names"] == ["doc/body/ptc.n3", "api/queries/x.tab"]
    assert "AddType text/n3 .n3\n" in found["redirects"][".htaccess"]
    assert "AddType application/x-tab .tab\n" in found["redirects"][".htaccess"]
    assert '"~*text/n3" n3;' in found["redirects"]["redirects/nginx-http.conf"]
    assert found["rows"] is None
    assert found["forms"] == [True, True]
