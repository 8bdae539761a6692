"""Reading files: graphs, literals, and errors with their place."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from ecp_graph.errors import InputSyntaxError, WorkspaceError
from ecp_graph.rdf.lines import SourceIndex
from ecp_graph.rdf.load import load, parse_file
from ecp_graph.rdf.terms import to_graph, to_oxigraph, to_rdflib
from ecp_graph.workspace import Workspace
from tests.bundled import GRAPH, ID, ONTOLOGY_GRAPH, SHAPES_GRAPH

from .conftest import HEADER, MakeWorkspace, line_of

PASSAGE = GRAPH + "pc0457e1/"


def test_each_statement_is_in_the_graph_of_its_file_or_passage(workspace: Workspace) -> None:
    sources = load(workspace)
    assert sources.readings == {PASSAGE + "list", PASSAGE + "action-1", PASSAGE + "action-2"}
    assert {quad.graph_name.value for quad in sources.ontology} == {ONTOLOGY_GRAPH}
    assert {quad.graph_name.value for quad in sources.shapes} == {SHAPES_GRAPH}
    assert len(sources.data) == 13 + 10 + 10  # of the three passages, counted by hand


def test_a_statement_of_one_passage_in_two_files_is_one(make_workspace: MakeWorkspace) -> None:
    once = load(make_workspace()).data
    twice = load(make_workspace({"data/again.trig": 'reading:list { body:ptc skos:notation "PTC" . }'})).data
    assert len(twice) == len(once)


def test_literals_keep_the_form_in_which_they_were_written(make_workspace: MakeWorkspace) -> None:
    text = 'reading:list { body:ptc ecp:a "01"^^xsd:integer, 1.50, "P12M"^^xsd:duration, "x"@en, "y" . }'
    quads = [
        quad for quad in load(make_workspace({"data/more.trig": text})).data if str(quad.predicate).endswith("#a>")
    ]
    forms = {str(quad.object).replace("http://www.w3.org/2001/XMLSchema#", "xsd:") for quad in quads}
    assert forms == {'"01"^^<xsd:integer>', '"1.50"^^<xsd:decimal>', '"P12M"^^<xsd:duration>', '"x"@en', '"y"'}
    assert {to_oxigraph(to_rdflib(quad.object)) for quad in quads} == {quad.object for quad in quads}
    assert len(to_graph(quads)) == 5


@pytest.mark.parametrize(
    ("text", "part", "reason"),
    [
        ("reading:list {\n  body:ptc ecp:a .\n}", "ecp:a .", r"column \d+: .* is not a valid RDF object"),
        ("reading:list { }\n\nbody:ptc nope:a body:sec .", "nope:a", r"column \d+: .*nope"),
        (
            'reading:list {\n body:ptc ecp:a "b" ;\n  ecp:chair [ ecp:a "c" ] .\n}',
            "ecp:chair",
            r"blank node in data \(body:ptc ecp:chair \[\]\)",
        ),
        ("graph:inferred {\n body:ptc a ecp:Body }", "body:ptc a", "graph:inferred is written by the build"),
        ("reading:list {\n body:ptc ecp:a <<( body:a ecp:b body:c )>> }", "body:ptc", "is not a term of RDF 1.1"),
    ],
)
def test_an_error_tells_file_and_line(make_workspace: MakeWorkspace, text: str, part: str, reason: str) -> None:
    workspace = make_workspace({"data/wrong.trig": text})
    with pytest.raises(InputSyntaxError, match=reason) as caught:
        load(workspace)
    assert caught.value.path == workspace.root / "data/wrong.trig"
    assert caught.value.line == line_of(text, part)
    assert str(caught.value).startswith(f"{caught.value.path}:{caught.value.line}: ")


@pytest.mark.parametrize(
    ("name", "content", "what_to_do"),
    [
        ("x.jsonld", b'{"@context": "https://schema.org/", "name": "x"}', "write the context itself into the file"),
        ("x.ttl", b"<a> <urn:b> <urn:c> .", "Write the IRI in full, or declare a base"),
        ("x.ttl", '<urn:a> <urn:b> "c" .'.encode("utf-16"), "Save the file as UTF-8"),
        ("x.ttl", b'<urn:a> <urn:b> "c', "Is a quotation mark, a bracket or the last full stop missing?"),
    ],
)
def test_an_error_of_a_parser_tells_what_to_do(tmp_path: Path, name: str, content: bytes, what_to_do: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputSyntaxError, match=re.escape(what_to_do)):
        list(parse_file(path))


def test_a_broken_ontology_is_an_error_too(make_workspace: MakeWorkspace) -> None:
    with pytest.raises(InputSyntaxError, match=r"ontology/wrong\.ttl:\d+: "):
        load(make_workspace({"ontology/wrong.ttl": "ecp:A a"}))


@pytest.mark.parametrize("folder", ["ontology", "data"])
def test_an_empty_folder_is_an_error_not_an_empty_release(make_workspace: MakeWorkspace, folder: str) -> None:
    file = {"ontology": "ontology/main.ttl", "data": "data/main.trig"}[folder]
    with pytest.raises(WorkspaceError, match=f"{folder} holds no RDF file"):
        load(make_workspace({file: None}))


def test_an_unknown_suffix_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputSyntaxError, match=r"suffix \.docx names no RDF format; use Turtle"):
        list(parse_file(tmp_path / "plan.docx"))


def test_blank_nodes_of_the_ontology_are_named_alike_in_every_build(workspace: Workspace) -> None:
    first, second = (load(workspace).ontology for _ in range(2))
    assert any(isinstance(quad.object, ox.BlankNode) for quad in first)
    assert first == second


def test_lines_of_subjects_and_predicates(tmp_path: Path) -> None:
    text = (
        '# body:no ecp:no "comment"\n'
        'reading:one { body:a a ecp:Body ; skos:prefLabel """two\n\nlines ; body:b ."""@en ;\n'
        '    ecp:chair [ ecp:x "y" ; ecp:z ( 1 2 ) ] ;\n'
        "    ecp:reportsTo body:b , body:c .\n"
        "  <https://example.org/x> ecp:size 1.5 .\n}\n"
        "PREFIX other: <https://example.org/o/>\nBASE <https://example.org/>\n"
        "GRAPH reading:two { body:a ecp:reportsTo other:d . }\n"
    )
    path = tmp_path / "x.trig"
    path.write_text(HEADER + text, encoding="utf-8")
    index = SourceIndex([path], lambda path: path.name)
    body = ID + "body/a"
    reports = "https://w3id.org/ecp-graph/ontology#reportsTo"

    def line(subject: str, predicate: str | None = None, *graphs: str) -> int | None:
        place = index.find(subject, predicate=predicate, graphs=graphs)
        assert place is None or place.file == "x.trig"
        return place.line if place else None

    assert line(body) == line_of(text, "body:a a")
    assert line(body, reports) == line_of(text, "ecp:reportsTo body:b")
    assert line(body, reports, PASSAGE + "two") == line_of(text, "ecp:reportsTo other:d")
    assert line(body, "https://example.org/unknown", PASSAGE + "two") == line_of(text, "ecp:reportsTo other:d")
    assert line("https://example.org/x") == line_of(text, "<https://example.org/x>")
    assert line(ID + "body/b") is None
    assert line(ID + "body/no") is None


def test_lines_of_values(tmp_path: Path) -> None:
    text = (
        "reading:one {\n"
        "  body:a ecp:reportsTo body:b ,\n    body:c ;\n"
        '    ecp:size 1 , 1.5 ,\n   true , "01"^^xsd:integer ,\n'
        '    "x"@en , "say \\"x\\"" ,\n   """two\nlines""" , "d"^^<http://www.w3.org/2001/XMLSchema#date> .\n}\n'
    )
    path = tmp_path / "x.trig"
    path.write_text(HEADER + text, encoding="utf-8")
    index = SourceIndex([path], str)
    xsd = "http://www.w3.org/2001/XMLSchema#"

    def line(name: str, value: str) -> int | None:
        place = index.find(ID + "body/a", predicate="https://w3id.org/ecp-graph/ontology#" + name, value=value)
        return place.line - line_of(text, "reading:one") if place else None

    assert [line("reportsTo", f"<{ID}body/{name}>") for name in "bcd"] == [1, 2, 1]
    assert [line("size", f'"{value}"^^<{xsd}{kind}>') for value, kind in (("1", "integer"), ("1.5", "decimal"))] == [
        3,
        3,
    ]
    assert [line("size", f'"{value}"^^<{xsd}{kind}>') for value, kind in (("true", "boolean"), ("01", "integer"))] == [
        4,
        4,
    ]
    assert [line("size", value) for value in ('"x"@en', r'"say \"x\""', r'"two\nlines"')] == [5, 5, 6]
    assert line("size", f'"d"^^<{xsd}date>') == 7
    assert line("unknown", f"<{ID}body/c>") == 2  # what follows from a statement is where that stands


def test_what_looks_like_the_end_of_a_block_is_none(tmp_path: Path) -> None:
    path = tmp_path / "x.trig"
    path.write_text(
        "prefix : <u:>\n@prefix p.q: <u:q/> . # a . b {\n:g.1 {\n"
        '  :a :p "1 . } {", \'x . \', """\n . :b :p :c . \n""" ; # :b :p :c .\n'
        "     :q 1.5 , <u:x#y.z> , p.q:r.s .\n  :b :p [ :p ( 1 2 ) ] }\n:c :p :d.e.\n<u:d> a :x."
    )
    index = SourceIndex([path], lambda path: path.name)

    def line(subject: str, predicate: str, *graphs: str) -> int | None:
        place = index.find(subject, predicate=predicate, graphs=graphs)
        return place.line if place else None

    assert [line("u:a", "u:p", "u:g.1"), line("u:a", "u:q"), line("u:b", "u:p", "u:g.1")] == [4, 7, 8]
    assert [line("u:c", "u:p"), line("u:d", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type")] == [9, 10]
    assert line("u:x", "u:p") is None


def test_lines_of_n_quads(tmp_path: Path) -> None:
    path = tmp_path / "x.nq"
    path.write_text(
        '<https://e.org/a> <https://e.org/p> "." <https://e.org/g> .\n<https://e.org/b> <https://e.org/p> "x" .\n'
    )
    assert SourceIndex([path], str).find("https://e.org/b") == (str(path), 2)


def test_a_string_that_ends_in_a_backslash_ends_there(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(
        '<u:a> <u:p> """one\\\\""" .\n<u:b> <u:p> "two" .\n<u:c> <u:p> """three "" \\""" four""" .\n<u:d> <u:p> 1 .'
    )
    index = SourceIndex([path], str)
    assert [index.find(f"u:{name}") for name in "abcd"] == [(str(path), line) for line in (1, 2, 3, 4)]
