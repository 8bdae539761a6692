"""A few things, links and findings made by hand, so that every number of a matrix can be counted on fingers."""

from __future__ import annotations

from ecp_graph.overlap.joins import Finding, Joins, Link, Thing

BODY_A = Thing("u:a", "body", "A", "Body A")
BODY_B = Thing("u:b", "body", "B", "Body B")
BODY_C = Thing("u:c", "body", "C", "Body C")
BODY_S = Thing("u:s", "body", "S", "Office", "secretariat")
TOOL_X = Thing("u:x", "tool", "", "Tool X")
TOOL_Y = Thing("u:y", "tool", "", "Tool Y")
TOOL_Z = Thing("u:z", "tool", "", "Tool Z")
GOAL_2 = Thing("u:g2", "goal", "2", "Second")
GOAL_10 = Thing("u:g10", "goal", "10", "Tenth")

#: Row 1 names A and X, runs under a programme of B, and is of goals 10 and perhaps 2; row 2 names A, S, X and Y.
LINKS = [
    Link("body", "u:a", "u:1", "row"),
    Link("body", "u:b", "u:1", "programme"),
    Link("body", "u:b", "u:1", "text"),
    Link("tool", "u:x", "u:1", "row"),
    Link("goal", "u:g10", "u:1", "chapter"),
    Link("goal", "u:g2", "u:1", "may"),
    Link("body", "u:a", "u:2", "row"),
    Link("body", "u:s", "u:2", "row"),
    Link("tool", "u:x", "u:2", "row"),
    Link("tool", "u:y", "u:2", "row"),
]
FINDINGS = [
    Finding("body", "u:a", "u:b", "row", "programme", "B", "sure", "row, tool"),
    Finding("body", "u:a", "u:b", "tool", "parallel", "B", "sure", "tool"),
    Finding("body", "u:a", "u:b", "theme", "parallel", "D", "guess", "topic"),
    Finding("body", "u:a", "u:s", "row", "joint", "A", "sure", "row"),
]


def small() -> Joins:
    things = [BODY_A, BODY_B, BODY_C, BODY_S, TOOL_X, TOOL_Y, TOOL_Z, GOAL_2, GOAL_10]
    ties = ("row", "programme", "chapter", "text", "may")
    kinds, causes = ("joint", "programme", "parallel"), ("row", "session", "tool", "theme")
    return Joins(things, LINKS, FINDINGS, grades="ABCD", ties=ties, kinds=kinds, causes=causes)
