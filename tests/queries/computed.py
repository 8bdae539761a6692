"""Answers too long to type: what they have to be is worked out here from the files, without the package or SPARQL.

``data/*.trig`` is read by pyoxigraph's parser alone (``tests/data/graphs.py``), the tables from the second reading.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable

import pyoxigraph as ox

from ecp_graph.engine import Engine
from ecp_graph.namespaces import compact, expand
from tests.data.graphs import ECP, ID, RDF_TYPE, ROOT, SKOS, quads, statements_by_graph, value, values

from .asking import Case, ask_graph, ask_rows, bundled_catalogue, cases

__all__ = ["COMPUTED"]

CERTAINTIES = ("verbatim", "normalised", "interpreted", "external")
READING = ROOT / "tests" / "second_reading"
RDF = RDF_TYPE.removesuffix("type")


def _rows(engine: Engine, name: str, **parameters: str) -> list[list[str]]:
    return ask_rows(engine, bundled_catalogue()[name], parameters)[1:]


def _certainty(graph: str) -> str:
    return value(graph, ECP + "certainty").removeprefix(ID + "concept/certainty-")


def _text(term: object) -> str:
    """A term as the expected rows have it; what has no value of its own is a statement, and there are none."""
    assert isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal)
    return compact(term.value) if isinstance(term, ox.NamedNode) else term.value


def _discrepancies() -> set[str]:
    kind = (RDF_TYPE, ox.NamedNode(ECP + "Discrepancy"))
    found = {_text(quad.subject) for quad in quads() if (quad.predicate.value, quad.object) == kind}
    assert len(found) > 10
    return found


def check_passages(engine: Engine) -> None:
    expected = {
        compact(graph): (
            value(value(graph, ECP + "passageOf"), SKOS + "prefLabel"),
            value(graph, ECP + "locator"),
            _certainty(graph),
            str(len(found)),
        )
        for graph, found in statements_by_graph().items()
    }
    assert len(expected) > 100
    rows = _rows(engine, "passages")
    assert {row[6]: (row[0], row[1], row[3], row[4]) for row in rows} == expected
    assert len(rows) == len(expected)
    for certainty in CERTAINTIES:
        found = {row[6] for row in _rows(engine, "passages", certainty=certainty)}
        assert found == {passage for passage, facts in expected.items() if facts[2] == certainty}
        assert found


def check_statements_by_certainty(engine: Engine) -> None:
    statements: Counter[tuple[str, str]] = Counter()
    passages: Counter[tuple[str, str]] = Counter()
    for graph, found in statements_by_graph().items():
        key = (value(value(graph, ECP + "passageOf"), SKOS + "prefLabel"), _certainty(graph))
        statements[key] += len(found)
        passages[key] += bool(found)
    rows = _rows(engine, "statements-by-certainty")
    assert {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows} == {
        key: (passages[key], count) for key, count in statements.items() if count
    }
    assert sum(int(row[3]) for row in rows) == sum(map(len, statements_by_graph().values())) > 1000


def check_readings_to_review(engine: Engine) -> None:
    discrepancies = _discrepancies()
    for certainty in ("interpreted", "normalised", "external"):
        expected = Counter(
            (compact(graph), _text(quad.subject), _text(quad.predicate), _text(quad.object))
            for graph, found in statements_by_graph().items()
            if _certainty(graph) == certainty
            for quad in found
            if _text(quad.subject) not in discrepancies
        )
        rows = _rows(engine, "readings-to-review", certainty=certainty)
        assert Counter((row[4], row[1], row[2], row[3]) for row in rows) == expected
        assert expected
    assert _rows(engine, "readings-to-review") == _rows(engine, "readings-to-review", certainty="interpreted")


def check_name_variants(engine: Engine) -> None:
    expected = Counter(
        (value(graph, ECP + "locator"), _text(quad.subject), _text(quad.object))
        for graph, found in statements_by_graph().items()
        for quad in found
        if quad.predicate.value == SKOS + "altLabel"
    )
    assert len(expected) > 30
    assert Counter((row[3], row[4], row[1]) for row in _rows(engine, "name-variants")) == expected


def check_contradictions(engine: Engine) -> None:
    rows = {row[5]: row for row in _rows(engine, "contradictions")}
    assert set(rows) == _discrepancies()
    for name, row in rows.items():
        iri = expand(name)
        kinds = [kind.rpartition("discrepancy-")[2] for kind in values(iri, ECP + "discrepancyKind")]
        locators = {value(passage, ECP + "locator") for passage in values(iri, ECP + "discrepancyIn")}
        assert row[0] == value(iri, SKOS + "prefLabel")
        assert row[1] == ", ".join(sorted(kinds))
        assert row[4] == "; ".join(sorted(locators))
    # what a reader of the document cannot miss
    stated = {row[4] for row in rows.values()}
    introduction, paragraph = "Annex, introduction of chapter {}".format, "Cover paper, paragraph {}".format
    assert f"{introduction(5)}; {introduction(6)}; {paragraph(3)}" in stated  # the Policy Commission of June or July
    assert f"{paragraph(20)}; {paragraph(3)}" in stated  # who endorses phase III
    about = _rows(engine, "contradictions", thing="ICAC")
    assert [row[5] for row in about] == ["discrepancy:listed-body-without-action"]


def check_plan_tree(engine: Engine) -> None:
    with (READING / "tables.csv").open(encoding="utf-8", newline="") as file:
        actions = list(csv.DictReader(file))
    with (READING / "chapters.csv").open(encoding="utf-8", newline="") as file:
        chapters = {row["number"]: row["title"] for row in csv.DictReader(file)}
    triples = {tuple(map(_text, triple)) for triple in ask_graph(engine, bundled_catalogue()["plan-tree"], {})}
    broader = {(subject, object_) for subject, predicate, object_ in triples if predicate == "skos:broader"}
    # chapters 1 to 4 take up activities 1 to 4 of goal 1, chapter 5 is headed by goal 5, chapters 6 and 7 are the top
    expected = {(f"action:ecp3-{row['action']}", f"chapter:ecp3-{row['chapter']}") for row in actions}
    expected |= {(f"chapter:ecp3-{number}", f"activity:{number}") for number in range(1, 5)}
    expected |= {(f"activity:{number}", "goal:1") for number in range(1, 5)} | {("chapter:ecp3-5", "goal:5")}
    assert broader == expected
    tops = {subject for subject, predicate, _ in triples if predicate == "skos:topConceptOf"}
    assert tops == {"goal:1", "goal:5", "chapter:ecp3-6", "chapter:ecp3-7"}
    labels = {subject: object_ for subject, predicate, object_ in triples if predicate == "skos:prefLabel"}
    assert {labels[f"action:ecp3-{row['action']}"] for row in actions} == {row["title"] for row in actions}
    assert {number: labels[f"chapter:ecp3-{number}"] for number in chapters} == chapters
    assert labels["plan:ecp-action-plan-3"] == "ECP Action Plan for Phase III"
    assert len(labels) == 28 + 7 + 4 + 2 + 1


def check_action_dossier(engine: Engine) -> None:
    subjects = {"action:ecp3-9", "timeframe:ecp3-9"}
    expected = Counter(
        (_text(quad.subject), _text(quad.predicate), _text(quad.object), compact(graph))
        for graph, found in statements_by_graph().items()
        for quad in found
        if _text(quad.subject) in subjects
    )
    assert len(expected) > 15
    triples = ask_graph(engine, bundled_catalogue()["action-dossier"], {"action": "ecp3-9"})
    parts: dict[object, dict[str, str]] = {}
    for triple in triples:
        if isinstance(triple.subject, ox.BlankNode):
            parts.setdefault(triple.subject, {})[triple.predicate.value] = _text(triple.object)
    order = (RDF + "subject", RDF + "predicate", RDF + "object", ECP + "statedIn")
    assert Counter(tuple(part[name] for name in order) for part in parts.values()) == expected
    # what follows is there as well, with no passage of its own, and nothing of another row
    plain = {tuple(map(_text, triple)) for triple in triples}
    assert ("action:ecp3-9", "ecp:contributesToGoal", "goal:1") in plain
    assert not any("ecp:contributesToGoal" in statement for statement in expected)
    assert not any(subject == "action:ecp3-8" for subject, _, _ in plain)


def check_findings_as_graph(engine: Engine) -> None:
    query = bundled_catalogue()["findings-as-graph"]
    names = ("overlap-bodies@secretariat=with", "overlap-programmes", "overlap-actions")
    rows = [row for case in cases() if case.path.stem in names for row in _with_header(case)]
    for grade in "ABCD":
        triples = {tuple(map(_text, triple)) for triple in ask_graph(engine, query, {"grade": grade})}
        found = {subject for subject, predicate, object_ in triples if object_ == "ecp:Overlap"}
        assert found == {row["overlap"] for row in rows if row["evidenceGrade"] <= grade}
        assert found
        for overlap in found:
            linked = [
                object_
                for subject, predicate, object_ in triples
                if (subject, predicate) == (overlap, "ecp:overlapMember")
            ]
            assert len(linked) == 2
            assert any((subject, predicate) == (overlap, "ecp:statedIn") for subject, predicate, _ in triples)


def check_thing_statements(engine: Engine) -> None:
    for thing in ("action:ecp3-9", "body:tfawg", "timeframe:ecp3-9"):
        expected: Counter[tuple[str, ...]] = Counter()
        for graph, found in statements_by_graph().items():
            place = (_certainty(graph), value(graph, ECP + "locator"), compact(graph))
            for quad in found:
                subject, predicate, object_ = map(_text, (quad.subject, quad.predicate, quad.object))
                if subject == thing:
                    expected["from", predicate, object_, *place] += 1
                if object_ == thing:
                    expected["to", predicate, subject, *place] += 1
        rows = _rows(engine, "thing-statements", thing=thing)
        stated = [row for row in rows if row[4] in CERTAINTIES]
        assert Counter((row[0], row[6], row[7], row[4], row[5], row[8]) for row in stated) == expected
        assert len(expected) > 3
        for row in stated:
            label = value(expand(row[7]), SKOS + "prefLabel") if ":" in row[7] else ""
            assert not label or row[2] == label
            assert row[3] == (value(expand(row[7]), SKOS + "notation") if label else row[3])
        # what nobody states is told apart, and has no place in a document
        built = {(row[4], row[5], row[8]) for row in rows if row not in stated}
        assert built <= {("inferred", "", "graph:inferred"), ("derived", "", "graph:derived")}
        assert ("inferred", "", "graph:inferred") in built
    assert ["from", "belongs to plan", "ECP Action Plan for Phase III", "", "inferred"] in [
        row[:5] for row in _rows(engine, "thing-statements", thing="action:ecp3-9")
    ]


def check_overlaps_of_thing(engine: Engine) -> None:
    files = ("overlap-bodies@secretariat=with", "overlap-programmes", "overlap-actions")
    rows = [row for case in cases() if case.path.stem in files for row in _with_header(case)]
    for thing in ("body:ptc", "instrument:transit-guidelines", "topic:single-window", "action:ecp3-7"):
        part_of = thing.replace(":", "-")
        expected = {
            row["overlap"]: (row["evidenceGrade"], "shared" if row["thing"] == thing else "member")
            for row in rows
            if row["thing"] == thing or part_of in row["overlap"].removeprefix("overlap:").split("--")[:2]
        }
        found = [row for row in _rows(engine, "overlaps-of-thing", thing=thing) if row[2] != "row"]
        assert {row[4]: (row[1], row[2]) for row in found} == expected
        assert len(found) == len(expected) > 0
        assert all(row[3] for row in found)
        strong = _rows(engine, "overlaps-of-thing", thing=thing, grade="B")
        assert {row[4] for row in strong if row[2] != "row"} == {o for o, facts in expected.items() if facts[0] <= "B"}
    shown = {row[4] for row in _rows(engine, "overlaps-of-thing", thing="action:ecp3-16") if row[2] == "row"}
    assert shown >= {row["overlap"] for row in rows if row.get("actions") == "16"}


def _with_header(case: Case) -> list[dict[str, str]]:
    header, *rows = case.read()
    return [dict(zip(header, row, strict=True)) for row in rows]


#: Query to the function that knows its answer.
COMPUTED: dict[str, Callable[[Engine], None]] = {
    "action-dossier": check_action_dossier,
    "contradictions": check_contradictions,
    "findings-as-graph": check_findings_as_graph,
    "name-variants": check_name_variants,
    "overlaps-of-thing": check_overlaps_of_thing,
    "passages": check_passages,
    "plan-tree": check_plan_tree,
    "readings-to-review": check_readings_to_review,
    "statements-by-certainty": check_statements_by_certainty,
    "thing-statements": check_thing_statements,
}
