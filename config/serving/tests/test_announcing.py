"""When it is said that the site is served."""

from __future__ import annotations

import socket
import threading

from config.serving.announcing import Announcement

DEADLINE_S = 20


def test_it_is_said_once_somebody_answers_and_not_before() -> None:
    told = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(DEADLINE_S)
        port = server.getsockname()[1]
        announcement = Announcement(host="0.0.0.0", port=port, tell=told.set)  # noqa: S104
        announcement.start()
        for _ in range(2):  # a port that listens, and hangs up
            asked, _ = server.accept()
            asked.close()
            assert not told.is_set()
        asked, _ = server.accept()
        with asked:
            asked.recv(4096)
            assert not told.is_set()
            asked.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            assert told.wait(DEADLINE_S)
