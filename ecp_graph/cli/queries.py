"""``ecp-graph queries``."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING, Final

import click

from ecp_graph.cli.common import say, settings_options, workspace_and_releases
from ecp_graph.errors import EcpGraphError, ParameterError, UnknownQuery

if TYPE_CHECKING:
    from ecp_graph.queries.catalogue import Catalogue, Query
    from ecp_graph.queries.parameters import Parameter
    from ecp_graph.settings import Settings

__all__ = ["queries"]

#: Parameters with more characters of values than this are shown with them by `ecp-graph queries NAME` alone.
_MOST_VALUES: Final = 40
#: Longer lines are hard to read.
_WIDEST: Final = 100


@click.command()
@click.argument("words", nargs=-1, metavar="[WORD]...")
@settings_options("workspace")
def queries(words: tuple[str, ...], settings: Settings) -> None:
    """List the catalogue by topic, or show one query.

    With the name of a query: show it with its parameters, columns and text. With other WORDs: list the queries that
    have all of them in their name, question, description or tags.
    """
    from ecp_graph.queries.catalogue import load_catalogue
    from ecp_graph.queries.search import fold

    where, _ = workspace_and_releases(settings)
    catalogue = load_catalogue(where)
    if len(words) == 1 and words[0] in catalogue:
        click.echo(_page(catalogue[words[0]]), nl=False)
        return
    wanted = fold(" ".join(words)).split()
    topics = {topic: [q for q in found if _has(q, wanted)] for topic, found in catalogue.topics().items()}
    if not any(topics.values()):
        raise _unknown(words, catalogue)
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    for topic, found in topics.items():
        if found:
            click.echo("\n".join([f"{topic}: {catalogue.about(topic)}", *_lines_of(found, width), ""]))
    say("`ecp-graph queries NAME` shows a query with its parameters, columns and text.")


def _has(query: Query, wanted: list[str]) -> bool:
    from ecp_graph.queries.search import fold, sought

    texts = (query.name, query.topic, query.summary, query.description, *query.tags, *query.asked_as)
    line = " " + fold(" ".join(texts))
    return all(sought(word) in line for word in wanted)


def _unknown(words: tuple[str, ...], catalogue: Catalogue) -> EcpGraphError:
    """Return the error for words that no query has; for one that is nearly the name of a query, that of the name."""
    if len(words) == 1:
        try:
            catalogue[words[0]]
        except UnknownQuery as error:
            if error.nearest:
                return error
    which = "the word" if len(words) == 1 else "all the words"
    return ParameterError(f"No query of the catalogue has {which} '{' '.join(words)}'. `ecp-graph queries` lists them.")


def _lines_of(found: list[Query], width: int) -> Iterator[str]:
    """Yield the names with their questions and parameters beside them, wrapped to a width."""
    wide = max(len(query.name) for query in found) + 4
    for query in found:
        start = f"  {query.name}".ljust(wide)
        for text in (query.summary, "  ".join(map(_short, query.parameters))):
            # A parameter stays in one piece.
            yield from wrap(text, width, initial_indent=start, subsequent_indent=" " * wide, break_on_hyphens=False)
            start = " " * wide


def _short(parameter: Parameter) -> str:
    of_class = re.split("[/#]", parameter.of_class or parameter.type)[-1].upper()
    words = [of_class] if parameter.of_class or not parameter.values else []
    told = "|".join([*words, *parameter.values])
    text = f"{parameter.name}={told if len(told) <= _MOST_VALUES else 'WORD'}"
    return text if parameter.required else f"[{text}]"


def _page(query: Query) -> str:
    lines = [f"{query.name}  ({query.topic})", query.summary, ""]
    if query.description:
        lines += [*query.description.splitlines(), ""]
    if query.parameters:
        lines += ["Parameters", *(f"  {line}" for p in query.parameters for line in _lines(p)), ""]
    if query.columns:
        lines.append("Columns")
        for column in query.columns:
            lines.append(f"  {column.name}: {column.meaning}" + (f" ({column.unit})" if column.unit else ""))
        lines.append("")
    if query.tags:
        lines += [f"Tags: {', '.join(query.tags)}", ""]
    return "\n".join(lines) + f"\n{query.body}"


def _lines(parameter: Parameter) -> list[str]:
    from ecp_graph.namespaces import compact

    kind = f"a {compact(parameter.of_class)}" if parameter.of_class else parameter.type
    words = ", ".join(parameter.values)
    facts = [f"{kind} or {words}" if parameter.of_class and words else f"one of {words}" if words else kind]
    if parameter.default is not None:
        facts.append(f"default {parameter.default}")
    elif parameter.optional:
        facts.append("optional")
    lines = [f"{parameter.name}: {parameter.label} ({'; '.join(facts)})"]
    return [*lines, f"    {parameter.help}"] if parameter.help else lines
