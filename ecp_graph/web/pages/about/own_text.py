"""The publisher's own text about the site: Markdown, in which a link can lead to a thing by its curie."""

from __future__ import annotations

from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

from ecp_graph.inputs import read_input
from ecp_graph.namespaces import expand
from ecp_graph.web.show.terms import local_path

__all__ = ["own_text"]


def own_text(path: Path) -> Markup:
    """Return the text of a file as HTML; HTML in it is shown as it is written.

    A link such as ``[PTC](body:ptc)`` leads to the page of the thing. Raises InputSyntaxError when the file cannot be
    read.
    """
    reader = MarkdownIt("commonmark", {"html": False})
    tokens = reader.parse(read_input(path).decode("utf-8", "replace"))
    for token in (child for each in tokens for child in each.children or ()):
        if token.type == "link_open":
            address = str(token.attrGet("href") or "")
            token.attrSet("href", local_path(expand(address)) or address)
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704 - made without HTML of the text
