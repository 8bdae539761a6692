"""Small graphs and shapes, made at random, that hold what engines of SHACL are known to differ on."""

from __future__ import annotations

import random
from typing import Final

__all__ = ["PARAMETERS", "PREFIXES", "data", "shape"]

PREFIXES: Final = """
@prefix ex: <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

_PLAIN: Final = (
    "1",
    "2",
    "5",
    '"abc"',
    '"abc"@en',
    '"abc d"@fr',
    '"b"@en',
    "true",
    '"2016-01-01T00:00:00"^^xsd:dateTime',
)
_ODD: Final = (
    *("01", "1.50", "1.5e0", '"1"', '"2"^^xsd:int', '"abc"^^xsd:integer', '" 1"^^xsd:integer', '"1"^^xsd:boolean'),
    *('""', r'"abc\n"', r'"a\nb"', '"E\u0301"', '"\U0001f600"', '"abc"@EN', '"abc"@en-GB', '"x"^^ex:type'),
    *('"2016-01-01"^^xsd:date', '"2016-02-30"^^xsd:date', '"2016-01-01"^^xsd:dateTime', '"P1Y"^^xsd:duration'),
    *('"2016-01-01T00:00:00Z"^^xsd:dateTime', '"2016-01-01T24:00:00Z"^^xsd:dateTime', '"2016-05"^^xsd:gYearMonth'),
    *('"2016"^^xsd:gYear', '"NaN"^^xsd:double'),
)
_PATHS: Final = (
    "ex:p",
    "ex:q",
    "[ sh:inversePath ex:p ]",
    "( ex:p ex:q )",
    "[ sh:alternativePath ( ex:p ex:r ) ]",
    "[ sh:zeroOrMorePath ex:p ]",
    "[ sh:oneOrMorePath ex:p ]",
    "[ sh:zeroOrOnePath ex:q ]",
    "[ sh:alternativePath ( [ sh:inversePath ex:p ] ( ex:q ex:r ) ) ]",
)
_TARGETS: Final = (
    "sh:targetClass ex:C",
    "sh:targetClass ex:F",
    "sh:targetSubjectsOf ex:p",
    "sh:targetObjectsOf ex:p",
    'sh:targetNode ex:n1 , ex:nowhere , 1 , "abc"@en',
    "sh:targetClass ex:C ; sh:targetSubjectsOf ex:q",
)
_PATTERNS: Final = (
    *("^[a-z]+$", "abc", "^http://example.org/n[0-4]$", "^.*$", "^[^a]*$", "[.]", "^[!-~\u00a1-\U0001ffff]+$"),
    *("^a.c( d)?$", "^a$|^[^c]+$", "(a|b)+?c", "^.{2,3}$", "^(?!abc)", "^(?!http://example.org/n[0-3]$|a)"),
    *("^(?!a)(?!.*c)", r"^\\d+$", r"^\\w+$"),
)
_BOUNDS: Final = ("1", "2", '"abc"', '"2016-01-01"^^xsd:date', '"2016-01-01T00:00:00"^^xsd:dateTime')
_INNER: Final = (
    "[ sh:nodeKind sh:IRI ]",
    "ex:Described",
    "[ sh:in ( 1 'abc' ex:n1 ) ]",
    "[ sh:class ex:C ]",
    '[ sh:pattern "^(?!a)" ]',
    "[ sh:not [ sh:path ex:r ; sh:hasValue 1 ] ]",
    "[ sh:or ( [ sh:class ex:C ] [ sh:nodeKind sh:Literal ] ) ]",
)
_INNER_PATHS: Final = (
    "[ sh:path ex:p ; sh:minCount 1 ]",
    "[ sh:path ex:q ; sh:datatype xsd:string ; sh:severity sh:Info ]",
)

_QUERIES: Final = (
    "SELECT $this ?value WHERE { $this ex:p ?value }",
    "SELECT $this WHERE { { $this ex:q 1 } UNION { FILTER (isIRI($this)) } }",
    "SELECT $this ?value WHERE { ?value a ex:C FILTER NOT EXISTS { ?value ex:p* $this } }",
    "SELECT $this ?value WHERE { $this a ?c OPTIONAL { ?value ex:p ?x FILTER (?x = $this) } FILTER (!BOUND(?value)) }",
    "SELECT DISTINCT $this ?value WHERE { { BIND ($this AS ?value) } UNION { $this ex:r ?value } }",
    "SELECT $this ?value WHERE { $this ex:p ?x BIND (REPLACE(STR(?x), '(a|n)', '$1id') AS ?value) }",
    "SELECT $this ?value WHERE { $this ex:p ?value FILTER (REGEX(STR(?value), '^[a-c]+$')) }",
    "SELECT $this ?value WHERE { $this ex:p ?value FILTER (REGEX(STR(?value), '^(?!a)')) }",
    "SELECT $this ?value WHERE { $this ex:p ?value , ?x FILTER (REGEX(STR(?value), CONCAT('^(', STR(?x), ')b?$'))) }",
    "SELECT $this ?value WHERE { ?value ex:t ?n FILTER (EXISTS { $this ex:t ?n } && !EXISTS { $this ex:p ?value }) }",
    "SELECT $this WHERE { $this ex:p ?v } GROUP BY $this HAVING (COUNT(?v) > 1)",
    "SELECT $this ?value WHERE { $this ex:p ?value . { SELECT $this ?other WHERE { ?other ex:q $this } } }",
)

#: For each parameter some ways to state it.
PARAMETERS: Final[dict[str, tuple[str, ...]]] = {
    "class": ("sh:class ex:C", "sh:class ex:E", "sh:class ex:C , ex:F"),
    "closed": ("sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path ex:p ]",),
    "datatype": (
        "sh:datatype rdf:langString",
        "sh:datatype ex:type",
        *(f"sh:datatype xsd:{kind}" for kind in ("string", "integer", "boolean", "date", "dateTime", "gYear")),
    ),
    "disjoint": ("sh:disjoint ex:q",),
    "equals": ("sh:equals ex:q", "sh:equals ex:r"),
    "flags": ('sh:pattern "^ABC" ; sh:flags "i"',),
    "hasValue": ("sh:hasValue ex:n1", "sh:hasValue 1", 'sh:hasValue "abc"@en'),
    "in": ('sh:in ( ex:n1 ex:n2 1 "abc" "abc"@en )', "sh:in ( )"),
    "languageIn": ('sh:languageIn ( "en" )', 'sh:languageIn ( "fr" "EN-gb" )'),
    "length": ("sh:minLength 3", "sh:maxLength 3", "sh:minLength 4 ; sh:maxLength 4"),
    "lessThan": ("sh:lessThan ex:q", "sh:lessThanOrEquals ex:r", "sh:lessThan ex:t", "sh:lessThanOrEquals ex:t"),
    "maxCount": ("sh:maxCount 0", "sh:maxCount 1"),
    "minCount": ("sh:minCount 1", "sh:minCount 2 ; sh:maxCount 2"),
    "nodeKind": tuple(f"sh:nodeKind sh:{kind}" for kind in ("IRI", "Literal", "BlankNodeOrIRI", "IRIOrLiteral")),
    "pattern": tuple(f'sh:pattern "{pattern}"' for pattern in _PATTERNS),
    "property": (
        "sh:property [ sh:path ex:r ; sh:minCount 2 ; sh:property [ sh:path ex:p ; sh:nodeKind sh:IRI ] ]",
        *(f"sh:property {inner}" for inner in _INNER_PATHS),
    ),
    "qualifiedValueShape": tuple(
        f"sh:qualifiedValueShape {inner} ; sh:qualified{end}Count 1" for inner in _INNER for end in ("Min", "Max")
    ),
    "range": tuple(f"sh:{name} {bound}" for name in ("minInclusive", "maxExclusive") for bound in _BOUNDS),
    "shapes": (
        *(f"sh:{name} {inner}" for name in ("node", "not") for inner in _INNER),
        *(f"sh:{name} ( {one} {other} )" for name in ("or", "and", "xone") for one in _INNER for other in _INNER[:3]),
    ),
    "sparql": tuple(
        f'sh:sparql [ sh:prefixes ex: ; sh:message "{{$this}} has {{?value}} and {{?no}}" ; sh:select "{query}" ]'
        for query in _QUERIES
    ),
    "uniqueLang": ("sh:uniqueLang true",),
}
_ONLY_WITH_PATH: Final = frozenset({"lessThan", "maxCount", "minCount", "qualifiedValueShape", "uniqueLang"})
_ORDERING: Final = frozenset({"lessThan", "range"})
_ONLY_WITHOUT_PATH: Final = frozenset({"closed"})


def data(chance: random.Random, *, odd: bool) -> str:
    """Return a graph in Turtle, with odd literals if asked for. The objects of ex:t and ex:u are plain integers."""
    lines = ["ex:D rdfs:subClassOf ex:C . ex:E rdfs:subClassOf ex:D . ex:F rdfs:subClassOf ex:G ."]
    lines.append("ex:G rdfs:subClassOf ex:F .")
    nodes = [f"ex:n{number}" for number in range(8)]
    literals = (*_PLAIN, *_ODD) if odd else _PLAIN
    for node in nodes:
        lines += [f"{node} a ex:{kind} ." for kind in chance.sample("CDEFG", chance.randint(0, 2))]
        lines += [f"{node} ex:{name} {chance.randint(0, 4)} ." for name in "tu"]
        for name in "pqr":
            for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
                value = chance.choice(nodes) if chance.random() < 0.35 else chance.choice(literals)
                lines.append(f"{node} ex:{name} {value} .")
    return PREFIXES + "\n".join(lines)


def shape(chance: random.Random, parameter: str) -> str:
    """Return a shape in Turtle that states the parameter."""
    with_path = parameter in _ONLY_WITH_PATH or (parameter not in _ONLY_WITHOUT_PATH and chance.random() < 0.6)
    paths = ("ex:t", "ex:u", *_PATHS) if parameter in _ORDERING else _PATHS
    return f"""{PREFIXES}
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
ex:Described a sh:NodeShape ; sh:property [ sh:path [ sh:alternativePath ( ex:p ex:q ) ] ; sh:minCount 1 ] .
ex:rule {f"sh:path {chance.choice(paths)} ; a sh:PropertyShape" if with_path else "a sh:NodeShape"} ;
    {chance.choice(_TARGETS)} ;
    {chance.choice(("", "sh:severity sh:Info ;", "sh:severity sh:Warning ;"))}
    sh:message "It is broken at {{$this}}." ;
    {chance.choice(PARAMETERS[parameter])} .
"""
