"""Reasoning: the OWL 2 RL closure, contradictions, and explanations that trace a statement back to passages.

::

    rules.py       the axioms of the ontology as rules: what follows when what holds
    forward.py     the rules forwards, as joins: the closure
    conflicts.py   contradictions between the closure and the ontology
    reference.py   both by owlrl, which the joins are compared with
    statements.py  statements, where they are stated, and what their terms are called
    proof.py       back over the rules to what is stated, with the fewest steps
    findings.py    the same for what the build found: overlaps, and where things are stated
"""

from __future__ import annotations

from ecp_graph.reasoning.proof import Derivation, Explainer, Explanation
from ecp_graph.reasoning.statements import Source, Statement

__all__ = ["Derivation", "Explainer", "Explanation", "Source", "Statement"]
