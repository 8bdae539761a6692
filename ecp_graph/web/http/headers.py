"""Headers that responses have in common, whatever writes them."""

from __future__ import annotations

from typing import Final

__all__ = ["EMBEDDED_HEADERS", "OPEN_HEADERS", "RELEASE_HEADER", "SECURITY_HEADERS"]

#: Tells, on every response, from which release it comes.
RELEASE_HEADER: Final = "Ecp-Graph-Release"
#: On every response, errors and refusals too.
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
#: On the parts of pages that others may frame, in the place of the policy above.
EMBEDDED_HEADERS: Final = {
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors *"
    )
}
#: On answers of the endpoint and the API. Public data, read-only, no cookies: any page may ask.
OPEN_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": f"ETag, Retry-After, {RELEASE_HEADER}",
}
