"""The catalogue mechanism, on files made here."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecp_graph.errors import InputSyntaxError, UnknownQuery
from ecp_graph.queries.catalogue import Catalogue, load_catalogue, parse_query, read_query
from ecp_graph.workspace import Workspace
from tests.bundled import with_workspace_file

_GOOD = """\
#+ summary: What bodies do
#+ description: |
#+   First line.
#+
#+   Second paragraph.
#+ parameters:
#+   - {name: body, type: iri, class: ecp:Body, label: Body, optional: true}
#+   - {name: kind, type: enum, values: [on, off, 2017-01-01, 5], default: on, label: Kind}
#+ columns:
#+   - {name: on, meaning: what it is on}
#+   - {name: n, meaning: "how many: in all", unit: rows}
#+ tags: [body, yes]

SELECT ?on (COUNT(*) AS ?n) WHERE {
  #= body
  #= kind
  ?on ?p ?body # not a header: #+ x
}
GROUP BY ?on
"""


def _workspace(root: Path, **files: str) -> Workspace:
    for name in ("ontology", "data"):
        (root / name).mkdir()
    for name, text in files.items():
        path = root / "queries" / f"{name.replace('__', '/').replace('_', '-')}.rq"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return with_workspace_file(root)


def _parse(text: str) -> object:
    return parse_query(text, Path("queries/topic/name.rq"), Path("queries"))


def test_a_header_says_everything(tmp_path: Path) -> None:
    query = load_catalogue(_workspace(tmp_path, work__what_bodies_do=_GOOD))["what-bodies-do"]
    assert (query.name, query.topic, query.kind) == ("what-bodies-do", "work", "table")
    assert query.summary == "What bodies do"
    assert query.description == "First line.\n\nSecond paragraph."
    assert query.tags == ("body", "yes")
    assert [(c.name, c.meaning, c.unit) for c in query.columns] == [
        ("on", "what it is on", ""),
        ("n", "how many: in all", "rows"),
    ]
    body, kind = query.parameters
    assert (body.type, body.of_class, body.required) == ("iri", "https://w3id.org/ecp-graph/ontology#Body", False)
    assert (kind.values, kind.default) == (("on", "off", "2017-01-01", "5"), "on")
    assert query.text == _GOOD
    assert query.body.startswith("SELECT ?on")
    assert "# not a header: #+ x" in query.body


_THINGS = """\
#+ summary: Things
#+ columns:
#+   - {name: dimension, meaning: kind of thing, values: {body: bodies, work-package: packages, goal: }}
#+ matrices: [body-body, work-package-goal]
SELECT ?dimension {}
"""


def test_a_header_lists_the_values_of_a_column_and_the_matrices_on_offer() -> None:
    query = parse_query(_THINGS, Path("things.rq"), Path())
    assert list(query.values_of("dimension").items()) == [
        ("body", "bodies"),
        ("work-package", "packages"),
        ("goal", ""),
    ]
    assert query.values_of("colour") == {}
    assert query.matrices == (("body", "body"), ("work-package", "goal"))


@pytest.mark.parametrize("pair", ["body-colour", "goal", "body-body-goal"])
def test_a_matrix_of_what_is_no_dimension_is_an_error(pair: str) -> None:
    with pytest.raises(InputSyntaxError, match=f"'matrices' offers '{pair}'.*: body, work-package, goal"):
        parse_query(_THINGS.replace("work-package-goal", pair), Path("things.rq"), Path())


def test_topics_and_names_are_in_order(tmp_path: Path) -> None:
    one = "#+ summary: One\nSELECT * {}"
    catalogue = load_catalogue(_workspace(tmp_path, b__two=one, a__three=one, b__one=one, loose=one))
    assert [(t, [q.name for q in found]) for t, found in catalogue.topics().items()] == [
        ("a", ["three"]),
        ("b", ["one", "two"]),
        ("general", ["loose"]),
    ]
    assert len(catalogue) == 4
    assert "two" in catalogue


def test_the_rules_of_the_build_are_no_questions(tmp_path: Path) -> None:
    one = "#+ summary: One\nSELECT * {}"
    assert list(load_catalogue(_workspace(tmp_path, derive__rule=one, a__one=one))) == ["one"]


def test_an_unknown_name_gets_the_nearest(tmp_path: Path) -> None:
    catalogue = load_catalogue(_workspace(tmp_path, a__overlap_bodies="#+ summary: x\nASK {}"))
    with pytest.raises(UnknownQuery, match=r"no query named 'overlap-bodys'.*Did you mean overlap-bodies"):
        catalogue["overlap-bodys"]


def test_one_name_in_two_topics_names_both(tmp_path: Path) -> None:
    one = "#+ summary: One\nSELECT * {}"
    with pytest.raises(InputSyntaxError, match=r"b/same\.rq: the name 'same' is already used by queries/a/same\.rq"):
        load_catalogue(_workspace(tmp_path, a__same=one, b__same=one))


def test_a_name_is_lower_case_words(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path, a__good="#+ summary: One\nSELECT * {}")
    (tmp_path / "queries" / "a" / "Bad_Name.rq").write_text("#+ summary: One\nSELECT * {}")
    with pytest.raises(InputSyntaxError, match=r"Bad_Name\.rq: the name of a query"):
        load_catalogue(workspace)


def test_a_broken_query_does_not_hide_the_others(tmp_path: Path) -> None:
    catalogue = load_catalogue(_workspace(tmp_path, a__good="#+ summary: One\nSELECT * {}", a__bad="SELECT * {}"))
    assert catalogue["good"].summary == "One"
    with pytest.raises(InputSyntaxError, match=r"bad\.rq:1: the '#\+' header has no summary"):
        catalogue["bad"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("summary: What bodies do", "title: What"), "has no summary"),
        (("#+ tags:", "#+ colour: red\n#+ tags:"), "unknown key 'colour'"),
        (("tags: [body, yes]", "tags: body"), "'tags' in the header must be a list"),
        (("{name: on, meaning: what it is on}", "{name: on}"), "a column needs a name and a meaning"),
        (("type: iri, class: ecp:Body", "type: iri"), "so it needs a class"),
        (("class: ecp:Body", "class: Body"), "so it needs a class"),
        (("type: enum, values: [on, off, 2017-01-01, 5]", "type: enum"), "so it needs values"),
        (("default: on", "default: other"), "'other' is not valid for 'kind'"),
        (("type: enum", "type: colour"), "has the type 'colour'"),
        (("optional: true", "optional: perhaps"), "optional of the parameter"),
        (("label: Body,", "lable: Body,"), "unknown key 'lable'"),
        (("name: body", "name: the body"), "a valid variable name"),
        (("  #= body\n", ""), "has no line '#= body'"),
        (("#= body", "#= boddy"), "has no line '#= body'"),
        (("  #= kind", "  #= kind\n  #= more"), "'#= more' binds a parameter that the header does not have"),
        (("name: kind", "name: body"), "binds a parameter"),
        (("SELECT ?on", "SELEC ?on"), "is no SPARQL query"),
        (("SELECT ?on (COUNT(*) AS ?n) WHERE", "INSERT"), "read-only"),
        (("[body, yes]", "[body, yes"), "header is not YAML"),
        (("unit: rows", "values: [a, b]"), "values of the column 'n' are written {body: bodies"),
        (("#+ tags", "#+ matrices: [on-on]\n#+ tags"), "offers 'on-on', which is not two values"),
    ],
)
def test_a_fault_in_the_header_is_said(change: tuple[str, str], sentence: str) -> None:
    _parse(_GOOD)
    assert change[0] in _GOOD
    with pytest.raises(InputSyntaxError) as caught:
        _parse(_GOOD.replace(*change))
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("queries/topic/name.rq")


def test_a_yaml_fault_has_its_line() -> None:
    with pytest.raises(InputSyntaxError) as caught:
        _parse(_GOOD.replace("#+ tags: [body, yes]", "#+ tags: }"))
    assert caught.value.line == 12


def test_a_header_cannot_make_objects() -> None:
    with pytest.raises(InputSyntaxError, match="not YAML"):
        _parse("#+ summary: !!python/object/apply:os.getcwd []\nSELECT * {}")


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "x.rq"
    path.write_bytes(b"#+ summary: \xff\xfe\nSELECT * {}")
    with pytest.raises(InputSyntaxError, match="cannot be read"):
        read_query(path, tmp_path)


def test_the_bundled_catalogue_reads() -> None:
    from ecp_graph.workspace import bundled_workspace

    workspace = bundled_workspace()
    catalogue = load_catalogue(workspace)
    assert isinstance(catalogue, Catalogue)
    assert len(catalogue) == len(workspace.query_files) - len(workspace.rule_files) - len(workspace.table_files)
    for query in catalogue.values():
        assert query.summary
