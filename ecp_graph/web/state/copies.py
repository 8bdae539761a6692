"""The workspace's copies of the documents that were read, and the words of passages in them.

A copy belongs to a document by its name: ``pc0457e1.pdf`` is a copy of ``id/document/pc0457e1``. Copies may change
while the server runs, so a copy is read again when its file has changed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ecp_graph.documents.blocks import Block
from ecp_graph.documents.reading import FORMATS
from ecp_graph.documents.words import Anchor, Found, find_words
from ecp_graph.errors import EcpGraphError, InputSyntaxError
from ecp_graph.workspace import Workspace

__all__ = ["Copies", "Missed", "Words"]

#: Copies whose words are kept.
_KEPT: Final = 32
_Key = tuple[Path, int, int, Sequence[Anchor]]


@dataclass(frozen=True)
class Words:
    """The words of a passage in the copy of that name: its paragraphs, or its cells."""

    copy: str
    parts: tuple[Block, ...]


@dataclass(frozen=True)
class Missed:
    """Why the copy of that name does not give the words of a passage."""

    copy: str
    reason: str


class Copies:
    """The copies in one folder; ``may_publish`` says that their words may leave this machine, under ``licence``.

    ``is_local`` is set by a server that listens on this machine alone.
    """

    def __init__(self, folder: Path | None = None, *, licence: str = "", may_publish: bool = False) -> None:
        self.folder = folder
        self.licence = licence
        self.may_publish = may_publish
        self.is_local = False
        self._reads: OrderedDict[_Key, Future[Found]] = OrderedDict()
        self._lock = threading.Lock()
        # one at a time: reading a long PDF takes a processor for a minute
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="copies")

    @classmethod
    def of_workspace(cls, workspace: Workspace, folder: Path | None = None) -> Copies:
        """Return those in the workspace's folder ``sources/``, or in the folder given."""
        about = workspace.about
        licence = str(about.sources.get("licence", "")).strip()
        return cls(folder or workspace.root / "sources", licence=licence, may_publish=about.may_publish_words)

    def words(
        self, document: str, passage: str, anchors: Sequence[Anchor], *, wait_s: float | None = None
    ) -> Words | list[Missed]:
        """Return the words of a passage (IRI), or why each copy of its document (slug) does not give them.

        ``anchors`` are those of all passages of the document. Without a copy the list is empty. A copy that takes
        longer than ``wait_s`` seconds to read gives them the next time.
        """
        missed = []
        for path in self._paths(document):
            found = self._found(path, tuple(anchors), wait_s)
            if isinstance(found, Missed):
                missed.append(found)
            elif parts := found.words.get(passage):
                return Words(path.name, parts)
            else:
                missed.append(Missed(path.name, f"{found.orphans.get(passage, 'the passage has no position')}."))
        return missed

    def _paths(self, document: str) -> Iterator[Path]:
        """Yield the copies of a document in the order of the formats; the folder is looked at, no path is made."""
        if self.folder is None or not self.folder.is_dir():
            return
        named = {path.suffix.lower(): path for path in sorted(self.folder.iterdir()) if path.stem == document}
        yield from (named[suffix] for suffix in FORMATS if suffix in named)

    def _found(self, path: Path, anchors: Sequence[Anchor], wait_s: float | None) -> Found | Missed:
        try:
            state = path.stat()
            return self._read((path, state.st_mtime_ns, state.st_size, anchors)).result(wait_s)
        except NotYet:
            return Missed(path.name, "it is being read. Open this page again in a minute.")
        except InputSyntaxError as refusal:
            return Missed(path.name, refusal.reason)
        except (EcpGraphError, OSError) as refusal:
            return Missed(path.name, str(refusal))

    def _read(self, key: _Key) -> Future[Found]:
        with self._lock:
            # what the system refused may succeed the next time
            if key not in self._reads or (
                self._reads[key].done() and isinstance(self._reads[key].exception(), OSError)
            ):
                self._reads[key] = self._reader.submit(find_words, key[0], key[3])
                if len(self._reads) > _KEPT:
                    self._reads.popitem(last=False)
            self._reads.move_to_end(key)
            return self._reads[key]
