"""What the practices of Data on the Web Best Practices share: how they are written down, and what several look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pyoxigraph as ox
from rdflib import DCTERMS, Namespace, URIRef

from tests.bundled import ID
from tests.fair.hosts import Fault, Host
from tests.fair.reading import (
    Practice,
    described,
    dump,
    rdf,
)

__all__ = ["DC", "DCAT", "RULES", "VOID", "everywhere", "practice", "results", "says", "things", "twin"]

DC: Final = str(DCTERMS)
DCAT: Final = Namespace("http://www.w3.org/ns/dcat#")
VOID: Final = "http://rdfs.org/ns/void#"
_SH: Final = "http://www.w3.org/ns/shacl#"
#: For what a host of files does with its rules alone.
RULES: Final = {"files": "it needs the redirect rules"}


def practice(
    number: int, name: str, check: Callable[[Host], bool], fault: Fault, gaps: dict[str, str] | None = None
) -> Practice:
    """Return a practice of that number."""
    return Practice("DWBP", f"BP{number}", name, check, fault, gaps or {})


def everywhere(reason: str) -> dict[str, str]:
    """Return the gap that every host has."""
    return {"server": reason, "rules": reason, "files": reason}


def twin(reason: str) -> dict[str, str]:
    """Return the gap of whoever serves files."""
    return {"rules": reason, "files": reason}


def says(*predicates: str) -> Callable[[Host], bool]:
    return lambda host: all(described(host, predicate) for predicate in predicates)


def results(host: Host) -> list[tuple[str, str]]:
    """Return what the report of the validation tells: the thing of each result and the message."""
    report = rdf(host.get("/validation/report.ttl"))
    return [
        (str(thing), " ".join(map(str, report.objects(result, URIRef(_SH + "resultMessage")))))
        for result, thing in report.subject_objects(URIRef(_SH + "focusNode"))
    ]


def things(host: Host) -> list[str]:
    quads = dump(host, "dataset.nq.gz")
    return sorted(
        {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode) and q.subject.value.startswith(ID)}
    )
