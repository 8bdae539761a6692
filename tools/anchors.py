"""Write data/pc0457e1/anchors.trig: where each passage of document PC0457E1 stands, and the hash of its words.

python -m tools.anchors DOCUMENT          writes the file from a copy of the document as text
python -m tools.anchors DOCUMENT --check  exits with 1 if the file is out of date

Where a passage begins and ends is told by what the data hold: numbers, headings, and the cells of rows. Of the layout
these facts are used: a numbered paragraph begins a line, a heading is a line by itself, tables have a header row.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ecp_graph.documents.reading import read_document
from ecp_graph.documents.text import normalised, text_hash
from ecp_graph.errors import EcpGraphError

ROOT: Final = Path(__file__).resolve().parent.parent
FILE: Final = ROOT / "data" / "pc0457e1" / "anchors.trig"
_READING: Final = "https://w3id.org/ecp-graph/graph/pc0457e1/"
_PASSAGE: Final = "https://w3id.org/ecp-graph/id/passage/pc0457e1/"
_ECP: Final = "https://w3id.org/ecp-graph/ontology#"
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
#: The readings of a place, the strongest first.
_CERTAINTIES: Final = ("", "-normalised", "-external", "-interpreted")
_CELLS: Final = ("responsibleText", "programmeText", "timeframeText")
_HEADER: Final = re.compile(r"ActionResponsiblebodyRelevantWorkProgramme(?:/|or)ActionPlanTimeframe")
_SECTION: Final = re.compile(r"[IVX]+\.")
#: What a heading neither begins nor ends with: list items, sentences.
_ITEM: Final = ("•", "(")
_SENTENCE: Final = (".", ",", ";", ":")
#: Characters of the text in an error message.
_SHOWN: Final = 40


@dataclass(frozen=True)
class Place:
    """A passage: its slug, where it stands in the normalised text, and its number as a paragraph or its table's row."""

    slug: str
    start: int
    end: int
    selectors: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Line:
    """A line: where it begins in the normalised text, its normalised text, and whether blank lines surround it."""

    start: int
    text: str
    is_alone: bool

    @property
    def is_heading(self) -> bool:
        """Whether it has the look of a heading, or of the rule at the end of the paper."""
        if not any(map(str.isalnum, self.text)):
            return True
        if not self.is_alone or self.text[0].islower():
            return False
        return bool(_SECTION.match(self.text)) or not (self.text.startswith(_ITEM) or self.text.endswith(_SENTENCE))


class Labels:
    """What the data say in the readings of each place."""

    def __init__(self, folder: Path) -> None:
        self._said: dict[str, list[ox.Quad]] = defaultdict(list)
        for path in sorted(folder.glob("*.trig")):
            for quad in ox.parse(path=str(path)) if path != FILE else ():
                if isinstance(quad.graph_name, ox.NamedNode):
                    self._said[quad.graph_name.value.removeprefix(_READING)].append(quad)
        certainty = re.compile("(" + "|".join(filter(None, _CERTAINTIES)) + ")$")
        #: The slugs of all places that were read.
        self.places = sorted({certainty.sub("", graph) for graph in self._said})

    def graph(self, slug: str) -> str:
        """Return the slug of the strongest reading of a place."""
        return next(slug + certainty for certainty in _CERTAINTIES if slug + certainty in self._said)

    def of(self, slug: str, property_: str) -> list[str]:
        """Return the normalised values of a property in the readings of a place, those of the strongest first."""
        said = (quad for certainty in _CERTAINTIES for quad in self._said.get(slug + certainty, ()))
        return [
            normalised(q.object.value)
            for q in said
            if q.predicate.value == property_ and isinstance(q.object, ox.Literal)
        ]

    def row(self, slug: str) -> str:
        """Return the normalised cells of a row, one after the other."""
        action = next(q.subject for q in self._said[self.graph(slug)] if q.predicate.value == _ECP + "actionNumber")
        said = [quad for certainty in _CERTAINTIES for quad in self._said.get(slug + certainty, ())]
        title = next(q.object for q in said if (q.subject, q.predicate.value) == (action, _SKOS + "prefLabel"))
        cells = [next(iter(self.of(slug, _ECP + name)), "") for name in _CELLS]
        return "".join([slug.removeprefix("action-"), normalised(str(getattr(title, "value", ""))), *cells])


