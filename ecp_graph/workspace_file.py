"""``workspace.toml``: what a workspace says of itself."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

from ecp_graph.errors import InputSyntaxError
from ecp_graph.inputs import read_input
from ecp_graph.namespaces import PREFIXES, Names
from ecp_graph.publisher import SITE_KEYS, Publisher, PublisherError, publisher_of

__all__ = ["WORKSPACE_FILE", "WorkspaceFile", "read_workspace_file"]

WORKSPACE_FILE: Final = "workspace.toml"

#: The keys of each table with the type of their values; "" is the top of the file. A prefix may have any name.
_KEYS: Final[Mapping[str, Mapping[str, type]]] = {
    "": {"title": str, "base": str, "language": str},
    "prefixes": {},
    "site": SITE_KEYS,
    "sources": {"publish": bool, "licence": str},
    "times": {"hemisphere": str, "first_month": int},
    "overlaps": {"themes": int},
    "publish": {"base_url": str, "decisions": str},
    "build": {"spark": str},
}
#: What the value of a key may be, where not all of its type will do.
_VALUES: Final[Mapping[tuple[str, str], Sequence[object]]] = {
    ("times", "hemisphere"): ("north", "south"),
    ("times", "first_month"): range(1, 13),
    ("publish", "decisions"): ("names", "roles", "none"),
}
_TYPES: Final = {str: "a text", bool: "true or false", int: "a whole number"}
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_LOCAL: Final = re.compile(r"[^\s<>\"{}|\\^`:]+")
_ENDING: Final = ("/", "#", ":")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_PREFIX: Final = re.compile(r"[A-Za-z](?:[\w-]*[A-Za-z0-9])?", re.ASCII)
_AT_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)")


@dataclass(frozen=True)
class WorkspaceFile:
    """What a workspace says of itself: its title, its names, and the tables for the parts that read them."""

    title: str
    names: Names
    site: Mapping[str, Any] = field(default_factory=dict)
    publisher: Publisher = field(default_factory=Publisher)
    sources: Mapping[str, Any] = field(default_factory=dict)
    times: Mapping[str, Any] = field(default_factory=dict)
    overlaps: Mapping[str, Any] = field(default_factory=dict)
    publish: Mapping[str, Any] = field(default_factory=dict)
    build: Mapping[str, Any] = field(default_factory=dict)

    @property
    def may_publish_words(self) -> bool:
        """Whether the words of documents may leave this machine: [sources] says so, and under which licence."""
        return self.sources.get("publish") is True and bool(str(self.sources.get("licence", "")).strip())


def read_workspace_file(path: Path) -> WorkspaceFile:
    """Return what the file says; raises InputSyntaxError, where possible with the line, for what it may not hold.

    Without a title the workspace is called as its folder is, without a base its IRIs begin with
    ``urn:ecp-graph:SLUG:``, where SLUG is made of the title.
    """
    try:
        text = read_input(path).decode()
        held = tomllib.loads(text)
    except UnicodeDecodeError as reason:
        raise InputSyntaxError(path, f"it is not UTF-8 ({reason}).") from reason
    except tomllib.TOMLDecodeError as reason:
        at = _AT_LINE.search(str(reason))
        sentence = _AT_LINE.sub("", str(reason))
        raise InputSyntaxError(path, f"this is not TOML: {sentence}.", int(at[1]) if at else None) from reason
    return _Reader(path, text).read(held)


class _Reader:
    """Reads the parsed file, with its text at hand to find the line of what is wrong."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def read(self, held: Mapping[str, Any]) -> WorkspaceFile:
        tables = {name: held.get(name, {}) for name in _KEYS if name}
        for name, value in held.items():
            if name not in _KEYS and name not in _KEYS[""]:
                known = f"the keys are {_listed(_KEYS[''])}, the tables {_listed(_KEYS)}"
                self._refuse("", name, f"there is no key '{name}'; {known}.")
            if name in tables and not isinstance(value, dict):
                self._refuse("", name, f"'{name}' is a table; write [{name}] and its keys below it.")
        for name, table in tables.items():
            self._check(name, table)
        self._check("", {name: value for name, value in held.items() if name not in tables})
        title = held.get("title") or self._path.resolve().parent.name
        base = held.get("base") or f"urn:ecp-graph:{_slug(title)}:"
        self._check_iri("", "base", base)
        language = held.get("language", "en")
        if not _LANGUAGE.fullmatch(language):
            self._refuse("", "language", f"'{language}' is not a language tag; write one such as en or pt-BR.")
        prefixes = {name: self._namespace(base, name, value) for name, value in tables.pop("prefixes").items()}
        used = Names(base, language, tuple(sorted(prefixes.items())))
        return WorkspaceFile(title, used, publisher=self._publisher(tables["site"], held), **tables)

    def _publisher(self, table: Mapping[str, str], held: Mapping[str, Any]) -> Publisher:
        called = {"name": held["title"]} if held.get("title") else {}
        try:
            return publisher_of(table, self._path.parent, **called)
        except PublisherError as refusal:
            self._refuse("site", refusal.key, refusal.reason)

    def _check(self, table: str, held: Mapping[str, Any]) -> None:
        """Refuse keys that a table does not have, and values of another type."""
        known = _KEYS[table]
        for name, value in held.items():
            if table == "prefixes":
                self._typed(table, name, value, str)
            elif name not in known:
                self._refuse(table, name, f"[{table}] has no key '{name}'; its keys are {_listed(known)}.")
            else:
                self._typed(table, name, value, known[name])

    def _typed(self, table: str, name: str, value: object, kind: type) -> None:
        if type(value) is not kind:
            self._refuse(table, name, f"the value of '{name}' has to be {_TYPES[kind]}.")
        if value not in (allowed := _VALUES.get((table, name), (value,))):
            self._refuse(table, name, f"'{name}' is {value!r}, but must be one of {', '.join(map(str, allowed))}.")

    def _namespace(self, base: str, name: str, value: str) -> str:
        """Return the namespace of a prefix; one without a scheme, such as ``id/action/``, lies below the base."""
        if not _PREFIX.fullmatch(name):
            self._refuse("prefixes", name, f"'{name}' cannot be a prefix; use ASCII letters, digits, '_' and '-'.")
        namespace = base + value if _LOCAL.fullmatch(value) else value
        if name in ("graph", "id"):
            self._refuse("prefixes", name, f"the prefix '{name}' is made of the base; choose another name.")
        if name in PREFIXES and namespace != PREFIXES[name]:
            self._refuse("prefixes", name, f"the prefix '{name}' stands for <{PREFIXES[name]}>; choose another name.")
        self._check_iri("prefixes", name, namespace)
        return namespace

    def _check_iri(self, table: str, name: str, iri: str) -> None:
        if not _IRI.fullmatch(iri) or not iri.endswith(_ENDING):
            self._refuse(table, name, f"'{iri}' is not an absolute IRI that ends in '/', '#' or ':'.")

    def _refuse(self, table: str, name: str, reason: str) -> NoReturn:
        raise InputSyntaxError(self._path, reason, self._line(table, name))

    def _line(self, table: str, name: str) -> int | None:
        """Return the line on which a key or a table begins, if it is written in one of the usual ways."""
        here = ""
        for number, line in enumerate(self._lines, 1):
            if head := re.match(r"\s*\[+\s*([^\]]*?)\s*\]", line):
                here = head[1]
                if not table and here.split(".")[0].strip("\"'") == name:
                    return number
            elif here == table and re.match(rf"\s*[\"']?{re.escape(name)}[\"']?\s*[=.]", line):
                return number
        return None


def _listed(known: Mapping[str, object]) -> str:
    return ", ".join(name for name in known if name)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "workspace"
