"""Maps addresses of the site to safe file names, for any IRI."""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from ecp_graph.sparql.formats import FORMATS

__all__ = ["file_of", "relative"]

_FILES: Final = (
    "atom css docx gz html ico js json map md parquet pdf png rq srj srx svg txt wasm webmanifest xlsx xml zip"
)
#: Endings of addresses that say by themselves what comes; any other address is a page.
_ENDINGS: Final = frozenset({*_FILES.split(), *(fmt.extension for fmt in FORMATS)})
_SAFE: Final = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_-])?")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_-]+")
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
#: Longest part of a path: file systems take 255 bytes.
_LONGEST: Final = 120
#: Addresses without an ending that are no pages.
_FIXED: Final = re.compile(r"/\.well-known/void|/dumps/SHA256SUMS|/release/[0-9a-f]+/dumps/SHA256SUMS")


def file_of(address: str) -> str:
    """Return the file of an address (path and query, without fragment), as a path without a leading slash.

    No two addresses have the same file, even on case-insensitive file systems. No part of it is empty, begins with a
    dot, contains a separator, or is longer than 180 characters, so no file is outside the folder.
    """
    split = urlsplit(address)
    return _name(split.path.rstrip("/"), split.query)


def relative(file: str, *, seen_from: str) -> str:
    """Return the link from one file of the static site to another, percent-encoded."""
    target, here = file.split("/"), seen_from.split("/")[:-1]
    shared = 0
    while shared < min(len(target) - 1, len(here)) and target[shared] == here[shared]:
        shared += 1
    return quote("/".join([*[".."] * (len(here) - shared), *target[shared:]]))


def _name(path: str, query: str) -> str:
    if _FIXED.fullmatch(path):
        return path.lstrip("/")
    parts = [_part(unquote(part)) for part in path.strip("/").split("/") if part] or ["index"]
    stem, dot, ending = parts[-1].rpartition(".")
    if not dot or ending.lower() not in _ENDINGS:
        stem, ending = parts[-1], "html"
    if query:
        stem = _with_mark(f"{stem}--{_UNSAFE.sub('-', unquote(query))[:40].strip('-')}", query)
    return "/".join([*parts[:-1], f"{stem}.{ending}"])


def _part(text: str) -> str:
    """Return one part of a path as a name that every file system takes, and that says where it comes from."""
    if _SAFE.fullmatch(text) and len(text) <= _LONGEST and not _RESERVED.fullmatch(text):
        return text
    stem, dot, ending = text.rpartition(".")
    kept = dot + ending if ending.lower() in _ENDINGS and dot else ""
    stem = _UNSAFE.sub("-", stem if kept else text).strip("-")[:_LONGEST] or "x"
    return _with_mark(stem, text) + kept


def _with_mark(name: str, told: str) -> str:
    mark = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    folder, _, last = name.rpartition("/")
    stem, dot, ending = last.rpartition(".")
    marked = f"{stem}~{mark}.{ending}" if dot and ending in _ENDINGS else f"{last}~{mark}"
    return f"{folder}/{marked}" if folder else marked
