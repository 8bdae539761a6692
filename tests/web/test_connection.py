"""One connection: a request that is sent again in the same bytes is answered without being read, and never in the place
of another; answers go out in order, and a client that does not read is let go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from ecp_graph.web.serving import protocol
from ecp_graph.web.serving.asgi import Bridge
from ecp_graph.web.serving.cache import Kept, LastUsed, ResponseCache, cache_key
from ecp_graph.web.serving.protocol import GuardedProtocol

HEAD = b"GET /sparql?query=ASK HTTP/1.1\r\nHost: x\r\n\r\n"
OTHER = b"GET /sparql?query=ASK2 HTTP/1.1\r\nHost: x\r\n\r\n"
FRESH = b'GET /sparql?query=ASK HTTP/1.1\r\nHost: x\r\nIf-None-Match: "t"\r\n\r\n'
BODY = b"the kept answer"


class Line(asyncio.Transport):
    """What a connection sends, as the responses that it is made of."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = False
        self.aborted = False
        self.unsent: list[int] = [0]

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return self.unsent.pop(0) if len(self.unsent) > 1 else self.unsent[0]

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)}.get(name, default)

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def write_eof(self) -> None:
        pass


class Connection:
    """One connection to a server that keeps the answers to two requests, and how many pieces of it were parsed."""

    def __init__(self, loop: asyncio.AbstractEventLoop, cache_bytes: int = 1_000_000) -> None:
        self.version = "one"
        self.asked_app = 0
        self.logged: list[dict[str, object]] = []
        cache = ResponseCache(cache_bytes)
        for target, body in ((b"/sparql?query=ASK", BODY), (b"/sparql?query=ASK2", b"another")):
            key = cache_key("GET", "http", target, b"", {b"host": b"x"})
            cache.put("one", key, Kept(200, (("Content-Length", str(len(body))), ("ETag", '"t"')), body, '"t"'))
        bridge = Bridge(
            self._app,
            threads=1,
            max_body_bytes=1000,
            cache=cache,
            version=lambda: self.version,
            log=self.logged.append,
            headers={},
        )
        config = uvicorn.Config(bridge, http=GuardedProtocol, ws="none", lifespan="off", log_level="critical")
        config.load()
        config.loaded_app = bridge
        state = ServerState()
        state.default_headers = [(b"date", b"today")]
        self.line = Line()
        self.protocol = GuardedProtocol(config=config, server_state=state, app_state={}, _loop=loop)
        self.protocol.connection_made(self.line)
        self.parsed = 0
        self._parser = self.protocol.parser
        self.protocol.parser = self  # type: ignore[assignment]

    def feed_data(self, data: bytes) -> None:
        self.parsed += 1
        self._parser.feed_data(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)

    def send(self, *pieces: bytes) -> list[bytes]:
        """Send pieces, each as it would arrive, and return the responses to them that came at once."""
        before = len(self.line.sent)
        for piece in pieces:
            self.protocol.data_received(piece)
        return self.line.sent[before:]

    def _app(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.asked_app += 1
        start_response("200 OK", [("Content-Length", "3")])
        return [b"app"]


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop of this test's own; a browser that other tests have open keeps another one running in this thread."""
    loop, running = asyncio.new_event_loop(), asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield loop
        loop.run_until_complete(_cancel_others())
    finally:
        loop.close()
        asyncio._set_running_loop(running)


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@pytest.fixture
def connection(loop: asyncio.AbstractEventLoop) -> Connection:
    return Connection(loop)


def test_the_same_bytes_are_read_once(connection: Connection) -> None:
    first, again, third = (connection.send(HEAD) for _ in range(3))
    assert first == again == third
    assert first[0].startswith(b"HTTP/1.1 200 OK\r\ndate: today\r\n")
    assert first[0].endswith(b"\r\n\r\n" + BODY)
    assert connection.parsed == 1
    assert [(line["path"], line["status"], line["cache"]) for line in connection.logged] == [
        ("/sparql", 200, "hit")
    ] * 3


def test_each_head_has_its_own_answer(connection: Connection) -> None:
    said = [connection.send(head)[0] for head in (HEAD, OTHER, FRESH) * 3]
    assert said[:3] == said[3:6] == said[6:]
    assert connection.parsed == 3
    assert [answer.partition(b"\r\n")[0] for answer in said[:3]] == [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 304 Not Modified",
    ]
    assert said[1].endswith(b"another")
    assert said[2].endswith(b"\r\n\r\n")


def test_other_data_are_asked_for_anew(connection: Connection) -> None:
    connection.send(HEAD)
    connection.version = "two"
    assert connection.send(HEAD) == []
    assert connection.parsed == 2


def test_an_answer_that_is_kept_no_more_is_asked_for_anew(connection: Connection) -> None:
    connection.send(HEAD)
    connection.protocol.config.app._cache._kept.clear()  # type: ignore[union-attr]
    assert connection.send(HEAD) == []
    assert connection.parsed == 2


@pytest.mark.parametrize("place", [1, 20, len(HEAD) - 4, len(HEAD) - 1])
def test_a_head_in_pieces_is_one_request_and_its_pieces_are_none(connection: Connection, place: int) -> None:
    for _ in range(3):
        assert len(connection.send(HEAD[:place], HEAD[place:])) == 1
    assert connection.parsed == 6
    assert connection.send(HEAD[:place]) == []


def test_several_requests_in_one_go_are_all_answered(connection: Connection) -> None:
    for _ in range(3):
        assert [said.rpartition(b"\r\n\r\n")[2] for said in connection.send(HEAD + OTHER + HEAD)] == [
            BODY,
            b"another",
            BODY,
        ]
    assert connection.parsed == 3
    assert len(connection.send(HEAD + OTHER[:10], OTHER[10:])) == 2


@pytest.mark.parametrize(
    "before",
    [
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(HEAD),
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(HEAD),
        b"GET /other HTTP/1.1\r\nHost: x\r\nX: ",
        b"GET /other",
    ],
    ids=["in a body", "in a chunk", "in a header", "in an address"],
)
def test_known_bytes_that_belong_to_another_request_are_no_request(connection: Connection, before: bytes) -> None:
    connection.send(HEAD)
    assert connection.send(HEAD) == connection.send(HEAD)  # known
    connection.send(before)
    parsed = connection.parsed
    assert not any(BODY in said for said in connection.send(HEAD))
    assert connection.parsed == parsed + 1


def test_known_bytes_wait_for_the_answer_under_way(connection: Connection, loop: asyncio.AbstractEventLoop) -> None:
    connection.send(HEAD)
    connection.send(b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
    assert connection.send(HEAD) == []  # the page is not made yet
    for _ in range(100):
        loop.run_until_complete(asyncio.sleep(0.01))
        if len(connection.line.sent) > 2:
            break
    assert b"".join(connection.line.sent[1:]).count(b"HTTP/1.1 200 OK") == 2
    assert connection.line.sent[-1].endswith(BODY)
    assert connection.asked_app == 1


def test_the_rest_of_a_body_is_no_part_of_a_head(connection: Connection, loop: asyncio.AbstractEventLoop) -> None:
    async def hasty(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    connection.protocol.app = hasty
    connection.send(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n" + 1500 * b"z")
    loop.run_until_complete(asyncio.sleep(0.05))
    rest = 500 * b"z" + HEAD
    assert connection.send(rest)[0].endswith(BODY)
    bridge = connection.protocol.config.app
    assert isinstance(bridge, Bridge)
    assert bridge.known(rest) is None


def test_an_answer_without_a_body_goes_out_before_the_next(
    connection: Connection, loop: asyncio.AbstractEventLoop
) -> None:
    """The next request may be read before the loop comes round, when the head of an answer would have gone out."""

    async def to_head(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"no answer"})
        connection.send(HEAD)

    connection.send(HEAD)
    connection.protocol.app = to_head
    connection.send(b"HEAD /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
    loop.run_until_complete(asyncio.sleep(0.05))
    assert [said.split()[1] for said in connection.line.sent] == [b"200", b"404", b"200"]


@pytest.mark.parametrize(
    ("unsent", "looks"),
    [([0], 1), ([5000], 1), ([5000, 4000, 3000, 3000], 3)],
    ids=["nothing unsent", "a client that reads nothing", "a client that reads for a while"],
)
def test_a_connection_that_ends_is_let_go_when_its_client_does_not_read(
    connection: Connection,
    loop: asyncio.AbstractEventLoop,
    monkeypatch: pytest.MonkeyPatch,
    unsent: list[int],
    looks: int,
) -> None:
    monkeypatch.setattr(protocol, "_STALL_LIMIT_S", 0.2)
    connection.send(HEAD)
    connection.line.unsent = unsent
    connection.protocol.timeout_keep_alive_handler()
    assert connection.line.closed
    loop.run_until_complete(asyncio.sleep(0.2 * looks - 0.1))
    assert not connection.line.aborted
    loop.run_until_complete(asyncio.sleep(0.2))
    assert connection.line.aborted


def test_every_way_to_end_a_connection_is_watched(
    connection: Connection, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "_STALL_LIMIT_S", 0.05)
    monkeypatch.setattr(protocol, "_LINGER_S", 0.0)
    page = b"GET / HTTP/1.1\r\nHost: x\r\n"
    for sent in (page + b"Connection: close\r\n\r\n", b"no HTTP\r\n\r\n", page + b"\r\n" + HEAD + b"no HTTP\r\n\r\n"):
        other = Connection(loop)
        other.line.unsent = [5000]
        other.send(sent)
        loop.run_until_complete(asyncio.sleep(0.5))
        assert (other.line.closed, other.line.aborted) == (True, True)
    connection.protocol.connection_lost(None)
    loop.run_until_complete(asyncio.sleep(0.1))
    assert not connection.line.aborted


@pytest.mark.parametrize(
    "head",
    [
        HEAD.replace(b"HTTP/1.1", b"HTTP/1.0"),
        HEAD.replace(b"Host: x", b"Host: x\r\nConnection: close"),
        HEAD.replace(b"Host: x", b"Host: x\r\nX-Forwarded-For: 10.0.0.1"),
        HEAD.replace(b"Host: x", b"Host: x\r\nHost: y"),
        HEAD.replace(b"GET", b"HEAD"),
    ],
    ids=["1.0", "close", "forwarded", "two hosts", "HEAD"],
)
def test_what_is_answered_otherwise_is_not_known(connection: Connection, head: bytes) -> None:
    connection.send(head)
    bridge = connection.protocol.config.app
    assert isinstance(bridge, Bridge)
    assert bridge.known(head) is None


def test_heads_take_no_more_memory_than_they_may(loop: asyncio.AbstractEventLoop) -> None:
    small = Connection(loop, cache_bytes=100_000)
    bridge = small.protocol.config.app
    assert isinstance(bridge, Bridge)
    heads = [HEAD.replace(b"Host: x", b"Host: x\r\nX: " + b"y" * n) for n in range(100)]
    for head in heads:
        assert len(small.send(head)) == 1
    assert small.parsed == 100
    assert 0 < bridge._heads.size <= 6_250
    assert bridge.known(heads[0]) is None
    assert bridge.known(heads[-1]) is not None


@given(
    st.integers(0, 30), st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(1, 20))), max_size=40)
)
def test_what_was_used_last_stays(budget: int, steps: list[tuple[int, int | None]]) -> None:
    """Compared with a list in the order of use; a step puts a thing of a size, or looks one up."""
    kept, order = LastUsed[int, int](budget), list[tuple[int, int]]()
    for key, size in steps:
        had = [pair for pair in order if pair[0] == key]
        if size is None:
            assert kept.get(key) == (had[0][1] if had else None)
            order = [pair for pair in order if pair[0] != key] + had
        else:
            kept.put(key, size, size)
            order = [pair for pair in order if pair[0] != key] + [(key, size)]
            while sum(pair[1] for pair in order) > budget:
                order.pop(0)
        assert kept.size == sum(pair[1] for pair in order)
    kept.clear()
    assert kept.size == 0
    assert kept.get(0) is None