class Layout:
    """The text of the document, with a place that everything before is done with."""

    def __init__(self, document: Path, labels: Labels) -> None:
        self._labels = labels
        self._done = 0
        self.lines: list[Line] = []
        start = 0
        for block in read_document(document):
            texts = list(filter(None, map(normalised, block.text.splitlines())))
            for text in texts:
                self.lines.append(Line(start, text, len(texts) == 1))
                start += len(text)
        self.text = "".join(line.text for line in self.lines)
        self._starts = {line.start for line in self.lines}

    def places(self) -> Iterator[Place]:
        """Yield every passage in the order of the document; raises LookupError where one is not as the data say."""
        title = self._labels.of("annex-title", _SKOS + "altLabel")[0]
        annex = next((line for line in self.lines if line.text == title), None)
        if annex is None:
            raise LookupError("The line with the title of the annex is missing.")
        yield from self._cover([line for line in self.lines if line.start < annex.start])
        self._done = annex.start
        period = self._labels.of("annex-title", _ECP + "periodText")[0]
        yield self._next("annex-title", f"{title}({period})")
        chapters = [slug for slug in self._labels.places if re.fullmatch(r"ch-\d+-title", slug)]
        for number in range(1, len(chapters) + 1):
            yield from self._chapter(number)

    def _cover(self, lines: list[Line]) -> Iterator[Place]:
        numbers = sum(1 for slug in self._labels.places if re.fullmatch(r"para-\d+", slug))
        starts: list[int] = []
        for at, line in enumerate(lines):
            if line.text.startswith(f"{len(starts) + 1}."):
                starts.append(at)
        if len(starts) != numbers:
            raise LookupError(f"{len(starts)} numbered paragraphs were found, and the data have {numbers}.")
        for number, (at, following) in enumerate(zip(starts, [*starts[1:], len(lines)], strict=True), 1):
            if f"para-{number}-heading" in self._labels.places:
                yield self._heading(f"para-{number}-heading", lines[at - 1])
            last = following
            while lines[last - 1].is_heading:
                last -= 1
            end = lines[last - 1].start + len(lines[last - 1].text)
            yield Place(f"para-{number}", lines[at].start, end, (("paragraphNumber", number),))

    def _heading(self, slug: str, line: Line) -> Place:
        if line.text not in self._labels.of(slug, _SKOS + "prefLabel"):
            raise LookupError(f"The line above the paragraph is not the heading that the data have for {slug}.")
        return Place(slug, line.start, line.start + len(line.text))

    def _chapter(self, number: int) -> Iterator[Place]:
        title = self._labels.of(f"ch-{number}-title", _SKOS + "prefLabel")[0]
        yield self._next(f"ch-{number}-title", f"{number}.{title}")
        header = _HEADER.search(self.text, self._done)
        if header is None:
            raise LookupError(f"Chapter {number} has no table.")
        yield Place(f"ch-{number}-intro", self._done, header.start())
        self._done = header.end()
        row = 1  # the header
        while (slug := self._row_here()) is not None:
            row += 1
            yield self._next(slug, self._labels.row(slug), (("tableNumber", number), ("rowNumber", row)))
            yield from self._over_page_break()

    def _row_here(self) -> str | None:
        """Return the slug of the row that begins here; None at the end of a table."""
        rows = (slug for slug in self._labels.places if slug.startswith("action-"))
        return next((slug for slug in rows if self.text.startswith(self._labels.row(slug), self._done)), None)

    def _over_page_break(self) -> Iterator[Place]:
        """Pass over a header row that a page repeats; yield the running head, if there is one before it."""
        header = _HEADER.search(self.text, self._done)
        if header is None or not (header.start() == self._done or self._is_running_head(header.start())):
            return
        if header.start() > self._done:
            yield Place("annex-running-head", self._done, header.start())
        self._done = header.end()

    def _is_running_head(self, end: int) -> bool:
        label = self._labels.of("annex-running-head", _SKOS + "prefLabel")[0]
        return re.fullmatch(rf"Annexto{re.escape(label)}I/\d+\.", self.text[self._done : end]) is not None

    def _next(self, slug: str, text: str, selectors: tuple[tuple[str, int], ...] = ()) -> Place:
        """Return the passage that begins here with this text."""
        if not self.text.startswith(text, self._done) or self._done not in self._starts:
            here = self.text[self._done : self._done + _SHOWN]
            raise LookupError(
                f"{slug} is expected at character {self._done}, where “{here}…” stands: compare the labels."
            )
        start, self._done = self._done, self._done + len(text)
        return Place(slug, start, self._done, selectors)


def anchors(document: Path) -> str:
    """Return the file for a copy of the document; raises LookupError where the copy and the data do not agree."""
    labels = Labels(FILE.parent)
    layout = Layout(document, labels)
    places = list(layout.places())
    found = sorted(place.slug for place in places)
    if found != labels.places:
        raise LookupError(f"Not found once each: {', '.join(sorted(set(found) ^ set(labels.places))) or 'some twice'}.")
    graphs = (_graph(labels.graph(place.slug), place, layout.text[place.start : place.end]) for place in places)
    return "\n".join([_HEAD, *graphs])


_HEAD: Final = f"""\
# Where each passage stands, in characters of the document's normalised text, and the hash of its words.
# Written by `python -m tools.anchors DOCUMENT` from a copy of the document.

@prefix ecp: <{_ECP}> .
@prefix passage: <{_PASSAGE}> .
@prefix reading: <{_READING}> .
"""


def _graph(reading: str, place: Place, text: str) -> str:
    selectors = [*place.selectors, ("startOffset", place.start), ("endOffset", place.end)]
    lines = " ;\n        ".join(f"ecp:{name} {value}" for name, value in selectors)
    return f'reading:{reading} {{\n    passage:{place.slug} {lines} ;\n        ecp:textHash "{text_hash(text)}" .\n}}\n'


def main() -> int:
    """Write the file, or compare it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("document", type=Path, help="a copy of document PC0457E1 as text (.txt)")
    parser.add_argument("--check", action="store_true", help="write nothing")
    given = parser.parse_args()
    try:
        text = anchors(given.document)
    except (EcpGraphError, LookupError) as reason:
        print(reason if isinstance(reason, EcpGraphError) else f"{given.document}: {reason}", file=sys.stderr)
        return 2
    if not given.check:
        FILE.write_text(text, encoding="utf-8")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
        print(f"{FILE.name} is not up to date; run: python -m tools.anchors {given.document}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
