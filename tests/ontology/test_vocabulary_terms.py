"""The lists of terms: the generator, the committed file, and what is looked up in it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from tests.ontology.checks.vocabularies import defines, namespace_of, vocabulary_terms

ROOT = Path(__file__).resolve().parents[2]
FOAF = "http://xmlns.com/foaf/0.1/"
BIBO = "http://purl.org/ontology/bibo/"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vocabulary_terms_tool", ROOT / "tools" / "vocabulary_terms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("http://www.w3.org/ns/prov#wasQuotedFrom", True),
        ("http://www.w3.org/ns/prov#wasInventedBy", False),
        ("http://purl.org/net/p-plan#isSubPlanOfPlan", False),
        ("http://purl.org/net/p-plan#isPreceededBy", True),
        (f"{BIBO}status/draft", True),
        (f"{BIBO}status/dreaft", False),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#_12", True),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#_0", False),
        ("http://www.w3.org/2001/XMLSchema#gYearMonth", True),
        ("http://unheard.example/ns#Tome", None),
        (FOAF, None),
    ],
)
def test_a_term_exists_or_not_or_nobody_here_knows(iri: str, expected: bool | None) -> None:
    assert defines(iri) is expected


def test_the_longest_namespace_counts() -> None:
    assert namespace_of(f"{BIBO}status/draft") == BIBO
    assert namespace_of("https://w3id.org/ecp-graph/ontology#Action") is None


def test_the_committed_file_is_as_the_generator_writes_it(tool: ModuleType) -> None:
    text = tool.OUTPUT.read_text(encoding="utf-8")
    terms = json.loads(text)
    assert tool.render(terms) == text
    assert set(tool.NAMESPACES) | set(tool.BY_HAND) | {str(language) for language in tool.LANGUAGES} == set(terms)
    assert set(terms) == set(vocabulary_terms())
    for namespace, names in terms.items():
        assert names, namespace
        assert names == sorted(set(names)), namespace


def test_the_file_that_describes_most_of_a_namespace_is_its_own(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(
        f"<{FOAF}b> a <{FOAF}X> . <{FOAF}A> a <{FOAF}X> . <{FOAF}untyped> <{FOAF}p> 1 . <{FOAF}> a <{FOAF}X> .",
        encoding="utf-8",
    )
    (tmp_path / "other.nt").write_text(f"<{FOAF}stray> <{tool.RDF.type}> <{FOAF}X> .\n", encoding="utf-8")
    assert tool.collect(tmp_path, [FOAF])[FOAF] == ["A", "b"]


def test_a_vocabulary_that_is_missing_is_named(
    tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.ttl").write_text(f"<{FOAF}A> a <{FOAF}X> .", encoding="utf-8")
    assert tool.main([str(tmp_path), str(tmp_path / "out.json")]) == 2
    error = capsys.readouterr().err
    assert BIBO in error
    assert FOAF not in error
    assert not (tmp_path / "out.json").exists()


def test_wrong_usage_is_refused(tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main([]) == 2
    assert tool.main([str(tmp_path / "absent")]) == 2
    assert capsys.readouterr().err.count("Usage") == 2


def test_all_vocabularies_together_are_written(tool: ModuleType, tmp_path: Path) -> None:
    for number, namespace in enumerate(tool.NAMESPACES):
        (tmp_path / f"{number}.ttl").write_text(f"<{namespace}term> a <{namespace}Kind> .", encoding="utf-8")
    output = tmp_path / "out.json"
    assert tool.main([str(tmp_path), str(output)]) == 0
    written = json.loads(output.read_text(encoding="utf-8"))
    assert all(written[namespace] == ["term"] for namespace in tool.NAMESPACES)
    assert "Class" in written["http://www.w3.org/2002/07/owl#"]
