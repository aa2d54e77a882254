"""A folder of songs becomes part of the catalogue that everybody shares."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from modules.media.adapters.memory import MemoryStorage
from modules.songs.application import SongLibrary
from modules.songs.contract import SongsFolderUnusable
from modules.songs.folder_import import NOTES, Named, import_songs, name_of
from modules.songs.models import SongRow
from modules.songs.queries import SongSearch, list_songs
from modules.songs.tests.recordings import flac, m4a, mp3, ogg, wav

pytestmark = pytest.mark.django_db


def a_library() -> SongLibrary:
    return SongLibrary(MemoryStorage())


def a_folder(folder: Path, **files: bytes) -> Path:
    """Write files, named with a double underscore for the dot."""
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("Eso_es_amor.mp3", Named("Eso es amor")),
        ("Aventura - Obsesion.mp3", Named("Obsesion", "Aventura")),
        ("Jay-Z - 99 - Problems.mp3", Named("99 - Problems", "Jay-Z")),
        ("del__mar.m4a", Named("del mar")),
        (" - .ogg", Named("-")),
    ],
)
def test_files_name_their_songs(file: str, named: Named) -> None:
    assert name_of(Path(file)) == named


def test_everybody_sees_the_songs_of_the_folder(tmp_path: Path) -> None:
    a_folder(tmp_path, one__mp3=mp3(), two__OGG=ogg(), three__m4a=m4a(), notes__txt=b"no song")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "Ana - four.flac").write_bytes(flac())
    done = import_songs(a_library(), tmp_path)
    assert set(done.added) == {"one", "two", "three", "four"}
    assert (done.known, done.refused) == ((), ())
    seen, count = list_songs(SongSearch(), user_id=7, limit=9, offset=0)
    assert count == 4
    assert {(song.title, song.artist) for song in seen} >= {("four", "Ana"), ("one", "")}


def test_importing_twice_adds_nothing(tmp_path: Path) -> None:
    library = a_library()
    a_folder(tmp_path, one__mp3=mp3(), copy__mp3=mp3())
    first = import_songs(library, tmp_path)
    assert (len(first.added), len(first.known)) == (1, 1)
    again = import_songs(library, tmp_path)
    assert (again.added, len(again.known)) == ((), 2)
    assert SongRow.objects.count() == 1


def test_the_old_applications_list_names_the_songs(tmp_path: Path) -> None:
    a_folder(tmp_path, Del_mar__mp3=mp3(), Suegra__wav=wav(), other__ogg=ogg())
    fields = {"title": "Del_mar", "artist": "Ozuna", "bpm": 115, "audio_path": "songs/Del_mar.mp3"}
    rows = [
        {"model": "choreography.song", "pk": 4, "fields": fields},
        {"title": "La suegra", "artist": None, "file": "Suegra.wav"},
        {"title": 7, "file": "other.ogg"},
        "nonsense",
    ]
    (tmp_path / NOTES).write_text(json.dumps(rows))
    import_songs(a_library(), tmp_path)
    known = set(SongRow.objects.values_list("title", "artist"))
    assert known == {("Del mar", "Ozuna"), ("La suegra", ""), ("other", "")}


def test_what_is_no_song_is_named_and_the_others_are_added(tmp_path: Path) -> None:
    a_folder(tmp_path, good__mp3=mp3(), page__mp3=b"<html></html>" * 50, cut__wav=wav()[:14])
    (tmp_path / "folder.mp3").mkdir()
    (tmp_path / "empty.ogg").touch()
    done = import_songs(a_library(), tmp_path)
    assert done.added == ("good",)
    assert {(song.file, song.code) for song in done.refused} == {
        ("page.mp3", "not_audio"),
        ("cut.wav", "song_incomplete"),
        ("folder.mp3", "song_refused"),
        ("empty.ogg", "song_refused"),
    }
    assert SongRow.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(None, "holds no songs"), ("{", "is not JSON"), ("{}", "is no list of songs")],
)
def test_an_unusable_folder_is_refused(tmp_path: Path, content: str | None, complaint: str) -> None:
    if content is not None:
        a_folder(tmp_path, one__mp3=mp3())
        (tmp_path / NOTES).write_text(content)
    with pytest.raises(SongsFolderUnusable, match=complaint):
        import_songs(a_library(), tmp_path)
    with pytest.raises(SongsFolderUnusable, match="There is no songs folder"):
        import_songs(a_library(), tmp_path / "nowhere")
    assert SongRow.objects.count() == 0


def test_the_command_says_what_it_did_and_fails_where_a_file_is_no_song(tmp_path: Path) -> None:
    a_folder(tmp_path, good__mp3=mp3())
    said = StringIO()
    with override_settings(SONG_LIBRARY_FACTORY=f"{__name__}.a_library"):
        call_command("songs", "import", tmp_path, stdout=said)
        assert "added good" in said.getvalue()
        assert "Songs: 1 added, 0 known already, 0 refused." in said.getvalue()
        a_folder(tmp_path, page__mp3=b"<html></html>" * 50)
        with pytest.raises(CommandError, match="Not every file is a song"):
            call_command("songs", "import", tmp_path, stdout=said)
    assert "refused page.mp3: This is not a sound file" in said.getvalue()
