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
from .computed_matrices import MATRICES

__all__ = ["COMPUTED"]

CERTAINTIES = ("verbatim", "normalised", "interpreted", "external")
READING = ROOT / "tests" / "second_reading"
RDF = RDF_TYPE.removesuffix("type")
ECPSH = "https://w3id.org/ecp-graph/shapes#"


def _rows(engine: Engine, name: str, **parameters: str) -> list[list[str]]:
    return ask_rows(engine, bundled_catalogue()[name], parameters)[1:]


def _certainty(graph: str) -> str:
    return value(graph, ECP + "certainty").removeprefix(ID + "concept/certainty-")


def _passage(reading: str) -> str:
    return value(reading, ECP + "readingOf")


def _locator(reading: str) -> str:
    return value(_passage(reading), ECP + "locator")


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
            value(value(_passage(graph), ECP + "passageOf"), SKOS + "prefLabel"),
            _locator(graph),
            _certainty(graph),
            str(len(found)),
            compact(_passage(graph)),
        )
        for graph, found in statements_by_graph().items()
    }
    assert len(expected) > 100
    rows = _rows(engine, "passages")
    assert {row[7]: (row[0], row[1], row[3], row[4], row[6]) for row in rows} == expected
    assert len(rows) == len(expected)
    for certainty in CERTAINTIES:
        found = {row[7] for row in _rows(engine, "passages", certainty=certainty)}
        assert found == {reading for reading, facts in expected.items() if facts[2] == certainty}
        assert found


def check_statements_by_certainty(engine: Engine) -> None:
    statements: Counter[tuple[str, str]] = Counter()
    passages: Counter[tuple[str, str]] = Counter()
    for graph, found in statements_by_graph().items():
        key = (value(value(_passage(graph), ECP + "passageOf"), SKOS + "prefLabel"), _certainty(graph))
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
        found = [(row[4], row[1], row[2], row[3]) for row in rows]
        # Virtuoso writes a boolean as a number
        assert Counter((*one[:3], "true") if one[2:] == ("owl:deprecated", "1") else one for one in found) == expected
        assert expected
    assert _rows(engine, "readings-to-review") == _rows(engine, "readings-to-review", certainty="interpreted")


