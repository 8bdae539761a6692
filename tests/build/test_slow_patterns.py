"""A pattern of a shape that Python's `re` would match for ever is stopped, and the error tells where it stands."""

from __future__ import annotations

import pytest

from ecp_graph.errors import SlowPattern
from ecp_graph.namespaces import SHAPES
from ecp_graph.pipeline.validate import validate_workspace

from .conftest import MakeWorkspace, line_of

NAME = "a" * 60 + "b"
DATA = f'reading:list {{ body:ptc skos:prefLabel "{NAME}" . }}'
CORE = """
ecpsh:Own a sh:NodeShape ; sh:targetClass ecp:Body ;
    sh:property [ sh:path skos:prefLabel ; sh:pattern "PATTERN" ; sh:message "The name has a b."@en ] ."""
QUERY = """
ecpsh:Own a sh:NodeShape ; sh:targetClass ecp:Body ; sh:message "The name has a b."@en ; sh:sparql [ sh:select '''
    SELECT $this ?value WHERE {
      $this <http://www.w3.org/2004/02/skos/core#prefLabel> ?value FILTER (!REGEX(STR(?value), "PATTERN"FLAGS))
    }''' ] ."""
#: Each is matched in another place: by pySHACL, in a query that is asked once, and in one that is asked for each node.
SHAPES_WITH_PATTERN = [CORE, QUERY.replace("FLAGS", ""), QUERY.replace("FLAGS", ', "i"')]


@pytest.mark.parametrize("shape", SHAPES_WITH_PATTERN, ids=["core", "query", "query with flags"])
def test_a_pattern_without_end_is_stopped(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    monkeypatch.setattr("ecp_graph.validation.slow_patterns.TICK_S", 0.3)
    shapes = shape.replace("PATTERN", "(a+)+$")
    with pytest.raises(SlowPattern) as caught:
        validate_workspace(make_workspace({"data/long.trig": DATA, "shapes/own.ttl": shapes}))
    assert (caught.value.shape, caught.value.pattern, caught.value.text) == (SHAPES + "Own", "(a+)+$", NAME)
    assert str(caught.value).startswith(f"shapes/own.ttl:{line_of(shapes, 'ecpsh:Own')}: the pattern (a+)+$ of ")


@pytest.mark.parametrize("shape", SHAPES_WITH_PATTERN, ids=["core", "query", "query with flags"])
def test_a_pattern_with_one_way_to_match_is_judged(make_workspace: MakeWorkspace, shape: str) -> None:
    shapes = shape.replace("PATTERN", "^a+$")
    report = validate_workspace(make_workspace({"data/long.trig": DATA, "shapes/own.ttl": shapes}))
    assert f'"{NAME}"' in {finding.value for finding in report.findings if finding.shape == SHAPES + "Own"}
