"""Connections that say nothing, or half of something: they are ended, and keep nobody out."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx
import pytest
import uvicorn
from litestar import Litestar

from bangfu_web import request_bodies
from bangfu_web.server import Connection, connection_limit

pytest_plugins = ["web_desk"]

HALF = b"GET /login HTTP/1.1\r\nHost: desk\r\nX-A: "


@pytest.fixture
def address(desk_app: Litestar) -> Iterator[tuple[str, int]]:
    """Serve the desk as ``bangfu serve`` does, and yield where."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(desk_app, http=Connection, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()
        server.should_exit = True
        thread.join()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nobody longer than a moment."""
    monkeypatch.setattr("bangfu_web.server.HEADER_TIMEOUT", 0.4)
    monkeypatch.setattr(request_bodies, "MIN_SECONDS", 0.4)
    monkeypatch.setattr(request_bodies, "MIN_BYTES_A_SECOND", 1e9)


@contextmanager
def connected(address: tuple[str, int], count: int, sent: bytes = b"") -> Iterator[list[socket.socket]]:
    """Yield so many connections that sent something and nothing more."""
    with ExitStack() as stack:
        made = [stack.enter_context(socket.create_connection(address, timeout=10)) for _ in range(count)]
        for one in made:
            one.sendall(sent)
        yield made


def heard(connection: socket.socket) -> bytes:
    """Return all that comes until the other side ends the connection."""
    answer = b""
    try:
        while piece := connection.recv(65536):
            answer += piece
    except ConnectionResetError:
        pass
    return answer


def is_ended(connection: socket.socket) -> bool:
    """Return whether the other side has ended a connection."""
    connection.settimeout(0.05)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("sent", [b"", HALF, b"GET /login HTTP/1.1\r\nHost: desk\r\n\r\n" + HALF])
def test_who_does_not_finish_asking_is_cut_off(address: tuple[str, int], sent: bytes) -> None:
    """Nothing, half a head, half a head after a whole request that was answered."""
    with connected(address, 1, sent) as (one,):
        answer = heard(one)
    assert answer.startswith(b"HTTP/1.1 200 ") is sent.startswith(b"GET /login HTTP/1.1\r\nHost: desk\r\n\r\n")


@pytest.mark.usefixtures("impatient")
def test_who_sends_byte_for_byte_is_cut_off(address: tuple[str, int]) -> None:
    """What comes now and then prolongs nothing."""
    with connected(address, 1, HALF) as (one,):
        began = time.monotonic()
        with suppress(OSError):
            while time.monotonic() - began < 5:
                one.sendall(b"a")
                time.sleep(0.05)
    assert time.monotonic() - began < 5


@pytest.mark.usefixtures("impatient")
def test_half_a_form_is_told(address: tuple[str, int]) -> None:
    """After its time; the connection ends."""
    head = b"POST /login HTTP/1.1\r\nHost: desk\r\nContent-Length: 100\r\nConnection: close\r\n"
    with connected(address, 1, head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname=a") as (one,):
        answer = heard(one)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert "传得太慢".encode() in answer


def test_silent_ones_keep_nobody_out(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where as many are connected as may be, the oldest of the silent ones is cut off for each that comes."""
    monkeypatch.setattr(Connection, "limit", 20)
    with connected(address, 60, HALF) as crowd:
        for _ in range(5):
            assert httpx.get(f"http://{address[0]}:{address[1]}/login").status_code == 200
        assert heard(crowd[0]) == b""
        open_now = sum(not is_ended(one) for one in crowd)
    assert open_now <= 20
    assert not caplog.records


def test_an_odd_host_is_a_wrong_request(address: tuple[str, int], caplog: pytest.LogCaptureFixture) -> None:
    """No failure of ours: 400, on pages, files and the API."""
    for host in ("x:99999", "x:1:2", "a b", "[::1", "x:-1", "\xff", "a@b"):
        for path in ("/login", "/static/style.css", "/api/facts"):
            sent = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1")
            with connected(address, 1, sent) as (one,):
                assert heard(one).startswith(b"HTTP/1.1 400 "), (host, path)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize("host", ["desk", "127.0.0.1:8420", "[::1]:8420", "bangfu.gov.cn:443", "my_desk"])
def test_a_usual_host_is_served(address: tuple[str, int], host: str) -> None:
    """With and without a port, as a name or an address."""
    sent = f"GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1")
    with connected(address, 1, sent) as (one,):
        assert heard(one).startswith(b"HTTP/1.1 200 ")


def test_files_are_counted() -> None:
    """As many connections as the system lets us have, less what the desk opens itself; as many as are wanted here."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))
        assert connection_limit() == min(4_000, max(1, hard - 200))
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(4_200, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
