"""Finds out in which encoding a text file is: files say it by a mark at most, and most old ones not at all."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final

from ecp_graph.errors import InputSyntaxError

__all__ = ["decoded"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Encodings of one byte for Western languages, in the order in which they are likely.
_WESTERN: Final = ("cp1252", "mac_roman", "cp850")
#: What such texts hold beyond ASCII.
_LIKELY: Final = frozenset("àâäáãçéèêëíìîïñóòôöõúùûüÿœæßøåÀÂÄÁÃÇÉÈÊËÍÎÏÑÓÔÖÕÚÙÛÜŒÆØÅ«»°ºª§·–—‘’“”•…€£¿¡\u00a0")
#: Others that are told apart by which letters follow each other.
_OTHERS: Final = (
    *("cp1250", "cp1251", "koi8_r", "cp866", "iso8859_2", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("cp932", "gb18030", "big5", "euc_kr"),
)


def decoded(path: Path, content: bytes) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding.

    Raises InputSyntaxError with the line for what is no text: NUL bytes, or bytes that fit no encoding.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _strict(path, content, name), name.removesuffix("-sig")
    if name := _wide(content):
        return _strict(path, content, name), name
    if (at := content.find(b"\0")) >= 0:
        line = content.count(b"\n", 0, at) + 1
        raise InputSyntaxError(path, "it has a NUL byte, so it is not text, or is damaged. Export it again.", line)
    for name in ("utf-8", *_WESTERN):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "utf-8" or _is_likely(text):
            return text, name
    return _guessed(path, content)


def _wide(content: bytes) -> str:
    """Return UTF-16 without a mark, in which every second byte of most texts is zero."""
    head = content[:4000]
    pairs = len(head) // 2
    if pairs and head[1::2].count(0) > 0.7 * pairs and not head[0::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if pairs and head[0::2].count(0) > 0.7 * pairs and not head[1::2].count(0) else ""


def _strict(path: Path, content: bytes, name: str) -> str:
    try:
        text = content.decode(name)
    except UnicodeDecodeError as reason:
        known = name.removesuffix("-sig")
        sentence = f"it begins as {known}, and byte {reason.start + 1} is not valid there. Export it again."
        raise InputSyntaxError(path, sentence, content.count(b"\n", 0, reason.start) + 1) from None
    if (at := text.find("\0")) >= 0:
        raise InputSyntaxError(path, "it has a NUL character. Export it again.", text.count("\n", 0, at) + 1)
    return text


def _is_likely(text: str) -> bool:
    """Whether all letters beyond ASCII are those of Western languages, none of them a capital inside a word."""
    before = ""
    for character in text:
        if not character.isascii() and (character not in _LIKELY or (character.isupper() and before.islower())):
            return False
        before = character
    return True


def _guessed(path: Path, content: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    best = from_bytes(content[:200_000], cp_isolation=[*_WESTERN, *_OTHERS]).best()
    if best is not None:
        try:
            return content.decode(best.encoding), best.encoding
        except UnicodeDecodeError:
            pass
    raise InputSyntaxError(path, "its encoding cannot be determined. Save it as UTF-8 (in Excel: 'CSV UTF-8').")
