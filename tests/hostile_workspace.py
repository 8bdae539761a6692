"""A small workspace that means harm: its names, codes, places, titles and IRIs hold whatever breaks careless pages."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from ecp_graph.namespaces import ECP
from ecp_graph.workspace import bundled_workspace
from tests.bundled import GRAPH, ID, PREFIXES, with_workspace_file

__all__ = ["FORMULAS", "LONG", "PAGES", "PAYLOADS", "SLUGS", "STRANGE", "address_of", "write_hostile_workspace"]

LONG: Final = "x" * 10_000
#: Texts that a spreadsheet takes for formulas.
FORMULAS: Final = (
    '=HYPERLINK("http://evil.example/","press")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "\t=1+1",
    "\r=1+1",
)
#: Texts of every kind; each says `window.owned` where it would run.
PAYLOADS: Final = (
    "<script>window.owned=1</script>",
    '"><img src=x onerror="window.owned=1">',
    "' onmouseover='window.owned=1' autofocus onfocus='window.owned=1",
    "</title></style></script><script>window.owned=1</script><!--",
    "<svg onload=window.owned=1><a xlink:href=javascript:window.owned=1>x</a></svg>",
    "]]></text><script>window.owned=1</script>&amp;lt;",
    "{{ 7 * 191 }}{% raise %}${7*191}#{7*191}",
    "\u202eturned\u2066 \u200fround\u061c",
    "two\nlines\r\nand\ta tab",
    "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{PILE OF POO}\N{COMBINING GRAVE ACCENT}\U0001f1e8\U0001f1ed",
    "\"quotes\" 'both' `ticks` \\ back",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd%00%0d%0aSet-Cookie:x=1",
    "javascript:window.owned=1",
    *FORMULAS,
    LONG,
)
#: Ends of IRIs; an IRI itself may hold no space, quotation mark, angle or curly bracket (RFC 3987).
SLUGS: Final = (
    "a'onclick='window.owned=1",
    "%2e%2e%2f%2e%2e%2fetc",
    "b&amp;c;d=(e)",
    "x?y=1#z",
    "%22%3E%3Cscript%3Ewindow.owned=1%3C/script%3E",
    "%7B%7B7*7%7D%7D",
    "\u00fcber-\u65e5\u672c",
    "a.csv",
    "y" * 2_000,
)
#: IRIs of schemes that no link may have.
STRANGE: Final = (
    "javascript:window.owned=1",
    "JaVaScRiPt:window.owned=1",
    "data:text/html,%3Cscript%3Ewindow.owned=1%3C/script%3E",
    "vbscript:x",
    "file:///etc/passwd",
    "urn:x:y",
)
_END: Final = f"e1-{SLUGS[1]}"
#: The same as the pages of overlaps write it.
_SLUG: Final = _END.replace("%", "-")
_KINDS: Final = (
    *("plan", "chapter", "action", "body", "instrument", "topic", "timeframe"),
    *("event", "goal", "discrepancy", "document", "programme", "activity"),
)
_SKOS: Final = PREFIXES["skos"]
_SUBJECT: Final = PREFIXES["dcterms"] + "subject"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_SHAPE: Final = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ecp: <https://w3id.org/ecp-graph/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix shapes: <https://w3id.org/ecp-graph/shapes#> .

shapes:body-plain a sh:NodeShape ;
    rdfs:label "<script>window.owned=1</script> a plain body"@en ;
    rdfs:comment "\\"><img src=x onerror='window.owned=1'>"@en ;
    sh:targetClass ecp:Body ;
    sh:severity sh:Warning ;
    sh:message "<img src=x onerror='window.owned=1'> is {$this}."@en ;
    sh:property shapes:body-plain-name .
shapes:body-plain-name a sh:PropertyShape ;
    rdfs:label "{{ 7 * 191 }}"@en ;
    rdfs:comment "javascript:window.owned=1"@en ;
    sh:path <http://www.w3.org/2004/02/skos/core#prefLabel> ;
    sh:severity sh:Warning ;
    sh:message "<img src=x onerror='window.owned=1'> is no name."@en ;
    sh:pattern "^[A-Z][a-z]+$" .
"""


