"""Sockets and open files, with the kernel of this machine."""

from __future__ import annotations

import os
import socket

import pytest

from config.serving import sockets
from config.serving.server import MAX_CONNECTIONS, ServeRefused, Site, most_connections

SITE = Site(host="127.0.0.1", port=1, workers=1, threads=4, has_dispatcher=False)


def test_only_listening_sockets_are_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as other:
        found = sockets.listening_sockets()
        names = [handle.getsockname() for handle in found]
        for handle in found:
            handle.close()
        assert server.getsockname() in names
        assert other.getsockname() not in names


def test_a_reader_who_takes_nothing_is_cut_off_by_the_kernel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sockets, "READER_PATIENCE_S", 1)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as reader:
        sockets.cut_off_readers()
        patience = (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        while server.getsockopt(*patience) == 0:
            pass
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(server.getsockname())
        accepted, _ = server.accept()
        with accepted:
            accepted.settimeout(30)
            with pytest.raises(TimeoutError) as ended:
                accepted.sendall(bytes(64 << 20))
    assert ended.value.errno is not None  # the kernel's, not the one of ``settimeout``


def test_files_are_left_for_answering() -> None:
    assert most_connections(SITE, open_files=1024) == 1024 - 128 - 32
    assert most_connections(SITE, open_files=1 << 20) == MAX_CONNECTIONS
    with pytest.raises(ServeRefused, match="224 are needed"):
        most_connections(SITE, open_files=223)


def test_looking_again_and_again_leaves_no_file_open() -> None:
    """A worker that begins slowly looks twenty times a second, past files that are no sockets."""
    with open(__file__, encoding="utf-8"):
        sockets.listening_sockets()
        before = len(os.listdir("/proc/self/fd"))
        for found in (sockets.listening_sockets() for _ in range(3)):
            for each in found:
                each.close()
        assert len(os.listdir("/proc/self/fd")) == before
