"""A draft that is not in the graph, compared with the plans of a release; nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from ecp_graph.errors import ParameterError
from ecp_graph.namespaces import PREFIXES, using
from ecp_graph.overlap.across import Comparison, Pair, PlanAction, compare_actions, read_plan_actions
from ecp_graph.overlap.across.actions import PROPERTIES
from ecp_graph.overlap.across.cells import CELL_PROPERTIES, cells_of
from ecp_graph.overlap.across.checked import Checked, CheckedCell, CheckedPlan, Finding, Side
from ecp_graph.overlap.across.kinds import FRAGMENTATION, RANKED
from ecp_graph.overlap.changes.reading import named_plan, plans_in
from ecp_graph.overlap.likeness import ActionText
from ecp_graph.overlap.likeness.settings import conditions
from ecp_graph.pipeline.comparing import comparison_among, meaning_or_none
from ecp_graph.pipeline.known_names import all_names, readers_among
from ecp_graph.plans.draft.making import make_draft
from ecp_graph.plans.draft.model import Draft, DraftRow, Given
from ecp_graph.plans.known.kinds import class_kinds
from ecp_graph.plans.known.things import KnownThing, known_things
from ecp_graph.plans.matching import FILE, read_decisions
from ecp_graph.plans.reading.plan import read_document
from ecp_graph.release.release import Release
from ecp_graph.tables.statements import Statements
from ecp_graph.workspace import Workspace

__all__ = ["check_draft"]

#: What the plan of a draft is called while it is read.
_SLUG: Final = "draft"
_TYPE: Final = PREFIXES["rdf"] + "type"
#: What says which things are known, and by which names.
_NAMING_PROPERTIES: Final = (_TYPE, *(PREFIXES["skos"] + name for name in ("prefLabel", "altLabel", "notation")))
_NAMING: Final = """
SELECT * FROM data WHERE p IN ({naming}) AND s IN (SELECT s FROM data WHERE p IN ({type}) AND o IN ({classes}))"""
#: The kinds of names in a draft that are known things.
_KINDS: Final = ("body", "instrument", "topic", "goal", "programme")
_CLAIMED: Final = ("duplication", "overlap")


def check_draft(
    source: Path,
    workspace: Workspace,
    release: Release,
    *,
    against: Sequence[str] = (),
    sheet: str = "",
    progress: Callable[[str], None] = lambda _: None,
) -> Checked:
    """Return what the actions of a document have in common with those of the plans of a release.

    The document is read as an import reads it, by the names that the release knows, and the decisions on names and the
    times of the workspace. ``against`` are the plans, by slug, code or IRI; without any all that have actions. Nothing
    of the document is written, into the cache neither, and ``progress`` is told no words of it. Raises ParameterError
    for a plan that the release does not have, and InputSyntaxError for a document that cannot be read.
    """
    with using(workspace.names):
        plans = _plans(release, against)
        statements = _statements(release)
        known = known_things(statements.selected(_naming(statements)))
        draft = _read(source, sheet, known, workspace)
        by = comparison_among(known, read_decisions(workspace.root / FILE), meaning_or_none(progress))
        every = read_plan_actions(statements)
        others = [action for action in every if action.plan in plans]
        _prepare(by, others)
        drafted = [_drafted(row, draft) for row in draft.accepted]
        progress(f"Comparing {_counted(len(drafted), 'action')} with {len(others)} of {_counted(len(plans), 'plan')}")
        pairs = compare_actions(drafted, others, by=by)
        cells = cells_of(statements, {pair.second.iri for pair in pairs})
    making = _Making(dict(zip((one.iri for one in drafted), draft.accepted, strict=True)), cells, plans, by.called)
    found = [making.finding(pair, _kind(pair, every)) for pair in pairs]
    return Checked(
        draft.document,
        len(drafted),
        tuple(_plan(iri, name, others) for iri, name in plans.items()),
        tuple(
            sorted(found, key=lambda each: (RANKED.index(each.kind), -each.score, each.draft.number, each.other.action))
        ),
        tuple(_gaps_of_draft(draft)),
    )


def _prepare(by: Comparison, others: Sequence[PlanAction]) -> None:
    """Keep the vectors of a release's actions, as a build does, and none from then on."""
    if by.meaning is not None:
        by.meaning.prepare(text for action in others for text in by.read(action.text).texts)
        by.meaning.keeps = False


def _read(source: Path, sheet: str, known: Sequence[KnownThing], workspace: Workspace) -> Draft:
    read = read_document(source, sheet=sheet or None, known=all_names(known))
    language, readers = read.rows.language or workspace.names.language, readers_among(known, workspace)
    return make_draft(read.rows, Given(_SLUG, sheet=sheet), readers, language=language, tables=read.tables)


def _plans(release: Release, against: Sequence[str]) -> dict[str, str]:
    """Return the names of the plans to compare with, by their IRIs."""
    with_actions = [plan for plan in plans_in(release.tables) if plan.actions]
    if not against:
        return {plan.iri: plan.name for plan in with_actions}
    found = {}
    for name in against:
        plan = named_plan(name, release.tables)
        if plan is None or not plan.actions:
            known = ", ".join(each.slug for each in with_actions) or "none"
            raise ParameterError(f"The release has no plan '{name}' with actions. It has: {known}.")
        found[plan.iri] = plan.name
    return found


