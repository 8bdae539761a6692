"""Pairs of places in two lists, each place in one pair at most, that have the greatest weight together."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["best_pairs"]


def best_pairs(weights: Mapping[tuple[int, int], int]) -> list[tuple[int, int]]:
    """Return the pairs, in their order, whose weights add up to the most; the same for the same weights."""
    import networkx

    graph: networkx.Graph[tuple[int, int]] = networkx.Graph()
    for (a, b), weight in sorted(weights.items()):
        graph.add_edge((0, a), (1, b), weight=weight)
    found = []
    for nodes in sorted(sorted(each) for each in networkx.connected_components(graph)):  # far faster than all at once
        part: networkx.Graph[tuple[int, int]] = networkx.Graph()
        for node in nodes:
            if node[0] == 0:
                part.add_weighted_edges_from((node, b, weights[node[1], b[1]]) for b in sorted(graph[node]))
        found += [(a, b) for (_, a), (_, b) in map(sorted, networkx.max_weight_matching(part))]
    return sorted(found)
