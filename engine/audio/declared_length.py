"""How long a sound file says it is, and whether it ends before that."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer

TRUNCATED_SHARE = 0.95
"""Share of its declared length that a file must hold; headers are rarely exact."""


def find_declared_length_s(path: Path, container: InputContainer) -> float | None:
    """Return the seconds that the file's header promises, or None where libav would only guess.

    MP3 without a Xing header and ADTS have no length; libav guesses it from the bit rate. Ogg
    has none either, but its last page is whole unless the file was cut. Of a cut WAV libav takes
    the length from the file's size. For both a cut shows as an infinite length.

    Parameters
    ----------
    path : Path
        The file on this disk.
    container : InputContainer
        The same file, opened.

    Returns
    -------
    float or None
        Seconds, > 0; infinite if the file is known to be cut.
    """
    name = container.format.name
    if (name == "ogg" and not _ends_with_whole_ogg_page(path)) or (
        name == "wav" and _lacks_wav_data(path)
    ):
        return float("inf")
    if name == "ogg":
        return None
    if name in {"aac"} or (name == "mp3" and not _has_xing_header(path)):
        return None
    return None if container.duration is None else container.duration / av.time_base


def _has_xing_header(path: Path) -> bool:
    """Whether an MP3's first frames state its length (tags Xing, Info or VBRI)."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    return any(tag in head for tag in (b"Xing", b"Info", b"VBRI"))


def _lacks_wav_data(path: Path) -> bool:
    """Whether a WAV's data chunk states clearly more bytes than the file holds (RIFF 1.0)."""
    with path.open("rb") as file:
        size, place = file.seek(0, os.SEEK_END), 12
        while place + 8 <= size:
            file.seek(place)
            name, raw = file.read(4), file.read(4)
            length = int.from_bytes(raw, "little")
            if name == b"data":
                # written to a pipe, the length is left at its greatest
                is_known = length < 0xFFFF_0000
                return is_known and size - place - 8 < length * TRUNCATED_SHARE
            place += 8 + length + length % 2
    return False


def _ends_with_whole_ogg_page(path: Path) -> bool:
    """Whether the last Ogg page is as long as its own header says (RFC 3533 section 6)."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - (1 << 17)))
        tail = file.read()
    start = tail.rfind(b"OggS")
    page = tail[start:] if start >= 0 else b""
    if len(page) < 27 or len(page) < 27 + page[26]:
        return False
    return len(page) >= 27 + page[26] + sum(page[27 : 27 + page[26]])
