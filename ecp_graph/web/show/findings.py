"""The validation report as pages show it: findings by severity and rule, and by thing, with names instead of IRIs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final

from ecp_graph.errors import ReleaseError
from ecp_graph.linked_data.document import named_node
from ecp_graph.namespaces import compact
from ecp_graph.reasoning.statements import names_of
from ecp_graph.sparql.results import Term
from ecp_graph.validation.report import SEVERITIES, Finding, Report, in_order, mentions
from ecp_graph.validation.writers import read_json
from ecp_graph.web.show.names import name_all, name_of, named
from ecp_graph.web.show.terms import link
from ecp_graph.web.state.site import site

__all__ = [
    "Piece",
    "ShownFinding",
    "ShownRule",
    "ShownThing",
    "current_report",
    "current_rules",
    "findings_about",
    "rules",
    "things",
]

_LITERAL: Final = re.compile(r'^"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Piece:
    """A part of a sentence: its text, and the address that it links to, or None."""

    text: str
    target: str | None = None


@dataclass(frozen=True)
class ShownFinding:
    """One finding: its place on the page, what it is about, its sentence, what exactly is criticised, and where it
    is stated."""

    number: int
    focus: Piece | None
    kind: str
    sentence: tuple[Piece, ...]
    path: Piece | None
    value: Piece | None
    passages: tuple[Piece, ...]
    where: str


@dataclass(frozen=True)
class ShownRule:
    """The findings of one rule at one severity: the rule, the sentence if they share one, and what is to be done.

    ``response`` is what somebody who answers for the plan does about them.
    """

    severity: str
    response: str
    rule: Piece
    code: str
    sentence: tuple[Piece, ...]
    remedies: tuple[str, ...]
    findings: tuple[ShownFinding, ...]


@dataclass(frozen=True)
class ShownThing:
    """One thing that findings are about, how many there are at each severity, and their numbers."""

    thing: Piece
    kind: str
    counts: Mapping[str, int]
    numbers: tuple[int, ...]


def current_report() -> Report | None:
    """Return the report of the release in use; None when the data are not of a release, as a remote store's.

    Raises ReleaseError when the report cannot be read.
    """
    opened = site().current.opened
    if opened is None:
        return None

    def read() -> Report:
        path = opened.report("json")
        try:
            return read_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError) as reason:
            raise ReleaseError(f"The report {path} cannot be read ({reason}). Run `ecp-graph build`.") from reason

    return site().keep("validation report", read)


def current_rules() -> list[ShownRule]:
    """Return the findings of the release in use as `rules` gives them, made once; none when there is no report."""
    report = current_report()
    return site().keep("findings by rule", lambda: rules(report)) if report else []


def findings_about(iri: str) -> list[tuple[str, tuple[Piece, ...]]]:
    """Return the severity and the sentence of each finding about a thing, the gravest first; none without a report."""
    report = current_report()
    about = site().keep("findings by focus", lambda: _by_focus(report)) if report else {}
    return [(finding.severity, _sentence(finding.message)) for finding in about.get(iri, ())]


def _by_focus(report: Report) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in in_order(report.findings):
        if finding.focus:
            found.setdefault(finding.focus.strip("<>"), []).append(finding)
    return found


def rules(report: Report) -> list[ShownRule]:
    """Return the findings by rule: by the urgency of the response, then by severity and number."""
    name_all(_named_in(report))
    places = _places_in(report)
    grouped: dict[tuple[int, str, int, str], list[Finding]] = {}
    for finding in report.findings:
        key = (finding.order, finding.response, SEVERITIES.index(finding.severity), finding.shape or "")
        grouped.setdefault(key, []).append(finding)
    ranked = sorted(grouped.items(), key=lambda group: (*group[0][:3], -len(group[1]), group[0][3]))
    numbers = count(1)
    return [_rule([(next(numbers), finding) for finding in found], places) for _, found in ranked]


def _named_in(report: Report) -> Iterator[str]:
    """Yield the IRIs of what the findings name."""
    for finding in report.findings:
        named = (finding.focus, finding.path, finding.shape, finding.value)
        yield from (iri.strip("<>") for iri in named if iri and "://" in iri and " " not in iri)
        yield from (iri for _, _, iri in mentions(finding.message))


def _places_in(report: Report) -> dict[str, str]:
    """Return where the passages are that the findings name, by IRI, up to as many as are named at once."""
    here = site()
    readings = dict.fromkeys(iri for finding in report.findings for iri in finding.passages)
    wanted = [Term("iri", iri) for iri in readings if named_node(iri)][: here.bounds.names_at_once]
    return names_of(here.engine, wanted, timeout_s=here.settings.timeout) if wanted else {}


def things(shown: list[ShownRule]) -> list[ShownThing]:
    """Return what the findings are about, the thing with the gravest and most findings first."""
    severities: dict[Piece, Counter[str]] = {}
    numbers: dict[Piece, list[int]] = {}
    kinds: dict[Piece, str] = {}
    for rule in shown:
        for finding in rule.findings:
            if finding.focus is not None:
                severities.setdefault(finding.focus, Counter())[rule.severity] += 1
                numbers.setdefault(finding.focus, []).append(finding.number)
                kinds[finding.focus] = finding.kind
    found = [ShownThing(thing, kinds[thing], severities[thing], tuple(numbers[thing])) for thing in numbers]
    return sorted(found, key=lambda one: (*(-one.counts[severity] for severity in SEVERITIES), one.thing.text))


def _rule(numbered: list[tuple[int, Finding]], places: Mapping[str, str]) -> ShownRule:
    first = numbered[0][1]
    messages = {finding.message for _, finding in numbered}
    shared = messages.pop() if len(messages) == 1 else ""
    findings = tuple(_finding(number, finding, shared, places) for number, finding in numbered)
    remedies = tuple(dict.fromkeys(finding.remedy for _, finding in numbered if finding.remedy))
    rule = _thing(first.shape) if first.shape else Piece("The reasoner")
    code = compact(first.shape) if first.shape else ""
    return ShownRule(first.severity, first.response, rule, code, _sentence(shared), remedies, findings)


def _finding(number: int, finding: Finding, shared: str, places: Mapping[str, str]) -> ShownFinding:
    of_focus = named(finding.focus) if finding.focus else None
    value = _value(finding.value, finding.message) if finding.value else None
    return ShownFinding(
        number=number,
        focus=_thing(finding.focus) if finding.focus else None,
        kind=of_focus.kind if of_focus else "",
        sentence=() if finding.message == shared else _sentence(finding.message),
        path=_thing(finding.path) if finding.path and "://" in finding.path and " " not in finding.path else None,
        value=value,
        passages=_stated_in(finding.passages, places),
        where=finding.where or "",
    )


def _stated_in(passages: Iterable[str], places: Mapping[str, str]) -> tuple[Piece, ...]:
    """Return the places of passages, each once: readings of one passage differ in certainty alone."""
    found: dict[str, Piece] = {}
    for iri in passages:
        name = places.get(iri) or compact(iri)
        found.setdefault(name, Piece(name, link(Term("iri", iri))))
    return tuple(found.values())


def _thing(iri: str) -> Piece:
    iri = iri.strip("<>")
    return Piece(name_of(iri), link(Term("iri", iri)))


def _value(value: str, message: str) -> Piece | None:
    """Return the value of a finding to show; None for one that its sentence says already."""
    if value.startswith("<"):
        return _thing(value)
    text = literal[1] if (literal := _LITERAL.match(value)) else value
    return None if text in message else Piece(text)


def _sentence(message: str) -> tuple[Piece, ...]:
    return tuple(_pieces(message))


def _pieces(message: str) -> Iterator[Piece]:
    """Yield the parts of a sentence, with the things that it names by an IRI or a curie shown by their names."""
    at = 0
    for start, end, iri in mentions(message):
        if name_of(iri) != compact(iri):
            if start > at:
                yield Piece(message[at:start])
            yield _thing(iri)
            at = end
    if at < len(message):
        yield Piece(message[at:])
