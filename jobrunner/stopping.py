"""SIGTERM: when the job may be cut off, and when not."""

from __future__ import annotations

import signal
from typing import Any


class Terminated(BaseException):
    """The system asks the job to stop (SIGTERM); there are 8 s for it."""


class StopSignal:
    """Turns SIGTERM into ``Terminated``, at once or once the job resumes it.

    From the moment a claim may be stored until somebody stands ready to give it back, the job
    defers it; a signal that comes meanwhile waits.
    """

    def __init__(self) -> None:
        self._is_deferred = False
        self._has_come = False

    def install(self) -> None:
        """Listen from now on."""
        signal.signal(signal.SIGTERM, self._handle)

    def defer(self) -> None:
        """Let the signal wait."""
        self._is_deferred = True

    def resume(self) -> None:
        """Raise ``Terminated`` if the signal came meanwhile, and from now on when it comes."""
        self._is_deferred = False
        if self._has_come:
            raise Terminated

    def _handle(self, *_: Any) -> None:
        # Once is enough; tidying up must not be cut.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self._has_come = True
        if not self._is_deferred:
            raise Terminated
