"""A time axis for any period from a month to centuries: positions of dates, and ticks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

__all__ = ["Axis", "Tick", "axis_of", "moment_of"]

#: Steps between ticks: days up to a week, then months.
_DAYS: Final = (1, 7)
_MONTHS: Final = (1, 3, 6, 12, 24, 60, 120, 300, 600, 1200, 6000)
_YEARS: Final = (1, 9998)


@dataclass(frozen=True)
class Tick:
    """One tick: its position, its label, and whether a year begins there."""

    x: float
    label: str
    is_year: bool


@dataclass(frozen=True)
class Axis:
    """The stretch from ``first`` to ``last``, drawn ``width`` wide from ``left``."""

    first: datetime
    last: datetime
    left: float
    width: float
    ticks: tuple[Tick, ...] = ()

    def at(self, moment: datetime) -> float:
        """Return the place of a moment; one outside is at the edge."""
        share = (moment - self.first) / (self.last - self.first)
        return round(self.left + self.width * min(1.0, max(0.0, share)), 1)

    def holds(self, begins: datetime, ends: datetime) -> bool:
        """Whether something of a stretch lies on the axis."""
        return ends >= self.first and begins <= self.last

    @property
    def right(self) -> float:
        """Where the axis ends."""
        return self.left + self.width


def axis_of(first: datetime, last: datetime, *, left: float, width: float, tick_width: float = 62) -> Axis:
    """Return an axis that holds both moments, rounded outwards to days or months, with as many ticks as have room."""
    most = max(1, int(width / tick_width))
    days = max(1, (last - first).days)
    for step in _DAYS:
        if days / step <= most:
            begin = first.replace(hour=0, minute=0, second=0, microsecond=0)
            steps = -(-(last - begin) // timedelta(days=step))
            moments = list(_each_days(begin, step, max(1, steps)))
            return _with_ticks([moments[0], *moments], left, width, in_days=True)
    begin, end = _month(first, 0), _month(last, 1)
    months = (end.year - begin.year) * 12 + end.month - begin.month
    step = next((step for step in _MONTHS if months / step <= most), _MONTHS[-1])
    return _with_ticks([begin, *_each_months(begin, end, step), end], left, width, in_days=False)


def moment_of(text: str) -> datetime | None:
    """Return the moment of an xsd:dateTime or xsd:date without its zone; None where Python has no date for it."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    return moment if _YEARS[0] < moment.year <= _YEARS[1] else None


def _each_days(begin: datetime, step: int, steps: int) -> Iterator[datetime]:
    for number in range(steps + 1):
        yield begin + timedelta(days=number * step)


def _each_months(begin: datetime, end: datetime, step: int) -> Iterator[datetime]:
    """Yield the beginnings of the steps between two beginnings of months: years at years, quarters at quarters."""
    for number in range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month - 1):
        if number % step == 0:
            yield datetime(number // 12, number % 12 + 1, 1)


def _month(moment: datetime, after: int) -> datetime:
    """Return the beginning of the month of a moment, or of a month some months after it."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + after, 12)
    return datetime(year, month + 1, 1)


def _with_ticks(moments: list[datetime], left: float, width: float, *, in_days: bool) -> Axis:
    """Return the axis from the first to the last of the moments, with ticks at those between them."""
    bare = Axis(moments[0], moments[-1], left, width)
    ticks = []
    for number, moment in enumerate(moments[1:-1]):
        is_year = (moment.month, moment.day) == (1, 1)
        if in_days:
            label = f"{moment.day} {moment:%b}" + (f" {moment.year}" if number == 0 or is_year else "")
        else:
            label = f"{moment.year}" if is_year else f"{moment:%b}" + (f" {moment.year}" if number == 0 else "")
        ticks.append(Tick(bare.at(moment), label, is_year))
    return Axis(bare.first, bare.last, left, width, tuple(ticks))
