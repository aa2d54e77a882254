"""What the kernel does for the workers: it cuts off readers who take nothing, and counts files."""

from __future__ import annotations

import os
import resource
import socket
import threading
import time
from contextlib import suppress

READER_PATIENCE_S = 60
LISTENS_WITHIN_S = 60.0
LOOK_EVERY_S = 0.05


def raise_open_files() -> int:
    """Let this process and its children open as many files as they may at all; return how many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def cut_off_readers() -> None:
    """End every connection whose client takes nothing of an answer for a minute.

    The server's sockets are made outside of Python and hand the option down to what they accept;
    a thread waits until they are there.
    """
    threading.Thread(target=_set_patience, name="reader patience", daemon=True).start()


def _set_patience() -> None:
    ends_at = time.monotonic() + LISTENS_WITHIN_S
    while not (found := listening_sockets()) and time.monotonic() < ends_at:
        time.sleep(LOOK_EVERY_S)
    for listening in found:
        with listening:
            listening.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, READER_PATIENCE_S * 1000
            )


def listening_sockets() -> list[socket.socket]:
    """Return a handle of every socket of this process that listens for TCP connections."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # no socket, or closed meanwhile
            handle = _duplicate(int(name))
            is_tcp = handle.family in (socket.AF_INET, socket.AF_INET6)
            if is_tcp and handle.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                found.append(handle)
            else:
                handle.close()
    return found


def _duplicate(file: int) -> socket.socket:
    """Return a handle of a socket's own; raise OSError, with nothing left open, if it is none."""
    copy = os.dup(file)
    try:
        return socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise
