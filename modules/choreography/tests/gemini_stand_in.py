"""A local server that speaks Gemini's REST protocol, well and badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "test-key"
PATH = "/v1beta/models/gemini-2.5-flash-lite:generateContent"
READING = {
    "difficulty": "beginner",
    "energy_level": None,
    "style": "romantic",
    "tempo": "slow",
    "tempo_bpm": None,
    "confidence": 0.934,
    "explanation": "An easy, slow and romantic dance.",
}


class StandIn(ThreadingHTTPServer):
    """Answers every request as ``behaviour`` says; remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behaviour: Any = "answer"
        self.text = json.dumps(READING)
        self.asked: list[dict[str, Any]] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: StandIn
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append({"headers": dict(self.headers), "body": json.loads(body)})
        if self.path != PATH:
            self._send(404, _error(404, "NOT_FOUND"))
        elif self.headers["x-goog-api-key"] != KEY:
            self._send(400, _error(400, "INVALID_ARGUMENT"))
        else:
            self._behave(self.server.behaviour)

    def _behave(self, behaviour: Any) -> None:
        match behaviour:
            case "answer":
                self._send(200, _content(self.server.text))
            case int(status):
                self._send(status, _error(status, "UNAVAILABLE"))
            case "hang":
                self.server.released.wait(30)
                self.close_connection = True
            case "drip":
                self._drip()
            case "hang up":
                self.close_connection = True
            case "html":
                self._send(200, b"<html>captive portal</html>")
            case dict():
                self._send(200, behaviour)

    def _drip(self) -> None:
        """Send a byte every 50 ms: no single read takes long."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        try:
            while not self.server.released.wait(0.05):
                self.wfile.write(b" ")
        except OSError:
            pass
        self.close_connection = True

    def _send(self, status: int, body: Any) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _content(text: str) -> dict[str, Any]:
    return {
        "candidates": [
            {
                "content": {"parts": [{"text": text}], "role": "model"},
                "finishReason": "STOP",
                "index": 0,
            }
        ],
        "usageMetadata": {"promptTokenCount": 90, "candidatesTokenCount": 40},
        "modelVersion": "gemini-2.5-flash-lite",
        "responseId": "r1",
    }


def _error(status: int, word: str) -> dict[str, Any]:
    return {"error": {"code": status, "message": "No.", "status": word}}


@contextmanager
def a_stand_in() -> Iterator[StandIn]:
    """Serve until the block ends."""
    server = StandIn()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
