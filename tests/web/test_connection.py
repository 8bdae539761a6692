"""One connection: responses go out in order, and a client that does not read is disconnected."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from ecp_graph.web.serving.asgi import Bridge
from ecp_graph.web.serving.cache import ResponseCache
from ecp_graph.web.serving.limits import GuardedProtocol
from ecp_graph.web.serving.patience import USUAL, Patience
from tests.waiting import wait_for

HEAD = b"GET /one HTTP/1.1\r\nHost: x\r\n\r\n"
#: How much time passes at a time.
_STEP_S = 0.025
OTHER = b"GET /two HTTP/1.1\r\nHost: x\r\n\r\n"


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


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time passes only when a test lets it."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__()

    def time(self) -> float:
        return self._now

    def let_pass(self, seconds: float) -> None:
        """Run what is ready, then let time pass in steps, and run what each of them makes ready."""
        self.run_until_complete(self._turns())
        for _ in range(round(seconds / _STEP_S)):
            self._now += _STEP_S
            self.run_until_complete(self._turns())

    def run_until(self, event: Callable[[], object]) -> None:
        """Run until an event has come, which may need what other threads do; no time passes."""

        def has_come() -> object:
            self.run_until_complete(self._turns())
            return event()

        wait_for(has_come)

    async def _turns(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)


class Connection:
    """One connection to a server whose pages say their address."""

    def __init__(self, loop: Loop, patience: Patience = USUAL) -> None:
        bridge = Bridge(
            self._app,
            threads=1,
            max_body_bytes=1000,
            larger_bodies={"/file": 2000},
            cache=ResponseCache(0),
            version=lambda: None,
            log=lambda _: None,
            headers={},
            patience=patience,
        )
        config = uvicorn.Config(bridge, http=GuardedProtocol, ws="none", lifespan="off", log_level="critical")
        config.load()
        config.loaded_app = bridge
        state = ServerState()
        state.default_headers = [(b"date", b"today")]
        self.line = Line()
        self.protocol = GuardedProtocol(config=config, server_state=state, app_state={}, _loop=loop)
        self.protocol.connection_made(self.line)

    def send(self, *pieces: bytes) -> None:
        """Send pieces, each as it would arrive."""
        for piece in pieces:
            self.protocol.data_received(piece)

    def _app(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [f"body of {environ['PATH_INFO']}".encode()]


@pytest.fixture
def loop() -> Iterator[Loop]:
    """A loop of this test's own; a browser that other tests have open keeps another one running in this thread."""
    loop, running = Loop(), asyncio._get_running_loop()
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
def connection(loop: Loop) -> Connection:
    return Connection(loop)


def test_several_requests_in_one_go_are_answered_in_order(connection: Connection, loop: Loop) -> None:
    connection.send(HEAD + OTHER[:10], OTHER[10:])
    loop.run_until(lambda: b"".join(connection.line.sent).endswith(b"body of /two"))
    assert b"".join(connection.line.sent).split(b"body of ")[1:] == [
        b"/oneHTTP/1.1 200 OK\r\ndate: today\r\ncontent-length: 12\r\n\r\n",
        b"/two",
    ]


@pytest.mark.parametrize(
    ("path", "length", "is_taken"),
    [("/one", 1000, True), ("/one", 1001, False), ("/file?as=json", 2000, True), ("/file", 2001, False)],
)
@pytest.mark.parametrize("is_announced", [True, False], ids=["announced", "in chunks"])
def test_a_path_to_which_files_are_sent_has_a_limit_of_its_own(
    connection: Connection,
    loop: Loop,
    path: str,
    length: int,
    is_taken: bool,
    is_announced: bool,
) -> None:
    told = b"Content-Length: %d" % length if is_announced else b"Transfer-Encoding: chunked"
    body = b"x" * length if is_announced else b"%x\r\n" % length + b"x" * length + b"\r\n0\r\n\r\n"
    connection.send(f"POST {path} HTTP/1.1\r\nHost: x\r\n".encode() + told + b"\r\n\r\n" + body)
    loop.run_until(lambda: connection.line.sent)
    answer = b"".join(connection.line.sent)
    assert answer.startswith(b"HTTP/1.1 200" if is_taken else b"HTTP/1.1 413")


@pytest.mark.parametrize(("path", "waits"), [("/one", False), ("/file", True)])
def test_a_file_may_take_longer_to_come(loop: Loop, path: str, waits: bool) -> None:
    connection = Connection(loop, Patience(body_s=0.1, upload_s=30))
    connection.send(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\nhalf".encode())
    loop.let_pass(0.4)
    assert b"".join(connection.line.sent).startswith(b"HTTP/1.1 408") != waits


@pytest.mark.parametrize(
    ("unsent", "looks"),
    [([0], 1), ([5000], 1), ([5000, 4000, 3000, 3000], 3)],
    ids=["nothing unsent", "a client that reads nothing", "a client that reads for a while"],
)
def test_a_connection_that_ends_is_aborted_when_its_client_does_not_read(
    loop: Loop, unsent: list[int], looks: int
) -> None:
    connection = Connection(loop, Patience(stall_s=0.2))
    connection.send(HEAD)
    loop.run_until(lambda: b"".join(connection.line.sent).endswith(b"body of /one"))
    connection.line.unsent = unsent
    connection.protocol.timeout_keep_alive_handler()
    assert connection.line.closed
    loop.let_pass(0.2 * looks - 0.1)
    assert not connection.line.aborted
    loop.let_pass(0.2)
    assert connection.line.aborted


def test_every_way_to_end_a_connection_is_watched(loop: Loop) -> None:
    patience = Patience(stall_s=0.05, linger_s=0.0)
    connection = Connection(loop, patience)
    page = b"GET / HTTP/1.1\r\nHost: x\r\n"
    for sent in (page + b"Connection: close\r\n\r\n", b"no HTTP\r\n\r\n", page + b"\r\n" + HEAD + b"no HTTP\r\n\r\n"):
        other = Connection(loop, patience)
        other.line.unsent = [5000]
        other.send(sent)
        loop.run_until(lambda line=other.line: line.closed)
        loop.let_pass(0.5)
        assert other.line.aborted
    connection.protocol.connection_lost(None)
    loop.let_pass(0.1)
    assert not connection.line.aborted
