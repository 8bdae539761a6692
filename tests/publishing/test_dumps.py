"""The dumps: every syntax says the same, literals keep their form, and the bytes do not change."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Dataset

from ecp_graph.linked_data.dumps import CHECKSUMS, CONTEXT, DUMPS, FOLDER, Dump, write_dumps
from ecp_graph.namespaces import ECP
from ecp_graph.release.release import Release
from tests.bundled import DERIVED_GRAPH, GRAPH, ID, INFERRED_GRAPH, ONTOLOGY_GRAPH, PREFIXES

FORMS = {
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
    "ttl": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
}
XSD = PREFIXES["xsd"]

#: What stores and writers like to change, and names that JSON-LD could take for others.
QUADS = [
    f"<{ECP}weight> <{PREFIXES['rdf']}type> <{PREFIXES['owl']}DatatypeProperty> <{ONTOLOGY_GRAPH}> .",
    f"<{ECP}weight> <{PREFIXES['rdfs']}range> <{XSD}decimal> <{ONTOLOGY_GRAPH}> .",
    f"<{ECP}action> <{PREFIXES['rdf']}type> <{PREFIXES['owl']}ObjectProperty> <{ONTOLOGY_GRAPH}> .",
    f"<{ECP}Action> <{PREFIXES['rdf']}type> <{PREFIXES['owl']}Class> <{ONTOLOGY_GRAPH}> .",
    f'<{ID}a/1> <{ECP}weight> "1.50"^^<{XSD}decimal> <{GRAPH}p> .',
    f'<{ID}a/1> <{ECP}weight> "007"^^<{XSD}int> <{GRAPH}p> .',
    f'<{ID}a/1> <{ECP}weight> "1.50"^^<{XSD}decimal> <{GRAPH}q> .',
    f'<{ID}a/1> <{ECP}weight> "P12M"^^<{XSD}duration> <{GRAPH}q> .',
    f'<{ID}a/1> <{PREFIXES["skos"]}prefLabel> "one . <x> \\"two\\"\\n"@en-GB <{GRAPH}q> .',
    f'<{ID}a/1> <{PREFIXES["skos"]}prefLabel> "plain" <{GRAPH}q> .',
    f'<{ID}a/1> <{PREFIXES["skos"]}prefLabel> "\u202eeman"@en <{GRAPH}q> .',
    f"<{ID}a/1> <{ECP}action> <action:1> <{GRAPH}q> .",
    f"<{ID}a/1> <{ECP}action> <javascript:alert(1)> <{GRAPH}q> .",
    f"<{ID}a/1> <{PREFIXES['rdf']}type> <{ECP}Action> <{GRAPH}q> .",
    f"<{ID}a/1> <{PREFIXES['rdf']}type> <{ECP}Action> <{INFERRED_GRAPH}> .",
    f"<{ID}a/1> <{ECP}statedIn> <{GRAPH}q> <{DERIVED_GRAPH}> .",
    f"_:b0 <{ECP}action> _:b1 <{GRAPH}q> .",
    f'_:b1 <{PREFIXES["rdfs"]}comment> "in no graph . <{GRAPH}q>" .',
]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    path = tmp_path / "dataset.nq"
    path.write_text("".join(sorted(line + "\n" for line in QUADS)), encoding="utf-8")
    return path


@pytest.fixture
def dumps(dataset: Path) -> Path:
    folder = dataset.parent / FOLDER
    folder.mkdir()
    write_dumps(dataset, folder)
    return folder


def said(content: bytes, form: ox.RdfFormat, *, merged: bool = False) -> set[str]:
    """The statements as text, blank nodes by their canonical names."""
    quads = ox.parse(content, format=form)
    found = ox.Dataset(ox.Quad(q.subject, q.predicate, q.object) if merged else q for q in quads)
    found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in found}


@pytest.mark.parametrize("extension", FORMS)
def test_every_syntax_says_what_was_written(dataset: Path, dumps: Path, extension: str) -> None:
    merged = extension == "ttl"
    expected = said(dataset.read_bytes(), ox.RdfFormat.N_QUADS, merged=merged)
    assert len(expected) == len(QUADS) - 2 * merged
    assert said((dumps / f"dataset.{extension}").read_bytes(), FORMS[extension]) == expected


@pytest.mark.parametrize("extension", FORMS)
def test_asserted_leaves_out_what_was_added_and_nothing_else(dataset: Path, dumps: Path, extension: str) -> None:
    lines = dataset.read_bytes().splitlines(keepends=True)
    ends = tuple(f"<{graph}> .\n".encode() for graph in (INFERRED_GRAPH, DERIVED_GRAPH))
    stated = b"".join(line for line in lines if not line.endswith(ends))
    assert stated.count(b"\n") == len(QUADS) - 2
    expected = said(stated, ox.RdfFormat.N_QUADS, merged=extension == "ttl")
    assert said((dumps / f"asserted.{extension}").read_bytes(), FORMS[extension]) == expected


def test_turtle_says_each_triple_once(dumps: Path) -> None:
    assert (dumps / "dataset.ttl").read_text(encoding="utf-8").count('"1.50"') <= 1
    parsed = list(ox.parse((dumps / "dataset.ttl").read_bytes(), format=ox.RdfFormat.TURTLE))
    assert len(parsed) == len(set(map(str, parsed)))


def test_the_same_statements_give_the_same_bytes(dataset: Path, dumps: Path) -> None:
    again = dataset.parent / "again"
    again.mkdir()
    write_dumps(dataset, again)
    names = sorted(path.name for path in dumps.iterdir())
    assert names == sorted([*(dump.name for dump in DUMPS), CONTEXT])
    assert all((again / name).read_bytes() == (dumps / name).read_bytes() for name in names)


@pytest.mark.parametrize("dump", [dump for dump in DUMPS if dump.compressed], ids=lambda dump: dump.name)
def test_gzip_holds_the_plain_file(dumps: Path, dump: Dump) -> None:
    plain = (dumps / dump.name.removesuffix(".gz")).read_bytes()
    assert gzip.decompress((dumps / dump.name).read_bytes()) == plain


def test_the_context_makes_values_short_and_keeps_their_type(dumps: Path) -> None:
    context = json.loads((dumps / CONTEXT).read_text(encoding="utf-8"))["@context"]
    assert context["weight"] == {"@id": "ecp:weight", "@type": "xsd:decimal"}
    assert context["Action"] == {"@id": "ecp:Action"}
    # a local name that is a prefix stays a curie
    assert context["action"] == ID + "action/"
    assert context["ecp:action"] == {"@id": "ecp:action", "@type": "@id"}
    assert '"weight":["007"' not in (dumps / "dataset.jsonld").read_text(encoding="utf-8")


def test_a_prefix_is_given_up_where_an_iri_has_it_as_its_scheme(dumps: Path) -> None:
    context = json.loads((dumps / "dataset.jsonld").read_text(encoding="utf-8"))["@context"]
    assert "action" not in context
    assert "body" in context


def test_dumps_of_the_release_agree_and_rdflib_reads_them(release: Release) -> None:
    folder = release.path / FOLDER
    expected = said(release.dataset.read_bytes(), ox.RdfFormat.N_QUADS)
    assert len(expected) > 10_000
    for extension in ("trig", "jsonld"):
        assert said((folder / f"dataset.{extension}").read_bytes(), FORMS[extension]) == expected
    by_rdflib = Dataset(default_union=False)
    by_rdflib.parse(folder / "asserted.jsonld", format="json-ld")
    stated = said((folder / "asserted.nq").read_bytes(), ox.RdfFormat.N_QUADS)
    assert len(list(by_rdflib.quads())) == len(stated)


def test_the_checksums_are_those_of_the_files(release: Release) -> None:
    folder = release.path / FOLDER
    listed = dict(reversed(line.split("  ")) for line in (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines())
    assert set(listed) == {dump.name for dump in DUMPS} | {CONTEXT}
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert release.manifest["files"][f"{FOLDER}/{name}"]["sha256"] == digest
