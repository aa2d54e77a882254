"""What is logged, and what never is."""

from __future__ import annotations

import json
import logging
import sys
import threading
from typing import Any

import pytest

from config.observing import logs
from config.observing.logs import REQUEST_ID, JsonFormatter, PlainFormatter, RequestIdFilter


def line(formatter: logging.Formatter, message: str, *arguments: Any, **extra: Any) -> str:
    """Format one record as the handler would."""
    record = logging.LogRecord("x", logging.INFO, __file__, 1, message, arguments, None)
    record.__dict__.update(extra)
    RequestIdFilter().filter(record)
    return formatter.format(record)


@pytest.mark.parametrize("formatter", [JsonFormatter(), PlainFormatter()])
@pytest.mark.parametrize(
    ("message", "secret"),
    [
        ("Authorization: Bearer abc.def", "abc.def"),
        ("got eyJhbGciOi.eyJzdWIi.c2lnbmF0", "eyJzdWIi"),
        ("GET /api/media/a.mp4?expires=1&signature=f00", "f00"),
        ("{'password': 'beach'}", "beach"),
        ("Key (email)=(ana@example.org) already exists.", "ana@example.org"),
    ],
)
def test_secrets_are_left_out(formatter: logging.Formatter, message: str, secret: str) -> None:
    said = line(formatter, "%s", message)
    assert secret not in said
    assert "<" in said


def test_secrets_of_tracebacks_are_left_out() -> None:
    try:
        raise ValueError("no such user: ana@example.org")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "m", None, sys.exc_info())
    for formatter in (JsonFormatter(), PlainFormatter()):
        said = formatter.format(RequestIdFilter().filter(record) and record)
        assert "ana@" not in said
        assert "ValueError" in said


def test_a_record_knows_the_request_in_which_it_was_made() -> None:
    token = REQUEST_ID.set("r-1")
    try:
        inside = json.loads(line(JsonFormatter(), "m"))
    finally:
        REQUEST_ID.reset(token)
    assert inside["request_id"] == "r-1"
    assert json.loads(line(JsonFormatter(), "m"))["request_id"] == "-"


def test_a_line_break_makes_no_second_record() -> None:
    said = line(JsonFormatter(), "a\nb", status=200, method="GET")
    assert "\n" not in said
    assert json.loads(said) | {"time": ""} == {
        "time": "",
        "severity": "INFO",
        "logger": "x",
        "message": "a\nb",
        "request_id": "-",
        "method": "GET",
        "status": 200,
    }


def test_a_jobs_records_tell_which_job_in_every_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "JOB", {})
    logs.name_job(task_id="2c1f", user_id=7, attempt=2, difficulty="beginner")

    said: list[str] = []
    for formatter in (JsonFormatter(), PlainFormatter()):
        thread = threading.Thread(target=lambda f=formatter: said.append(line(f, "m")))
        thread.start()
        thread.join()

    job = {"task_id": "2c1f", "user_id": 7, "attempt": 2, "difficulty": "beginner"}
    assert job.items() <= json.loads(said[0]).items()
    assert "[task 2c1f, attempt 2]" in said[1]
