"""Is everything there that requests need: looked at once a second at most, in bounded time."""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from django.db import Error, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from config.observing.figures import Figures
from config.observing.figures import look as look_at_figures

if TYPE_CHECKING:
    from collections.abc import Callable

    from modules.media.contract import MediaStorage

    type State = Literal["ok", "degraded", "down"]

log = logging.getLogger(__name__)

FRESH_FOR_S = 1.0
AT_MOST_S = 3.0
LAG_WORTH_TELLING_S = 60.0
PROBE = b"bachata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: ``down`` means that requests cannot be served, ``degraded`` that they can."""

    name: str
    state: State
    detail: str


@dataclass(slots=True)
class Lookout:
    """Looks after the parts in a thread of its own, so that a part that hangs holds up nobody.

    Parameters
    ----------
    look : callable
        Looks at all parts; runs in the thread.
    at_most_s : float
        How long `parts` waits before it says that the look hangs; no second look is begun while
        one hangs.
    """

    look: Callable[[], list[Part]]
    at_most_s: float = AT_MOST_S
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _seen: list[Part] = field(default_factory=list)
    _seen_at: float = float("-inf")

    def parts(self) -> list[Part]:
        """Give what was seen a second ago at most."""
        with self._lock:
            if time.monotonic() - self._seen_at < FRESH_FOR_S:
                return self._seen
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="lookout", daemon=True)
                self._thread.start()
            thread = self._thread
        thread.join(self.at_most_s)
        if thread.is_alive():
            detail = f"no answer within {self.at_most_s:g} s"
            return [Part(name="database", state="down", detail=detail)]
        return self._seen

    def _run(self) -> None:
        try:
            seen = self.look()
        except Exception as error:  # the thread's outermost frame
            log.exception("Looking after the parts failed")
            seen = [Part(name="database", state="down", detail=type(error).__name__)]
        finally:
            connections.close_all()
        self._seen, self._seen_at = seen, time.monotonic()


def look(storage: Callable[[], MediaStorage]) -> list[Part]:
    """Look at everything once."""
    database = _database()
    parts = [database, _storage(storage)]
    if database.state == "ok":
        figures = look_at_figures()
        parts += [_dispatcher(figures), _outbox(figures)]
    return parts


def _database() -> Part:
    """Answer ``down`` also while migrations are missing: routes would fail on their tables."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except Error as error:
        return Part(name="database", state="down", detail=type(error).__name__)
    missing = len(_migrations() - set(applied))
    if missing:
        return Part(name="database", state="down", detail=f"{missing} migrations are missing")
    return Part(name="database", state="ok", detail="every migration is applied")


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    """Give the migrations this code has; they do not change while it runs."""
    return frozenset(MigrationLoader(None).disk_migrations or {})


def _storage(storage: Callable[[], MediaStorage]) -> Part:
    """Write, read and remove a little object."""
    key = f"readiness/{uuid4().hex}"
    try:
        with tempfile.TemporaryDirectory(prefix="bachata-ready-") as folder:
            source, target = Path(folder) / "sent", Path(folder) / "came"
            source.write_bytes(PROBE)
            media = storage()
            media.put(key, source)
            media.fetch(key, target)
            media.delete(key)
            same = target.read_bytes() == PROBE
    except Exception as error:  # whatever an adapter may raise, readiness must tell it
        return Part(name="storage", state="down", detail=type(error).__name__)
    if not same:
        return Part(name="storage", state="down", detail="what is read is not what was written")
    return Part(name="storage", state="ok", detail="written and read")


def _dispatcher(figures: Figures | None) -> Part:
    if figures is None:
        return Part(name="dispatcher", state="degraded", detail="not known")
    if figures.dispatchers == 0:
        return Part(name="dispatcher", state="degraded", detail="none listens")
    return Part(name="dispatcher", state="ok", detail=f"{figures.dispatchers} listening")


def _outbox(figures: Figures | None) -> Part:
    if figures is None:
        return Part(name="outbox", state="degraded", detail="not known")
    told = f"{figures.waiting} waiting, the oldest for {figures.lag_s:.0f} s; {figures.dead} dead"
    is_late = figures.lag_s > LAG_WORTH_TELLING_S or figures.dead > 0
    return Part(name="outbox", state="degraded" if is_late else "ok", detail=told)
