"""Checks of the quality of an ontology that need nothing but the ontology: no network, no service.

================  =============================================================================================
module            what it holds
================  =============================================================================================
foops             the tests of FOOPS! (is an ontology FAIR?) that can be answered from the ontology's own triples
oops              the pitfalls of the OOPS! catalogue (modelling errors)
vocabularies      which terms the well-known vocabularies define
owlapi            OWL 2 profiles and consistency, by OWLAPI and HermiT (needs Java)
================  =============================================================================================

``[finding.message for result in run(OOPS_CHECKS, graph) for finding in result.findings]`` is every fault as a sentence.
"""

from __future__ import annotations

from tests.ontology.checks.foops import FOOPS_CHECKS, FOOPS_STRICT_CHECKS, parses
from tests.ontology.checks.model import Check, CheckResult, Finding, Ontology, run
from tests.ontology.checks.oops import OOPS_CHECKS, OOPS_CRITICAL, OOPS_IMPORTANT, OOPS_MINOR

__all__ = [
    "FOOPS_CHECKS",
    "FOOPS_STRICT_CHECKS",
    "OOPS_CHECKS",
    "OOPS_CRITICAL",
    "OOPS_IMPORTANT",
    "OOPS_MINOR",
    "Check",
    "CheckResult",
    "Finding",
    "Ontology",
    "parses",
    "run",
]
