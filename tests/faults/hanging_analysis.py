"""Hear a song with a libav that never comes back, in place of ``song_analysis_process``."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from engine.audio import decoding
from engine.isolation import song_analysis_process
from engine.isolation.limited_process import ResourceLimits


def wait_for_ever(*_: Any, **__: Any) -> None:
    """Hang in C, holding the interpreter's lock: no Python code runs here any more."""
    ctypes.PyDLL(None).sleep(3600)


if __name__ == "__main__":
    decoding.decode_mono = wait_for_ever  # type: ignore[assignment]
    song_analysis_process.LIMITS = ResourceLimits(wall_s=2, cpu_s=2, data_bytes=512 << 20)
    song_analysis_process.main(sys.argv[1:])
