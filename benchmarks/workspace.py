"""Writes a workspace of generated plans, which the build takes like any other.

    python -m benchmarks.workspace FOLDER --plans 43
    python -m benchmarks.workspace FOLDER --plans 1 --actions 20000

The same arguments give the same files, byte for byte, and a plan does not change with the number of plans beside it.
Ten plans share a pool of bodies, instruments, topics and programmes, some much more popular than others, so that
plans overlap as those of one organization do, and the number of overlaps grows with that of the plans.
"""

from __future__ import annotations

import argparse
import calendar
import random
import shutil
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

from benchmarks.federation import BASE, Pools, Thing, federation, template

__all__ = ["SIZES", "write_workspace"]

#: Numbers of plans at which a build is measured: 43 hold about 100,000 statements, 430 a million.
SIZES: Final = (1, 4, 13, 43, 200, 430)
#: So many actions of a plan are in one file at most.
_IN_FILE: Final = 200
_Values = dict[str, str]


def write_workspace(folder: Path, plans: int, *, actions: int = 28, seed: int = 1) -> None:
    """Write a workspace of so many plans into a folder, which comes to be as a whole.

    Raises FileExistsError where the folder is there already.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} is there already; name a folder that is not.")
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    (unfinished / "workspace.toml").write_text(template("workspace.toml").substitute(base=BASE), encoding="utf-8")
    pools = Pools()
    for number in range(1, plans + 1):
        plan = _Plan(number, actions, seed, pools)
        _write(unfinished, plan.slug, "plan", plan.slug, plan.frame())
        for first in range(1, actions + 1, _IN_FILE):
            texts = (plan.action(n) for n in range(first, min(first + _IN_FILE, actions + 1)))
            _write(unfinished, plan.slug, f"actions-{first}", plan.slug, texts)
    for pool, things in groupby(sorted(pools.used), lambda thing: thing.pool):
        _write(unfinished, "register", f"pool-{pool + 1}", f"register-{pool + 1}", _register(pool, things, seed))
    unfinished.rename(folder)


class _Plan:
    """One plan: its text without the actions, and each action."""

    def __init__(self, number: int, actions: int, seed: int, pools: Pools) -> None:
        self.slug = f"plan-{number:04}"
        self._number, self._actions, self._seed, self._pools = number, actions, seed, pools
        facts = federation()["plans"]
        self._in_chapter: int = facts["actions_in_chapter"]
        self._goals: int = facts["goals"]
        self._first_year = facts["first_year"] + number % facts["years"]
        self._last_year = self._first_year + facts["years"] - 1

    def frame(self) -> Iterator[str]:
        """Yield the text of the plan without its actions."""
        common = self._common(1) | self._chosen("plan", 1)
        yield self._filled("plan/plan.trig", common)
        for goal in range(1, self._goals + 1):
            row = {"goal": str(goal), "row": str(goal + 1), "name": f"Goal {goal} of plan {self.slug}"}
            yield self._filled("plan/goal.trig", common | row)
        for chapter in range(1, self._chapter_of(self._actions) + 1):
            values = common | {"chapter": str(chapter), "paragraph": str(chapter + 9)}
            values |= {"chapter_number": self._chapter_number(chapter), "goal": self._goal_of(chapter)}
            values |= {"name": f"Chapter {chapter} of plan {self.slug}", "above": str(chapter - 1)}
            yield self._filled("plan/chapter.trig", values)
            if chapter % 3 == 0:
                yield self._filled("plan/subchapter.trig", values)

    def action(self, n: int) -> str:
        """Return the text of the action in that place."""
        chance = self._chance(f"action-{n}")
        chosen = ["row", "interpreted"]
        chosen += [_one_of(weights, chance) for weights in federation()["one-of"].values()]
        sometimes = federation()["sometimes"].items()
        chosen += [name for name, share in sometimes if chance.random() < share]
        values = self._common(n) | self._chosen(f"action-{n}", n) | self._place_of(n) | self._time(chance)
        values |= {"amount": str(chance.randrange(1, 1000) * 1000 + 500), "share": str(chance.randrange(10, 100))}
        values["title"] = f"{values['title']} {values['work']} at {values['place_name']}"
        if n == 1:
            chosen = [name for name in chosen if "previous" not in template(f"action/{name}.trig").get_identifiers()]
        return "\n".join(self._filled(f"action/{name}.trig", values) for name in chosen)

    def _place_of(self, n: int) -> _Values:
        chapter, row = self._chapter_of(n), (n - 1) % self._in_chapter + 1
        return {
            "n": str(n),
            "action": f"{self.slug}-{n}",
            "previous": f"{self.slug}-{n - 1}",
            "number_text": f"{self._chapter_number(chapter)}.{row}",
            "chapter": str(chapter),
            "goal": self._goal_of(chapter),
            "table": str(chapter + 1),
            "row": str(row + 1),
        }

    def _time(self, chance: random.Random) -> _Values:
        year, month = chance.randint(self._first_year, self._last_year), chance.randint(1, 12)
        return {
            "year": str(year),
            "month": f"{month:02}",
            "month_name": calendar.month_name[month],
            "last_day": str(calendar.monthrange(year, month)[1]),
        }

    def _common(self, n: int) -> _Values:
        return {
            "plan": self.slug,
            "document": self.slug,
            "number": str(self._number),
            "pool": str(self._pool(n) + 1),
            "start": str(self._first_year),
            "end": str(self._last_year),
        }

    def _chosen(self, what: str, n: int) -> _Values:
        """Return the values of what chance gives to the plan or one of its actions."""
        chance = self._chance(f"choices of {what}")
        values = {name: chance.choice(options) for name, options in federation()["choices"].items()}
        for name, thing in self._pools.pick(self._pool(n), chance).items():
            values[name] = thing.slug
            values |= {f"{name}_{key}": value for key, value in thing.values.items()}
        return values

    def _filled(self, name: str, values: _Values) -> str:
        """Return the text of a template, and remember what it refers to."""
        found = template(name)
        self._pools.use(values[pick] for pick in federation()["picks"].keys() & set(found.get_identifiers()))
        return found.substitute(values)

    def _pool(self, n: int) -> int:
        before = (self._number - 1) * self._actions + n - 1
        return before // int(federation()["pools"]["actions"])

    def _chapter_of(self, n: int) -> int:
        return (n - 1) // self._in_chapter + 1

    def _chapter_number(self, chapter: int) -> str:
        top = chapter - chapter // 3
        return f"{top}.1" if chapter % 3 == 0 else str(top)

    def _goal_of(self, chapter: int) -> str:
        return str((chapter - 1) % self._goals + 1)

    def _chance(self, what: str) -> random.Random:
        return random.Random(f"{self._seed} {self.slug} {what}")


def _register(pool: int, things: Iterable[Thing], seed: int) -> Iterator[str]:
    """Yield what is known of things of one pool, each in a row of its own."""
    common = {"pool": str(pool + 1), "document": f"register-{pool + 1}"}
    yield template("register/pool.trig").substitute(common)
    for thing in things:
        chance = random.Random(f"{seed} {thing.slug}")
        values = {name: chance.choice(options) for name, options in federation()["choices"].items()}
        values |= thing.values | {"slug": thing.slug, "number": thing.number, "row": str(thing.place + 1)}
        yield template(f"register/{thing.kind}.trig").substitute(common | values)


def _write(workspace: Path, folder: str, name: str, document: str, texts: Iterable[str]) -> None:
    path = workspace / "data" / folder / f"{name}.trig"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = template("head.trig").substitute(base=BASE, document=document)
    path.write_text("\n".join([head, *texts]), encoding="utf-8")


def _one_of(weights: Mapping[str, float], chance: random.Random) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def main() -> None:
    """Write the workspace that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--plans", type=int, default=13, help="how many plans (%(default)s)")
    parser.add_argument("--actions", type=int, default=28, help="how many actions each of them has (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another number gives other plans (%(default)s)")
    given = parser.parse_args()
    try:
        write_workspace(given.folder, given.plans, actions=given.actions, seed=given.seed)
    except FileExistsError as reason:
        parser.error(str(reason))


if __name__ == "__main__":
    main()
