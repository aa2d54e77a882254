"""Is everything there that requests need: checked once a second at most, in bounded time."""

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

from config.observing.statistics import Statistics, read_statistics

if TYPE_CHECKING:
    from collections.abc import Callable

    from modules.media.contract import MediaStorage

    type State = Literal["ok", "degraded", "down"]

log = logging.getLogger(__name__)

FRESH_FOR_S = 1.0
AT_MOST_S = 3.0
LAG_WORTH_TELLING_S = 60.0
SAMPLE = b"bachata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: ``down`` means that requests cannot be served, ``degraded`` that they can."""

    name: str
    state: State
    detail: str


@dataclass(slots=True)
class ReadinessProbe:
    """Checks the parts in a thread of its own, so that a part that hangs holds up nobody.

    Parameters
    ----------
    check : callable
        Checks all parts; runs in the thread.
    at_most_s : float
        How long `parts` waits before it says that the check hangs; no second check is begun while
        one hangs.
    """

    check: Callable[[], list[Part]]
    at_most_s: float = AT_MOST_S
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _checked: list[Part] = field(default_factory=list)
    _checked_at: float = float("-inf")

    def parts(self) -> list[Part]:
        """Return what was found a second ago at most."""
        with self._lock:
            if time.monotonic() - self._checked_at < FRESH_FOR_S:
                return self._checked
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="readiness", daemon=True)
                self._thread.start()
            thread = self._thread
        thread.join(self.at_most_s)
        if thread.is_alive():
            detail = f"no answer within {self.at_most_s:g} s"
            return [Part(name="database", state="down", detail=detail)]
        return self._checked

    def _run(self) -> None:
        try:
            checked = self.check()
        except Exception as error:  # the thread's outermost frame
            log.exception("Checking the parts failed")
            checked = [Part(name="database", state="down", detail=type(error).__name__)]
        finally:
            connections.close_all()
        self._checked, self._checked_at = checked, time.monotonic()


def check(storage: Callable[[], MediaStorage]) -> list[Part]:
    """Return the state of every part."""
    database = _database()
    parts = [database, _storage(storage)]
    if database.state == "ok":
        statistics = read_statistics()
        parts += [_dispatcher(statistics), _outbox(statistics)]
    return parts


def _database() -> Part:
    """Return ``down`` also while migrations are missing: routes would fail on their tables."""
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
    """Return the migrations this code has; they do not change while it runs."""
    return frozenset(MigrationLoader(None).disk_migrations or {})


def _storage(storage: Callable[[], MediaStorage]) -> Part:
    """Return whether a little object can be written, read and removed."""
    key = f"readiness/{uuid4().hex}"
    try:
        with tempfile.TemporaryDirectory(prefix="bachata-ready-") as folder:
            source, target = Path(folder) / "sent", Path(folder) / "came"
            source.write_bytes(SAMPLE)
            media = storage()
            media.put(key, source)
            media.fetch(key, target)
            media.delete(key)
            same = target.read_bytes() == SAMPLE
    except Exception as error:  # whatever an adapter may raise, readiness must tell it
        return Part(name="storage", state="down", detail=type(error).__name__)
    if not same:
        return Part(name="storage", state="down", detail="what is read is not what was written")
    return Part(name="storage", state="ok", detail="written and read")


def _dispatcher(found: Statistics | None) -> Part:
    if found is None:
        return Part(name="dispatcher", state="degraded", detail="not known")
    if found.dispatchers == 0:
        return Part(name="dispatcher", state="degraded", detail="none listens")
    return Part(name="dispatcher", state="ok", detail=f"{found.dispatchers} listening")


def _outbox(found: Statistics | None) -> Part:
    if found is None:
        return Part(name="outbox", state="degraded", detail="not known")
    told = f"{found.waiting} waiting, the oldest for {found.lag_s:.0f} s; {found.dead} dead"
    is_late = found.lag_s > LAG_WORTH_TELLING_S or found.dead > 0
    return Part(name="outbox", state="degraded" if is_late else "ok", detail=told)