def _statements(release: Release) -> Statements:
    """Return those statements of a release that its actions and their cells are read from."""
    wanted = {f"<{iri}>".encode() for iri in (*PROPERTIES, *CELL_PROPERTIES, *_NAMING_PROPERTIES)}
    with release.dataset.open("rb") as lines:
        kept = b"".join(line for line in lines if line.split(b" ", 2)[1] in wanted)
    statements = Statements()
    statements.load("data", [kept])
    return statements


def _naming(statements: Statements) -> str:
    """Return the query for the statements that say which things are known, and by which names."""
    of = {"naming": _NAMING_PROPERTIES, "type": [_TYPE], "classes": class_kinds()}
    numbers = {name: statements.numbers(f"<{iri}>" for iri in iris).values() for name, iris in of.items()}
    return _NAMING.format(**{name: ", ".join(map(str, some)) for name, some in numbers.items()})


def _drafted(row: DraftRow, draft: Draft) -> PlanAction:
    sure = [name for name in row.names if name.is_sure and name.role != "consulted"]
    of = {kind: tuple(dict.fromkeys(name.iri for name in sure if name.kind == kind)) for kind in _KINDS}
    bodies = [name for name in sure if name.kind == "body"]
    partners = tuple(name.iri for name in bodies if name.role == "partner")
    leads = tuple(name.iri for name in bodies if name.role == "lead")
    leads = leads or tuple(iri for iri in of["body"] if iri not in partners)
    text = ActionText(
        row.title,
        draft.language,
        bodies=of["body"],
        instruments=of["instrument"],
        topics=of["topic"],
        goals=of["goal"],
        times=tuple(filter(None, (row.time.text, row.time.start, row.time.end))),
    )
    return PlanAction(row.row.locator, text, leads, partners, of["programme"])


def _kind(pair: Pair, every: Sequence[PlanAction]) -> str:
    """Return the kind of a pair: fragmentation where the draft adds to plans that have a part each of one thing."""
    shared = set(pair.first.text.instruments) & set(pair.second.text.instruments)
    if pair.likeness.klass == "related" and pair.is_independent:
        for thing in shared:
            plans = {action.plan for action in every if thing in action.text.instruments}
            if len(plans) + 1 >= conditions()["pieces"]:
                return FRAGMENTATION
    return pair.likeness.klass


@dataclass(frozen=True)
class _Making:
    """What findings are told with: the rows of the draft, the cells of the others, and the names of things."""

    rows: Mapping[str, DraftRow]
    cells: Mapping[str, tuple[CheckedCell, ...]]
    plans: Mapping[str, str]
    called: Mapping[str, str]

    def finding(self, pair: Pair, kind: str) -> Finding:
        """Return a pair as a finding of a kind."""
        row, likeness = self.rows[pair.first.iri], pair.likeness
        in_cells = {name.iri for name in row.names if name.is_sure and not name.is_in_title}
        is_proved = bool(in_cells & set(pair.second.text.instruments))
        return Finding(
            kind,
            "B" if is_proved else "D",
            "interpreted" if kind in _CLAIMED or not is_proved else "normalised",
            likeness.score,
            likeness.parts,
            likeness.why,
            likeness.differs,
            pair.questions,
            "; ".join(sorted(self.called.get(iri, iri) for iri in pair.shared)) or pair.words,
            Side(row.number, row.title, tuple(_cells(row))),
            self._other(pair.second),
        )

    def _other(self, action: PlanAction) -> Side:
        cells = self.cells.get(action.iri, ())
        number = next((cell.text for cell in cells if cell.what == "number"), "")
        return Side(number, action.text.title, cells, action.iri, action.plan, self.plans[action.plan])


def _cells(row: DraftRow) -> Iterator[CheckedCell]:
    return (CheckedCell(what, cell.text, cell.locator) for what, cell in row.row.cells.items() if cell.text.strip())


def _plan(iri: str, name: str, actions: Sequence[PlanAction]) -> CheckedPlan:
    own = [action for action in actions if action.plan == iri]
    gaps = {
        "with nobody responsible": sum(not action.text.bodies for action in own),
        "on no known instrument or topic": sum(not (action.text.instruments or action.text.topics) for action in own),
        "without a time": sum(not action.text.times for action in own),
    }
    return CheckedPlan(iri, name, len(own), tuple(f"{number} {what}" for what, number in gaps.items() if number))


def _gaps_of_draft(draft: Draft) -> Iterator[str]:
    """Yield what was not read or not understood of a draft, without its words."""
    if draft.unread:
        yield f"{_counted(draft.unread, 'row')} gave no action"
    for code, some in groupby(sorted(problem.code for problem in draft.problems)):
        yield f"{_counted(len(list(some)), 'problem')}: {code.replace('-', ' ')}"
    asked = Counter(name.kind for _, name in draft.questions)
    for kind in sorted(asked):
        yield f"{_counted(asked[kind], 'name')} that may be a known {kind}"
    if odd := sum(row.time.kind == "not-understood" for row in draft.accepted):
        yield f"{_counted(odd, 'time')} not understood"


def _counted(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
