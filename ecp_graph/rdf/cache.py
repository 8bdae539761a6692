"""Keeps what files were parsed to from one run to the next, so that only changed files are parsed again.

That is the statements of a file as N-Quads, or the joins of a rule. Entries lie in the user's cache folder, or in the
one that ECP_GRAPH_CACHE names, never in the workspace. Each is named by the hash of the file's content and of all else
that it depends on, is compressed, and carries a checksum: what was cut off or damaged is read from the file again. A
folder that cannot be written costs time and nothing else.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import time
import zlib
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

import pyoxigraph as ox

from ecp_graph import __version__

__all__ = ["cache_folder", "cached", "entry_name", "keep", "shrink"]

#: Rises when the same content is read as other statements, so that older entries are not taken for those.
_LAYOUT: Final = 1
_SUFFIX: Final = ".nq.gz"
#: Entries are a tenth of the size of the statements; these are some ten million.
_MOST_BYTES: Final = 1_000_000_000
#: How long an entry may be in use until that is noted: the oldest are thrown away first.
_NOTED_S: Final = 86_400


def cache_folder() -> Path:
    """Return the folder of the entries, whether there is one or not."""
    if named := os.environ.get("ECP_GRAPH_CACHE", "").strip():
        return Path(named).expanduser() / "statements"
    from platformdirs import user_cache_path

    return user_cache_path("ecp-graph", appauthor=False) / "statements"


def entry_name(content: bytes, *depends_on: str) -> str:
    """Return the name of the entry for a content; ``depends_on`` is what else its statements follow from."""
    digest = hashlib.sha256(content)
    digest.update("\0".join((str(_LAYOUT), __version__, ox.__version__, *depends_on)).encode())
    return digest.hexdigest() + _SUFFIX


def cached(name: str) -> bytes | None:
    """Return the N-Quads of an entry, or None where there is none that is whole."""
    path = cache_folder() / name
    try:
        packed = path.read_bytes()
        text = gzip.decompress(packed)
        if time.time() - path.stat().st_mtime > _NOTED_S:
            os.utime(path)
    except (OSError, EOFError, zlib.error):
        return None
    return text if packed else None  # nothing at all unpacks to nothing, without an error


def keep(name: str, text: bytes) -> None:
    """Keep the N-Quads of an entry, if the folder can be written."""
    folder = cache_folder()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=folder, delete=False) as stream:
            try:
                stream.write(gzip.compress(text, 1, mtime=0))
                stream.close()
                Path(stream.name).replace(folder / name)
            except BaseException:
                Path(stream.name).unlink(missing_ok=True)
                raise


def shrink(most_bytes: int = _MOST_BYTES) -> None:
    """Throw away the entries that were not used for the longest time, until the others are within a size."""
    with suppress(OSError):
        facts = [(entry.stat(), entry.path) for entry in os.scandir(cache_folder())]
        facts.sort(key=lambda fact: fact[0].st_mtime, reverse=True)
        total = 0
        for fact, path in facts:
            total += fact.st_size
            if total > most_bytes:
                Path(path).unlink(missing_ok=True)