def check_name_variants(engine: Engine) -> None:
    expected = Counter(
        (_locator(graph), _text(quad.subject), _text(quad.object))
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
    expected |= {(f"chapter:ecp3-{number}", f"activity:wco-strategic-plan-2016-{number}") for number in range(1, 5)}
    expected |= {
        (f"activity:wco-strategic-plan-2016-{number}", "goal:wco-strategic-plan-2016-1") for number in range(1, 5)
    } | {("chapter:ecp3-5", "goal:wco-strategic-plan-2016-5")}
    assert broader == expected
    tops = {subject for subject, predicate, _ in triples if predicate == "skos:topConceptOf"}
    assert tops == {
        "goal:wco-strategic-plan-2016-1",
        "goal:wco-strategic-plan-2016-5",
        "chapter:ecp3-6",
        "chapter:ecp3-7",
    }
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
    assert ("action:ecp3-9", "ecp:contributesToGoal", "goal:wco-strategic-plan-2016-1") in plain
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
            place = (_certainty(graph), _locator(graph), compact(graph))
            for quad in found:
                subject, predicate, object_ = map(_text, (quad.subject, quad.predicate, quad.object))
                if subject == thing:
                    expected["from", predicate, object_, *place] += 1
                if object_ == thing:
                    expected["to", predicate, subject, *place] += 1
        rows = _rows(engine, "thing-statements", thing=thing)
        stated = [row for row in rows if row[4] == "stated"]
        assert Counter((row[0], row[7], row[8], row[5], row[6], row[9]) for row in stated) == expected
        assert len(expected) > 3
        for row in stated:
            label = value(expand(row[8]), SKOS + "prefLabel") if ":" in row[8] else ""
            assert not label or row[2] == label
            assert not row[8].startswith("timeframe:") or row[2] == value(expand(row[8]), ECP + "timeframeText")
            assert row[3] == (value(expand(row[8]), SKOS + "notation") if label else row[3])
        # what nobody states is told apart, has no place in a document, and the weakest certainty of what it rests on
        built = {(row[4], row[5], row[6], row[9]) for row in rows if row not in stated}
        weaker = {("inferred", name, "", f"graph:inferred-{name}") for name in CERTAINTIES if name != "verbatim"}
        plain = {("inferred", "verbatim", "", "graph:inferred")}
        assert built <= plain | weaker | {("derived", "", "", "graph:derived")}
        assert built & plain
    assert ["from", "belongs to plan", "ECP Action Plan for Phase III", "", "inferred", "verbatim"] in [
        row[:6] for row in _rows(engine, "thing-statements", thing="action:ecp3-9")
    ]


def check_overlaps_of_thing(engine: Engine) -> None:
    files = ("overlap-bodies@secretariat=with", "overlap-programmes", "overlap-actions")
    rows = [row for case in cases() if case.path.stem in files for row in _with_header(case)]
    for thing in ("body:ptc", "topic:coordinated-border-management", "action:ecp3-7"):
        part_of = thing.replace(":", "-")
        expected = {
            row["overlap"]: (row["kind"], row["evidenceGrade"], "cause" if row["cause"] == thing else "member")
            for row in rows
            if row["cause"] == thing or part_of in row["overlap"].removeprefix("overlap:").split("--")[:2]
        }
        found = [row for row in _rows(engine, "overlaps-of-thing", thing=thing) if row[4] in ("cause", "member")]
        assert {row[6]: (row[1], row[2], row[4]) for row in found} == expected
        assert len(found) == len(expected) > 0
        assert all(row[5] for row in found)
        strong = _rows(engine, "overlaps-of-thing", thing=thing, grade="B")
        strong = [row for row in strong if row[4] in ("cause", "member")]
        assert {row[6] for row in strong} == {one for one, facts in expected.items() if facts[1] <= "B"}
    found = _rows(engine, "overlaps-of-thing", thing="action:ecp3-16")
    shown = {row[6] for row in found if row[4] in ("action", "cause", "member")}
    assert shown >= {row["overlap"] for row in rows if "16" in row.get("actions", "").split(", ")}
    on = {row[6] for row in _rows(engine, "overlaps-of-thing", thing="instrument:time-release-study")}
    assert on == {"overlap:body-ptc--body-tfawg--event-joint-session-on-trs"}


def check_terms(engine: Engine) -> None:
    kinds = {"Class": "class", "ObjectProperty": "property", "DatatypeProperty": "property"}
    kinds = {f"http://www.w3.org/2002/07/owl#{name}": kind for name, kind in kinds.items()}
    files = [*(ROOT / "ontology").glob("*.ttl"), *(ROOT / "ontology" / "alignments").glob("*.ttl")]
    files += (ROOT / "shapes").rglob("*.ttl")
    vocabulary = [quad for path in files for quad in ox.parse(path=str(path))]
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    labels = {_text(quad.subject): _text(quad.object) for quad in vocabulary if quad.predicate.value == label}
    declared = {
        (labels.get(_text(quad.subject), ""), kinds[quad.object.value], _text(quad.subject))
        for quad in vocabulary
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
        if quad.predicate.value == RDF_TYPE and quad.object.value in kinds
    }
    things = {
        (_text(quad.object), "thing", _text(quad.subject))
        for quad in quads()
        if quad.predicate.value == SKOS + "prefLabel"
    }
    rows = [(row[0], row[1], row[2]) for row in _rows(engine, "terms")]
    assert len(set(rows)) == len(rows)
    found = {row for row in rows if row[1] != "property"} | {row for row in rows if row in declared}
    assert found >= declared | things
    # beyond the files of the data stand the kinds and grades of the ontology, which are things with labels as well
    assert {row for row in rows if row[1] == "thing"} - things <= {
        (row[0], "thing", row[2]) for row in rows if row[2].startswith("concept:") or row[2].startswith("scheme:")
    }
    assert len(declared) > 100
    assert len(things) > 150
    assert not any(row[2].startswith("overlap:") for row in rows)
    for kind in ("class", "property", "thing"):
        assert [tuple(row) for row in _rows(engine, "terms", kind=kind)] == [row for row in rows if row[1] == kind]


def check_glossary(engine: Engine) -> None:
    files = [quad for path in (ROOT / "ontology").glob("*.ttl") for quad in ox.parse(path=str(path))]
    said = {(_text(quad.subject), quad.predicate.value): _text(quad.object) for quad in files}
    definition, label = SKOS + "definition", "http://www.w3.org/2000/01/rdf-schema#label"
    kinds = {_text(quad.object) for quad in quads() if quad.predicate.value == RDF_TYPE}
    expected = {
        (said[term, label], text, "class", "", term, "")
        for (term, property_), text in said.items()
        if property_ == definition and term in kinds
    }
    listed = {
        (
            said[term, SKOS + "prefLabel"],
            text,
            said[scheme, SKOS + "prefLabel"],
            said[term, SKOS + "notation"],
            term,
            scheme,
        )
        for (term, property_), text in said.items()
        if property_ == definition and (scheme := said.get((term, SKOS + "inScheme"), ""))
        if scheme not in {"scheme:months", "scheme:topics"}
    }
    rows = _rows(engine, "glossary")
    found = {tuple(row) for row in rows}
    assert (len(rows), len(expected) > 20, len(listed) > 50) == (len(found), True, True)
    assert {row for row in found if row[2] != "class"} == listed
    # beyond the classes of the files stand those that follow: parties, undertakings, overlaps
    assert {row for row in found if row[2] == "class"} >= expected
    assert [row[2] for row in rows] == sorted(row[2] for row in rows)
    grades = _rows(engine, "glossary", list="Evidence grades")
    assert [row[3] for row in grades] == sorted(row[3] for row in grades) == ["A", "B", "C", "D"]


def _with_header(case: Case) -> list[dict[str, str]]:
    header, *rows = case.read()
    return [dict(zip(header, row, strict=True)) for row in rows]


#: What an action only mentions, which is no commitment.
MENTIONS = {ECP + name for name in ("basedOnInstrument", "exampleTopic", "mentionsInstrument", "namesAsExample")}


def _about(action: str, kind: str) -> set[str]:
    """The individuals of one type that an action is about; what it only mentions is left out."""
    stated = [quad for quad in quads() if _text(quad.subject) == action and quad.predicate.value not in MENTIONS]
    return {name for quad in stated if (name := _text(quad.object)).startswith(f"{kind}:")}


def check_action_facets(engine: Engine) -> None:
    kinds = {"plan", "chapter", "body", "instrument", "topic", "goal", "concept"}
    expected: set[tuple[str, str, str]] = set()
    for row in _with_header(next(case for case in cases() if case.path.stem == "actions")):
        action = row["action"]
        cells = {
            "chapter": row["chapter"],
            "body": row["bodies"],
            "programme": row["programmes"],
            "timeframe": row["timeframeKind"],
            "goal": row["goals"],
            "possibleGoal": row["possibleGoals"],
        }
        expected |= {(facet, code, action) for facet, cell in cells.items() for code in cell.split(", ") if code}
        expected |= {("body", "open-group", action)} if row["openGroup"] else set()
        expected |= {("instrument", name, action) for name in _about(action, "instrument")}
        expected |= {("topic", name, action) for name in _about(action, "topic")}
        expected |= {("plan", row["plan"], action)}
    rows = _rows(engine, "action-facets")
    got = {(row[0], row[4] if row[0] in {"instrument", "topic", "plan"} else row[1], row[3]) for row in rows}
    assert got == expected
    assert len(rows) == len(expected) > 200
    assert {row[4].partition(":")[0] for row in rows if row[4]} == kinds
    assert {row[2] for row in rows if not row[4]} == {
        "other related WCO committees or working groups",
        "other relevant committees or working groups",
    }
    labels = {row[4]: row[2] for row in rows}
    assert labels["body:ptc"] == "Permanent Technical Committee"
    assert labels["concept:timeframe-not-stated"] == "not stated"
    assert list(dict.fromkeys(row[0] for row in rows)) == [
        *("plan", "chapter", "body", "programme", "instrument", "topic", "timeframe", "goal", "possibleGoal")
    ]


def check_actions_as_graph(engine: Engine) -> None:
    found = {tuple(map(_text, triple)) for triple in ask_graph(engine, bundled_catalogue()["actions-as-graph"], {})}
    stated = [quad for quad in quads() if _text(quad.subject).startswith(("action:", "timeframe:"))]
    assert len(stated) > 200
    for quad in stated:
        assert (_text(quad.subject), _text(quad.predicate), _text(quad.object)) in found
    # what follows, and the names of what the rows refer to
    assert ("action:ecp3-9", "ecp:contributesToGoal", "goal:wco-strategic-plan-2016-1") in found
    assert ("body:ptc", "skos:notation", "PTC") in found
    assert ("body:ptc", "skos:prefLabel", "Permanent Technical Committee") in found
    # no more than that of other things
    others = {triple[1] for triple in found if not triple[0].startswith(("action:", "timeframe:"))}
    assert others == {"skos:prefLabel", "skos:notation"}


def check_names(engine: Engine) -> None:
    naming = {SKOS + "prefLabel": "preferred", SKOS + "altLabel": "other", SKOS + "hiddenLabel": "hidden"}
    naming |= {SKOS + "notation": "code", ECP + "numberText": "code"}
    expected = {
        (naming[quad.predicate.value], _text(quad.object), _text(quad.subject))
        for quad in quads()
        if quad.predicate.value in naming
    }
    expected |= {("preferred", _locator(reading), compact(_passage(reading))) for reading in statements_by_graph()}
    assert len(expected) > 400
    rows = _rows(engine, "names")
    for quad in quads():
        if quad.predicate.value == ECP + "timeframe":
            action, time = quad.subject.value, quad.object.value
            text = "".join(f": {written}" for written in values(time, ECP + "timeframeText"))
            expected.add(("made", f"time of action {value(action, ECP + 'numberText')}{text}", compact(time)))
    made = ("overlap", "class", "property", "rule", "concept", "concept scheme", "similarity")  # not in data/
    assert {(row[1], row[2], row[3]) for row in rows if row[0] not in made} == expected
    assert {row[1] for row in rows if row[0] == "overlap"} == {"made"}
    kinds = {(row[0], row[3]) for row in rows}
    assert len({thing for _, thing in kinds}) == len(kinds)  # each thing is of one kind
    assert {
        ("body", "body:ptc"),
        ("work programme", "plan:ptc-work-programme"),
        ("open body group", "group:ecp3-11-relevant"),
        ("class", "ecp:Body"),
        ("property", "ecp:responsibleBody"),
        ("rule", "ecpsh:action-number"),
        ("passage", "passage:para-3"),
        ("concept", "concept:timeframe-deadline"),
    } <= kinds


def check_shapes(engine: Engine) -> None:
    sh = "http://www.w3.org/ns/shacl#"
    targets = {"targetClass": "instances of", "targetSubjectsOf": "subjects of", "targetObjectsOf": "objects of"}
    targets["targetNode"] = "this node"
    triples = [quad for path in (ROOT / "shapes").rglob("*.ttl") for quad in ox.parse(path=str(path))]
    facts: dict[str, dict[str, list[str]]] = {}
    for quad in triples:
        if isinstance(quad.subject, ox.NamedNode):
            facts.setdefault(compact(quad.subject.value), {}).setdefault(quad.predicate.value, []).append(
                _text(quad.object)
            )
    expected = set()
    for name, told in facts.items():
        if not {"sh:NodeShape", "sh:PropertyShape"} & set(told[RDF_TYPE]):
            continue
        message, remedy = told.get(sh + "message", [""])[0], told.get(ECPSH + "remedy", [""])[0]
        aims = [(kind, aim) for target, kind in targets.items() for aim in told.get(sh + target, [])]
        severity = told.get(sh + "severity", ["sh:Violation"])[0].removeprefix("sh:") if aims else ""
        expected |= {(kind, severity, message, remedy, aim, name) for kind, aim in aims or [("", "")]}
    assert len(expected) > 200
    rows = _rows(engine, "shapes")
    assert {(row[1], row[3], row[4], row[5], row[7], row[8]) for row in rows} == expected
    assert len(rows) == len(expected)
    assert ("action", "An action has exactly one position") in {(row[0], row[2]) for row in rows}


def check_shapes_as_graph(engine: Engine) -> None:
    written = [quad for path in (ROOT / "shapes").rglob("*.ttl") for quad in ox.parse(path=str(path))]
    got = ask_graph(engine, bundled_catalogue()["shapes-as-graph"], {})

    def told(statements: list[ox.Quad] | list[ox.Triple]) -> Counter[tuple[str, ...]]:
        """The statements with blank nodes left out, because each parser names them anew."""
        return Counter(
            tuple("" if isinstance(term, ox.BlankNode) else _text(term) for term in (s.subject, s.predicate, s.object))
            for s in statements
        )

    assert told(got) == told(written)
    assert len(got) > 2000


#: Query to the function that knows its answer.
COMPUTED: dict[str, Callable[[Engine], None]] = {
    "action-dossier": check_action_dossier,
    "action-facets": check_action_facets,
    "actions-as-graph": check_actions_as_graph,
    "contradictions": check_contradictions,
    "findings-as-graph": check_findings_as_graph,
    "name-variants": check_name_variants,
    "glossary": check_glossary,
    "names": check_names,
    "overlaps-of-thing": check_overlaps_of_thing,
    "passages": check_passages,
    "plan-tree": check_plan_tree,
    "readings-to-review": check_readings_to_review,
    "shapes": check_shapes,
    "shapes-as-graph": check_shapes_as_graph,
    "statements-by-certainty": check_statements_by_certainty,
    "thing-statements": check_thing_statements,
    "terms": check_terms,
    **MATRICES,
}