def address_of(iri: str) -> str:
    """Return the path of the page about a thing of this workspace."""
    return "/doc/" + quote(iri.removeprefix(ID), safe="/")


#: One address for each type of page over this workspace.
PAGES: Final = {
    "home": "/",
    "actions": "/actions",
    "timeline": "/timeline",
    "overlap": "/overlap",
    "overlap of two dimensions": "/overlap/body-instrument",
    "overlap of two": f"/overlap/body-instrument/{_SLUG}/{_SLUG}",
    "overlap on a thing": f"/overlap/on/topic/{_SLUG}",
    "search": "/search?q=window.owned",
    "search for mark-up": "/search?q=%3Cscript%3E",
    "validation": "/validation",
    "shapes": "/shapes",
    "ontology": "/ontology",
    "dataset": "/dataset",
    "releases": "/releases",
    "queries": "/queries",
    "query": "/queries/contradictions",
    "query with a chart": "/queries/bodies-load",
    "query with a form": f"/queries/action-dossier?{urlencode({'action': f'{ID}action/{_END}'})}",
    "sparql": "/sparql",
    "sparql result": f"/sparql?{urlencode({'format': 'html', 'query': 'SELECT * { ?s ?p ?o }'})}",
    "action": address_of(f"{ID}action/{_END}"),
    "body with a long name": address_of(f"{ID}body/e{len(PAYLOADS) - 1}-{SLUGS[(len(PAYLOADS) - 1) % len(SLUGS)]}"),
    "thing with a long IRI": address_of(f"{ID}instrument/e8-{SLUGS[8]}"),
    "passage": f"/graph/evil/{quote(f'p3-{SLUGS[3]}')}",
}


def write_hostile_workspace(root: Path) -> Path:
    """Write the workspace into an empty folder and return it: the bundled ontology and queries, and data of its own."""
    bundled = bundled_workspace()
    with_workspace_file(root)
    for folder in ("ontology", "queries"):
        shutil.copytree(bundled.root / folder, root / folder)
    for name, content in (("shapes/hostile.ttl", _SHAPE), ("data/hostile.nq", _data())):
        path = root / name
        path.parent.mkdir(parents=True)
        path.write_text(content, encoding="utf-8", newline="")
    return root


def _data() -> str:
    writer = _Writer()
    for at, text in enumerate(PAYLOADS):
        writer.row(at, text, SLUGS[at % len(SLUGS)])
    return "\n".join(dict.fromkeys(writer.lines)) + "\n"


