"""Renders an explanation as text for a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ecp_graph.namespaces import compact
from ecp_graph.reasoning.proof import Explanation
from ecp_graph.reasoning.statements import Source, Statement
from ecp_graph.sparql.results import Term, printable

__all__ = ["as_json", "as_text"]


def as_text(explanation: Explanation, names: Mapping[str, str]) -> str:
    """Return the explanation as a tree, premises below what follows from them; ``names`` are those of terms by IRI."""
    return printable("\n".join(_lines(explanation, names))) + "\n"


def as_json(explanation: Explanation, names: Mapping[str, str]) -> dict[str, Any]:
    """Return ``statement``, ``certainty``, ``sources`` and ``derivation`` (null at a leaf).

    The last has ``kind``, ``sentence``, ``axiom`` and ``premises``.
    """
    step = explanation.derivation
    return {
        "statement": {
            part: _term(term, names)
            for part, term in zip(("subject", "predicate", "object"), explanation.statement, strict=True)
        },
        "certainty": explanation.certainty,
        "sources": [
            {"graph": source.graph, "locator": source.locator, "certainty": source.certainty}
            for source in explanation.sources
        ],
        "derivation": None
        if step is None
        else {
            "kind": step.kind,
            "sentence": step.sentence(names),
            "axiom": step.axiom,
            "premises": [as_json(premise, names) for premise in step.premises],
        },
    }


def _lines(explanation: Explanation, names: Mapping[str, str]) -> Iterator[str]:
    yield _said(explanation.statement, names)
    for source in explanation.sources:
        yield f"  stated in {_place(source)}"
    if step := explanation.derivation:
        if explanation.certainty:
            yield f"  {explanation.certainty}, as the weakest statement that it needs"
        yield f"  {'found by the build' if step.text else 'follows'}: {step.sentence(names)}"
        yield f"    {step.axiom}"
        for number, premise in enumerate(step.premises, 1):
            is_last = number == len(step.premises)
            first, rest = ("  └─ ", "     ") if is_last else ("  ├─ ", "  │  ")
            for at, line in enumerate(_lines(premise, names)):
                yield (rest if at else first) + line


def _said(statement: Statement, names: Mapping[str, str]) -> str:
    words = " · ".join(names.get(term.value, term.text) for term in statement)
    return words if words == " · ".join(term.text for term in statement) else f"{words}   [{statement.text}]"


def _place(source: Source) -> str:
    graph = compact(source.graph)
    where = f"{source.locator} ({graph}" if source.locator else f"{graph}"
    certainty = f", {source.certainty}" if source.certainty else ""
    return f"{where}{certainty})" if source.locator else f"{where}{certainty}"


def _term(term: Term, names: Mapping[str, str]) -> dict[str, str]:
    found = {"type": "uri" if term.kind == "iri" else term.kind, "value": term.value}
    if term.datatype:
        found["datatype"] = term.datatype
    if term.language:
        found["xml:lang"] = term.language
    if term.kind == "iri" and term.value in names:
        found["name"] = names[term.value]
    return found
