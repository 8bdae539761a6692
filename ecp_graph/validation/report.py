"""The validation report: findings with their sources and remedies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from ecp_graph.namespaces import compact, expand

__all__ = [
    "LOOK_AT_THE_DATA",
    "SEVERITIES",
    "SEVERITY_WORDS",
    "Finding",
    "Report",
    "Severity",
    "counted",
    "in_order",
    "mentions",
    "shorten",
]

#: An IRI in a sentence; new workspaces have a base that begins with ``urn:``.
_IRI: Final = re.compile(r"\b(?:\w+://|urn:)[^\s<>\"'(),]*[^\s<>\"'(),.;:]")
#: A thing named inside a sentence: by its IRI where no prefix fits, else by a curie such as ``plan:ecp-action-plan-3``.
_NAMED: Final = re.compile(r"\bhttps?://[^\s<>\"'(),]*[^\s<>\"'(),.;:]|\b[a-z][\w-]*:[\w-]+(?:[./][\w-]+)*")

Severity = Literal["Violation", "Warning", "Info"]

#: From the gravest to the lightest; a violation stops a release, the other two do not.
SEVERITIES: Final[tuple[Severity, ...]] = ("Violation", "Warning", "Info")
#: What one finding and several of a severity are called.
SEVERITY_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "Violation": ("violation", "violations"),
    "Warning": ("warning", "warnings"),
    "Info": ("note", "notes"),
}

#: The response to a finding whose rule has none.
LOOK_AT_THE_DATA: Final = "Correct the data"


@dataclass(frozen=True)
class Finding:
    """One finding of a shape, the reasoner or a parser about the data.

    ``shape``, ``component`` and ``focus`` are IRIs, ``path`` an IRI or a property path, ``value`` an N-Triples term,
    ``passages`` the named graphs that state what is criticised, ``file`` and ``line`` where its subject stands.
    ``rule`` is the label of the shape. ``response`` is what somebody who answers for the plan does about it, and
    ``order`` the place of that among responses; the data themselves come first.
    """

    severity: Severity
    message: str
    focus: str | None = None
    path: str | None = None
    value: str | None = None
    shape: str | None = None
    component: str | None = None
    passages: tuple[str, ...] = ()
    file: str | None = None
    line: int | None = None
    remedy: str | None = None
    rule: str | None = None
    response: str = LOOK_AT_THE_DATA
    order: int = 0

    @property
    def where(self) -> str | None:
        """``file:line``, or what is known of it."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file


@dataclass(frozen=True)
class Report:
    """The findings, in a stable order, and for each shape (IRI) how many nodes it looked at.

    ``on_reference`` are the shapes that no engine but pySHACL ran; files of a report do not tell.
    """

    findings: tuple[Finding, ...] = ()
    looked_at: Mapping[str, int] = field(default_factory=dict)
    on_reference: tuple[str, ...] = field(default=(), compare=False)

    @property
    def conforms(self) -> bool:
        """True when there is no violation; warnings and notes do not stop a release."""
        return self.counts["Violation"] == 0

    @property
    def counts(self) -> dict[Severity, int]:
        """Number of findings for each severity, zeros included."""
        return {severity: sum(f.severity == severity for f in self.findings) for severity in SEVERITIES}

    @property
    def summary(self) -> str:
        """How many findings of each severity there are, without zeros: ``6 warnings, 52 notes``."""
        return ", ".join(counted(count, severity) for severity, count in self.counts.items() if count)

    @property
    def engines(self) -> str:
        """How many shapes there are, and which of them pySHACL ran, as the end of a sentence."""
        slow = self.on_reference
        named = ", ".join(compact(shape) for shape in slow[:3]) + (" …" if len(slow) > 3 else "")
        return f"{len(self.looked_at)} shapes" + (f", {len(slow)} of them on pySHACL ({named})" if slow else "")

    def by_response(self) -> dict[str, list[Finding]]:
        """Return the findings by what is to be done about them, the most urgent first, and in that by severity."""
        ranked = sorted(self.findings, key=lambda finding: (finding.order, SEVERITIES.index(finding.severity)))
        found: dict[str, list[Finding]] = {}
        for finding in ranked:
            found.setdefault(finding.response, []).append(finding)
        return found

    @property
    def idle_shapes(self) -> list[str]:
        """Shapes (IRIs) that found nothing to look at."""
        return sorted(shape for shape, count in self.looked_at.items() if count == 0)


def counted(count: int, severity: Severity) -> str:
    """Return a number of findings of a severity in words: ``1 note``, ``6 warnings``."""
    return f"{count} {SEVERITY_WORDS[severity][count != 1]}"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings, each once, by severity, shape, focus, path, value, message and component."""

    def key(finding: Finding) -> tuple[int, str, str, str, str, str, str]:
        rank = SEVERITIES.index(finding.severity)
        place = (finding.shape, finding.focus, finding.path, finding.value, finding.message, finding.component)
        return (rank, *(part or "" for part in place))  # type: ignore[return-value]

    return tuple(sorted(dict.fromkeys(findings), key=key))


def mentions(sentence: str) -> Iterator[tuple[int, int, str]]:
    """Yield from where to where a sentence may name a thing by its IRI or a curie, and that IRI."""
    for found in _NAMED.finditer(sentence):
        yield found.start(), found.end(), expand(found.group())


def shorten(text: str) -> str:
    """Return the text with the IRIs of known namespaces as curies."""
    return _IRI.sub(lambda match: compact(match.group()), text)