class _Writer:
    """Collects statements as N-Quads, each in the passage of its row."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._passage = ox.DefaultGraph()

    def row(self, at: int, text: str, slug: str) -> None:
        """Write a plan, chapter, action, body, tool, topic and so on that all bear the text."""
        self._passage = ox.NamedNode(f"{GRAPH}evil/p{at}-{slug}")
        thing = {kind: f"{ID}{kind}/e{at}-{slug}" for kind in _KINDS}
        self._passages(thing, text)
        self._names(thing, text)
        self._plan(thing, at, text)
        self._others(thing, at)

    def _passages(self, thing: dict[str, str], text: str) -> None:
        passage = self._passage.value
        self._is(passage, "SourcePassage")
        self._link(passage, "passageOf", thing["document"])
        self._link(passage, "passageKind", f"{ID}concept/passage-row")
        self._link(passage, "certainty", f"{ID}concept/certainty-verbatim")
        self._say(passage, ECP + "locator", text)

    def _names(self, thing: dict[str, str], text: str) -> None:
        for iri in (iri for kind, iri in thing.items() if kind != "timeframe"):
            for name in ("prefLabel", "altLabel", "definition"):
                self._say(iri, _SKOS + name, text)
        for kind in ("body", "programme", "goal"):
            self._say(thing[kind], _SKOS + "notation", text)

    def _plan(self, thing: dict[str, str], at: int, text: str) -> None:
        classes = {
            "plan": "ActionPlan",
            "programme": "WorkProgramme",
            "goal": "StrategicGoal",
            "activity": "StrategicActivity",
            "document": "SourceDocument",
        }
        for kind, iri in thing.items():
            self._is(iri, classes.get(kind, kind.capitalize()))
        self._say(thing["plan"], ECP + "begins", "2017-01-01T00:00:00", "dateTime")
        self._say(thing["plan"], ECP + "ends", "2018-12-31T23:59:59", "dateTime")
        self._say(thing["chapter"], ECP + "chapterNumber", str(at), "integer")
        self._say(thing["action"], ECP + "actionNumber", str(at), "integer")
        self._say(thing["action"], ECP + "position", str(at), "integer")
        self._say(thing["action"], ECP + "numberText", text)
        self._say(thing["action"], ECP + "responsibleText", text)
        self._say(thing["action"], ECP + "programmeText", text)
        self._say(thing["timeframe"], ECP + "timeframeText", text)
        self._say(thing["timeframe"], ECP + "until", f"2017-{at % 12 + 1:02}-15T23:59:59", "dateTime")
        self._link(thing["timeframe"], "timeframeKind", f"{ID}concept/timeframe-deadline")

    def _others(self, thing: dict[str, str], at: int) -> None:
        """Join the things, and each body to what the one before it has, so that there are overlaps."""
        action = thing["action"]
        self._link(thing["chapter"], "inPlan", thing["plan"])
        self._link(thing["chapter"], "implementsActivity", thing["activity"])
        self._link(thing["activity"], "activityOfGoal", thing["goal"])
        self._link(action, "inChapter", thing["chapter"])
        self._link(action, "timeframe", thing["timeframe"])
        self._link(action, "underProgramme", thing["programme"])
        self._link(action, "concernsInstrument", thing["instrument"])
        self._link(action, _SUBJECT, thing["topic"])
        self._link(thing["body"], _SUBJECT, thing["topic"])
        for near in (at, at - 1):
            slug = SLUGS[near % len(SLUGS)]
            self._link(action, "responsibleBody", f"{ID}body/e{near % len(PAYLOADS)}-{slug}")
        self._link(thing["event"], "eventKind", f"{ID}concept/event-meeting")
        self._link(thing["event"], "eventStatus", f"{ID}concept/event-planned")
        self._link(thing["event"], "meetingOf", thing["body"])
        self._link(thing["discrepancy"], "discrepancyAbout", action)
        self._link(thing["discrepancy"], "discrepancyIn", self._passage.value)
        for strange in STRANGE:
            self._link(thing["instrument"], PREFIXES["rdfs"] + "seeAlso", strange)
            self._link(action, PREFIXES["dcterms"] + "source", strange)

    def _is(self, iri: str, kind: str) -> None:
        self._link(iri, PREFIXES["rdf"] + "type", ECP + kind)

    def _link(self, subject: str, name: str, value: str) -> None:
        self._write(subject, name, ox.NamedNode(value))

    def _say(self, subject: str, name: str, text: str, datatype: str = "string") -> None:
        self._write(subject, name, ox.Literal(text, datatype=ox.NamedNode(_XSD + datatype)))

    def _write(self, subject: str, name: str, value: ox.NamedNode | ox.Literal) -> None:
        predicate = ox.NamedNode(name if ":" in name else ECP + name)
        quad = ox.Quad(ox.NamedNode(subject), predicate, value, self._passage)
        self.lines.append(ox.serialize([quad], format=ox.RdfFormat.N_QUADS).decode().rstrip("\n"))
