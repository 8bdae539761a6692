"""Prints inferred statements and findings of the current release at random, to be judged against the document.

python tools/sample.py --seed 20261129 --number 20
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from random import Random

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, PREFIXES, compact, using
from ecp_graph.release.release import open_release
from ecp_graph.workspace import bundled_workspace, default_releases


def sampled(dataset: Path, seed: int, number: int) -> tuple[list[str], list[str]]:
    """Return so many inferred statements and findings, each a line of a table."""
    names: dict[str, str] = {}
    inferred: list[tuple[str, str, str, str]] = []
    findings: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(path=str(dataset)):
        subject, predicate = getattr(quad.subject, "value", ""), quad.predicate.value
        graph, value = getattr(quad.graph_name, "value", ""), getattr(quad.object, "value", "")
        if predicate in {PREFIXES["skos"] + "prefLabel", PREFIXES["rdfs"] + "label"}:
            names.setdefault(subject, value)
        if "/graph/inferred" in graph and predicate != ECP + "certainty":
            inferred.append((subject, predicate, value, graph.rpartition("/")[2]))
        if graph.endswith("/graph/derived") and "/id/overlap/" in subject:
            findings[subject][predicate.removeprefix(ECP)].append(value)
    random = Random(seed)
    lines = [
        f"| {names.get(s, compact(s))} | {compact(p)} | {names.get(o, compact(o))} | {graph} |"
        for s, p, o, graph in random.sample(sorted(inferred), number)
    ]
    of_findings = [
        f"| {names.get(one, compact(one))} | {told('overlapKind')} | {told('evidenceGrade')} | {told('certainty')} | "
        + "; ".join(names.get(thing, compact(thing)) for thing in findings[one]["overlapOn"])
        + " |"
        for one in random.sample(sorted(findings), number)
        for told in [lambda mark, one=one: compact(findings[one][mark][0]).rpartition("-")[2]]
    ]
    return lines, of_findings


def main() -> None:
    """Print the two tables that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=20261129)
    parser.add_argument("--number", type=int, default=20)
    given = parser.parse_args()
    workspace = bundled_workspace()
    with using(workspace.names):
        release = open_release(default_releases(workspace))
        for lines in sampled(release.dataset, given.seed, given.number):
            print("\n".join(lines), end="\n\n")


if __name__ == "__main__":
    main()
