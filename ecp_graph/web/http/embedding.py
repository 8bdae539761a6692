"""Parts of the site inside pages of others: a chart or a table alone, at the address of its page with ``embed=1``.

Other pages may frame these and nothing else; a release with confidential plans is framed by none.
"""

from __future__ import annotations

from typing import Final

from flask import Response, request

from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.headers import EMBEDDED_HEADERS
from ecp_graph.web.state.site import site

__all__ = ["EMBED", "framed_by_others", "is_embedded"]

#: The name in the query string, and the one value that it takes.
EMBED: Final = "embed"
_YES: Final = "1"


def is_embedded() -> bool:
    """Whether the request is for the part of a page that stands alone; raises HttpError for another value than 1."""
    value = request.args.get(EMBED, "")
    if value not in ("", _YES):
        raise HttpError(
            400, "bad-parameter", f"'{value[:40]}' is not valid for '{EMBED}'. Use {_YES}, or leave it out."
        )
    return value == _YES


def framed_by_others(response: Response) -> Response:
    """Let any page frame a response, if the request is for the part that stands alone."""
    if is_embedded() and not site().confidential:
        response.headers.update(EMBEDDED_HEADERS)
    return response
