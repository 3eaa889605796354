"""A small HTTP/1.1 server that keeps requests exactly as they came and may answer as badly as a
test wants.

http.server would do for polite traffic; here the raw target, the order and the repetition of
headers matter (signatures are made over them), and an answer can be cut in the middle or replaced
by a connection reset. One thread a connection, keep-alive, TLS when an ssl context is given.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import struct
import threading
from dataclasses import dataclass, field
from typing import Callable
from urllib.parse import unquote

MAX_HEADER_BYTES = 64 * 1024
MAX_BODY_BYTES = 64 * 1024 * 1024

REASONS = {
    100: "Continue",
    200: "OK",
    204: "No Content",
    301: "Moved Permanently",
    302: "Found",
    307: "Temporary Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Payload Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class Headers:
    """Header fields in the order they came; look-up without regard to case."""

    def __init__(self, fields=()):
        self.fields: list[tuple[str, str]] = list(
            fields.items() if isinstance(fields, dict) else fields
        )

    def get(self, name: str, default: str | None = None) -> str | None:
        name = name.lower()
        return next((v for n, v in self.fields if n.lower() == name), default)

    def get_all(self, name: str) -> list[str]:
        name = name.lower()
        return [v for n, v in self.fields if n.lower() == name]

    def set(self, name: str, value: str) -> None:
        self.remove(name)
        self.fields.append((name, value))

    def setdefault(self, name: str, value: str) -> None:
        if self.get(name) is None:
            self.fields.append((name, value))

    def remove(self, name: str) -> None:
        name = name.lower()
        self.fields = [(n, v) for n, v in self.fields if n.lower() != name]

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __iter__(self):
        return iter(self.fields)

    def __repr__(self) -> str:
        return repr(self.fields)


@dataclass
class Request:
    """One request as it was on the wire."""

    method: str
    target: str
    headers: Headers
    body: bytes
    scheme: str
    connection: int
    #: the client sent Expect: 100-continue and was told to go on
    expected_continue: bool = False

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def raw_query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def query(self) -> dict[str, str]:
        """Decoded parameters; '+' is data, as the signature rules have it."""
        pairs = (pair.partition("=") for pair in self.raw_query.split("&") if pair)
        return {unquote(name): unquote(value) for name, _, value in pairs}

    @property
    def host(self) -> str:
        return self.headers.get("host") or ""


@dataclass
class Response:
    """One answer, and what shall go wrong on its way."""

    status: int
    body: bytes = b""
    headers: Headers = field(default_factory=Headers)
    #: the connection is reset (RST) in place of an answer
    reset: bool = False
    #: only so many bytes of the body leave, then the connection is closed
    cut_at: int | None = None
    #: the connection is closed after the answer
    close: bool = False
    #: the AWS error code in the body, for the log
    code: str | None = None


class BadRequest(Exception):
    """What came is not HTTP/1.1 as this server takes it."""


class HttpServer:
    """Listens on 127.0.0.1 and gives each request to `handle`, which runs on the connection's
    thread.
    """

    def __init__(
        self,
        handle: Callable[[Request], Response],
        tls: ssl.SSLContext | None = None,
        port: int = 0,
        tunnels: Callable[[str], ssl.SSLContext] | None = None,
    ):
        """`tunnels`: the server is a proxy whose CONNECT ends here; it gives the certificate of
        the host that is asked for.
        """
        self._handle, self._tls, self._tunnels = handle, tls, tunnels
        self._numbers = itertools.count(1)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._stopped = False
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name=f"accept-{self.port}", daemon=True).start()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._stopped = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    # -- connections -------------------------------------------------------------------------------

    def _accept(self) -> None:
        while not self._stopped:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
            threading.Thread(
                target=self._serve, args=(connection, next(self._numbers)), daemon=True
            ).start()

    def _serve(self, plain: socket.socket, number: int) -> None:
        connection = plain
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            tls = self._tls or self._tunnel(plain)
            if tls:
                plain.settimeout(30)
                connection = tls.wrap_socket(plain, server_side=True)
                connection.settimeout(None)
                with self._lock:
                    self._open.discard(plain)
                    self._open.add(connection)
            with connection.makefile("rb") as stream:
                while self._one_request(connection, stream, number):
                    pass
        except (OSError, BadRequest, ValueError):
            pass
        finally:
            with self._lock:
                self._open.discard(plain)
                self._open.discard(connection)
            with contextlib.suppress(OSError):
                connection.close()

    def _tunnel(self, plain: socket.socket) -> ssl.SSLContext | None:
        """Grants CONNECT, where the client begins with it."""
        if not self._tunnels or plain.recv(8, socket.MSG_PEEK) != b"CONNECT ":
            return None
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = plain.recv(1)
            if not byte or len(head) > MAX_HEADER_BYTES:
                raise BadRequest("no CONNECT")
            head += byte
        plain.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return self._tunnels(head.split(b" ")[1].decode("latin-1").rpartition(":")[0])

    def _one_request(self, connection: socket.socket, stream, number: int) -> bool:
        line = stream.readline(MAX_HEADER_BYTES)
        if not line:
            return False
        method, target, version = line.decode("latin-1").rstrip("\r\n").split(" ", 2)
        if target.startswith("http://"):  # to a proxy, which every server is a little
            target = "/" + target.split("/", 3)[3]
        headers = read_headers(stream)
        expected = (headers.get("expect") or "").lower() == "100-continue"
        if expected:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        request = Request(
            method,
            target,
            headers,
            read_body(stream, headers),
            "https" if isinstance(connection, ssl.SSLSocket) else "http",
            number,
            expected,
        )
        response = self._handle(request)
        if response.reset:
            reset(connection)
            return False
        close = (
            response.close
            or response.cut_at is not None
            or version == "HTTP/1.0"
            or (headers.get("connection") or "").lower() == "close"
        )
        connection.sendall(encode(response, method == "HEAD", close))
        return not close


def read_headers(stream) -> Headers:
    fields: list[tuple[str, str]] = []
    size = 0
    while True:
        line = stream.readline(MAX_HEADER_BYTES)
        size += len(line)
        if size > MAX_HEADER_BYTES or not line:
            raise BadRequest("headers too long or cut short")
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        if not text:
            return Headers(fields)
        name, colon, value = text.partition(":")
        if not colon or name != name.strip():
            raise BadRequest(f"not a header: {text!r}")
        fields.append((name, value.strip(" \t")))


def read_body(stream, headers: Headers) -> bytes:
    if "chunked" in (headers.get("transfer-encoding") or "").lower():
        body = bytearray()
        while True:
            size = int(stream.readline(1024).split(b";")[0], 16)
            chunk = stream.read(size)
            stream.readline(1024)
            if not size:
                return bytes(body)
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise BadRequest("body too long")
    length = int(headers.get("content-length") or 0)
    if length > MAX_BODY_BYTES:
        raise BadRequest("body too long")
    body = stream.read(length) if length else b""
    if len(body) != length:
        raise BadRequest("body cut short")
    return body


def encode(response: Response, is_head: bool, close: bool) -> bytes:
    """The answer as bytes. A HEAD's answer names the length its body would have and has none."""
    head = [f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Status')}"]
    head += [f"{name}: {value}" for name, value in response.headers]
    if "content-length" not in response.headers:
        head.append(f"Content-Length: {len(response.body)}")
    if close and "connection" not in response.headers:
        head.append("Connection: close")
    body = b"" if is_head else response.body[: response.cut_at]
    return ("\r\n".join(head) + "\r\n\r\n").encode("utf-8", "surrogateescape") + body


def reset(connection: socket.socket) -> None:
    """Closes with RST: what a crashed peer does. SO_LINGER 0 makes close() send it."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # detach, as the stream made from the socket would keep a plain close() from taking effect, and
    # an orderly TLS goodbye is just what shall not be sent
    socket.socket(fileno=connection.detach()).close()
