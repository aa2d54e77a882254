"""Songs are files by content; what was made from them lies beside them."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from modules.media.adapters.folder import FolderStorage
from modules.media.adapters.memory import MemoryStorage
from modules.songs.application import SongLibrary
from modules.songs.contract import SongNotFound, SongRefused
from modules.songs.models import SongRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(tmp_path: Path) -> SongLibrary:
    """A library on a folder."""
    return SongLibrary(FolderStorage(tmp_path / "media"))


def a_song(folder: Path, name: str = "my_song.OGG", content: bytes = b"la la") -> Path:
    """A file that the library takes for a song."""
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_song_is_found_by_its_address(library: SongLibrary, tmp_path: Path) -> None:
    song = library.add_file(a_song(tmp_path))
    found = library.get_song(song.address)
    assert found == song
    assert found.title == "my song"
    assert library.fetch(found, tmp_path).read_bytes() == b"la la"


def test_the_same_file_added_twice_is_one_song(library: SongLibrary, tmp_path: Path) -> None:
    first = library.add_file(a_song(tmp_path), title="One")
    second = library.add_file(a_song(tmp_path, "copy.mp3"), title="Two")
    assert second == first
    assert SongRow.objects.count() == 1


def test_a_song_whose_file_was_lost_is_stored_again(library: SongLibrary, tmp_path: Path) -> None:
    song = library.add_file(a_song(tmp_path))
    library.storage.delete(song.media_key)
    library.add_file(a_song(tmp_path))
    assert library.fetch(song, tmp_path).read_bytes() == b"la la"


def test_what_was_derived_is_kept_by_content(library: SongLibrary, tmp_path: Path) -> None:
    song = library.add_file(a_song(tmp_path))
    assert library.find_derived(song.content_hash, "analysis.json", tmp_path) is None
    note = a_song(tmp_path, "note", b"{}")
    for _ in range(2):
        library.keep_derived(song.content_hash, "analysis.json", note)
    kept = library.find_derived(song.content_hash, "analysis.json", tmp_path)
    assert kept is not None
    assert kept.read_bytes() == b"{}"


def test_a_storage_without_files_is_copied_from(tmp_path: Path) -> None:
    library = SongLibrary(MemoryStorage())
    song = library.add_file(a_song(tmp_path, "far.ogg"))
    folder = tmp_path / "work"
    folder.mkdir()
    assert library.fetch(song, folder).parent == folder


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda folder: folder / "nowhere.ogg", "does not exist"),
        (lambda folder: folder, "is not a file"),
        (lambda folder: a_song(folder, content=b""), "is empty"),
    ],
)
def test_a_file_that_is_no_song_is_refused(library, tmp_path, make, why) -> None:
    with pytest.raises(SongRefused, match=why):
        library.add_file(make(tmp_path))
    assert not SongRow.objects.exists()
    assert not (tmp_path / "media").exists()


@pytest.mark.parametrize(
    "address", ["song:", "song:1", "song:" + "x" * 5000, f"song:{UUID(int=7)}"]
)
def test_an_unknown_address_names_no_song(library: SongLibrary, address: str) -> None:
    with pytest.raises(SongNotFound):
        library.get_song(address)


def test_a_title_holds_nothing_that_a_table_cannot(library: SongLibrary, tmp_path: Path) -> None:
    song = library.add_file(a_song(tmp_path), title="a\0b\ud800\n" + "c" * 500, artist="\0")
    assert song.title == "ab" + "c" * 198
    assert SongRow.objects.get().title == song.title
