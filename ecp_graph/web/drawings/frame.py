"""The frame of a picture that is saved: title above, below it how to read it, the source, the date and the address.

A drawing computes its size and draws itself in a template that extends ``shared/picture.svg``. Words are measured by
their number of letters, because the server has no fonts; whatever is too long is continued on another line.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from flask import Response, render_template, request
from werkzeug.urls import iri_to_uri

from ecp_graph.errors import EcpGraphError
from ecp_graph.sparql.moments import date_in_words
from ecp_graph.web.http.downloads import download
from ecp_graph.web.show.panels import Row, panel, texts_of
from ecp_graph.web.state.site import site

__all__ = ["Caption", "Frame", "caption_of", "clean", "framed", "on_paper", "picture_response", "source_of"]

_EDGE: Final = 20
_NARROWEST: Final = 560
_TITLE_LINE, _TITLE_LETTER = 22, 9.2
_FOOT_LINE, _FOOT_LETTER = 15, 6.4
_GAP: Final = 14
#: Plans whose documents a picture names; of more it says how many there are.
_MOST_PLANS: Final = 3
#: Parts of a document, such as its annex, that a picture names.
_MOST_PARTS: Final = 3
_CONTENTS: Final = "contents"
_DOCUMENTS: Final = "plan-documents"
_PASSAGES: Final = "passages"
#: Characters that XML 1.0 does not allow, and those that change the direction of text.
_UNFIT: Final = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]"
)


@dataclass(frozen=True)
class Caption:
    """What is written around a picture; ``notes`` say how to read it."""

    title: str
    notes: tuple[str, ...]
    source: str
    made: str
    address: str

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Source, date and address, each with its label."""
        facts = [("Source", self.source), ("Made of", self.made), ("Address", self.address)]
        return [fact for fact in facts if fact[1]]


@dataclass(frozen=True)
class Frame:
    """Where everything is: the size of the whole, the place of the drawing, and lines with their heights."""

    width: float
    height: float
    left: float
    top: float
    title: tuple[tuple[str, float], ...]
    foot: tuple[tuple[str, float], ...]


def caption_of(title: str, address: str, *, notes: Iterable[str] = ()) -> Caption:
    """Return the caption of a picture of the page at an address of this site, which may have a query string."""
    made_at = site().current.made_at
    made = date_in_words(datetime.fromtimestamp(made_at, UTC)) if made_at is not None else ""
    release = site().release
    told = ", ".join(filter(None, (f"Release {release}" if release else "", made)))
    return Caption(title, tuple(notes), source_of(), told, request.host_url.rstrip("/") + address)


def on_paper() -> Caption | None:
    """Return what is printed below a page: source, release with its date, and address; None without data."""
    try:
        address = iri_to_uri(request.url)
        if not site().current.is_fixed:
            return Caption("", (), "", "", address)
        return replace(caption_of("", ""), address=address)
    except (EcpGraphError, OSError):  # there is no release, or it cannot be read: the page itself says so
        return None


def source_of() -> str:
    """Return the plans whose actions the release has, each with the document that it is in."""
    return site().keep("source of pictures", _source)


def _source() -> str:
    catalogue = site().catalogue
    if catalogue is None or _CONTENTS not in catalogue:
        return ""
    names: dict[str, str] = {row["plan"]: row["planName"] for row in texts_of(_CONTENTS) if row["action"]}
    if len(names) > _MOST_PLANS:
        return f"{len(names)} plans"
    rows: Sequence[Row] = panel(_DOCUMENTS).rows if _DOCUMENTS in catalogue else ()
    told = []
    for plan, name in names.items():
        document = next((row["documentName"] for row in rows if row["plan"] == plan), "")
        told.append(f"{name} ({', '.join([document, *_parts_of(document)])})" if document else name)
    return "; ".join(told)


def _parts_of(document: str) -> list[str]:
    """Return the parts of a document that were read, by what their passages have before the first comma."""
    catalogue = site().catalogue
    rows: Sequence[Row] = panel(_PASSAGES).rows if catalogue is not None and _PASSAGES in catalogue else ()
    of_document = (row["locator"].partition(", ") for row in rows if row["documentName"] == document)
    parts = list(dict.fromkeys(part for part, _, rest in of_document if rest))
    return parts if len(parts) <= _MOST_PARTS else []


def framed(caption: Caption, width: float, height: float) -> Frame:
    """Return the frame of a drawing of this size."""
    inner = max(width, _NARROWEST, len(caption.address) * _FOOT_LETTER)
    title = _lines([caption.title], inner, _TITLE_LETTER)
    source = f"Source: {caption.source}" if caption.source else ""
    foot = _lines([*caption.notes, source, caption.made], inner, _FOOT_LETTER)
    foot.append(clean(caption.address))
    top = _EDGE + len(title) * _TITLE_LINE + _GAP
    below = top + height + _GAP
    return Frame(
        inner + 2 * _EDGE,
        below + len(foot) * _FOOT_LINE + _EDGE,
        _EDGE,
        top,
        tuple((line, _EDGE + 14 + at * _TITLE_LINE) for at, line in enumerate(title)),
        tuple((line, below + 11 + at * _FOOT_LINE) for at, line in enumerate(foot)),
    )


def picture_response(template: str, name: str, caption: Caption, size: tuple[float, float], **context: Any) -> Response:
    """Return the picture that a template draws, as the file ``name.svg``, to show or to save."""
    text = render_template(template, frame=framed(caption, *size), caption=caption, **context)
    return download(text.encode(), "image/svg+xml; charset=utf-8", f"{name}.svg", inline=True)


def clean(text: str) -> str:
    """Return a text without the characters that XML does not allow or that turn the direction of text."""
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)


def _lines(texts: Iterable[str], width: float, letter: float) -> list[str]:
    most = max(20, int(width / letter))
    return [line for text in texts if text for line in textwrap.wrap(clean(text), most)]
