"""Explaining: why a statement holds, from the passages that make it, or back over rules to passages that make others.

::

    rules.py       the axioms of the ontology as rules: what follows when what holds
    statements.py  statements, where they are stated, and what their terms are called
    proof.py       back over the rules to what is stated, with the fewest steps
    findings.py    the same for what the build found: overlaps, and where things are stated
"""

from __future__ import annotations

from ecp_graph.reasoning.proof import Derivation, Explainer, Explanation
from ecp_graph.reasoning.statements import Source, Statement

__all__ = ["Derivation", "Explainer", "Explanation", "Source", "Statement"]
