"""Parses requests of the SPARQL 1.1 Protocol, independently of the web framework."""

from __future__ import annotations

import math
import re
from binascii import a2b_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes

from werkzeug.http import parse_options_header

from ecp_graph.engine import Question
from ecp_graph.errors import UpdateRefused
from ecp_graph.sparql.formats import Format, format_named, formats_of, negotiate
from ecp_graph.sparql.guard import query_kind
from ecp_graph.sparql.labels import check_labels
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.negotiation import HTML

__all__ = ["MULTIPART", "SHEET", "SparqlRequest", "read_request"]

#: What an answer may be besides a format of the engine and the page: a workbook.
SHEET: Final = "xlsx"
MULTIPART: Final = "multipart/form-data"
_DIRECT: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_FORM: Final = "application/x-www-form-urlencoded"
#: An escape of a byte that is not ASCII, and a % that begins none.
_ODD_PERCENT: Final = re.compile(rb"%(?![0-7][0-9A-Fa-f])")
_LONE_PERCENT: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")

#: Names and values of a form, in their order.
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SparqlRequest:
    """A parsed request: the query, or None without one, and the other parameters as sent."""

    query: str | None
    fields: Fields
    accept: str

    def value(self, name: str) -> str:
        """Return the first value of a parameter, without space around it; empty when there is none."""
        return next((value.strip() for key, value in self.fields if key == name), "")

    def question(self, fmt: Format | None, *, limit_s: float, base: str) -> Question:
        """Return the question in a format, by default that of its kind, within the server's limit.

        The graphs that the request names override the query's own FROM (section 2.1.4). ``base`` is the address of the
        endpoint, against which relative IRIs are resolved (RFC 3986, section 5.1.3). Raises HttpError for a time limit
        that is none, and ParameterError for labels that do not fit.
        """
        given = {
            part: [value for key, value in self.fields if key == f"{part}-graph-uri"] for part in ("default", "named")
        }
        has_dataset = any(given.values())
        return Question(
            self.query or "",
            fmt.name if fmt else None,
            limit_s=self._timeout_s(limit_s),
            default_graphs=given["default"] if has_dataset else None,
            named_graphs=given["named"] if has_dataset else None,
            labels=self._labels(),
            base=base,
        )

    def _timeout_s(self, limit_s: float) -> float:
        """Return the time limit: the server's, or the shorter one that the client asks for; raises HttpError."""
        text = self.value("timeout")
        try:
            asked_s = float(text) if text else limit_s
        except ValueError:
            asked_s = math.nan
        if not 0 < asked_s < math.inf:
            raise HttpError(400, "bad-timeout", f"The timeout '{text}' is not a positive number of seconds.")
        return min(limit_s, asked_s)

    def _labels(self) -> str | None:
        """Return the language of the labels that the client asks for; raises ParameterError."""
        language = self.value("labels")
        return check_labels(language, self.query or "") if language else None

    def wanted(self) -> Format | str:
        """Return the format of the answer, `HTML` or `SHEET`; ``format=`` wins over the Accept header.

        Raises UpdateRefused, ParameterError for a format that there is not, and HttpError, status 406, when nothing
        offered is acceptable. A person who sends an update gets a page that says so.
        """
        named = self.value("format")
        sparql = self.query or ""
        if named.lower() == SHEET and query_kind(sparql) in {"table", None}:
            return SHEET
        if named.lower() == "html":
            return HTML
        try:
            kind = query_kind(sparql) or "table"
        except UpdateRefused:
            if not named and negotiate(self.accept, "table", also=[HTML]) == HTML:
                return HTML
            raise
        if named:
            return format_named(named, kind)
        best = negotiate(self.accept, kind, also=[HTML])
        if best is None:
            offered = ", ".join(fmt.media_type for fmt in formats_of(kind))
            raise HttpError(
                406,
                "not-acceptable",
                f"None of the accepted formats is available. This query can be answered as {offered}.",
            )
        return best


def read_request(
    method: str,
    query_string: bytes,
    headers: Mapping[str, str],
    body: bytes,
    *,
    max_query_bytes: int,
    multipart: Fields = (),
) -> SparqlRequest:
    """Return a request, by SPARQL 1.1 Protocol, section 2.1: GET, POST of a form, or POST of the query itself.

    ``headers`` have lowercase names. The fields of a ``multipart`` body are those that somebody else has read.
    Raises UpdateRefused for an update, and HttpError when a request holds two queries, is too long or of another type.
    """
    fields = _fields(query_string)
    given = [value for key, value in fields if key == "query"]
    if method == "POST":
        media_type, options = parse_options_header(headers.get("content-type", ""))
        media_type = media_type.lower()
        _refuse_coded(headers.get("content-encoding", "identity"), options.get("charset", "utf-8"))
        if media_type == _UPDATE:
            raise UpdateRefused(_UPDATE)
        if media_type == _DIRECT:
            given.append(_utf8(body))
        elif media_type in {_FORM, MULTIPART}:
            if media_type == MULTIPART:
                _utf8(body)
            form = multipart if media_type == MULTIPART else _fields(body)
            given += [value for key, value in form if key == "query"]
            fields = [*fields, *form]
        else:
            sent = media_type or "nothing"
            raise HttpError(
                415, "unsupported-media-type", f"A POST must be {_DIRECT} or {_FORM}; the Content-Type is {sent}."
            )
    if any(key == "update" for key, _ in fields):
        raise UpdateRefused("parameter 'update'")
    if len(given) > 1:
        raise HttpError(400, "several-queries", "A request must contain exactly one query; this one contains several.")
    if method == "POST" and not given:
        raise HttpError(400, "no-query", "The POST contains no query; the form field is named 'query'.")
    if given and len(given[0].encode()) > max_query_bytes:
        sentence = f"The query is longer than the limit of this server, {max_query_bytes // 1000} kB."
        raise HttpError(413, "query-too-long", sentence)
    return SparqlRequest(given[0] if given else None, fields, headers.get("accept", ""))


def _fields(form: bytes) -> list[tuple[str, str]]:
    """Return names and values of a form; raises HttpError for one that is not UTF-8."""
    if not form.isascii() or _ODD_PERCENT.search(form):  # nearly none
        _utf8(unquote_to_bytes(form))
        if _LONE_PERCENT.search(form):
            return parse_qsl(form.decode("utf-8"), keep_blank_values=True)
    pairs = (part.partition(b"=") for part in form.split(b"&") if part)
    return [(_decoded(name), _decoded(value)) for name, _, value in pairs]


def _decoded(text: bytes) -> str:
    """Return text of a form without its escapes, as `urllib.parse` does, and ten times as fast for a query.

    Once each % is an = the text is quoted-printable, which the standard library decodes in C.
    """
    return a2b_qp(text.replace(b"+", b" ").replace(b"=", b"%3D").replace(b"%", b"=")).decode("utf-8", "replace")


def _utf8(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as reason:
        raise HttpError(400, "malformed-query", f"The request is not UTF-8 ({reason}).") from reason


def _refuse_coded(coding: str, charset: str) -> None:
    """Raise HttpError for a body that is compressed, or in another encoding than UTF-8."""
    coding, charset = coding.strip().lower(), charset.strip().lower()
    if coding not in {"", "identity"}:
        sentence = f"The body is encoded with {coding[:40]}; send it uncompressed."
        raise HttpError(415, "unsupported-media-type", sentence)
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        sentence = f"The body is in {charset[:40]}; a query must be sent in UTF-8 (SPARQL 1.1 Protocol, section 2.1.3)."
        raise HttpError(415, "unsupported-media-type", sentence)
