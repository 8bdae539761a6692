"""An engine that runs each query only once, because a query of the catalogue becomes a page and a file in each format.

Slow answers and failures are cached in a folder, which several processes can share; small ones in memory, because pages
ask the same again and again: whether there is a thing, or what the certainties are.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ecp_graph.engine import NOBODY, Answer, Asker, Engine, Question
from ecp_graph.engine.embedded import write_results
from ecp_graph.engine.spool import Spool
from ecp_graph.errors import QueryTimeout, WorkerLost
from ecp_graph.sparql.formats import DEFAULTS, Format

__all__ = ["OnceEngine"]

#: Seconds from which on an answer is worth a file.
_SLOW_S: Final = 0.5
_CHUNK_BYTES: Final = 65_536
#: The longest answer that stays in memory, and how many do: some 20 MB of short texts.
_SMALL_BYTES: Final = 1_000
_MOST_SMALL: Final = 20_000


class OnceEngine(Engine):
    """Answers queries with another engine, or from its cache.

    Answers are returned complete. Rows are requested as SPARQL results JSON, which contains everything that the other
    formats need, and converted to the requested format.
    """

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        *,
        limit_s: float,
        slow_s: float = _SLOW_S,
        small_bytes: int = _SMALL_BYTES,
    ) -> None:
        """Keep answers that took ``slow_s`` seconds in a folder, which is made when the first one is kept.

        Of the others, rows of ``small_bytes`` at most are kept in memory.
        ``limit_s`` is the most that is waited; what was given less time may be tried again.
        """
        self._engine = engine
        self._folder = folder
        self._limit_s = limit_s
        self._slow_s = slow_s
        self._small_bytes = small_bytes
        self._small: dict[str, bytes] = {}

    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        """Return the answer; raises what `Engine.answer` raises.

        Raises QueryTimeout and WorkerLost again for a query that took too much time or memory before.
        """
        wanted = question.format
        asked = replace(question, fmt=(DEFAULTS["table"] if question.kind == "table" else wanted).name)
        tag = asked.tag("")
        if (small := self._small.get(tag)) is not None:
            return _of_rows(small, wanted)
        kept = self._folder / tag
        self._raise_again(kept)
        if not kept.exists():
            started = time.monotonic()
            try:
                answer = self._engine.answer(asked, asker)
                spool = _spooled(answer.body)
            except QueryTimeout as failure:
                if failure.limit_s >= self._limit_s:
                    self._write(_failed(kept), [json.dumps({"limit_s": failure.limit_s}).encode()])
                raise
            except WorkerLost as failure:
                if failure.out_of_memory:
                    self._write(_failed(kept), [b"{}"])
                raise
            if time.monotonic() - started < self._slow_s:
                if question.kind == "table" and len(spool) <= self._small_bytes:
                    if len(self._small) >= _MOST_SMALL:
                        self._small.clear()
                    self._small[tag] = small = b"".join(spool.read_once())
                    return _of_rows(small, wanted)
                if asked.format is wanted:
                    return replace(answer, body=spool.read_once(), length=len(spool))
                return _rewritten(b"".join(spool.read_once()), wanted)
            self._write(kept, spool.read_once())
        if asked.format is wanted:
            return Answer(question.kind, wanted, _chunks(kept), kept.stat().st_size)
        return _rewritten(kept, wanted)

    def describe(self) -> str:
        """Return the words of the engine behind."""
        return self._engine.describe()

    def close(self) -> None:
        """Let go of the engine behind."""
        self._engine.close()

    def _raise_again(self, kept: Path) -> None:
        try:
            said = json.loads(_failed(kept).read_bytes())
        except FileNotFoundError:
            return
        raise QueryTimeout(said["limit_s"]) if "limit_s" in said else WorkerLost(out_of_memory=True)

    def _write(self, path: Path, chunks: Iterator[bytes] | list[bytes]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        with beside.open("wb") as out:
            out.writelines(chunks)
        beside.replace(path)


def _failed(kept: Path) -> Path:
    return kept.with_name(kept.name + ".failed")


def _spooled(body: Iterator[bytes]) -> Spool:
    spool = Spool()
    for chunk in body:
        spool.write(chunk)
    return spool


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _of_rows(made: bytes, wanted: Format) -> Answer:
    """Return an answer of rows in the wanted format, of one in JSON."""
    if wanted is DEFAULTS["table"]:
        return Answer(wanted.kind, wanted, iter((made,)), len(made))
    return _rewritten(made, wanted)


def _rewritten(made: bytes | Path, wanted: Format) -> Answer:
    """Return an answer of rows in the wanted format, of one that is there whole in JSON."""
    spool = Spool()
    json_format = ox.QueryResultsFormat.JSON
    if isinstance(made, Path):
        results = ox.parse_query_results(path=str(made), format=json_format)
    else:
        results = ox.parse_query_results(made, json_format)
    write_results(results, wanted, spool, prefixes={})
    return Answer(wanted.kind, wanted, spool.read_once(), len(spool))
