"""Connections whose every operation has what is left of an attempt's time."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

from ._attempt import TIMED_OUT

if TYPE_CHECKING:
    import ssl

    from _typeshed import WriteableBuffer

    from ._clock import Clock


class Connection:
    """A connected socket and the clock that bounds it."""

    def __init__(self, connected: socket.socket, clock: Clock) -> None:
        self._socket = connected
        self._clock = clock

    def secured(self, context: ssl.SSLContext, host: str | None) -> Connection:
        """The same under TLS, once the certificate has been verified."""
        # The standard library bounds a handshake as a whole.
        self._socket.settimeout(self._clock.left())
        return Connection(context.wrap_socket(self._socket, server_hostname=host), self._clock)

    def write(self, data: bytes) -> None:
        """Writes all of it."""
        self._clock.begin()
        while data:
            self._socket.settimeout(self._clock.left())
            data = data[self._socket.send(data) :]

    def read(self, max_bytes: int) -> bytes:
        """Reads what there is; nothing at the end."""
        self._socket.settimeout(self._clock.left())
        return self._socket.recv(max_bytes)

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Reads what there is; nothing at the end."""
        self._socket.settimeout(self._clock.left())
        return self._socket.recv_into(buffer)

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()


def connected(host: str, port: int, clock: Clock) -> Connection:
    """A fresh connection. Each address of the host has an equal share of the time that is left."""
    addresses = _resolved(host, port, clock)
    failure = OSError("the name has no address")
    for position, address in enumerate(addresses):
        try:
            return Connection(_connected(address, clock.left() / (len(addresses) - position)), clock)
        except OSError as error:
            failure = error
    raise failure


def _connected(address: tuple[Any, ...], seconds: float) -> socket.socket:
    family, kind, protocol, _, where = address
    connection = socket.socket(family, kind, protocol)
    try:
        connection.settimeout(seconds)
        connection.connect(where)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connection.close()
        raise
    return connection


def _resolved(host: str, port: int, clock: Clock) -> list[Any]:
    """A name's addresses. The system's resolver has no time-out, so that a name, but no address, costs a thread that may be left behind."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError:
        pass
    found: list[list[Any] | Exception] = []

    def resolve() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 (raised below, in the thread that waits)
            found.append(error)

    thread = threading.Thread(target=resolve, name="valify-link-resolve", daemon=True)
    thread.start()
    thread.join(clock.left())
    if not found:
        raise TimeoutError(TIMED_OUT)
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]
