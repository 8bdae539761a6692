"""A workspace with an open and a confidential plan that share a body and an instrument; the second is all "Kestrel"."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ecp_graph.workspace import Workspace

__all__ = ["SECRET", "betrayals", "write_two_plans"]

#: Stands in every name of the confidential plan, its document, its actions and its topic.
SECRET: Final = b"kestrel"
_BASE: Final = "https://port.example/plan/"
_FILE: Final = f"""\
title = "Two plans"
base = "{_BASE}"

[prefixes]
action = "id/action/"
body = "id/body/"
document = "id/document/"
instrument = "id/instrument/"
plan = "id/plan/"
topic = "id/topic/"
"""
_HEADER: Final = "".join(
    f"@prefix {name}: <{namespace}> .\n"
    for name, namespace in {
        **{name: f"{_BASE}id/{name}/" for name in ("action", "body", "document", "instrument", "plan", "topic")},
        "concept": "https://w3id.org/ecp-graph/id/concept/",
        "dcterms": "http://purl.org/dc/terms/",
        "ecp": "https://w3id.org/ecp-graph/ontology#",
        "graph": f"{_BASE}graph/",
        "passage": f"{_BASE}id/passage/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
    }.items()
)
_REGISTER: Final = """
graph:register {
    body:board a ecp:Body ; skos:prefLabel "Harbour Board"@en ; skos:notation "BOARD" .
    instrument:chart a ecp:Instrument ; skos:prefLabel "Harbour Chart"@en .
}
"""


def _plan(slug: str, name: str, more: str = "") -> str:
    return f"""
graph:{slug} {{
    graph:{slug} a ecp:Reading ; ecp:readingOf passage:{slug} ; ecp:certainty concept:certainty-verbatim .
    passage:{slug} a ecp:SourcePassage ; ecp:passageOf document:{slug} ; ecp:locator "{name} paper, table" .
    document:{slug} a ecp:SourceDocument ; skos:prefLabel "{name} paper"@en .
    plan:{slug} a ecp:ActionPlan ; skos:prefLabel "{name} plan"@en {more} .
    topic:{slug} a ecp:Topic ; skos:prefLabel "{name} topics"@en .
    action:{slug}-1 a ecp:Action ; skos:prefLabel "Survey the {name} berth"@en ; ecp:belongsToPlan plan:{slug} ;
        ecp:actionNumber 1 ; ecp:numberText "1" ; ecp:position 1 ; ecp:responsibleBody body:board ;
        dcterms:subject topic:{slug} ; ecp:develops instrument:chart .
}}
"""


_NOTES: Final = """
graph:kestrel { action:kestrel-1 skos:note "Kestrel berth only"@en . body:board skos:altLabel "Kestrel hands"@en . }
"""
#: One rule: this is not about the shapes of the package.
_SHAPES: Final = """
@prefix ecp: <https://w3id.org/ecp-graph/ontology#> .
@prefix ecpsh: <https://w3id.org/ecp-graph/shapes#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ecpsh:action-responsible a sh:NodeShape ; rdfs:label "An action names a body."@en ; sh:targetClass ecp:Action ;
    sh:severity sh:Violation ; sh:property [ sh:path ecp:responsibleBody ; sh:minCount 1 ;
        sh:message "The action has nobody responsible."@en ; ecpsh:remedy "Name the body."@en ] .
"""


def write_two_plans(root: Path, changes: Mapping[str, str] | None = None) -> Workspace:
    """Return the workspace, written into a new folder; ``changes`` are statements, or other text, to be added to files.

    Ontology and queries come from the package.
    """
    files = {
        "workspace.toml": _FILE,
        "shapes/actions.ttl": _SHAPES,
        "data/register.trig": _HEADER + _REGISTER,
        "data/lantern/plan.trig": _HEADER + _plan("lantern", "Lantern"),
        "data/kestrel/plan.trig": _HEADER + _plan("kestrel", "Kestrel", "; ecp:confidential true"),
        "data/kestrel/more/notes.trig": _HEADER + _NOTES,
    }
    for name in {**files, **(changes or {})}:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        start = files.get(name, _HEADER if path.suffix == ".trig" else "")
        path.write_text(start + (changes or {}).get(name, ""), encoding="utf-8")
    return Workspace(root)


def betrayals(contents: Mapping[str, bytes]) -> list[str]:
    """Return the names of the contents that hold a word of the confidential plan, unpacked where they are packed."""
    assert contents
    return sorted(name for name, body in contents.items() if any(SECRET in part.lower() for part in _parts(name, body)))


def _parts(name: str, body: bytes) -> Iterator[bytes]:
    yield name.encode() + b"\n" + body
    if body.startswith(b"\x1f\x8b"):
        yield gzip.decompress(body)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            yield from (packed.read(member) for member in packed.namelist())
