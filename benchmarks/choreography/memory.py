"""How much memory a job holds, together with the processes that it starts."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

LOOK_EVERY_S = 0.01
PROC = Path("/proc")


class MemoryWatch:
    """Looks at a process and its children again and again, beside what is measured.

    ``peak_mb`` is the largest sum of resident memory seen, shared pages counted for each; 0
    where the system does not tell (not Linux).
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.peak_mb = 0.0

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Look no more."""
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._is_over.wait(LOOK_EVERY_S):
            held_kb = sum(map(_resident_kb, _family(self._pid)))
            self.peak_mb = max(self.peak_mb, held_kb / 1024)


def _family(pid: int) -> list[int]:
    """The process and its descendants, as far as they are alive."""
    try:
        children = (PROC / f"{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *(member for child in children for member in _family(int(child)))]


def _resident_kb(pid: int) -> int:
    try:
        status = (PROC / f"{pid}/status").read_text()
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmRSS:")), "VmRSS: 0")
    return int(line.split()[1])
