"""A process that serves the API has not paid for the media libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("librosa", "av", "cv2", "scipy", "ultralytics", "torch", "tokenizers", "jobrunner")


def test_serving_loads_no_media_library() -> None:
    code = (
        "import sys; from config.wsgi import application; from django.urls import get_resolver;"
        "get_resolver().url_patterns; import config.api;"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "ninja" in loaded
    assert loaded.isdisjoint(HEAVY)
