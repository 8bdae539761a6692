"""What is new among findings from one release to the next: those that came, and those that are reopened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from ecp_graph.release.versions import KeptRelease
from ecp_graph.tables.lists.news import Noted, noted_findings

__all__ = ["News", "findings_news"]

_REOPENED: Final = "reopened"


@dataclass(frozen=True)
class News:
    """A finding that a release has and the one before has not, or that is reopened in it."""

    release: KeptRelease
    what: Literal["new", "reopened"]
    finding: Noted


def findings_news(kept: Sequence[KeptRelease], most: int) -> list[News]:
    """Return the news of releases, given the newest first: of each what is reopened, then what is new.

    In the oldest one everything is new. A release of an earlier version does not tell its findings; it has no news, and
    in the next one nothing is new. There are at most so many as ``most``.
    """
    found: list[News] = []
    held = [(one, noted_findings(one.release.lists)) for one in kept]
    for (one, now), (_, before) in pairwise([*held, (None, [])]):
        if one is None or now is None:
            continue
        known = {finding.iri: finding for finding in (now if before is None else before)}
        told = {finding.iri for finding in before or () if finding.decision == _REOPENED}
        reopened = [each for each in now if each.decision == _REOPENED and each.iri not in told]
        new = [each for each in now if each.iri not in known and each.decision != _REOPENED]
        found += [News(one, "reopened", each) for each in reopened]
        found += [News(one, "new", each) for each in new]
        if len(found) >= most:
            break
    return found[:most]
