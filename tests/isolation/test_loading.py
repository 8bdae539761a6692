"""Files that would take down a parser: they end the process that loads them, and are told in a sentence."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ecp_graph.engine.isolation.pool import IsolatedEngine
from ecp_graph.errors import InputSyntaxError, ReleaseError
from tests.hostile.siege import canary

_RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/">'
_LIMITED = """
from ecp_graph.confined import Limits, limited
with limited(Limits(100_000_000, 1)):
    {body}
print("loaded", len(bytearray(200_000_000)))
"""


def load(path: Path) -> None:
    IsolatedEngine([path], name="test", union=False).close()


def test_nesting_that_overflows_the_stack_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deep.ttl"
    depth = 200_000
    path.write_text("<u:a> <u:p> " + "<<( <u:s> <u:p> " * depth + "1" + " )>>" * depth + " .", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"deep\.ttl: it needs far more memory .* or is nested too deeply\.$"):
        load(path)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deep.jsonld", '{"http://x/p":' * 100_000 + "1" + "}" * 100_000),
        ("context.jsonld", '{"@context": "CANARY", "@id": "http://x/a", "http://x/p": 1}'),
        (
            "entity.rdf",
            f'<!DOCTYPE r [<!ENTITY b SYSTEM "CANARY">]>{_RDF}<rdf:Description><x:p>&b;</x:p>'
            "</rdf:Description></rdf:RDF>",
        ),
    ],
)
def test_what_reaches_outside_or_deep_is_an_error_of_the_file(tmp_path: Path, name: str, text: str) -> None:
    with canary() as bird:
        path = tmp_path / name
        path.write_text(text.replace("CANARY", bird.url), encoding="utf-8")
        with pytest.raises(InputSyntaxError, match=name):
            load(path)
        assert bird.calls == 0


@pytest.mark.parametrize(
    ("body", "end"),
    [
        ("while True: pass", -signal.SIGXCPU),
        ("bytearray(200_000_000)", 1),
        ("bytearray(50_000_000)", 0),
    ],
    ids=["time", "memory", "enough"],
)
def test_loading_has_limits_that_end_with_it(body: str, end: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED.format(body=body)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == end
    assert done.stdout == ("loaded 200000000\n" if end == 0 else "")
