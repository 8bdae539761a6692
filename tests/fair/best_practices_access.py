"""The practices 12 to 35 of Data on the Web Best Practices (W3C Recommendation, 31 January 2017), as far as testable.

Formats, vocabularies, access, preservation, feedback, enrichment, citation.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Final

import pyoxigraph as ox
from rdflib import DCTERMS, PROV, Literal, URIRef

from tests.bundled import BASE, DERIVED_GRAPH, ID, INFERRED_GRAPH
from tests.fair.dwbp import DC, DCAT, RULES, VOID, everywhere, practice, results, says, twin
from tests.fair.hosts import Answer, Host
from tests.fair.reading import (
    SYNTAXES,
    absent,
    changed,
    described,
    dump,
    is_page,
    ontology,
    path_of,
    rdf,
    status,
    tree,
    typed,
)

__all__ = ["PRACTICES"]

_STANDARD: Final = {
    str(DCTERMS),
    str(PROV),
    "http://www.w3.org/ns/dcat#",
    "http://www.w3.org/2004/02/skos/core#",
    "http://www.w3.org/ns/org#",
}
_ASKED: Final = "/sparql?query=SELECT%20%3Fs%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%201"
_JSON: Final = "application/sparql-results+json"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_LEXICAL: Final = {
    _XSD + "date": r"\d{4}-\d\d-\d\d",
    _XSD + "dateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?",
    _XSD + "gYearMonth": r"\d{4}-\d\d",
    _XSD + "gYear": r"\d{4}",
    _XSD + "integer": r"[+-]?\d+",
    _XSD + "boolean": "true|false|0|1",
}
_NO_FREQUENCY: Final = "no frequency is stated: the plan is not revised by a schedule"
_NO_CONTACT: Final = "no address for feedback is published"
_NO_SERVER: Final = "there is no server to ask; SPARQL runs in the browser"
_NO_ERROR: Final = "a host of files has its own page for what is not there"


def _listed_dumps(host: Host) -> list[tuple[str, Answer]]:
    paths = [path_of(iri) for iri in described(host, VOID + "dataDump")]
    return [(path.rpartition("/")[2], host.get(path)) for path in paths]


def _standard_formats(host: Host) -> bool:
    plain = [(name, one) for name, one in _listed_dumps(host) if not name.endswith(".gz")]
    formats = [ox.RdfFormat.from_extension(name.rpartition(".")[2]) for name, _ in plain]
    try:
        sizes = [sum(1 for _ in ox.parse(one.body, format=fmt)) for (_, one), fmt in zip(plain, formats, strict=True)]
    except SyntaxError:
        return False
    return len(sizes) > 4 and min(sizes) > 1000


def _neutral(host: Host) -> bool:
    texts = [q.object for q in dump(host, "dataset.nq.gz") if isinstance(q.object, ox.Literal)]
    known = [(_LEXICAL[one.datatype.value], one.value) for one in texts if one.datatype.value in _LEXICAL]
    return len(known) > 100 and all(re.fullmatch(form, text) for form, text in known)


def _languages(host: Host) -> bool:
    labels = [o for _, o in ontology(host).subject_objects(URIRef("http://www.w3.org/2000/01/rdf-schema#label"))]
    return len(labels) > 50 and all(isinstance(label, Literal) and label.language for label in labels)


def _several_formats(host: Host) -> bool:
    graphs = [rdf(host.get(f"/doc/action/ecp3-1.{suffix}"), kind) for suffix, kind in SYNTAXES.items()]
    return len({len(graph) for graph in graphs}) == 1 and len(graphs[0]) > 5


def _reuses(host: Host) -> bool:
    return set(described(host, VOID + "vocabulary")) >= _STANDARD


def _bulk(host: Host) -> bool:
    sums = dict(
        line.split()[::-1] for line in host.get("/dumps/SHA256SUMS").text.splitlines() if len(line.split()) == 2
    )
    dumps = _listed_dumps(host)
    hashes = [sums.get(name) == hashlib.sha256(one.body).hexdigest() for name, one in dumps if one.status == 200]
    return len(hashes) == len(dumps) > 4 and all(hashes)


def _subsets(host: Host) -> bool:
    whole, stated = len(dump(host, "dataset.nq.gz")), len(dump(host, "asserted.nq.gz"))
    passage = rdf(host.get("/graph/pc0457e1/para-9.ttl"))
    table = host.get("/api/queries/bodies.csv")
    return 0 < len(passage) < stated < whole and table.status == 200 and table.body.count(b"\n") > 2


def _negotiation(path: str) -> Callable[[Host], bool]:
    def check(host: Host) -> bool:
        answers = [host.follow(path, kind) for kind in ("text/html", *SYNTAXES.values())]
        return [one.media_type for one in answers] == ["text/html", *SYNTAXES.values()]

    return check


def _file_per_form(host: Host) -> bool:
    suffixes = ["html", *SYNTAXES]
    return all(host.get(f"/dataset.{suffix}").status == 200 for suffix in suffixes)


def _missing(host: Host) -> bool:
    answer = host.get("/id/body/none", "application/json")
    try:
        told = json.loads(answer.body)["error"]
    except (ValueError, KeyError):
        return False
    return answer.status == 404 and "none" in told["message"]


def _blanks(host: Host) -> bool:
    return any(thing.startswith(ID) and "blank" in message for thing, message in results(host))


def _api(host: Host) -> bool:
    answer = host.get(_ASKED, _JSON)
    return answer.status == 200 and len(json.loads(answer.body)["results"]["bindings"]) == 1


def _standards(host: Host) -> bool:
    description = rdf(host.get("/sparql", "text/turtle"))
    service = URIRef("http://www.w3.org/ns/sparql-service-description#Service")
    return (None, None, service) in description and host.get(_ASKED, _JSON).media_type == _JSON


def _documented(host: Host) -> bool:
    answer = host.get("/openapi.json")
    if answer.status != 200:
        return False
    told = json.loads(answer.body)
    queries = [path for path in told.get("paths", {}) if path.startswith("/api/queries/")]
    return told.get("openapi", "").startswith("3.") and len(queries) > 20 and "/sparql" in told["paths"]


def _coverage(host: Host) -> bool:
    """Nothing of the dataset's own is named without being described in the dump."""
    quads = dump(host, "dataset.nq.gz")
    known = {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)}
    named = {q.object.value for q in quads if isinstance(q.object, ox.NamedNode) and q.object.value.startswith(ID)}
    return len(named) > 100 and named <= known


