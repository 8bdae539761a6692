"""What a query file says of itself is true: its columns, parameters and prefixes, and its line in the index."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from rdflib.plugins.sparql import prepareQuery

from ecp_graph.namespaces import PREFIXES as VOCABULARIES
from ecp_graph.queries.catalogue import Query
from tests.bundled import PREFIXES

from .asking import bundled_catalogue

ROOT = Path(__file__).resolve().parents[2]
QUERIES = ROOT / "queries"
RULES = sorted((QUERIES / "derive").glob("*.rq"))
TABLES = sorted((QUERIES / "tables").glob("*.rq"))
FILES = [path for path in sorted(QUERIES.rglob("*.rq")) if path not in TABLES]
TOPICS = (
    "actions",
    "bodies",
    "events",
    "evidence",
    "goals",
    "instruments",
    "ontology",
    "overlap",
    "programmes",
    "quality",
    "results",
)
RULE_COLUMNS = {"memberA", "memberB", "kind", "cause", "on", "grade", "premise", "reading"}
#: Queries whose rows come in no order, because there may be so many of them that ordering takes longest.
UNORDERED = {"evidence/names.rq"}
#: Prefixes that a query does not declare, because their namespaces are those of the workspace that it is asked in.
OF_WORKSPACE = {name: PREFIXES[name] for name in ("graph", "id")}
_LINK = re.compile(r"^\| \[([^\]]+)\]\(([^)]+)\) \| (.+) \|$", re.MULTILINE)


def named(path: Path) -> str:
    return path.relative_to(QUERIES).as_posix()


def header(text: str) -> dict[str, Any]:
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    found = yaml.safe_load("\n".join(lines))
    assert isinstance(found, dict)
    return found


def column_faults(text: str) -> list[str]:
    """The columns of the header against the variables that rdflib, a second parser, sees the query select."""
    told = [str(column["name"]) for column in header(text).get("columns") or []]
    algebra = prepareQuery(text, initNs=OF_WORKSPACE).algebra
    selected = [str(variable) for variable in algebra.PV] if algebra.name == "SelectQuery" else []
    return [] if told == selected else [f"the header tells {told}, the query selects {selected}"]


def parameter_faults(text: str) -> list[str]:
    told = {str(parameter["name"]) for parameter in header(text).get("parameters") or []}
    bound = set(re.findall(r"^\s*#= (\w+)$", text, re.MULTILINE))
    faults = [f"'{name}' has no line '#= {name}'" for name in sorted(told - bound)]
    faults += [f"'#= {name}' is no parameter of the header" for name in sorted(bound - told)]
    body = re.sub(r"#.*", "", text)
    return faults + [f"?{name} is bound and never used" for name in sorted(told) if f"?{name}" not in body]


def prefix_faults(text: str) -> list[str]:
    declared = re.findall(r"^PREFIX ([\w-]+): <([^>]+)>$", text, re.MULTILINE)
    names = [name for name, _ in declared]
    faults = [] if names == sorted(set(names)) else ["the prefixes are not in the order of the alphabet, each once"]
    faults += [
        f"{name}: is not the namespace of a vocabulary of that name"
        for name, iri in declared
        if VOCABULARIES.get(name) != iri
    ]
    body = re.sub(r'^PREFIX .*$|"[^"]*"|(?:^|\s)#.*$', "", text, flags=re.MULTILINE)
    return faults + [
        f"{name}: is declared and not used" for name in names if not re.search(rf"(?<![\w?]){name}:", body)
    ]


def order_faults(text: str) -> list[str]:
    body = re.sub(r"#.*", "", text)
    if "SELECT" in body and not re.search(r"ORDER BY [^}]+$", body.rstrip()):
        return ["the rows come in no order"]
    return []


@pytest.mark.parametrize("path", FILES, ids=named)
def test_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ox.Store().query(text, prefixes=OF_WORKSPACE)  # parses on its own, with the prefixes that it declares
    faults = [*column_faults(text), *parameter_faults(text), *prefix_faults(text)]
    assert faults == []
    assert bool(order_faults(text)) == (named(path) in UNORDERED)
    assert ("in no order" in header(text)["description"]) == (named(path) in UNORDERED)
    assert header(text)["summary"].strip() == header(text)["summary"]
    assert header(text).get("description")
    assert header(text).get("tags")


@pytest.mark.parametrize("path", TABLES, ids=named)
def test_text_of_a_table(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ox.Store().query(text, prefixes=OF_WORKSPACE)
    assert prefix_faults(text) == []


GOOD = """\
#+ summary: Which bodies are there?
#+ parameters:
#+   - {name: kind, type: text, label: Kind}
#+ columns:
#+   - {name: body, meaning: IRI of the body}

