"""Prints what it costs to find and compare the actions of a hundred plans that are alike.

python -m benchmarks.likeness 5000 20000

The titles are made by rule from the package's own verbs, products and people, and from words of the labelled pairs. A
topic of two words comes up four times on average, so each action has a few others like it. Seconds are processor time.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from ecp_graph.overlap.likeness import ActionText, Judge, Rarity, candidates, open_meaning, read_action
from ecp_graph.overlap.likeness.settings import held

_PAIRS: Final = Path(__file__).resolve().parent.parent / "tests" / "overlap" / "pairs" / "tuning.yaml"
_PLANS: Final = 100


def actions(number: int) -> Iterator[ActionText]:
    """Yield made-up actions of a hundred plans, the same each time."""
    chance = random.Random(1)
    verbs = [verb for each in held("verbs.yaml")["classes"].values() for verb in each["en"]["verbs"]]
    products = [form for each in held("words.yaml")["products"] for form in each["en"]]
    people = held("words.yaml")["people"]["en"]
    sides = [pair[side] for pair in yaml.safe_load(_PAIRS.read_text(encoding="utf-8")) for side in "ab"]
    said = {word.lower() for side in sides if side["language"] == "en" for word in side["title"].split()[1:]}
    words = sorted(word for word in said if len(word) > 4 and word.isalpha())
    topics = [f"{chance.choice(words)} {chance.choice(words)}" for _ in range(number // 4)]
    for at in range(number):
        title = f"{chance.choice(verbs).capitalize()} {chance.choice(products)} on {chance.choice(topics)}"
        title += f" for {chance.choice(people)}s" if chance.random() < 0.5 else ""
        yield ActionText(title, plan=str(at % _PLANS))


def measure(number: int) -> None:
    """Print the seconds of each step for so many actions."""
    every = list(actions(number))
    times = [time.process_time()]
    readings = [read_action(each) for each in every]
    times.append(time.process_time())
    rarity, meaning = Rarity(readings), open_meaning()
    meaning.prepare(text for each in readings for text in each.texts)
    times.append(time.process_time())
    pairs = candidates(readings, rarity=rarity, meaning=meaning)
    times.append(time.process_time())
    judge = Judge(rarity, meaning)
    found = Counter(judge.likeness(readings[each.a], readings[each.b]).klass for each in pairs)
    times.append(time.process_time())
    steps = zip(("read", "encode", "candidates", "compare"), times, times[1:], strict=False)
    print(f"{number} actions: {', '.join(f'{name} {end - start:.1f} s' for name, start, end in steps)}", end="; ")
    print(f"together {times[-1] - times[0]:.1f} s; {len(pairs)} pairs: {dict(found.most_common())}; ", end="")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    for given in sys.argv[1:] or ("5000",):
        measure(int(given))
