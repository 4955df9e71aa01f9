"""A site on loopback that a visitor believes to be on the public internet, and that plays tricks."""

import gzip
import socket
import threading
import time
from collections.abc import Callable
from itertools import cycle

import httpcore

PUBLIC = "93.184.215.14"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
HTML = PLAIN.replace(b"text/plain; charset=utf-8", b"text/html")
SECRET = b"the secret of a private network"
ARTICLE = """<html><head><title>Velm &amp; Osk</title></head>
<body><nav><a href="/home">Home</a></nav><article><h1>Velm</h1>
<p>Velm is a town on the <a href="/osk_(river)">River Osk</a>, known for its many mills, which stand along the bank.</p>
<p>The oldest mill dates to 1411, and was built by a guild that owned most of the land around the town.</p></article>
</body></html>"""


def to(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def packed(body: bytes, encoding: str = "gzip") -> bytes:
    return HTML.replace(b"\r\n\r\n", f"\r\nContent-Encoding: {encoding}\r\n\r\n".encode()) + body


def bomb() -> bytes:
    return packed(gzip.compress(b"a" * 30_000_000, 9))


Answer = bytes | Callable[[socket.socket], None]


def endless(client: socket.socket) -> None:
    client.sendall(HTML)
    while True:
        client.sendall(b"x" * 65_536)


def drip(client: socket.socket) -> None:
    client.sendall(HTML)
    while True:
        client.sendall(b"x")
        time.sleep(0.02)


def drip_headers(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        client.sendall(b"X-A: b\r\n")
        time.sleep(0.02)


def many_headers(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n" + b"X-A: bbbbbbbbbbbbbbbbbbbbbbbbbb\r\n" * 100_000)


class Site:
    """Answers by path; `asked` are the heads of requests. `dial` leads every connection here, `dialled` tells to where
    it was meant to lead."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self._answers = answers
        self.asked: list[str] = []
        self.dialled: list[tuple[str, int]] = []
        self._bound = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._run, daemon=True)

    def dial(self, address: str, port: int, timeout_s: float) -> httpcore.NetworkStream:
        self.dialled.append((address, port))
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self._bound.getsockname()[1], timeout=timeout_s)

    def _run(self) -> None:
        while True:
            try:
                client, _ = self._bound.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        try:
            with client:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += client.recv(4096) or b"\r\n\r\n"
                self.asked.append(head.decode("latin-1"))
                path = self.asked[-1].split(" ")[1]
                answer = self._answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                if callable(answer):
                    answer(client)
                else:
                    client.sendall(answer)
        except OSError:
            return  # the visitor has left

    def __enter__(self) -> "Site":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bound.shutdown(socket.SHUT_RDWR)
        self._bound.close()
        self._thread.join(10)


def names(**addresses: list[str]) -> Callable[[str], list[str]]:
    """A resolver: each name's addresses, `good` in `good.example`; a list of lists is given out in turn."""
    turns = {
        f"{name}.example": cycle(value if isinstance(value[0], list) else [value]) for name, value in addresses.items()
    }

    def resolve(host: str) -> list[str]:
        if host not in turns:
            raise OSError("no such name")
        return list(next(turns[host]))

    return resolve
