"""Write the names of the terms that the well-known vocabularies define, for the check of namespace hijacking.

    python tools/vocabulary_terms.py FOLDER [OUTPUT]

FOLDER holds the vocabularies' own files, in any RDF format and under any name. For each namespace, the file that
describes the most of its terms is taken for the vocabulary's own; a term is an IRI that has a type there. OUTPUT is
``tests/ontology/checks/vocabulary_terms.json`` unless given. Only names are written: no text of any vocabulary.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse
from rdflib import OWL, RDF, RDFS, XSD
from rdflib.namespace import DefinedNamespace

OUTPUT = Path(__file__).resolve().parents[1] / "tests" / "ontology" / "checks" / "vocabulary_terms.json"

NAMESPACES = (
    "http://data.europa.eu/eli/ontology#",
    "http://purl.org/dc/terms/",
    "http://purl.org/net/p-plan#",
    "http://purl.org/ontology/bibo/",
    "http://purl.org/spar/doco/",
    "http://purl.org/vocab/frbr/core#",
    "http://purl.org/vocab/vann/",
    "http://purl.org/vocommons/voaf#",
    "http://rdfs.org/ns/void#",
    "http://www.w3.org/2004/02/skos/core#",
    "http://www.w3.org/2006/time#",
    "http://www.w3.org/ns/dcat#",
    "http://www.w3.org/ns/oa#",
    "http://www.w3.org/ns/org#",
    "http://www.w3.org/ns/prov#",
    "http://www.w3.org/ns/shacl#",
    "http://www.w3.org/ns/sparql-service-description#",
    "http://xmlns.com/foaf/0.1/",
)

#: The languages themselves, as rdflib lists their terms.
LANGUAGES: tuple[type[DefinedNamespace], ...] = (OWL, RDF, RDFS, XSD)

#: Vocabularies of which only these terms are used; add to them by looking into the vocabulary.
BY_HAND = {
    "http://creativecommons.org/ns#": ["license"],
    "http://schema.org/": [
        "CreativeWork",
        "DefinedTerm",
        "DefinedTermSet",
        "Event",
        "Legislation",
        "MonetaryAmount",
        "PlanAction",
        "codeRepository",
        "currency",
        "domainIncludes",
        "endDate",
        "exampleOfWork",
        "isBasedOn",
        "organizer",
        "rangeIncludes",
        "sameAs",
        "startDate",
        "superEvent",
        "value",
        "workExample",
    ],
}

_FORMATS = {
    ".jsonld": RdfFormat.JSON_LD,
    ".nt": RdfFormat.N_TRIPLES,
    ".owl": RdfFormat.RDF_XML,
    ".rdf": RdfFormat.RDF_XML,
    ".ttl": RdfFormat.TURTLE,
    ".xml": RdfFormat.RDF_XML,
}


def terms_of_file(path: Path) -> dict[str, set[str]]:
    """Return the names of the typed subjects of one file, by namespace."""
    found: dict[str, set[str]] = defaultdict(set)
    for quad in parse(path=str(path), format=_FORMATS[path.suffix], base_iri="http://example.org/"):
        if isinstance(quad.subject, NamedNode) and quad.predicate.value == str(RDF.type):
            for namespace in NAMESPACES:
                name = quad.subject.value.removeprefix(namespace)
                if name and name != quad.subject.value:
                    found[namespace].add(name)
    return found


def collect(folder: Path, namespaces: Iterable[str] = NAMESPACES) -> dict[str, list[str]]:
    """Return the sorted names of the terms of each namespace; raises LookupError for one that no file describes."""
    files = sorted(path for path in folder.iterdir() if path.suffix in _FORMATS)
    by_file = [terms_of_file(path) for path in files]
    terms = {
        namespace: max((found.get(namespace, set()) for found in by_file), key=len, default=set())
        for namespace in namespaces
    }
    missing = sorted(namespace for namespace, names in terms.items() if not names)
    if missing:
        raise LookupError(
            f"None of the {len(files)} RDF files in {folder} describes {', '.join(missing)}. "
            "Put the vocabulary's own file there."
        )
    for language in LANGUAGES:
        terms[str(language)] = {name for name in language.__annotations__ if not name.startswith("_")}
    terms |= {namespace: set(names) for namespace, names in BY_HAND.items()}
    return {namespace: sorted(terms[namespace]) for namespace in sorted(terms)}


def render(terms: Mapping[str, list[str]]) -> str:
    """Return the JSON text: one term on a line, so that a change shows as the term that came or went."""
    return json.dumps(terms, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file and return the exit code: 0 written, 2 wrong usage or a vocabulary missing."""
    if len(arguments) not in (1, 2) or not Path(arguments[0]).is_dir():
        print(
            "Usage: python tools/vocabulary_terms.py FOLDER [OUTPUT], where FOLDER holds vocabularies.", file=sys.stderr
        )
        return 2
    try:
        terms = collect(Path(arguments[0]))
    except (LookupError, SyntaxError) as error:
        print(error, file=sys.stderr)
        return 2
    output = Path(arguments[1]) if len(arguments) == 2 else OUTPUT
    output.write_text(render(terms), encoding="utf-8")
    print(f"{output}: {sum(map(len, terms.values()))} terms of {len(terms)} namespaces", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
