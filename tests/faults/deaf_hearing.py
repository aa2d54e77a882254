"""Hear a song with a libav that never comes back: a stand-in for ``jobrunner.hearing``."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from jobrunner import audio, hearing
from jobrunner.confinement import Bounds


def wait_for_ever(*_: Any, **__: Any) -> None:
    """Hang in C, holding the interpreter's lock: no Python code runs here any more."""
    ctypes.PyDLL(None).sleep(3600)


if __name__ == "__main__":
    audio.decode_mono = wait_for_ever  # type: ignore[assignment]
    hearing.BOUNDS = Bounds(wall_s=2, cpu_s=2, data_bytes=512 << 20)
    hearing.main(sys.argv[1:])
