"""The catalogue: every named query is one file, ``queries/TOPIC/NAME.rq``.

A file is plain SPARQL 1.1 under a header of ``#+`` lines, which hold YAML (the convention of grlc)::

    #+ summary: Which bodies overlap on an instrument
    #+ description: |
    #+   Two bodies overlap when …
    #+ parameters:
    #+   - {name: instrument, type: iri, class: ecp:Instrument, label: Instrument, optional: true}
    #+   - {name: secretariat, type: enum, values: [with, without], default: without, label: With the Secretariat}
    #+ columns:
    #+   - {name: bodyA, meaning: code of the first body}
    #+ tags: [overlap, body]
    #+ asked_as: [who meets on {instrument}, double work]
    #+ compare: {title: Overlaps of bodies, key: overlap, name: [bodyA, bodyB]}
    SELECT ?bodyA … WHERE {
      #= instrument
      …

The line ``#= instrument`` marks where a value given for that parameter is bound; see `ecp_graph.queries.parameters`.
``asked_as`` are other wordings of the question, by which a search finds it; ``{instrument}`` in one stands for the name
of a thing, which becomes the value of that parameter.
``compare`` makes the query one by which two releases are compared: rows of one ``key`` are one thing, called by the
columns of ``name``, and the columns are what may change about it, but for those to ``ignore``.
A column lists ``values: {body: bodies}`` where a page has to know them: their order, and what they are called. It has
a ``heading: kind of time`` where the words of its variable are no good one, ``legend: grades`` where the first two
columns of that query say what its values mean, and ``detail: true`` where it is the first to go from a narrow table.
``stored: [{}]`` has a release hold the answer for its pages; ``stored: [{kind: plan}]`` the answer for that value.
``matrices: [body-body, body-goal]`` of the query ``dimension-things`` are those that the site offers.
``queries/topics.yaml`` says what each folder answers. The rules of the build, ``queries/derive/``, and the tidy tables,
``queries/tables/``, are no questions and left out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar, Final

from ecp_graph.errors import EcpGraphError, InputSyntaxError, UnknownQuery
from ecp_graph.queries.parameters import Parameter, parameter_from_header
from ecp_graph.sparql.columns import heading
from ecp_graph.sparql.formats import Kind
from ecp_graph.sparql.guard import query_kind
from ecp_graph.workspace import Workspace

__all__ = ["Catalogue", "Column", "Comparison", "Query", "load_catalogue", "parse_query", "read_header", "read_query"]

_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BINDING: Final = re.compile(r"^[ \t]*#=[ \t]*(\w+)[ \t]*$", re.MULTILINE)
_TOPICS: Final = "topics.yaml"
_BRACED: Final = re.compile(r"{(.*?)}")
_KEYS: Final = frozenset(
    {"summary", "description", "parameters", "columns", "tags", "compare", "matrices", "stored", "asked_as"}
)


@dataclass(frozen=True)
class Column:
    """One column of a result: the variable, what it means, the unit of its numbers, and its values in words.

    The values are in the order of the header; a value that it does not list stands for itself. ``heading`` is what
    stands above the column for people, by default the words of the variable; ``legend`` the name of the query whose
    first two columns say what the values mean. A ``detail`` is the first to go where a table has no room for it.
    """

    name: str
    meaning: str
    unit: str = ""
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    heading: str = ""
    legend: str = ""
    is_detail: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "heading", self.heading or heading(self.name))


@dataclass(frozen=True)
class Comparison:
    """How two releases are compared by a query: a title, the column that tells things apart, those that name one.

    ``ignore`` are columns whose values are compared elsewhere.
    """

    title: str
    key: str
    name: tuple[str, ...]
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class Query:
    """One question: what its header says, and its whole text."""

    name: str
    topic: str
    path: Path
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    tags: tuple[str, ...]
    text: str
    kind: Kind
    comparison: Comparison | None = None
    matrices: tuple[tuple[str, str], ...] = ()
    stored: tuple[Mapping[str, str], ...] = ()
    asked_as: tuple[str, ...] = ()

    def values_of(self, column: str) -> Mapping[str, str]:
        """Return the values that the header lists for a column, with their words; none for a column that it lacks."""
        return next((each.values for each in self.columns if each.name == column), {})

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def heading_of(self, name: str, shown_as: str) -> str:
        """Return what stands above a column: its own heading, or the words of the name that it is shown under."""
        told = self.column(name)
        return told.heading if told and told.heading != heading(name) else heading(shown_as)

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter of that name, or None."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)

    @cached_property
    def body(self) -> str:
        """The SPARQL text without its header."""
        lines = self.text.splitlines()
        return "\n".join(line for line in lines if not line.startswith("#+")).strip() + "\n"


class Catalogue(Mapping[str, Query]):
    """The queries of a workspace by name, ordered by topic and name; a header is read when its query is asked for."""

    def __init__(self, paths: Mapping[str, Path], root: Path) -> None:
        self._paths = dict(paths)
        self._root = root
        self._read: dict[str, Query] = {}

    def __getitem__(self, name: str) -> Query:
        """Return the query of that name; raises UnknownQuery, which names the nearest ones."""
        if name not in self._paths:
            raise UnknownQuery(name, difflib.get_close_matches(name, self._paths, n=3, cutoff=0.6))
        if name not in self._read:
            self._read[name] = read_query(self._paths[name], self._root)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def topics(self) -> dict[str, list[Query]]:
        """Return the queries grouped by topic, in the order of ``topics.yaml``, then of the alphabet."""
        grouped: dict[str, list[Query]] = {topic: [] for topic in self._headings}
        for query in sorted(self.values(), key=lambda query: query.topic):
            grouped.setdefault(query.topic, []).append(query)
        return {topic: queries for topic, queries in grouped.items() if queries}

    def about(self, topic: str) -> str:
        """Return what the queries of a topic answer, in a few words."""
        return self._headings.get(topic) or topic.replace("-", " ").capitalize()

    @cached_property
    def _headings(self) -> dict[str, str]:
        import yaml

        path = self._root / _TOPICS
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
        except (OSError, ValueError, yaml.YAMLError) as reason:
            raise InputSyntaxError(path, f"it cannot be read as YAML ({reason}).") from reason
        if not isinstance(found, dict):
            raise InputSyntaxError(path, "it must give each folder a heading, as in 'actions: Who does what?'.")
        return {str(topic): str(about) for topic, about in found.items()}


def load_catalogue(workspace: Workspace) -> Catalogue:
    """Return the catalogue of a workspace; cheap, because headers are read later.

    Raises InputSyntaxError for a file whose name is no query name or is taken by another topic's file.
    """
    others = {*workspace.rule_files, *workspace.table_files}
    paths: dict[str, Path] = {}
    for path in sorted(workspace.query_files, key=lambda path: (path.parent, path.stem)):
        if path in others:
            continue
        if not _NAME.fullmatch(path.stem):
            raise InputSyntaxError(
                path, "the name of a query must be lowercase words joined by '-', such as overlap-bodies.rq."
            )
        if path.stem in paths:
            other = workspace.relative(paths[path.stem])
            raise InputSyntaxError(
                path, f"the name '{path.stem}' is already used by {other}; names must be unique across topics."
            )
        paths[path.stem] = path
    return Catalogue(paths, workspace.folder("queries"))


def read_query(path: Path, root: Path) -> Query:
    """Return the query in a file; ``root`` is the folder whose subfolders are topics. Raises as `parse_query` does."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as reason:
        raise InputSyntaxError(path, f"it cannot be read ({reason}).") from reason
    return parse_query(text, path, root)


