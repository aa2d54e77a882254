"""Bringing a folder of songs into the catalogue that everybody shares."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from modules.songs.contract import (
    NotAudio,
    RefusedSong,
    SongIncomplete,
    SongRefused,
    SongsFolderUnusable,
    SongsImported,
)

if TYPE_CHECKING:
    from modules.songs.application import SongLibrary

SUFFIXES = frozenset({".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".flac", ".wav"})
"""What a file must be called to be looked at; whether it is a song its own bytes say."""

NOTES = "songs.json"
"""Beside the songs: what they are called, as the old application writes its catalogue down."""
MAX_NOTES_BYTES = 5_000_000


class Named(NamedTuple):
    """What a song is called, and by whom it is."""

    title: str
    artist: str = ""


@dataclass
class _Report:
    added: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: list[RefusedSong] = field(default_factory=list)


def import_songs(library: SongLibrary, folder: Path) -> SongsImported:
    """Add every song of a folder, and of the folders in it, to the shared catalogue.

    Titles and artists come from ``songs.json`` where there is one, else from the files' names:
    ``Aventura - Obsesion.mp3``, ``Eso_es_amor.mp3``. A song that is there already stays as it is;
    one that is none is refused by name, and the others are added.

    Raises
    ------
    SongsFolderUnusable
        If there is no such folder, it holds no songs, or its ``songs.json`` is unreadable.
    StorageUnavailable
        If a file cannot be stored; the songs before it remain.
    """
    names = _read_names(folder)
    report = _Report()
    for path in _songs(folder):
        shown = str(path.relative_to(folder))
        named = names.get(path.name) or name_of(path)
        try:
            song, is_new = library.add_shared(path, title=named.title, artist=named.artist)
        except (NotAudio, SongIncomplete, SongRefused) as error:
            report.refused.append(RefusedSong(file=shown, code=error.code, message=str(error)))
            continue
        (report.added if is_new else report.known).append(song.title)
    return SongsImported(
        added=tuple(report.added), known=tuple(report.known), refused=tuple(report.refused)
    )


def name_of(path: Path) -> Named:
    """Return what a file's name says of its song."""
    words = " ".join(path.stem.replace("_", " ").split())
    artist, dash, title = words.partition(" - ")
    return Named(title=title, artist=artist) if dash and title else Named(title=words)


def _songs(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise SongsFolderUnusable(f"There is no songs folder {folder}.")
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not found:
        raise SongsFolderUnusable(f"The folder {folder} holds no songs.")
    yield from found


def _read_names(folder: Path) -> Mapping[str, Named]:
    """Return what ``songs.json`` calls each file, by the file's name."""
    path = folder / NOTES
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > MAX_NOTES_BYTES:
            raise SongsFolderUnusable(f"{path} is larger than {MAX_NOTES_BYTES} bytes.")
        rows = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SongsFolderUnusable(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise SongsFolderUnusable(f"{path} is not JSON: {error}.") from error
    if not isinstance(rows, list):
        raise SongsFolderUnusable(f"{path} is no list of songs.")
    return dict(named for row in rows for named in _named(row))


def _named(row: Any) -> Iterator[tuple[str, Named]]:
    """Yield the file and the name of a row, of the old application's fixture or a plain one."""
    fields = row.get("fields", row) if isinstance(row, dict) else {}
    if not isinstance(fields, dict):
        return
    file = fields.get("audio_path") or fields.get("file")
    title, artist = fields.get("title"), fields.get("artist") or ""
    if isinstance(file, str) and isinstance(title, str) and isinstance(artist, str):
        spaced = " ".join(title.replace("_", " ").split())
        yield Path(file).name, Named(title=spaced, artist=artist)
