"""Turns a page of the server into a static page: links point to files, and parts that need a server are removed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ecp_graph.twin.names import file_of, relative

__all__ = ["Markup", "page_of_twin", "svg_of_twin"]

#: Attributes that hold an address.
_ADDRESSES: Final = ("href", "src", "action", "data-index", "data-dataset")
_HOST: Final = "http://twin.invalid"
#: Links that are kept.
_MOST_KNOWN: Final = 10_000
#: What needs a server, unless a script of the static site does its work.
_LIVE: Final = ".live:not([data-twin])"
_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'"
)
_SVG_LINK: Final = re.compile(r'(\shref=")(/[^"]*)(")')


@dataclass(frozen=True)
class Markup:
    """How addresses are told apart.

    ``runs``: addresses whose query string the browser reads; ``left_out``: addresses that the static site does not
    have. ``root``: the path of the static site on its host, for links from the root instead of from the file that they
    stand in.
    """

    runs: Callable[[str], bool]
    left_out: Callable[[str], bool]
    root: str = ""

    def link(self, address: str, page: str, file: str) -> tuple[str | None, str | None]:
        """Return the link in a file for an address on its page, and the address to be asked for, if any.

        An address that leads elsewhere, or to a place on the same page, stays as it is. None for one that is left out.
        """
        folder = file.rpartition("/")[0]
        if address.startswith("/") and not address.startswith("//") and "/." not in address:
            return self._known(address, folder)
        split = urlsplit(urljoin(_HOST + page, address))
        if split.netloc != _HOST.partition("//")[2] or address.startswith("#") or not address:
            return address, None
        return self._placed(split, folder)

    @cached_property
    def _known(self) -> Callable[[str, str], tuple[str | None, str | None]]:
        """What gives the link for an address from the root of the site: most of them stand on many pages."""
        return lru_cache(_MOST_KNOWN)(lambda address, folder: self._placed(urlsplit(_HOST + address), folder))

    def _placed(self, split: SplitResult, folder: str) -> tuple[str | None, str | None]:
        if self.left_out(f"{split.path}?{split.query}" if split.query else split.path):
            return None, None
        tail = f"#{split.fragment}" if split.fragment else ""
        asked = split.path
        whole = f"{split.path}?{split.query}"
        if split.query and self.runs(whole):
            tail = f"?{split.query}{tail}"
        elif split.query:
            asked = whole
        if self.root:
            return self.root + quote(file_of(asked)) + tail, asked
        return relative(file_of(asked), seen_from=f"{folder}/x" if folder else "x") + tail, asked


def page_of_twin(html: bytes, page: str, file: str, markup: Markup, dataset: str) -> tuple[bytes, list[str]]:
    """Return a page with its links made relative, and the addresses of the site that it links to.

    ``page`` is its address and ``file`` its file; ``dataset`` is the file that a query in the browser is asked of.
    What has the class ``live`` is taken out: it needs a server. So are links to what the static site does not have,
    each with the separator in front of it.
    """
    tree = LexborHTMLParser(html.decode("utf-8"))
    for node in tree.css(_LIVE):
        node.decompose()
    found: list[str] = []
    for name in _ADDRESSES:
        for node in tree.css(f"[{name}]"):
            link, asked = markup.link(node.attrs[name] or "", page, file)
            if link is None:
                _take_out(node)
                continue
            node.attrs[name] = link
            if asked is not None:
                found.append(asked)
    if head := tree.head:
        dataset_link = markup.root + quote(dataset) if markup.root else relative(dataset, seen_from=file)
        additions = (
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
            f'<meta name="ecp-graph-dataset" content="{dataset_link}">'
        )
        charset = head.css_first("meta[charset]")
        anchor = charset or head.first_child
        if anchor is not None:
            for node in reversed(LexborHTMLParser(f"<head>{additions}</head>").css("meta")):
                anchor.insert_after(node)
    return (tree.html or "").encode("utf-8"), found


def _take_out(link: LexborNode) -> None:
    """Take a link out of its page, and a separator that is the element in front of it."""
    before = link.prev
    while before is not None and before.is_text_node:
        before = before.prev
    if before is not None and before.attrs.get("aria-hidden") == "true" and before.text(strip=True) == "·":
        before.decompose()
    link.decompose()


def svg_of_twin(svg: bytes, page: str, file: str, markup: Markup) -> bytes:
    """Return a drawing with the links in it made relative to its file."""

    def link(found: re.Match[str]) -> str:
        target, _ = markup.link(found[2].replace("&amp;", "&"), page, file)
        return f"{found[1]}{(target or '#').replace('&', '&amp;')}{found[3]}"

    return _SVG_LINK.sub(link, svg.decode("utf-8")).encode("utf-8")
