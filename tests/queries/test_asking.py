"""Which question a text means: wordings of headers, words in any form, and names as values."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecp_graph.errors import InputSyntaxError
from ecp_graph.namespaces import using
from ecp_graph.queries.asking import Value, asked, content_words
from ecp_graph.queries.catalogue import Query, parse_query
from ecp_graph.queries.parameters import Parameter
from ecp_graph.workspace import bundled_workspace

_HEADER = """\
#+ summary: {name}
#+ parameters:
#+   - {{name: body, type: iri, class: "ecp:Body", label: Body, optional: true}}
#+   - {{name: other, type: iri, class: "ecp:Body", label: Other, optional: true}}
#+ asked_as: [{wordings}]
ASK {{
#= body
#= other
}}
"""
_WORDINGS = {
    "due": "what is due, 'what is due for {body}'",
    "work": "'what does {body} do', 'work of {body}'",
    "double": "duplication, 'duplication of {body} with {other}'",
}
_BODIES = {"ptc": "PTC", "tfa wg": "TFAWG"}


def _query(name: str, wordings: str) -> Query:
    with using(bundled_workspace().names):
        text = _HEADER.format(name=name, wordings=wordings)
        return parse_query(text, Path(f"queries/q/{name}.rq"), Path("queries"))


def _find(parameter: Parameter, text: str) -> list[Value]:
    assert parameter.type == "iri"
    return [Value(_BODIES[text], text)] if text in _BODIES else []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What is due?", ["due"]),
        ("due PTC", ["due body=PTC"]),
        ("is anything due from the PTC", []),  # a word that no wording explains
        ("what does the TFA WG do", ["work body=TFAWG"]),
        ("PTC", []),  # a name alone asks nothing
        ("duplicates", ["double"]),
        ("Duplicating PTC and TFA WG", ["double body=PTC other=TFAWG"]),
        ("works of PTC", ["work body=PTC"]),
        ("work of nobody", []),
        ("the of a", []),
        ("", []),
    ],
)
def test_what_is_meant(text: str, found: list[str]) -> None:
    queries = [_query(name, wordings) for name, wordings in _WORDINGS.items()]
    told = [
        " ".join([one.query.name, *(f"{name}={value.value}" for name, value in one.values.items())])
        for one in asked(text, queries, _find)
    ]
    assert told == found


def test_the_wording_has_the_names() -> None:
    (found,) = asked("what does the TFA WG do?", [_query("work", _WORDINGS["work"])], _find)
    assert found.wording == "what does tfa wg do"


def test_small_words_say_nothing() -> None:
    assert content_words("Who works on the Transit Guidelines, Phase III?") == [
        "works",
        "transit",
        "guidelines",
        "phase",
        "3",
    ]


def test_a_wording_names_parameters_that_take_things() -> None:
    with pytest.raises(InputSyntaxError, match=r"'{bodies}' in 'work of {bodies}', which is no parameter"):
        _query("work", "'work of {bodies}'")
