"""The actions of a briefing: who, when, under which programme, in order of their dates, and what they leave open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ecp_graph.briefs.asking import Rows
from ecp_graph.briefs.model import Column, Line, Run, Section, Sentence, Table, TableRow, line
from ecp_graph.briefs.placing import places, split_place
from ecp_graph.briefs.wording import and_list, counted, date_in_words, joined, time_in_words, wording

__all__ = [
    "ENTRIES",
    "MOST_PLANS",
    "Action",
    "Party",
    "actions_of",
    "numbers_of",
    "open_points",
    "section_by_date",
    "times_in_words",
]

#: The query whose rows are passed.
ENTRIES: Final = "action-entries"
_NO_TIME: Final = "not-stated"
_NOT_UNDERSTOOD: Final = "not-understood"
#: So many dates, and so many plans, are told one by one.
_MOST_DATES: Final = 6
MOST_PLANS: Final = 4
#: More places than this are no sentence.
_MOST_TOLD_ONCE: Final = 60
_OPEN_GROUP: Final = "open group"
_RESPONSIBLE: Final = ("lead", "partner", "responsible")


@dataclass(frozen=True)
class Party:
    """Who has a part in an action: the role, the name for reading, the IRI, and whether it is an open group."""

    role: str
    name: str
    iri: str
    is_open: bool = False

    @property
    def run(self) -> Run:
        """The party as it is named in a line."""
        return Run(self.name, self.iri)

    @property
    def is_responsible(self) -> bool:
        """Whether the row makes it responsible, in whatever role."""
        return self.role in _RESPONSIBLE


@dataclass
class Action:
    """One action with the entries of its row; ``place`` is where the row stands."""

    iri: str
    number: str
    plan: str
    plan_name: str
    title: str
    place: Run = field(default_factory=lambda: Run(""))
    time_kind: str = _NO_TIME
    written_time: str = ""
    begins: str = ""
    ends: str = ""
    parties: list[Party] = field(default_factory=list)
    programmes: list[Party] = field(default_factory=list)

    @property
    def run(self) -> Run:
        """The number, or the title of one that has none."""
        return Run(self.number or f"“{self.title}”", self.iri)

    @property
    def when(self) -> str:
        """When it is due or under way, in words."""
        return time_in_words(self.time_kind, self.written_time, self.begins, self.ends)

    @property
    def leads(self) -> list[Party]:
        """Who leads it, as far as the document says."""
        return [party for party in self.parties if party.role == "lead"]

    @property
    def open_groups(self) -> list[Party]:
        """Bodies that the row makes responsible without naming them."""
        return [party for party in self.parties if party.is_open and party.is_responsible]

    def part_of(self, body: str) -> str:
        """Return the role of a body in it; ``programme`` for one that only owns a programme under which it runs."""
        return next((party.role for party in self.parties if party.iri == body), "programme")

    def is_of(self, body: str) -> bool:
        """Whether it makes a body responsible."""
        return self.part_of(body) in _RESPONSIBLE


def actions_of(rows: Rows, name_of: Callable[[str, str], str]) -> list[Action]:
    """Return the actions of the rows of `ENTRIES`, in their order; ``name_of`` gives the name for reading of an IRI."""
    found: dict[str, Action] = {}
    for row in rows:
        new = Action(row["action"], row["number"], row["plan"], row["planName"], row["title"])
        action = found.setdefault(row["action"], new)
        entry = row["entry"]
        if entry == "row":
            action.place = action.place if action.place.text else Run(row["locator"], row["thing"])
        elif entry == "time":
            action.time_kind, action.written_time = row["kind"], row["name"]
            action.begins, action.ends = row["begins"], row["ends"]
        else:
            is_open = row["kind"] == _OPEN_GROUP
            name = row["name"] if is_open else name_of(row["thing"], row["name"])
            among = action.programmes if entry == "programme" else action.parties
            among.append(Party(entry, name, row["thing"], is_open))
    return list(found.values())


def _by_date(action: Action) -> tuple[int, str, str, str]:
    undated = wording().undated
    place = undated.index(action.time_kind) + 1 if action.time_kind in undated else 0
    return (place, action.ends, action.begins, action.when)


def section_by_date(actions: Iterable[Action], body: str = "", called: str = "") -> Section:
    """Return the section of the actions, under the headings of their dates, those without one last.

    With a ``body``, which is ``called`` so, the parties are those beside it. Where there are several plans, each row
    says of which it is. Where the actions stand is said once where few words say it, and else in each row.
    """
    rows = sorted(actions, key=_by_date)
    is_of_several = len({action.plan for action in rows}) > 1
    is_told_once = len(rows) <= _MOST_TOLD_ONCE and len({split_place(action.place.text)[0] for action in rows}) == 1
    columns = [Column("No.", 5), Column("Action", 62), Column("With whom" if body else "Who", 33)]
    if is_of_several:
        columns.insert(1, Column("Plan", 18))
    if not is_told_once:
        columns.append(Column("Where", 20))
    told = [_who(action, body, called) for action in rows]
    cells = (
        _row(action, who, with_plan=is_of_several, with_place=not is_told_once)
        for action, who in zip(rows, told, strict=True)
    )
    table = Table(tuple(columns), tuple(cells), grouped_by="When")
    where = Sentence(line("Each action stands in a row of its own."), places(action.place for action in rows))
    return Section("actions", "Its actions by date", ((where,),) if is_told_once else (), table)


def _row(action: Action, who: Line, *, with_plan: bool, with_place: bool) -> TableRow:
    cells: list[Line] = [line(Run(action.number, action.iri)), line(Run(action.title, action.iri)), who]
    if with_plan:
        cells.insert(1, line(Run(action.plan_name, action.plan)))
    if with_place:
        cells.append(line(action.place))
    when = action.when
    return TableRow(tuple(cells), line(when[:1].upper() + when[1:]))


def _who(action: Action, body: str, called: str) -> Line:
    """Return who is responsible, open groups as such; beside a body, and what that body is in it if not responsible."""
    others = [party for party in action.parties if party.is_responsible and party.iri != body]
    tells_roles = any(party.role != "responsible" for party in others)
    told = [
        line("others unnamed" if party.is_open else party.run, f" ({party.role})" if tells_roles else "")
        for party in others
    ]
    who = joined(told, ", ")
    if body and not action.is_of(body):
        mine = wording().roles.get(action.part_of(body), action.part_of(body))
        return line(who, f" ({called} {mine})" if who else f"{called} {mine}")
    return who or line("nobody else" if body else "nobody is named")


def times_in_words(actions: Sequence[Action]) -> Line:
    """Return how many actions have which time: ``3 are due by July 2017 and for 1 no time is stated``."""
    words, parts = wording(), list[str]()
    ends = Counter(action.ends for action in actions if action.ends)
    undated = Counter(action.time_kind for action in actions if not action.ends)
    if len(ends) > _MOST_DATES:
        first, last = (date_in_words(moment, is_end=True) for moment in (min(ends), max(ends)))
        parts.append(words.counted_times["dated-many"][1].format(count=ends.total(), since=first, until=last))
        ends.clear()
    for moment in sorted(ends):
        one, several = words.counted_times["dated"]
        told = (one if ends[moment] == 1 else several).format(
            count=ends[moment], until=date_in_words(moment, is_end=True)
        )
        parts.append(told)
    for kind in sorted(undated, key=lambda kind: words.undated.index(kind) if kind in words.undated else -1):
        one, several = words.counted_times.get(kind, (f"{{count}} of the kind {kind}",) * 2)
        parts.append((one if undated[kind] == 1 else several).format(count=undated[kind]))
    return and_list(parts)


def numbers_of(actions: Iterable[Action]) -> Line:
    """Return the numbers of actions: ``rows 3, 7 and 8``; of several plans with the name of each, if they are few."""
    by_plan: dict[tuple[str, str], list[Action]] = {}
    for action in actions:
        by_plan.setdefault((action.plan, action.plan_name), []).append(action)
    if len(by_plan) > MOST_PLANS:
        return line(counted(sum(map(len, by_plan.values())), "row"), f" of {len(by_plan)} plans")
    told = []
    for (plan, plan_name), found in by_plan.items():
        words = "row " if len(found) == 1 else "rows "
        numbers = line(words, and_list(line(action.run) for action in found))
        told.append(line(numbers, " of ", Run(plan_name, plan)) if len(by_plan) > 1 else numbers)
    return joined(told, "; ")


def open_points(actions: Sequence[Action]) -> list[Sentence]:
    """Return what the rows leave open: who does it and leads, who the others are, when, and under which programme."""
    points = []
    if idle := [action for action in actions if not any(party.is_responsible for party in action.parties)]:
        points.append(_placed(line("Nobody is made responsible for ", numbers_of(idle), "."), idle))
    if actions and not any(action.leads for action in actions):
        rows = "row" if len(actions) == 1 else f"any of the {len(actions)} rows"
        points.append(Sentence(line(f"The document names no lead for {rows}.")))
    elif unled := [action for action in actions if not action.leads and action not in idle]:
        points.append(_placed(line("No lead is named for ", numbers_of(unled), "."), unled))
    by_wording: dict[str, list[Action]] = {}
    for action in actions:
        for group in action.open_groups:
            by_wording.setdefault(group.name, []).append(action)
    for words, found in by_wording.items():
        told = line("It is not said who “", words, "” of ", numbers_of(found), " are.")
        points.append(_placed(told, found))
    if timeless := [action for action in actions if action.time_kind == _NO_TIME]:
        points.append(_placed(line("No time is stated for ", numbers_of(timeless), "."), timeless))
    for action in actions:
        if action.time_kind == _NOT_UNDERSTOOD:
            told = line("The time of ", numbers_of([action]), f", “{action.written_time}”, was not understood.")
            points.append(_placed(told, [action]))
    if without := [action for action in actions if not action.programmes]:
        points.append(_placed(line("No work programme is named for ", numbers_of(without), "."), without))
    return points


def _placed(told: Line, found: Iterable[Action]) -> Sentence:
    """Return a sentence with the places of actions; those of several plans are told by the table alone."""
    actions = list(found)
    is_of_one = len({action.plan for action in actions}) == 1
    return Sentence(told, places(action.place for action in actions) if is_of_one else ())
