"""Who publishes a site: the table ``[site]`` of a workspace.toml, which every page of the site shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["SITE_KEYS", "Publisher", "PublisherError", "check_files", "publisher_of"]

#: The keys of the table with the type of their values.
SITE_KEYS: Final[Mapping[str, type]] = dict.fromkeys(("name", "logo", "contact", "licence", "notice", "about"), str)
#: What a site is called that says nothing of itself.
_NAME: Final = "ecp-graph"
_LOGOS: Final = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
_TEXTS: Final = {".md": "text/markdown"}
_MOST_BYTES: Final = 200_000
_LONGEST: Final = 500
_MAIL: Final = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")
_ADDRESS: Final = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+")


class PublisherError(ValueError):
    """A value that the table may not hold; carries the key and what is wrong with the value."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key
        self.reason = reason


@dataclass(frozen=True)
class Publisher:
    """The site's name, and what it says of itself; what is not given is empty, or None for a file."""

    name: str = _NAME
    logo: Path | None = None
    contact: str = ""
    licence: str = ""
    notice: str = ""
    about: Path | None = None

    @property
    def contact_address(self) -> str:
        """Where a click on the contact leads: the contact itself, or mail to it."""
        return self.contact if _ADDRESS.fullmatch(self.contact) else f"mailto:{self.contact}" if self.contact else ""

    @property
    def contact_text(self) -> str:
        """The contact as people read it, without what only a program needs."""
        return self.contact.removeprefix("mailto:").removeprefix("https://").rstrip("/")

    @property
    def licence_text(self) -> str:
        """The line of the licence as people read it."""
        return self.licence.removeprefix("https://").rstrip("/") if self.licence_address else self.licence

    @property
    def licence_address(self) -> str:
        """The address of the licence, where the line is one; else an empty text."""
        return self.licence if _ADDRESS.fullmatch(self.licence) else ""

    @property
    def logo_type(self) -> str:
        """The media type of the logo."""
        return _LOGOS[self.logo.suffix] if self.logo else ""


def publisher_of(table: Mapping[str, str], folder: Path, *, name: str = _NAME) -> Publisher:
    """Return what a table says, whose files are named from the folder; ``name`` is for one that gives none.

    Raises PublisherError for what it may not say. Keys and types have been checked before. Whether the files are there
    is for `check_files` to say: a copy of a workspace, as an import makes one to try itself, does without them.
    """
    for key, value in table.items():
        if not value.strip():
            raise PublisherError(key, f"'{key}' is empty; write something, or leave the line out.")
        if len(value) > _LONGEST:
            raise PublisherError(
                key, f"'{key}' has {len(value)} characters; it stands on every page, so {_LONGEST} do."
            )
    contact = table.get("contact", "")
    if contact and not (_MAIL.fullmatch(contact) or _ADDRESS.fullmatch(contact)):
        raise PublisherError("contact", f"'{contact}' is neither a mail address nor one that begins with https://.")
    return Publisher(
        table.get("name", name),
        _path("logo", table, folder, _LOGOS),
        contact,
        table.get("licence", ""),
        table.get("notice", ""),
        _path("about", table, folder, _TEXTS),
    )


def check_files(publisher: Publisher) -> None:
    """Raise PublisherError unless the files that a publisher names are there and small enough for a page."""
    for key, path in (("logo", publisher.logo), ("about", publisher.about)):
        if path is None:
            continue
        if not path.is_file():
            raise PublisherError(key, f"there is no file {path}, which [site] names as '{key}'.")
        if path.stat().st_size > _MOST_BYTES:
            raise PublisherError(key, f"{path} is larger than {_MOST_BYTES // 1000} kB; make it smaller.")


def _path(key: str, table: Mapping[str, str], folder: Path, endings: Mapping[str, str]) -> Path | None:
    """Return the file that a key names; it lies in the folder and has one of the endings."""
    if key not in table:
        return None
    path = folder / table[key]
    if path.suffix not in endings:
        raise PublisherError(key, f"'{table[key]}' has to end in {', '.join(endings)}.")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise PublisherError(key, f"'{table[key]}' lies outside the workspace; copy it into {folder}.")
    return path