def parse_query(text: str, path: Path, root: Path) -> Query:
    """Return the query of a text that begins with a ``#+`` header; ``path`` gives its name and topic.

    Raises InputSyntaxError, with the line where it is known, for a header that is not as the module describes, and
    for a text whose ``#=`` lines and parameters do not match.
    """
    header = read_header(path, text, _KEYS)
    try:
        parameters = tuple(parameter_from_header(item) for item in _list(header, "parameters"))
        columns = tuple(_column(item) for item in _list(header, "columns"))
        tags = tuple(str(tag) for tag in _list(header, "tags"))
        kind = query_kind(text)
        comparison = _comparison(header.get("compare"), [column.name for column in columns])
        matrices = _matrices(_list(header, "matrices"), columns)
        stored = tuple(_stored(item, parameters) for item in _list(header, "stored"))
        asked_as = tuple(_wording(item, parameters) for item in _list(header, "asked_as"))
    except (EcpGraphError, ValueError) as reason:
        raise InputSyntaxError(path, str(reason)) from reason
    if kind is None:
        raise InputSyntaxError(path, "the text is no SPARQL query: SELECT, ASK, CONSTRUCT or DESCRIBE is missing.")
    _check_bindings(path, text, [parameter.name for parameter in parameters])
    folder = path.parent.relative_to(root).as_posix() if root in path.parents else ""
    return Query(
        name=path.stem,
        topic="general" if folder in {"", "."} else folder,
        path=path,
        summary=str(header["summary"]).strip(),
        description=str(header.get("description") or "").strip(),
        parameters=parameters,
        columns=columns,
        tags=tags,
        text=text,
        kind=kind,
        comparison=comparison,
        matrices=matrices,
        stored=stored,
        asked_as=asked_as,
    )


