"""Tells what a file is from its name and its first bytes, and what to do with one that is not read."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, TypeAlias
from zipfile import BadZipFile, ZipFile

from ecp_graph.errors import InputSyntaxError

__all__ = ["Format", "format_of"]

Format: TypeAlias = Literal["workbook", "word", "delimited"]

_BY_SUFFIX: Final[dict[str, Format]] = {
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".docx": "word",
    ".csv": "delimited",
    ".tsv": "delimited",
}
_WORKBOOK: Final = "Open it in Excel or LibreOffice and save it as .xlsx."
_WORD: Final = "Open it in Word or LibreOffice and save it as .docx."
#: What to do with formats that people have plans in, and that are not read.
_ADVICE: Final = {
    ".xls": _WORKBOOK,
    ".xlsb": _WORKBOOK,
    ".ods": _WORKBOOK,
    ".numbers": "Export it from Numbers as .xlsx.",
    ".doc": _WORD,
    ".docm": _WORD,
    ".dotx": _WORD,
    ".odt": _WORD,
    ".rtf": _WORD,
    ".pages": "Export it from Pages as .docx.",
    ".htm": "Open it in a browser, copy the table into a workbook, and save that as .xlsx.",
    ".html": "Open it in a browser, copy the table into a workbook, and save that as .xlsx.",
    ".pdf": "Get the Word file or the workbook that it was made from, or copy its table into a workbook.",
    ".txt": "If it is a table, give it the extension .csv.",
}
_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")


def format_of(path: Path) -> Format:
    """Return what the file is read as.

    Raises InputSyntaxError for a format that is not read, for a file whose content is not what its name says, and for
    an empty one; the sentence says what to do.
    """
    suffix = path.suffix.lower()
    expected = _BY_SUFFIX.get(suffix)
    if expected is None:
        advice = _ADVICE.get(suffix, "Save the plan as one of these.")
        named = f"{suffix} files" if suffix else "files without an extension"
        raise InputSyntaxError(path, f"{named} are not read; .xlsx, .docx, .csv and .tsv are. {advice}")
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head:
        raise InputSyntaxError(path, "it is empty. Save the plan again.")
    found = _content(path, head)
    if found == "delimited" != expected and b"\0" in head:
        found = "damaged"
    if found == expected:
        return expected
    raise InputSyntaxError(path, _wrong(suffix, expected, found))


def _wrong(suffix: str, expected: Format, found: str) -> str:
    if found == "ole":
        if expected == "delimited":
            return f"it is an old Excel or Word file, or one with a password, and not {suffix}. {_WORKBOOK}"
        program = _WORKBOOK if expected == "workbook" else _WORD
        return f"it has a password, or it is in the format before 2007 under a newer name. Unlock it. {program}"
    fits = [known for known, name in _BY_SUFFIX.items() if name == found]
    if fits:
        return f"its content is a {_NAMES[found]} and not {suffix}. Rename it to end in {fits[0]}."
    return f"its content is {_NAMES[found]} and not {suffix}. {_ADVICE.get(f'.{found}', 'Save the plan again.')}"


_NAMES: Final = {
    "workbook": "workbook",
    "word": "Word document",
    "delimited": "text file",
    "pdf": "a PDF",
    "html": "a page of HTML",
    "picture": "a picture",
    "ods": "an OpenDocument file",
    "damaged": "damaged, or in an unknown format,",
    "archive": "an archive of other files, or a damaged one",
}


def _content(path: Path, head: bytes) -> str:
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return _archived(path)
    if head.startswith(_OLE):
        return "ole"
    if head.startswith(b"%PDF"):
        return "pdf"
    if head.startswith(_PICTURES):
        return "picture"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "html"
    return "delimited"


def _archived(path: Path) -> str:
    try:
        with ZipFile(path) as archive:
            names = set(archive.namelist())
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        # damaged: what is wrong with it is told by who reads it
        expected = _BY_SUFFIX[path.suffix.lower()]
        return "archive" if expected == "delimited" else expected
    if any(name.startswith("xl/") for name in names):
        return "workbook"
    if any(name.startswith("word/") for name in names):
        return "word"
    return "ods" if "mimetype" in names else "archive"
