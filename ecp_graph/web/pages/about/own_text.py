"""The publisher's own text about the site: Markdown, in which a link can lead to a thing by its curie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from ecp_graph.inputs import read_input
from ecp_graph.namespaces import expand, names
from ecp_graph.web.pages import is_offered
from ecp_graph.web.show.terms import local_path

__all__ = ["own_text"]


def own_text(path: Path) -> Markup:
    """Return the text of a file as HTML; HTML in it is shown as it is written.

    A link such as ``[PTC](body:ptc)`` leads to the page of the thing; of one to a page that this site does not have,
    the words are left. Raises InputSyntaxError when the file cannot be read.
    """
    reader = MarkdownIt("commonmark", {"html": False})
    tokens = reader.parse(read_input(path).decode("utf-8", "replace"))
    for each in tokens:
        if each.children:
            each.children = list(_linked(each.children))
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704 - made without HTML of the text


def _linked(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the parts of a line with its links; links are never nested."""
    is_left_out = False
    for token in tokens:
        if token.type == "link_open":
            address = expand(str(token.attrGet("href") or ""))
            page = local_path(address)
            token.attrSet("href", page or address)
            is_left_out = not is_offered(page or address) or (page is None and address.startswith(names().id))
        if not (is_left_out and token.type in {"link_open", "link_close"}):
            yield token
