"""The grammar of times: which units and words may follow each other, and what they mean together.

In the notation of EBNF, words of no meaning left out::

    time     = "continuous" [ limits ] | recurrent [ limits | months ] | sessions [ bounds ] | bounds [ sessions ]
             | acronym months … ;
    recurrent = "annually" … | each [ number ] ( "month" | "year" … | part | month | season ) | number "times a year" ;
    sessions = [ each ] [ acronym ] ( "session" | "sessions" ) [ name ] ;
    bounds   = ( "by" | "until" | "before" ) [ "end" ] unit | "end" unit | "from" unit [ "onwards" ] | unit "onwards"
             | unit dash "continuous" | "during" stretch | stretch ;
    stretch  = [ "from" | "between" ] unit ( dash | "to" | "until" | "and" ) unit | unit { ( "," | "and" ) unit } ;
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Final

from ecp_graph.plans.times.spans import Calendar, NotRead, Span, Unit, filled, span, spanning
from ecp_graph.plans.times.tokens import Token
from ecp_graph.plans.times.units import NO_SUCH_FORM, Cursor, starts_unit, take_unit

__all__ = ["Meaning", "meaning_of"]

_RANGE: Final = ("dash", "to", "until", "slash")


@dataclass(frozen=True)
class Meaning:
    """What a text means: its kind, by which rule, its bounds, its written form, and to whose sessions it is tied."""

    kind: str
    why: str
    start: str | None = None
    end: str | None = None
    edtf: str | None = None
    sessions_of: str = ""


def meaning_of(tokens: Sequence[Token], plan: Calendar) -> Meaning:
    """Return what the tokens mean; raises NotRead, with the reason, unless all of them are understood."""
    parser = _Parser(tokens, plan)
    meaning = parser.time()
    if not parser.cursor.is_at_end:
        raise NotRead(NO_SUCH_FORM)
    return meaning


class _Parser:
    """A descent over the tokens; each method takes those that it understands, and leaves the others."""

    def __init__(self, tokens: Sequence[Token], plan: Calendar) -> None:
        self.cursor = Cursor(tokens)
        self._plan = plan
        self._has_sessions = any(token.sort in ("session", "sessions") for token in tokens)

    def time(self) -> Meaning:
        cursor = self.cursor
        if cursor.take("continuous"):
            return Meaning("continuous", _CONTINUOUS, edtf="../..") if cursor.is_at_end else self._limits()
        if self._recurrent():
            return self._limited_recurrence()
        if sessions := self._sessions():
            cursor.take("comma")
            return self._each_session(sessions) if cursor.is_at_end else _at_sessions(self._bounds(), sessions.of)
        if acronym := self._acronym():
            return self._behind_acronym(acronym)
        meaning = self._bounds()
        sessions = self._sessions()
        return _at_sessions(meaning, sessions.of) if sessions else meaning

    # ------------------------------------------------------------ what comes back

    def _recurrent(self) -> bool:
        cursor, begin = self.cursor, self.cursor.at
        if cursor.take("recurrent") or (cursor.take("number") and cursor.take("times_per")):
            return True
        cursor.at = begin
        if cursor.take("each"):
            cursor.take("number")
            if cursor.take("unit", "part", "month", "season"):
                return True
        cursor.at = begin
        return False

    def _limited_recurrence(self) -> Meaning:
        """Take the limits of a recurrence, or the months in which it comes back."""
        cursor, begin = self.cursor, self.cursor.at
        recurrent = Meaning("recurrent", "it recurs")
        while cursor.take("month", "and", "comma"):
            pass
        if cursor.is_at_end:
            return recurrent
        cursor.at = begin
        limits = self._limits()
        return replace(limits, kind="recurrent", why=recurrent.why)

    def _limits(self) -> Meaning:
        """Take the time for which work goes on or comes back; a date by which it is due is none."""
        self.cursor.take("comma")
        is_until = self.cursor.sort() == "until"
        limits = self._bounds()
        if limits.kind == "deadline" and not is_until:
            raise NotRead("continuous or recurring work is not due by a date")
        return limits

    # ------------------------------------------------------------ sessions

    def _sessions(self) -> _Sessions | None:
        cursor, begin = self.cursor, self.cursor.at
        is_each = cursor.take("each") is not None
        acronym = self._acronym()
        if word := cursor.take("sessions", "session"):
            return _Sessions(is_each or word.sort == "sessions", acronym or self._run("word", "acronym"))
        cursor.at = begin
        return None

    def _each_session(self, sessions: _Sessions) -> Meaning:
        if not sessions.are_all:
            raise NotRead("which session is not stated")
        why = "it recurs at each session, without a date"
        return Meaning("recurrent-sessions", why, sessions_of=sessions.of)

    def _behind_acronym(self, acronym: str) -> Meaning:
        """Take "April-July 2017" after an acronym; years after one, as in "MTEF 2018-2020", belong to its name."""
        has_months = any(token.sort in ("month", "month-of-year") for token in self.cursor.tokens)
        bounds = self._bounds()
        if not has_months or bounds.kind != "window":
            raise NotRead(f"what '{acronym}' has to do with the time is not stated")
        return _at_sessions(bounds, acronym)

    def _acronym(self) -> str:
        return self._run("acronym")

    def _run(self, *sorts: str) -> str:
        """Take the words with a capital that come next, as they are written."""
        begin = self.cursor.at
        while not self.cursor.is_at_end and self.cursor.tokens[self.cursor.at].text[0].isupper():
            if not self.cursor.take(*sorts):
                break
        return " ".join(token.text for token in self.cursor.tokens[begin : self.cursor.at])

    # ------------------------------------------------------------ bounds

    def _bounds(self) -> Meaning:
        cursor = self.cursor
        if rule := cursor.take("by", "until"):
            cursor.take("end")
            return _deadline(self._span(), rule.text)
        if rule := cursor.take("before"):
            return self._before(rule.text)
        if rule := cursor.take("end"):
            return _deadline(self._span(), rule.text)
        if rule := cursor.take("during"):
            return _window(self._stretch(take_unit(cursor)), rule.text)
        if rule := cursor.take("between"):
            return _window(self._range(take_unit(cursor), "and", "to", "dash"), rule.text)
        if years := cursor.take("years"):
            first, last = years.value if isinstance(years.value, tuple) else (0, 0)
            return _window(spanning(span(Unit(year=first), self._plan), span(Unit(year=last), self._plan)), years.text)
        return self._from_or_stretch()

    def _before(self, rule: str) -> Meaning:
        if self.cursor.take("end"):
            return _deadline(self._span(), rule)
        end = self._span().end_before
        return Meaning("deadline", f"'{rule}' ends with what comes before", end=end, edtf=f"../{end}")

    def _from_or_stretch(self) -> Meaning:
        cursor = self.cursor
        rule = cursor.take("from")
        unit = take_unit(cursor)
        if onwards := cursor.take("onwards"):
            return _open(span(unit, self._plan), onwards.text)
        if cursor.sort() in ("dash", "to") and cursor.sort(1) == "continuous":
            cursor.at += 2
            return _open(span(unit, self._plan), "ongoing")
        if rule and cursor.sort() not in _RANGE:
            return _open(span(unit, self._plan), rule.text)
        return self._read_stretch(self._stretch(unit))

    def _read_stretch(self, whole: Span) -> Meaning:
        """Read a single day or month as a deadline, unless sessions are tied to it, and all else as a window."""
        if self._has_sessions or whole.grain not in ("day", "month"):
            return _window(whole, "")
        why = f"a {whole.grain} is the one at whose end the work is due"
        return replace(_deadline(whole, ""), why=why)

    def _stretch(self, unit: Unit) -> Span:
        return self._range(unit) if self.cursor.sort() in _RANGE else self._list(unit)

    def _range(self, first: Unit, *signs: str) -> Span:
        sign = self.cursor.take(*(signs or _RANGE))
        if not sign:
            raise NotRead(NO_SUCH_FORM)
        self.cursor.take("end")
        last = take_unit(self.cursor)
        if sign.sort == "slash" and not (first.year and first.month and last.year and last.month):
            raise NotRead("what the slash between two times means is not stated")
        first, last = filled(first, last), filled(last, first)
        return spanning(span(first, self._plan), span(last, self._plan))

    def _list(self, first: Unit) -> Span:
        """Take units that follow each other in time too, as in "June, July and August 2017"."""
        cursor, units = self.cursor, [first]
        while cursor.sort() in ("and", "comma"):
            begin = cursor.at
            while cursor.take("and", "comma"):
                pass
            if not starts_unit(cursor):
                cursor.at = begin
                break
            units.append(take_unit(cursor))
        for at in range(len(units) - 2, -1, -1):
            units[at] = filled(units[at], units[at + 1])
        for at in range(1, len(units)):
            units[at] = filled(units[at], units[at - 1])
        spans = [span(each, self._plan) for each in units]
        if any(one.last + timedelta(days=1) != following.first for one, following in pairwise(spans)):
            raise NotRead("these times do not follow each other")
        return spanning(spans[0], spans[-1]) if len(spans) > 1 else spans[0]

    def _span(self) -> Span:
        return span(take_unit(self.cursor), self._plan)


@dataclass(frozen=True)
class _Sessions:
    are_all: bool
    of: str


_CONTINUOUS: Final = "it has no end of its own"


def _deadline(whole: Span, rule: str) -> Meaning:
    return Meaning("deadline", f"'{rule}' gives only the end", end=whole.end, edtf=f"../{whole.end}")


def _window(whole: Span, rule: str) -> Meaning:
    why = f"'{rule}' gives a first and a last date" if rule else "it has a first and a last date"
    return Meaning("window", why, whole.start, whole.end, whole.edtf)


def _open(whole: Span, rule: str) -> Meaning:
    return Meaning("continuous", f"'{rule}' gives only the beginning", whole.start, edtf=f"{whole.start}/..")


def _at_sessions(bounds: Meaning, body: str) -> Meaning:
    if bounds.kind != "window":
        raise NotRead("sessions have a first and a last date, or none")
    return replace(bounds, kind="session-window", why="the time is tied to sessions", sessions_of=body)
