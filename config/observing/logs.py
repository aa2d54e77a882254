"""Log records: each knows its request or its job; none tells a secret.

One JSON object per line where machines read (``LOG_FORMAT=json``, the default on Cloud Run, whose
field names are used), plain lines for a terminal.
"""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="-")
EXTRA = ("method", "route", "status", "duration_ms", "bytes", "user_id")
JOB: dict[str, object] = {}
"""What this process is the job of; empty in every other process."""

_SECRETS = (
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*"), "<token>"),
    (re.compile(r"(?i)\b(bearer)\s+[^\s'\"]+"), r"\1 <token>"),
    (
        re.compile(
            r"(?i)\b(signature|token|access|refresh|password|secret|key)(['\"]?[=:]\s?)[^\s&,;}]+"
        ),
        r"\1\2<secret>",
    ),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "<e-mail>"),
)


def redact_secrets(text: str) -> str:
    """Return the text with tokens, passwords, signatures and e-mail addresses left out."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def name_job(*, task_id: str, user_id: int, attempt: int, difficulty: str) -> None:
    """Let every record of this process, in whatever thread, tell which job it is."""
    JOB.update(task_id=task_id, user_id=user_id, attempt=attempt, difficulty=difficulty)


def name_song_job(*, song_id: str) -> None:
    """Let every record of this process tell which song it analyses."""
    JOB.update(song_id=song_id)


class RequestIdFilter(logging.Filter):
    """Adds to every record the request or the job in which it was made, or a hyphen."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add ``request_id`` and ``made_in``; lets every record pass."""
        record.request_id = record.made_in = REQUEST_ID.get()
        if "task_id" in JOB:
            record.made_in = f"task {JOB['task_id']}, attempt {JOB['attempt']}"
        elif JOB:
            record.made_in = f"song {JOB['song_id']}"
        return True


class PlainFormatter(logging.Formatter):
    """For a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(made_in)s]: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the traceback below it."""
        return redact_secrets(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object per record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "severity": record.levelname,
            "logger": record.name,
            "message": redact_secrets(record.getMessage()),
            "request_id": getattr(record, "request_id", "-"),
        }
        said |= JOB
        given = record.__dict__
        said |= {name: given[name] for name in EXTRA if name in given}
        if record.exc_info:
            said["exception"] = redact_secrets(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False, default=str)


def logging_config(*, level: str, is_json: bool) -> dict[str, object]:
    """Return Django's ``LOGGING``: everything to standard error.

    A terminal is spared a line per request; only requests that failed are told there.
    """
    of_ours = "config.observing.logs"
    formatter = f"{of_ours}.{'JsonFormatter' if is_json else 'PlainFormatter'}"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": f"{of_ours}.RequestIdFilter"}},
        "formatters": {"lines": {"()": formatter}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "lines",
                "filters": ["request"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "requests": {"level": "INFO" if is_json else "WARNING"},
            # It tells every 4xx, with the path that was asked for.
            "django.request": {"level": "ERROR"},
        },
    }
