"""The process that hears one song.

``python -m engine.isolation.song_analysis_process SONG ANALYSIS [TRACK]``

Decodes and analyses SONG, writes the analysis to ANALYSIS and, if asked for, the AAC track to
TRACK, all within ``LIMITS``. What stands on standard output, as JSON, is ``Outcome``;
``song_analysis`` starts this and reads it.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from engine.contract import UnusableAudio
from engine.isolation.limited_process import ResourceLimits, apply_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

# A song of ten minutes takes some 7 s of processor and 350 MB of data. The clock is generous, as
# a loaded machine may give a process a tenth of a core; an honest song must not fail for that.
LIMITS = ResourceLimits(wall_s=300, cpu_s=90, data_bytes=768 << 20)


class Outcome(TypedDict, total=False):
    """How it went: empty if well, else why the song is refused, or what the disk refused."""

    code: str
    message: str
    errno: int


def main(arguments: Sequence[str]) -> None:
    """Hear the song and say how it went."""
    apply_limits(LIMITS)
    song, note, *track = map(Path, arguments)
    sys.stdout.write(json.dumps(_try(song, note, track[0] if track else None)))


def _try(song: Path, note: Path, track: Path | None) -> Outcome:
    try:
        hear(song, note, track)
    except UnusableAudio as error:
        return Outcome(code=error.code, message=error.message)
    except MemoryError:
        return Outcome(
            code="audio_unreadable", message="The file needs more memory than a song may."
        )
    except OSError as error:
        return Outcome(errno=error.errno or 0, message=error.strerror or str(error))
    return Outcome()


def hear(song: Path, note: Path, track: Path | None) -> None:
    """Write a song's analysis and, unless None, its AAC track, side by side.

    Raises
    ------
    UnusableAudio
        If it is no song to dance to; refused before anything is encoded.
    OSError
        If the disk refuses.
    """
    from engine.audio.analysis import analyse
    from engine.audio.analysis_json import analysis_to_json
    from engine.audio.decoding import ANALYSIS_RATE_HZ, decode_mono
    from engine.audio.encoding import encode_aac

    signal = decode_mono(song)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="aac") as pool:
        encoding = pool.submit(encode_aac, song, track) if track else None
        note.write_text(analysis_to_json(analyse(signal, sample_rate_hz=ANALYSIS_RATE_HZ)))
        if encoding:
            encoding.result()


if __name__ == "__main__":
    main(sys.argv[1:])