PREFIX ecp: <https://w3id.org/ecp-graph/ontology#>

SELECT ?body
WHERE {
  #= kind
  ?body a ecp:Body ; ecp:bodyKind ?kind .
}
ORDER BY ?body
"""


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("", "", []),
        ("{name: body, meaning", "{name: code, meaning", ["the header tells ['code'], the query selects ['body']"]),
        ("SELECT ?body", "SELECT ?body ?kind", ["the header tells ['body'], the query selects ['body', 'kind']"]),
        ("  #= kind\n", "", ["'kind' has no line '#= kind'"]),
        ("#= kind", "#= sort", ["'kind' has no line '#= kind'", "'#= sort' is no parameter of the header"]),
        (" ; ecp:bodyKind ?kind", "", ["?kind is bound and never used"]),
        (
            "PREFIX ecp",
            "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\nPREFIX ecp",
            ["the prefixes are not in the order of the alphabet, each once", "skos: is declared and not used"],
        ),
        ("ontology#>", "terms#>", ["ecp: is not the namespace of a vocabulary of that name"]),
        (
            "PREFIX ecp",
            "PREFIX body: <https://w3id.org/ecp-graph/id/body/>\nPREFIX ecp",
            ["body: is not the namespace of a vocabulary of that name", "body: is declared and not used"],
        ),
        ("ORDER BY ?body\n", "", ["the rows come in no order"]),
    ],
)
def test_a_fault_is_found(old: str, new: str, faults: list[str]) -> None:
    text = GOOD.replace(old, new, 1)
    assert [*column_faults(text), *parameter_faults(text), *prefix_faults(text), *order_faults(text)] == faults


def test_there_are_queries_on_every_topic() -> None:
    assert set(bundled_catalogue().topics()) == set(TOPICS)
    assert len(bundled_catalogue()) >= 32
    assert len(RULES) == 14
    assert len(TABLES) == 33


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_rule_gives_what_an_overlap_needs(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    told = {column["name"] for column in header(text)["columns"]}
    assert told - {"action", "way", "step"} == RULE_COLUMNS
    grade = re.search(r'\("([A-D])" AS \?grade\)', text)
    assert grade
    assert f"grade-{grade[1].lower()}" in header(text)["tags"]
    kind = re.search(r'\("(\w+)" AS \?kind\)', text)
    assert kind
    assert kind[1] in header(text)["tags"]
    for derived in ("ecp:Overlap", "ecp:overlap", "ecp:evidenceGrade", "ecp:statedIn", "graph/derived"):
        assert derived not in text, f"a rule must not read what rules made: {derived}"


# ---------------------------------------------------------------- the index


def index_line(query: Query) -> tuple[str, str, str]:
    return (query.name, f"{query.topic}/{query.name}.rq", query.summary)


def index_faults(index: str, queries: list[tuple[str, str, str]]) -> list[str]:
    """What the tables of the index lack, have too much, or say otherwise than the headers."""
    found = [match.groups() for match in _LINK.finditer(index)]
    faults = [
        f"missing: | [{name}]({link}) | {summary} |"
        for name, link, summary in queries
        if (name, link, summary) not in found
    ]
    return faults + [f"too many: {line}" for line in found if line not in queries]


def listed() -> list[tuple[str, str, str]]:
    rules = [(path.stem, named(path), header(path.read_text(encoding="utf-8"))["summary"]) for path in RULES]
    return [*rules, *(index_line(query) for query in bundled_catalogue().values())]


def test_index_is_complete() -> None:
    assert index_faults((QUERIES / "README.md").read_text(encoding="utf-8"), listed()) == []


def test_a_wrong_index_is_found() -> None:
    index = (QUERIES / "README.md").read_text(encoding="utf-8")
    summary = bundled_catalogue()["overlap-bodies"].summary
    assert len(index_faults(index.replace(summary, "Something else"), listed())) == 2
    assert len(index_faults(index + "| [gone](actions/gone.rq) | Gone |\n", listed())) == 1


@pytest.mark.parametrize("name", sorted(bundled_catalogue()))
def test_no_two_columns_that_people_see_have_one_heading(name: str) -> None:
    columns = bundled_catalogue()[name].columns
    names = {column.name for column in columns}
    # the IRI of what another column names is shown as the link of the name
    seen = [column.heading for column in columns if f"{column.name}Name" not in names]
    assert len(seen) == len(set(seen))