def read_header(path: Path, text: str, keys: Collection[str]) -> dict[str, Any]:
    """Return what the ``#+`` lines of a text hold, with a summary and no other keys than these.

    Raises InputSyntaxError, with the line where it is known.
    """
    import yaml

    lines = text.splitlines()
    # Lines that are not the header stay as empty ones, so that YAML counts lines as the file does.
    source = "\n".join(line[2:].removeprefix(" ") if line.startswith("#+") else "" for line in lines)
    try:
        header = yaml.load(source, Loader=_loader())  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as reason:
        line = reason.problem_mark.line + 1 if reason.problem_mark else None
        raise InputSyntaxError(path, f"the '#+' header is not YAML: {reason.problem}.", line) from reason
    if not isinstance(header, dict) or not header.get("summary"):
        raise InputSyntaxError(path, "the '#+' header has no summary. Begin the file with '#+ summary: …'.", 1)
    unknown = sorted(set(map(str, header)) - set(keys))
    if unknown:
        known = ", ".join(sorted(keys))
        raise InputSyntaxError(path, f"the header has the unknown key '{unknown[0]}'; known are {known}.")
    return header


@cache
def _loader() -> type[Any]:
    """Return a safe loader that reads null, true, false and whole numbers, and everything else as text.

    YAML 1.1 would make truth values of on, off, yes and no, and a date of 2017-01-01.
    """
    import yaml

    class HeaderLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    plain = {"null": (r"null|~|", "n~"), "bool": ("true|false", "tf"), "int": (r"-?\d+", "-0123456789")}
    for name, (pattern, first) in plain.items():
        tag = f"tag:yaml.org,2002:{name}"
        HeaderLoader.add_implicit_resolver(tag, re.compile(rf"^(?:{pattern})$"), list(first) + [""] * (name == "null"))
    return HeaderLoader


def _list(header: Mapping[str, Any], key: str) -> list[Any]:
    value = header.get(key) or []
    if not isinstance(value, list):
        raise ValueError(f"'{key}' in the header must be a list.")
    return value


def _column(item: Any) -> Column:
    if not isinstance(item, dict) or not item.get("name") or not item.get("meaning"):
        raise ValueError(
            f"a column needs a name and a meaning, as in {{name: body, meaning: code of the body}}: {item!r}."
        )
    values = item.get("values") or {}
    if not isinstance(values, dict):
        raise ValueError(
            f"the values of the column '{item['name']}' are written {{body: bodies, goal: goals}}, not {values!r}."
        )
    words = {str(value): str(told or "") for value, told in values.items()}
    texts = {key: str(item.get(key, "")) for key in ("unit", "heading", "legend")}
    return Column(str(item["name"]), str(item["meaning"]), values=words, is_detail=bool(item.get("detail")), **texts)


def _comparison(item: Any, columns: list[str]) -> Comparison | None:
    if item is None:
        return None
    if not isinstance(item, dict) or set(item) - {"ignore"} != {"title", "key", "name"}:
        raise ValueError(
            f"'compare' needs title, key and name, as in {{title: Bodies, key: body, name: name}}: {item!r}."
        )
    names, ignored = (_names(item.get(key, [])) for key in ("name", "ignore"))
    for name in (str(item["key"]), *names, *ignored):
        if name not in columns:
            raise ValueError(f"'compare' names '{name}', which is not a column of the query.")
    return Comparison(str(item["title"]), str(item["key"]), names, ignored)


def _matrices(items: list[Any], columns: tuple[Column, ...]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of values of the column ``dimension`` that the header joins by a hyphen."""
    known = next((column.values for column in columns if column.name == "dimension"), {})
    pairs = {f"{rows}-{others}": (rows, others) for rows in known for others in known}
    for item in map(str, items):
        if item not in pairs:
            raise ValueError(
                f"'matrices' offers '{item}', which is not two values of the column 'dimension' joined by '-'. "
                f"Its values are: {', '.join(known) or 'none'}."
            )
    return tuple(pairs[str(item)] for item in items)


def _stored(item: Any, parameters: tuple[Parameter, ...]) -> Mapping[str, str]:
    known = {parameter.name for parameter in parameters}
    if not isinstance(item, dict) or not set(map(str, item)) <= known:
        raise ValueError(f"'stored' lists values of the parameters, as in [{{}}] or [{{kind: plan}}], not {item!r}.")
    return {str(name): str(value) for name, value in item.items()}


def _wording(item: Any, parameters: tuple[Parameter, ...]) -> str:
    """Return a wording of the question, whose names in braces are those of parameters that take things."""
    known = {parameter.name for parameter in parameters if parameter.type == "iri"}
    for name in _BRACED.findall(str(item)):
        if name not in known:
            raise ValueError(
                f"'asked_as' has '{{{name}}}' in '{item}', which is no parameter of the type iri. "
                f"Those of the query are: {', '.join(sorted(known)) or 'none'}."
            )
    return str(item)


def _names(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _check_bindings(path: Path, text: str, names: list[str]) -> None:
    marked = _BINDING.findall(text)
    for name in names:
        if name not in marked:
            raise InputSyntaxError(path, f"the parameter '{name}' has no line '#= {name}' that says where it is bound.")
    for found in _BINDING.finditer(text):
        if found[1] not in names:
            line = text.count("\n", 0, found.start()) + 1
            raise InputSyntaxError(path, f"'#= {found[1]}' binds a parameter that the header does not have.", line)
    if len(set(names)) != len(names):
        raise InputSyntaxError(path, "two parameters have the same name.")
