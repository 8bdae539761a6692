"""Which pages that the navigation and the home page lead to are in the sitemap, and why others are not."""

from __future__ import annotations

import html
import re
from typing import Final

from flask.testing import FlaskClient

from tests.web.conftest import BROWSER

__all__ = ["WHY_NOT", "pages_linked", "unlisted"]

#: Why a page that is linked is not in the sitemap, by what its address matches.
WHY_NOT: Final = {
    r"/health": "changes from moment to moment",
    r"/search(\?.*)?": "is made of what a reader asks; robots.txt excludes it",
    r"/overlap/[\w-]+/[^/]+/[^/]+": "is a cell of a matrix that is listed; there are as many as pairs",
    r"/static/.*": "is no page",
    r".*\.(atom|csv|json|svg|png|xlsx|md|docx)(\?.*)?": "is a file of a page that is listed",
    r"/[^?]*\?.*": "is a view of a page that is listed without a query string",
}


def pages_linked(client: FlaskClient) -> set[str]:
    """Return the addresses on this site that the home page links to, the navigation included."""
    home = client.get("/", headers={"Accept": BROWSER}).get_data(as_text=True)
    return {html.unescape(found) for found in re.findall(r'<a\b[^>]*\bhref="(/[^"#]*)', home)}


def unlisted(client: FlaskClient) -> set[str]:
    """Return those of them that the sitemap lacks and `WHY_NOT` does not explain."""
    listed = {
        re.sub(r"^https?://[^/]+", "", html.unescape(found))
        for found in re.findall(r"<loc>([^<]*)</loc>", client.get("/sitemap.xml").get_data(as_text=True))
    }
    return {
        path for path in pages_linked(client) - listed if not any(re.fullmatch(pattern, path) for pattern in WHY_NOT)
    }
