"""A local server that speaks chat completions over real HTTP and answers as a test's function says."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """One reply: its text, how it ended, the HTTP status, a delay in seconds, a provider's refusal."""

    text: str = ""
    finish: str = "stop"
    status: int = 200
    delay_s: float = 0.0
    refusal: str | None = None


Script = Callable[[list[dict[str, Any]]], Answer]
"""From the messages of a request to the answer."""


@contextmanager
def chat_server(script: Script) -> Iterator[str]:
    """The base URL of a server that runs while the block does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = script(request["messages"])
            time.sleep(answer.delay_s)
            body: dict[str, Any] = {"error": {"message": "the server is unwell"}}
            if answer.status == 200:
                message = {"role": "assistant", "content": answer.text, "refusal": answer.refusal}
                body = {
                    "id": "r", "object": "chat.completion", "created": 1, "model": request["model"],
                    "choices": [{"index": 0, "finish_reason": answer.finish, "message": message}],
                    "usage": {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107},
                }  # fmt: skip
            data = json.dumps(body).encode()
            try:
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                """The client gave up waiting."""

        def log_message(self, format: str, *args: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
