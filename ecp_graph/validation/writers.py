"""The validation report as text for a terminal, JSON, Turtle (a SHACL report) or one HTML page without scripts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from html import escape
from itertools import groupby
from textwrap import wrap
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, PREFIXES, SHAPES, compact
from ecp_graph.rdf.writing import write_rdf
from ecp_graph.sparql.formats import TURTLE
from ecp_graph.validation.report import SEVERITIES, Finding, Report, Severity, counted, shorten

__all__ = ["FORMATS", "read_json", "render"]

_LITERAL: Final = re.compile(r'^("(?:[^"\\]|\\.)*")(@[\w-]+)?(?:\^\^<.*>)?$')
#: How many shapes that had nothing to check a reader is told by name.
_NAMED_IDLE: Final = 5
#: How many sentences of a response the end of the text repeats, and how wide its lines are.
_TOLD: Final = 3
_WIDTH: Final = 100


def render(report: Report, fmt: str) -> str:
    """Return the report in one of FORMATS (text, json, turtle, html), ending in a line break.

    Text groups the findings by response and sentence, and ends with what is to be done; JSON has the keys conforms,
    counts, lookedAt, idleShapes and findings; Turtle is a sh:ValidationReport with ecp:statedIn and ecpsh:remedy at
    its results.
    """
    return _WRITERS[fmt](report)


def read_json(text: str) -> Report:
    """Return the report that was rendered as JSON; raises ValueError, KeyError or TypeError for any other text."""
    content = json.loads(text)
    findings = (Finding(**{**facts, "passages": tuple(facts["passages"])}) for facts in content["findings"])
    return Report(tuple(findings), dict(content["lookedAt"]))


def _text(report: Report) -> str:
    lines = [_summary(report)]
    for severity, message, findings in _groups(report):
        lines += ["", f"{severity}: {message}{_origin(findings)}"]
        lines += [f"  {_line(finding)}" for finding in findings]
        lines += [f"  To fix: {remedy}" for remedy in dict.fromkeys(f.remedy for f in findings) if remedy]
    if report.idle_shapes:
        lines += ["", _idle(report.idle_shapes)]
    if report.findings:
        lines += ["", "What to do, the most urgent first", *_to_do(report), "", _summary(report)]
    return "\n".join(lines) + "\n"


def _to_do(report: Report) -> Iterator[str]:
    """Yield what is to be done, with the first of the findings that ask for it, wrapped."""
    for response, findings in report.by_response().items():
        yield f"  {response} ({len(findings)})"
        times = Counter(finding.message for finding in findings)
        for message, number in list(times.items())[:_TOLD]:
            often = f" ({number} times)" if number > 1 else ""
            yield from wrap(shorten(message) + often, _WIDTH, initial_indent="    ", subsequent_indent="      ")
        if len(times) > _TOLD:
            yield f"    … and {len(times) - _TOLD} more, above."


def _idle(shapes: list[str]) -> str:
    """Return which shapes had nothing to check, or how many: a plan rarely has every sort of thing."""
    if len(shapes) > _NAMED_IDLE:
        return (
            f"{len(shapes)} shapes had nothing to check: the data have nothing of the sort. The JSON report names them."
        )
    return "These shapes had nothing to check: " + ", ".join(map(compact, shapes))


def _origin(findings: list[Finding]) -> str:
    """Return which shape says it and how often, as a remark: " (ecpsh:Action-number, 3 times)"."""
    parts = sorted({compact(finding.shape) for finding in findings if finding.shape})
    parts += [f"{len(findings)} times"] if len(findings) > 1 else []
    return f" ({', '.join(parts)})" if parts else ""


def _line(finding: Finding) -> str:
    parts = [finding.where, *_statement(finding), _passages(finding)]
    return "  ".join(part for part in parts if part)


def _summary(report: Report) -> str:
    verdict = "The data conform" if report.conforms else "The data do not conform"
    counts = ", ".join(counted(count, severity) for severity, count in report.counts.items())
    shapes, nodes = len(report.looked_at), sum(report.looked_at.values())
    return f"{verdict}: {counts}. {shapes} shapes checked {nodes} nodes."


def _groups(report: Report) -> Iterator[tuple[Severity, str, list[Finding]]]:
    every = [finding for findings in report.by_response().values() for finding in findings]
    ranked = sorted(every, key=lambda finding: (finding.order, SEVERITIES.index(finding.severity), finding.message))
    for (severity, message), findings in groupby(ranked, key=lambda finding: (finding.severity, finding.message)):
        yield severity, message, list(findings)


def _statement(finding: Finding) -> list[str]:
    """Return focus, path and value as a reader wants them: short names, and literals without their datatype."""
    value = _LITERAL.sub(r"\1\2", finding.value) if finding.value else None
    return [shorten(part.strip("<>")) for part in (finding.focus, finding.path, value) if part]


def _passages(finding: Finding) -> str:
    shown = [compact(passage) for passage in finding.passages]
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return f"[{', '.join(shown[:3])}{more}]" if shown else ""


def _json(report: Report) -> str:
    content = {
        "conforms": report.conforms,
        "counts": report.counts,
        "lookedAt": dict(sorted(report.looked_at.items())),
        "idleShapes": report.idle_shapes,
        "findings": [asdict(finding) for finding in report.findings],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _turtle(report: Report) -> str:
    node = ox.BlankNode("report")
    conforms = ox.Literal(report.conforms)
    triples = [ox.Triple(node, _rdf("type"), _sh("ValidationReport")), ox.Triple(node, _sh("conforms"), conforms)]
    results = [ox.BlankNode(f"result{number}") for number in range(len(report.findings))]
    triples += [ox.Triple(node, _sh("result"), result) for result in results]
    for result, finding in zip(results, report.findings, strict=True):
        triples += [ox.Triple(result, predicate, term) for predicate, term in _result(finding)]
    return write_rdf(triples, TURTLE).decode()


def _result(finding: Finding) -> Iterator[tuple[ox.NamedNode, ox.NamedNode | ox.BlankNode | ox.Literal]]:
    yield _rdf("type"), _sh("ValidationResult")
    yield _sh("resultSeverity"), _sh(finding.severity)
    yield _sh("resultMessage"), ox.Literal(finding.message, language="en")
    links = {"focusNode": finding.focus, "sourceShape": finding.shape, "sourceConstraintComponent": finding.component}
    for term, value in links.items():
        if value:
            yield _sh(term), _node(value)
    if finding.path and "://" in finding.path and " " not in finding.path:
        yield _sh("resultPath"), _node(finding.path.strip("<>"))
    if finding.value:
        statement = f"<s:s> <p:p> {finding.value} ."
        yield _sh("value"), next(iter(ox.parse(statement, ox.RdfFormat.N_TRIPLES))).object
    for passage in finding.passages:
        yield ox.NamedNode(ECP + "statedIn"), ox.NamedNode(passage)
    if finding.remedy:
        yield ox.NamedNode(SHAPES + "remedy"), ox.Literal(finding.remedy, language="en")


def _node(text: str) -> ox.NamedNode | ox.BlankNode:
    return ox.NamedNode(text) if "://" in text or text.startswith("urn:") else ox.BlankNode(text.removeprefix("_:"))


def _sh(local: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES["sh"] + local)


def _rdf(local: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES["rdf"] + local)


def _html(report: Report) -> str:
    sections = "".join(_section(severity, message, findings) for severity, message, findings in _groups(report))
    note = f"<p>{escape(_idle(report.idle_shapes))}</p>\n" if report.idle_shapes else ""
    return _PAGE.format(summary=escape(_summary(report)), sections=sections, idle=note)


def _section(severity: Severity, message: str, findings: list[Finding]) -> str:
    rows = "".join(_row(finding) for finding in findings)
    remedies = "".join(
        f"<p>To fix: {escape(remedy)}</p>\n" for remedy in dict.fromkeys(f.remedy for f in findings) if remedy
    )
    return (
        f'<section class="{severity.lower()}">\n<h2>{severity}: {escape(message)}</h2>\n{remedies}<table>\n'
        '<thead><tr><th scope="col">Where</th><th scope="col">Statement</th><th scope="col">Stated in</th></tr>'
        "</thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table>\n</section>\n"
    )


def _row(finding: Finding) -> str:
    passages = ", ".join(compact(passage) for passage in finding.passages)
    cells = (finding.where or "", " ".join(_statement(finding)), passages)
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>\n"


_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Validation report</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }}
h2 {{ border-left: .4rem solid #555; font-size: 1.1rem; padding-left: .6rem; }}
.violation h2 {{ border-color: #b00020; }}
.warning h2 {{ border-color: #a15c00; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-bottom: 1px solid #bbb; padding: .3rem .6rem; text-align: left; vertical-align: top; }}
td {{ overflow-wrap: anywhere; }}
</style>
</head>
<body>
<h1>Validation report</h1>
<p>{summary}</p>
{sections}{idle}</body>
</html>
"""

_WRITERS: Final[dict[str, Callable[[Report], str]]] = {"text": _text, "json": _json, "turtle": _turtle, "html": _html}

#: Name of each format and the suffix of its file.
FORMATS: Final = {"text": "txt", "json": "json", "turtle": "ttl", "html": "html"}
