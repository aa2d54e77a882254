"""Opening a media file that a stranger sent: by its own first bytes, from this disk only.

The file's name is never trusted: libav picks demuxers by name and content, among them playlists
that open further files and addresses. Here the format comes from the short list in ``sniffing``
and is given to libav outright, together with a protocol list that holds ``file`` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import av

from engine.audio.sniffing import BrokenOff, find_container, read_head

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer

LOCAL_FILES_ONLY = {"protocol_whitelist": "file"}


class UnknownContainer(Exception):
    """The file is no container that we know, or is not a plain readable file."""


def find_format(path: Path) -> str:
    """Return the name of libav's demuxer for a file, by the file's own bytes.

    Raises
    ------
    UnknownContainer
        If the path is no plain file, cannot be read, or begins like nothing in the table.
    """
    try:
        if not path.is_file():
            raise UnknownContainer(f"{path.name} is not a file")
        with path.open("rb") as file:
            container = find_container(read_head(file))
    except OSError as exc:
        raise UnknownContainer(f"{path.name} cannot be read: {exc.strerror}") from exc
    except BrokenOff as exc:
        raise UnknownContainer(f"{path.name} holds nothing: {exc}") from exc
    if container is None:
        raise UnknownContainer(f"{path.name} is not a known kind of audio or video file")
    return container.value


def open_media(path: Path) -> InputContainer:
    """Open a local audio or video file for reading; the caller closes it.

    Raises
    ------
    UnknownContainer
        As ``find_format``.
    av.FFmpegError
        If the file begins rightly but cannot be demuxed.
    """
    # "file:" keeps a path with a colon from being read as a protocol
    return av.open(
        f"file:{path.absolute()}",
        mode="r",
        format=find_format(path),
        options=dict(LOCAL_FILES_ONLY),
        metadata_errors="ignore",
    )
