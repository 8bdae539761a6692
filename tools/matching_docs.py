"""Write the figures of docs/matching.md: how two lists of names four years apart are matched.

python -m tools.matching_docs          writes the file
python -m tools.matching_docs --check  exits with 1 if the file is out of date
python -m tools.matching_docs tuning   lists what becomes of each name of a half, to work on the rules
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import yaml

from ecp_graph.namespaces import using
from ecp_graph.plans.known.things import known_things
from ecp_graph.plans.matching import Known, Match, Register, known_of
from ecp_graph.rdf.load import load
from ecp_graph.workspace import bundled_workspace

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "matching.md"
HALVES: Final = ("tuning", "held_out")
_NAMES: Final = ROOT / "tests" / "plans" / "matching" / "names.yaml"
_MARK: Final = "<!-- Below this line: python -m tools.matching_docs -->\n"


@dataclass(frozen=True)
class Case:
    """A later name, with what it means: the IRI of a known thing, or nothing."""

    text: str
    kind: str
    iri: str

    def matched(self) -> Match:
        """Return what it is taken for."""
        return register().match(self.text, self.kind)

    def verdict(self) -> str:
        """Return right or wrong for a match that is sure, and asked, missed, or new for the others.

        ``asked`` is a question that has the right thing among its candidates, ``missed`` a known thing that is neither
        found nor asked for, ``new`` a thing that the register does not have, whether candidates are shown or not.
        """
        match = self.matched()
        if match.is_sure:
            return "right" if match.known and match.known.iri == self.iri else "wrong"
        if not self.iri:
            return "new"
        return "asked" if self.iri in {each.iri for each in (match.known, *match.others) if each} else "missed"


@cache
def _held() -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load(_NAMES.read_text(encoding="utf-8"))
    return held


@cache
def register() -> Register:
    """Return the register of the earlier names."""
    return Register(
        Known(_iri(slug), code, kind, tuple(_label(text) for text in labels))
        for slug, kind, code, labels in _held()["known"]
    )


def cases(half: str) -> list[Case]:
    """Return the later names of a half."""
    return [Case(text, kind, _iri(slug) if slug else "") for text, kind, slug in _held()[half]]


def _iri(slug: str) -> str:
    return f"https://example.org/id/{slug}"


def _label(text: str) -> tuple[str, str]:
    name, at, language = text.rpartition("@")
    return (name, language) if at else (text, "en")


def page(before: str) -> str:
    """Return the text of the page: what it has above the mark, and the figures below it."""
    head, mark, _ = before.partition(_MARK)
    if not mark:
        raise SystemExit(f"{PAGE.name} has no line '{_MARK.strip()}'.")
    return head + mark + "".join(_figures())


def _figures() -> Iterator[str]:
    yield "\n| names | tuning | held out |\n|---|---|---|\n"
    counted = [[case.verdict() for case in cases(half)] for half in HALVES]
    yield _row("names", [str(len(half)) for half in counted])
    yield _row("sure, and right", [str(half.count("right")) for half in counted])
    yield _row("sure, and wrong", [str(half.count("wrong")) for half in counted])
    yield _row("precision of what is sure", [f"{half.count('right') / _sure(half):.3f}" for half in counted])
    yield _row("asked, with the right one among the candidates", [str(half.count("asked")) for half in counted])
    yield _row("known, but neither found nor asked", [str(half.count("missed")) for half in counted])
    yield _row("new, and not taken for a known one", [str(half.count("new")) for half in counted])

    yield "\n| named in the titles of the bundled plan | instruments | topics |\n|---|---|---|\n"
    titles = [in_titles(kind) for kind in ("instrument", "topic")]
    yield _row("linked by hand", [str(len(by_hand)) for by_hand, _ in titles])
    yield _row("found", [str(len(found)) for _, found in titles])
    yield _row("precision", [f"{len(by_hand & found) / len(found):.2f}" for by_hand, found in titles])
    yield _row("recall", [f"{len(by_hand & found) / len(by_hand):.2f}" for by_hand, found in titles])
    missed = sorted({iri.rpartition("/")[2] for by_hand, found in titles for _, iri in by_hand - found})
    yield f"\nNot found, since their names do not stand in the titles: {', '.join(missed)}.\n"


def in_titles(kind: str) -> tuple[set[tuple[int, str]], set[tuple[int, str]]]:
    """Return the things of a kind that the actions of the bundled plan are linked to by hand, and found in titles."""
    from tests.data.graphs import ID, SKOS, quads, value

    workspace = bundled_workspace()
    with using(workspace.names):
        known = Register(known_of(known_things(load(workspace).data)))
    actions = {f"{ID}action/ecp3-{number}": number for number in range(1, 29)}
    by_hand = {
        (actions[quad.subject.value], quad.object.value)
        for quad in quads()
        if isinstance(quad.subject, ox.NamedNode)
        and quad.subject.value in actions
        and isinstance(quad.object, ox.NamedNode)
        and quad.object.value.startswith(f"{ID}{kind}/")
    }
    titles = {number: value(iri, f"{SKOS}prefLabel") for iri, number in actions.items()}
    matches = ((number, match) for number, title in titles.items() for match in known.found_in(title, kind))
    return by_hand, {(number, match.known.iri) for number, match in matches if match.known}


def _sure(half: Sequence[str]) -> int:
    return half.count("right") + half.count("wrong")


def _row(name: str, values: Sequence[str]) -> str:
    return f"| {name} | {' | '.join(values)} |\n"


def main() -> int:
    """Write the page, compare it, or list a half; return the exit code."""
    if sys.argv[1:] and sys.argv[1] in HALVES:
        for case in cases(sys.argv[1]):
            match = case.matched()
            print(
                f"{case.verdict():7} {match.score:.3f} {case.text} -> {match.known and match.known.iri} ({match.why})"
            )
        return 0
    before = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv[1:]:
        if before == page(before):
            return 0
        print(f"{PAGE.name} is not up to date; run: python -m tools.matching_docs", file=sys.stderr)
        return 1
    PAGE.write_text(page(before), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
