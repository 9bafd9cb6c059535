"""The address the desk is reached at: taken before anything else is done, and told only once it is ours."""

from __future__ import annotations

import errno
import os
import socket

from bangfu.errors import BangfuError
from bangfu.messages import _

_WAITING = 2048
"""Connections that may wait until they are taken, as uvicorn's own sockets let them."""
_FREE_FOR_ALL, _LAST, _USUAL = 1024, 65535, 8420
"""The first port that needs no permission, the last there is, and the desk's usual one."""
_OWN = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a socket says that listens everywhere


class AddressError(BangfuError):
    """The desk cannot listen at an address; ``host`` and ``port`` are what was asked for."""

    def __init__(self, host: str, port: int, why: str) -> None:
        self.host, self.port = host, port
        super().__init__(why)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address; port 0 takes a free one.

    Raises:
        AddressError: the port is taken or not for us, or the address is none of this machine's.
    """
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise AddressError(
            host, port, _("--host 的地址 {host} 不认识；应为本机的地址，如 127.0.0.1", host=host)
        ) from None
    taken = socket.socket(family, kind, protocol)
    try:
        # On Windows, REUSEADDR would share the port with whoever has it; elsewhere it is what lets a desk start again.
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR if exclusive is None else exclusive, 1)
        taken.bind(address)
        taken.listen(_WAITING)
    except OSError as error:
        taken.close()
        raise AddressError(host, port, _why(host, port, error)) from None
    taken.set_inheritable(True)  # several workers share it
    return taken


def _why(host: str, port: int, error: OSError) -> str:
    another = port + 1 if _FREE_FOR_ALL <= port < _LAST else _USUAL
    if error.errno in {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)}:
        return _(
            "端口 {port} 已被占用，可能是另一个工作台；请先停下它，或换一个端口，如 --port {another}",
            port=port,
            another=another,
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        if port >= _FREE_FOR_ALL:  # Windows says so of ports that it, or another program, keeps for itself
            return _(
                "端口 {port} 不能使用，系统留作他用，或已被别的程序独占；请换一个端口，如 --port {another}",
                port=port,
                another=another,
            )
        return _("没有权限使用端口 {port}；请换一个 1024 以上的端口，如 --port {another}", port=port, another=another)
    if error.errno == errno.EADDRNOTAVAIL:
        return _("--host 的地址 {host} 不是本机的；应为本机的地址，如 127.0.0.1", host=host)
    return _(
        "不能在 {host} 的端口 {port} 上监听：{strerror}；请换 --host 或 --port",
        host=host,
        port=port,
        strerror=os.strerror(error.errno or 0),
    )


def url_of(listener: socket.socket, host: str) -> str:
    """Return how a browser on this machine reaches a socket that listens at a host.

    Every address of the machine (0.0.0.0, ::) is none that a browser can open: its own stands for them.
    """
    host = _OWN.get(listener.getsockname()[0], host)
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/"
