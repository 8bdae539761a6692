"""``ecp-graph brief``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ecp_graph.cli.common import refuse_terminal, release_or_build, say, settings_options, workspace_and_releases
from ecp_graph.cli.output import write_bytes

if TYPE_CHECKING:
    from ecp_graph.briefs.model import Brief
    from ecp_graph.engine import Engine
    from ecp_graph.release.release import Release
    from ecp_graph.settings import Settings

__all__ = ["brief"]

_FORMATS: Final = ("docx", "html", "md")
_FILE: Final = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("subject", metavar="BODY|PLAN")
@click.option("-f", "--format", "fmt", type=click.Choice(_FORMATS), help="[default: what FILE ends in, else md]")
@click.option(
    "-o", "--output", "--out", "output", type=_FILE, metavar="FILE", help="Write to this file instead of stdout."
)
@settings_options("endpoint", "timeout", "workspace", "releases")
def brief(subject: str, fmt: str | None, output: Path | None, settings: Settings) -> None:
    """Write a briefing of two pages on a body or a plan.

    For example `ecp-graph brief PTC --output ptc.docx`. It lists the actions by date, where others work on the same
    thing, and what the document leaves open, each with its place in the document. The body or plan is given by its
    code, name or IRI.
    """
    from ecp_graph.briefs.fitting import fitted
    from ecp_graph.briefs.making import brief_of, source_over, subject_of
    from ecp_graph.queries.catalogue import load_catalogue

    form = fmt or _form_of(output)
    if form == "docx" and output is None:
        refuse_terminal("A Word file")
    catalogue = load_catalogue(workspace_and_releases(settings)[0])
    engine, release = _engine_for(settings)
    source = source_over(engine, catalogue, release, timeout_s=settings.timeout)
    whole = brief_of(source, subject_of(subject, engine))
    if whole.confidential:
        say(f"Confidential: this briefing has content of {', '.join(whole.confidential)}.")
    write_bytes(_written(fitted(whole), form), output)


def _form_of(output: Path | None) -> str:
    ending = output.suffix.lower().removeprefix(".") if output else ""
    return ending if ending in _FORMATS else "md"


def _engine_for(settings: Settings) -> tuple[Engine, Release | None]:
    """Return the remote engine if an endpoint is set, otherwise one over the current release, and that release."""
    from ecp_graph.engine.opening import remote_engine
    from ecp_graph.release.opening import release_engine

    where = workspace_and_releases(settings)
    if settings.endpoint:
        return remote_engine(settings.endpoint), None
    release = release_or_build(*where)
    return release_engine(release), release


def _written(brief: Brief, form: str) -> bytes:
    if form == "docx":
        from ecp_graph.briefs.writing.word import word_of

        return word_of(brief)
    if form == "html":
        from ecp_graph.briefs.writing.html import paper_of

        return paper_of(brief).encode()
    from ecp_graph.briefs.writing.markdown import markdown_of

    return markdown_of(brief).encode()
