"""Redirect rules for static hosts: an identifier redirects with 303 to a document that the client accepts.

The rules for Apache also work for w3id.org, whose ``.htaccess`` redirects identifiers to its host. They
search for media types in Accept and ignore q-values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ecp_graph.sparql.formats import FORMATS, formats_of

__all__ = ["redirect_files"]

#: Endings of documents by their media types, in the order in which they are tried.
_TYPES: Final = {fmt.media_type: fmt.extension for fmt in formats_of("graph") if fmt.named_graphs != "only"}
#: Files whose ending tells their media type; what ends in .json or .xml may be something else than results.
_MEDIA_TYPES: Final = {
    **{fmt.media_type: fmt.extension for fmt in FORMATS if fmt.extension not in {"json", "xml"}},
    "application/atom+xml": "atom",
    "image/svg+xml": "svg",
}
_PLACES: Final = ("ontology", "shapes", "dataset")
_FORMS: Final = "|".join(["html", *_TYPES.values()])
#: A graph without an ending; behind a scheme stands a host, which has dots.
_GRAPH: Final = "(?:https?/[^/]+/)?[^.]+"
#: The places, and the versions of the ontology and of the dataset; a version may have dots in it, but ends in no form.
_NEGOTIATED: Final = f"{'|'.join(_PLACES)}|(?:ontology|release)/(?![^/]*\\.(?:{_FORMS})$)[^/]+"


def redirect_files(base_url: str) -> Mapping[str, str]:
    """Return the files of the rules by their paths in the static site.

    ``.htaccess`` is for the folder of the static site itself, ``redirects/w3id.htaccess`` for the folder of the project
    on w3id.org, the two of nginx are to be included in its http and in its server block, ``_redirects`` and
    ``_headers`` are read by Netlify and hosts like it.
    """
    base = base_url.rstrip("/")
    path = "/" + base.partition("://")[2].partition("/")[2] if "/" in base.partition("://")[2] else ""
    return {
        ".htaccess": _apache(path or "", own=True),
        "redirects/w3id.htaccess": _apache(base, own=False),
        "redirects/nginx-http.conf": _nginx_map(),
        "redirects/nginx-server.conf": _nginx_rules(path),
        "_redirects": _netlify(path),
        "_headers": _headers(),
    }


def _apache(base: str, *, own: bool) -> str:
    lines = ["# Written by `ecp-graph publish`."]
    if own:
        lines += ["Options -MultiViews", "DirectoryIndex index.html", "AddDefaultCharset UTF-8"]
        lines += [f"ErrorDocument 404 {base}/404.html"]
        lines += [f"AddType {media_type} .{ending}" for media_type, ending in _MEDIA_TYPES.items()]
    # mod_rewrite itself sends no Vary with a redirect
    vary = """Header always set Vary Accept "expr=%{REQUEST_STATUS} == '303'\""""
    lines += ["<IfModule mod_headers.c>", vary, "</IfModule>", "RewriteEngine On", ""]
    lines += ["# An identifier with an ending names the format."]
    lines += [f"RewriteRule ^id/(.+)\\.({_FORMS})$ {base}/doc/$1.$2 [R=303,L,NE]", ""]
    lines += ["# Else what the client accepts decides; a browser comes first, because it accepts XML as well."]
    for media_type, ending in [("text/html", "html"), *_TYPES.items(), (None, "html")]:
        condition = f"RewriteCond %{{HTTP_ACCEPT}} {media_type.replace('+', '[+]')}\n" if media_type else ""
        lines.append(f"{condition}RewriteRule ^id/(.+)$ {base}/doc/$1.{ending} [R=303,L,NE]")
        lines.append(f"{condition}RewriteRule ^graph/({_GRAPH})$ {base}/graph/$1.{ending} [R=303,L,NE]")
        lines.append(f"{condition}RewriteRule ^({_NEGOTIATED})$ {base}/$1.{ending} [R=303,L,NE]")
    if not own:
        lines += ["", "# Everything else is at the static site.", f"RewriteRule ^(.*)$ {base}/$1 [R=302,L,NE]"]
    return "\n".join(lines) + "\n"


def _nginx_map() -> str:
    cases = [f'    "~*{media_type.replace("+", "[+]")}" {ending};' for media_type, ending in _TYPES.items()]
    head = ["# Written by `ecp-graph publish`.", "map $http_accept $ecp_graph_ending {", "    default html;"]
    return "\n".join([*head, '    "~*text/html" html;', *cases, "}"]) + "\n"


def _nginx_rules(path: str) -> str:
    vary = "add_header Vary Accept always;"
    return "\n".join(
        [
            "# Written by `ecp-graph publish`.",
            "types {",
            "    text/html html; text/css css; text/javascript js; application/json json; application/wasm wasm;",
            "    application/gzip gz; text/plain txt; application/xml xml;",
            *(f"    {media_type} {ending};" for media_type, ending in _MEDIA_TYPES.items()),
            "}",
            "charset utf-8;",
            f"error_page 404 {path}/404.html;",
            f"location ~ ^{path}/id/(?<thing>.+)\\.(?<ending>{_FORMS})$ {{ return 303 {path}/doc/$thing.$ending; }}",
            f"location ~ ^{path}/id/(?<thing>.+)$ {{ {vary} return 303 {path}/doc/$thing.$ecp_graph_ending; }}",
            f"location ~ ^{path}/(?<place>graph/{_GRAPH}|{_NEGOTIATED})$ "
            f"{{ {vary} return 303 {path}/$place.$ecp_graph_ending; }}",
            "",
        ]
    )


def _netlify(path: str) -> str:
    """Return rules for a host that cannot look at Accept."""
    lines = ["# Written by `ecp-graph publish`. This host does not look at Accept: an identifier leads to its page."]
    lines += [f"{path}/id/*.{ending} {path}/doc/:splat.{ending} 303" for ending in ["html", *_TYPES.values()]]
    lines += [f"{path}/id/* {path}/doc/:splat.html 303"]
    lines += [f"{path}/{place} {path}/{place}.html 303" for place in _PLACES]
    return "\n".join(lines) + "\n"


def _headers() -> str:
    lines = ["# Written by `ecp-graph publish`."]
    for media_type, ending in _MEDIA_TYPES.items():
        lines += [f"/*.{ending}", f"  Content-Type: {media_type}; charset=utf-8", "  Access-Control-Allow-Origin: *"]
    return "\n".join(lines) + "\n"
