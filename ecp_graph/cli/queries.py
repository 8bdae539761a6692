"""``ecp-graph queries``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecp_graph.cli.common import workspace_and_releases, workspace_option

if TYPE_CHECKING:
    from ecp_graph.queries.catalogue import Query
    from ecp_graph.queries.parameters import Parameter

__all__ = ["queries"]


@click.command()
@click.argument("name", required=False)
@workspace_option
def queries(name: str | None, workspace: Path | None) -> None:
    """List the catalogue by topic, or show one query.

    With NAME: show that query with its parameters, columns and text.
    """
    from ecp_graph.queries.catalogue import load_catalogue
    from ecp_graph.settings import settings_from

    where, _ = workspace_and_releases(settings_from(workspace=workspace))
    catalogue = load_catalogue(where)
    if name is not None:
        click.echo(_page(catalogue[name]), nl=False)
        return
    for topic, found in catalogue.topics().items():
        click.echo(topic)
        for query in found:
            click.echo(f"  {query.name}")
            click.echo(f"      {query.summary}")
            if query.parameters:
                click.echo("      " + "  ".join(_short(parameter) for parameter in query.parameters))
        click.echo()


def _short(parameter: Parameter) -> str:
    of_class = re.split("[/#]", parameter.of_class or parameter.type)[-1].upper()
    words = [of_class] if parameter.of_class or not parameter.values else []
    text = f"{parameter.name}={'|'.join([*words, *parameter.values])}"
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