def _feedback(host: Host) -> bool:
    return bool(described(host, str(DCAT.contactPoint))) or b"mailto:" in host.page("/").body


def _enriched(host: Host) -> bool:
    graphs = [q.graph_name.value for q in dump(host, "dataset.nq.gz") if isinstance(q.graph_name, ox.NamedNode)]
    return min(graphs.count(INFERRED_GRAPH), graphs.count(DERIVED_GRAPH)) > 100


def _presented(host: Host) -> bool:
    pages = [host.page(path) for path in ("/timeline", "/ontology")]
    return all(is_page(page) and tree(page).css_first("main svg") is not None for page in pages)


def _cited(host: Host) -> bool:
    sources = [iri for iri in described(host, str(PROV.wasDerivedFrom)) if iri.startswith(ID)]
    graphs = [rdf(host.get(path_of(iri).replace("/id/", "/doc/", 1) + ".ttl")) for iri in sources]
    return bool(sources) and all((URIRef(iri), DCTERMS.title, None) in graph or (
        URIRef(iri), URIRef("http://www.w3.org/2004/02/skos/core#prefLabel"), None) in graph
        for iri, graph in zip(sources, graphs, strict=True))  # fmt: skip


PRACTICES: Final = [
    practice(12, "Dumps in standard formats that can be parsed", _standard_formats, changed("\\.", "", at="/dumps/")),
    practice(13, "Dates and numbers as XML Schema writes them", _neutral,
              changed(r'"(\d{4})-(\d\d)-(\d\d)"', r'"\3/\2/\1"', at="/dumps/")),
    practice(13, "Every label names its language", _languages, changed('"@en', '"', at="/ontology")),
    practice(14, "The same statements in each format", _several_formats, absent("/doc/action/ecp3-1.rdf")),
    practice(15, "Standard vocabularies are reused", _reuses, changed("void:vocabulary", "void:feature")),
    practice(17, "The whole dataset as files, with checksums", _bulk, changed("[0-9a-f]{64}", "0", at="/dumps/SHA")),
    practice(18, "Parts: a passage, what is stated, the rows of a query", _subsets, absent("/api/queries")),
    practice(19, "Content negotiation for the description", _negotiation("/dataset"), typed("text/plain"), RULES),
    practice(19, "Content negotiation for a thing", _negotiation("/id/action/ecp3-1"), typed("text/plain"), RULES),
    practice(19, "Each form has an address of its own as well", _file_per_form, absent("/dataset.jsonld")),
    practice(21, "The day of the last change", says(DC + "modified"), changed("dcterms:modified", "dcterms:x")),
    practice(21, "How often the data change", says(DC + "accrualPeriodicity"), absent("/dataset"),
              everywhere(_NO_FREQUENCY)),
    practice(22, "What is not there is explained: 404 with a reason", _missing, status(200), twin(_NO_ERROR)),
    practice(22, "What the document leaves blank is reported", _blanks, changed("blank", "", at="/validation/")),
    practice(23, "An API: SPARQL", _api, absent("/sparql"), twin(_NO_SERVER)),
    practice(24, "Standards: SPARQL 1.1 Protocol and Service Description", _standards, typed("text/plain"),
              twin(_NO_SERVER)),
    practice(25, "The API is documented for programs (OpenAPI)", _documented, absent("/openapi.json"),
              twin(_NO_SERVER)),
    practice(28, "Everything that the dataset names is described in it", _coverage,
              changed("(?m)^<" + BASE + r"id/body/ptc> (<\S+>) ", r"<urn:x:gone> \1 ", at="/dumps/")),
    practice(29, "An address for feedback", _feedback, absent("/"), everywhere(_NO_CONTACT)),
    practice(31, "Enriched: what follows is there, apart from what is stated", _enriched,
              changed("graph/derived", "graph/inferred", at="/dumps/")),
    practice(32, "Drawings of the data", _presented, changed("<svg", "<x", at="/timeline")),
    practice(35, "The sources are cited, each with its title", _cited, absent("/doc/document/")),
]  # fmt: skip
