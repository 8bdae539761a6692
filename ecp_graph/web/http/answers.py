"""An answer of the engine as an HTTP response: streamed, with an entity tag, charged to the client that asked."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

from flask import Response, request

from ecp_graph.engine import Answer, Asker, Question
from ecp_graph.sparql.guard import refuse_excess
from ecp_graph.tables.lists.answering import Held
from ecp_graph.web.http.exchange import exchange_of
from ecp_graph.web.http.responses import cacheable
from ecp_graph.web.state.site import site

__all__ = ["BodyStream", "answer_response", "ask", "held_answer", "on_budget"]


class BodyStream(Iterator[bytes]):
    """The body of an answer that still comes, for a thread to read with ``for`` or an event loop with ``chunks``.

    ``on_end`` is called once, when it has been read, has failed or was closed.
    """

    def __init__(self, answer: Answer, on_end: Callable[[Mapping[str, object]], None]) -> None:
        self._answer = answer
        self._on_end = on_end
        self._is_open = True
        self._compressor: Any = None

    def compress(self, level: int) -> None:
        """Have the rest compressed with gzip."""
        self._compressor = zlib.compressobj(level, wbits=31)

    def __next__(self) -> bytes:
        if not self._is_open:
            raise StopIteration
        try:
            for chunk in self._answer.body:
                if packed := self._compressor.compress(chunk) if self._compressor else chunk:
                    return packed
        except BaseException:
            self.close()
            raise
        self.close()
        if last := self._compressor.flush() if self._compressor else b"":
            return last
        raise StopIteration

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the body in the event loop; what takes time to compress is compressed in a thread."""
        loop = asyncio.get_running_loop()
        try:
            async for chunk in cast("AsyncIterator[bytes]", self._answer.body):
                if self._compressor is None:
                    yield chunk
                elif packed := await loop.run_in_executor(None, self._compressor.compress, chunk):
                    yield packed
        finally:
            self.close()
        if self._compressor:
            yield self._compressor.flush()

    def close(self) -> None:
        """Give up the rest."""
        if self._is_open:
            self._is_open = False
            self._answer.close()
            self._on_end(self._answer.facts)


class _StreamedResponse(Response):
    """A response whose body the server's event loop sends, where there is one."""

    def get_app_iter(self, environ: dict[str, Any]) -> Iterable[bytes]:
        exchange = exchange_of(environ)
        if exchange.takes_streams and environ["REQUEST_METHOD"] != "HEAD":
            exchange.stream = cast("BodyStream", self.response)
        return super().get_app_iter(environ)


def ask(question: Question, *, is_reserved: bool = False) -> Answer:
    """Return the engine's answer, whose time is charged to the client.

    ``is_reserved``: the question is of the catalogue, see `ecp_graph.engine.Asker`. Raises what the engine raises,
    OverBudget, and QueryTooComplex.
    """
    refuse_excess(question.text)
    here, exchange = site(), exchange_of(request.environ)
    here.note_outside(question.text)
    client = request.remote_addr or ""
    here.budget.check(client)
    started = time.monotonic()

    def charge(facts: Mapping[str, object]) -> None:
        spent_s = time.monotonic() - started
        here.budget.charge(client, spent_s)
        here.metrics.observe_query(spent_s)
        exchange.facts.update({"query_ms": round(spent_s * 1000, 1), **facts})

    limit_s = question.limit_s or here.settings.timeout
    try:
        answer = here.engine.answer(replace(question, limit_s=limit_s), Asker(client, is_reserved, exchange.gone))
    except BaseException:
        charge({})
        raise
    return replace(answer, body=BodyStream(answer, charge))


@contextmanager
def on_budget() -> Iterator[None]:
    """Take the seconds of a block from the client's share of query time; raises OverBudget when it has none left.

    For what a client's own values make a page ask; what every client gets is asked once and cached.
    """
    here, client = site(), request.remote_addr or ""
    here.budget.check(client)
    started = time.monotonic()
    try:
        yield
    finally:
        here.budget.charge(client, time.monotonic() - started)


def answer_response(question: Question, *, is_reserved: bool = False, held: Held | None = None) -> Response:
    """Return the response to a question: the answer, streamed if long, or 304 for a client that has it already.

    ``held`` is the answer where the lists of the release hold it.
    """
    headers = {"Content-Type": question.format.content_type, "Vary": "Accept"}
    site().note_outside(question.text)
    version = f"{site().current.version} lists" if held else site().current.version
    tag = question.tag(version) if site().may_be_kept else None
    if tag and request.method in {"GET", "HEAD"} and request.if_none_match.contains_weak(tag):
        return cacheable(Response(headers=headers), tag)
    answer = held_answer(held, question.format.name) if held else ask(question, is_reserved=is_reserved)
    if answer.length is not None and answer.length <= site().bounds.page_bytes:
        response = Response(answer.read(), headers=headers)
    else:
        response = _StreamedResponse(answer.body, headers=headers)
    return cacheable(response, tag, is_query=True)


def held_answer(held: Held, fmt: str) -> Answer:
    """Return the answer that the lists of the release hold, whose time is charged to the client.

    Raises OverBudget, ResultTooLarge for one past the limit of the server, and what `Held.answer` raises.
    """
    here, exchange = site(), exchange_of(request.environ)
    with on_budget():
        answer = held.answer(fmt, max_bytes=here.settings.max_result_mb * 1_000_000)
    return replace(answer, body=BodyStream(replace(answer, body=_Chunks(answer.body)), exchange.facts.update))


class _Chunks(Iterator[bytes]):
    """Bytes that are there, which an event loop can read as well."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def __next__(self) -> bytes:
        return next(self._chunks)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk
