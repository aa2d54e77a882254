"""Songs are files by content; what was made from them lies beside them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from modules.media.adapters.folder import FolderStorage
from modules.media.adapters.memory import MemoryStorage
from modules.media.contract import StorageUnavailable
from modules.songs.application import MAX_UPLOAD_BYTES, SongLibrary
from modules.songs.contract import (
    NotAudio,
    Song,
    SongIncomplete,
    SongNotFound,
    SongRefused,
    SongTooLarge,
)
from modules.songs.models import SongRow
from modules.songs.queries import SongSearch, find_song, get_song, list_songs
from modules.songs.tests.recordings import AUDIO, BROKEN_OFF, NOT_AUDIO

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


def test_cached_artefacts_are_kept_beside_the_song(library: SongLibrary, tmp_path: Path) -> None:
    song = library.add_file(a_song(tmp_path))
    assert library.find_cached(song.media_key, "analysis.json", tmp_path) is None
    analysis = a_song(tmp_path, "analysis", b"{}")
    for _ in range(2):
        library.keep_cached(song.media_key, "analysis.json", analysis)
    kept = library.find_cached(song.media_key, "analysis.json", tmp_path)
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


def test_equal_uploads_tell_nothing_of_each_other(tmp_path, library) -> None:
    def add(user_id: int | None) -> Song:
        path = a_song(tmp_path, content=AUDIO[".mp3"])
        if user_id is None:
            return library.add_file(path)
        return library.upload(path, user_id=user_id, title="t", artist="")[0]

    shared, own = add(None), add(1)
    for song in (shared, own):
        library.keep_cached(song.media_key, "analysis.json", a_song(tmp_path, "analysis", b"{}"))
        for _ in range(2):
            library.record_analysis(song.media_key, tempo_bpm=125.004, duration_s=60.00001)
    other = add(2)

    found = library.get_song(own.address)
    assert (found.tempo_bpm, found.duration_s) == (125.0, 60.0)
    assert library.is_analysed(own.media_key)
    assert (other.tempo_bpm, other.duration_s) == (None, None)
    assert not library.is_analysed(other.media_key)
    assert library.find_cached(other.media_key, "analysis.json", tmp_path) is None
    assert len({song.media_key for song in (shared, own, other)}) == 3


@pytest.mark.parametrize("earlier", [1, None])
def test_an_analysis_of_a_later_upload_is_not_recorded_in_earlier_ones(
    tmp_path, library, earlier
) -> None:
    path = a_song(tmp_path, content=AUDIO[".mp3"])
    if earlier is None:
        first = library.add_file(path)
    else:
        first, _ = library.upload(path, user_id=earlier, title="t", artist="")
    second, _ = library.upload(path, user_id=2, title="t", artist="")

    library.record_analysis(second.media_key, tempo_bpm=125.0, duration_s=60.0)

    assert library.get_song(first.address).tempo_bpm is None


def test_every_new_upload_is_ordered_to_be_analysed_once(tmp_path) -> None:
    ordered: list[UUID] = []
    library = SongLibrary(FolderStorage(tmp_path / "media"), order_analysis=ordered.append)
    path = a_song(tmp_path, content=AUDIO[".mp3"])

    songs = [library.upload(path, user_id=user, title="t", artist="")[0] for user in (1, 1, 2)]

    assert ordered == [songs[0].id, songs[2].id]


def test_an_upload_whose_analysis_cannot_be_ordered_leaves_nothing(tmp_path) -> None:
    def refuse(song_id: UUID) -> None:
        raise RuntimeError("the outbox is away")

    library = SongLibrary(FolderStorage(tmp_path / "media"), order_analysis=refuse)
    with pytest.raises(RuntimeError):
        library.upload(a_song(tmp_path, content=AUDIO[".mp3"]), user_id=1, title="t", artist="")

    assert not SongRow.objects.exists()
    assert [file for file in (tmp_path / "media").rglob("*") if file.is_file()] == []


def test_a_file_is_stored_by_what_it_is_and_not_by_its_name(library, tmp_path) -> None:
    song = library.add_file(a_song(tmp_path, "song.txt", AUDIO[".flac"]))
    assert song.media_key.endswith("/song.flac")


def test_an_upload_is_seen_by_its_owner_alone(library: SongLibrary, tmp_path: Path) -> None:
    shared = library.add_file(a_song(tmp_path, content=AUDIO[".wav"]))
    own, is_new = library.upload(
        a_song(tmp_path, "x.exe", AUDIO[".ogg"]), user_id=7, title="Mía", artist="Yo"
    )
    assert is_new
    assert own.media_key == f"songs/{own.id}/song.ogg"
    assert find_song(own.address, user_id=7) == own
    assert find_song(own.address, user_id=8) is None
    assert find_song(shared.address, user_id=8) == shared
    for nothing in ("", "song:", "song:1", str(own.id), f"song:{UUID(int=7)}", "https://x"):
        assert find_song(nothing, user_id=7) is None
    with pytest.raises(SongNotFound):
        get_song(own.id, user_id=8)
    assert list_songs(SongSearch(), user_id=8, limit=9, offset=0) == ([shared], 1)
    assert list_songs(SongSearch(), user_id=7, limit=9, offset=0)[1] == 2


def test_one_content_of_two_users_is_two_songs_and_two_files(library, tmp_path) -> None:
    file = a_song(tmp_path, content=AUDIO[".m4a"])
    first, _ = library.upload(file, user_id=1, title="One", artist="")
    again, is_new = library.upload(file, user_id=1, title="Another title", artist="x")
    assert (again, is_new) == (first, False)
    second, is_new = library.upload(file, user_id=2, title="Two", artist="")
    assert is_new
    assert second.id != first.id
    assert second.title == "Two"
    assert second.media_key != first.media_key
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 2


REFUSED = [(content, NotAudio) for content in NOT_AUDIO.values()] + [
    (content, SongIncomplete) for content in BROKEN_OFF.values()
]


@pytest.mark.parametrize(("content", "error"), REFUSED, ids=[*NOT_AUDIO, *BROKEN_OFF])
def test_an_upload_that_is_no_song_leaves_nothing(library, tmp_path, content, error) -> None:
    with pytest.raises(error):
        library.upload(a_song(tmp_path, "song.mp3", content), user_id=1, title="t", artist="")
    assert not SongRow.objects.exists()
    assert not (tmp_path / "media").exists()


def test_an_upload_of_a_byte_too_much_is_refused(library, tmp_path) -> None:
    file = a_song(tmp_path, content=AUDIO[".mp3"])
    with file.open("rb+") as grown:
        grown.truncate(MAX_UPLOAD_BYTES + 1)
    with pytest.raises(SongTooLarge):
        library.upload(file, user_id=1, title="t", artist="")
    assert not SongRow.objects.exists()
    assert not (tmp_path / "media").exists()
    with file.open("rb+") as grown:
        grown.truncate(MAX_UPLOAD_BYTES)
    assert library.upload(file, user_id=1, title="t", artist="")[1]


def test_an_upload_that_cannot_be_stored_has_no_row(library, tmp_path) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")
    with pytest.raises(StorageUnavailable):
        library.upload(a_song(tmp_path, content=AUDIO[".mp3"]), user_id=1, title="t", artist="")
    assert not SongRow.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("owners", [[1] * 8, [1, 2] * 4, list(range(8))])
def test_one_content_uploaded_at_once_is_one_song_per_owner(library, tmp_path, owners) -> None:
    file = a_song(tmp_path, content=AUDIO[".flac"])
    together = threading.Barrier(len(owners))

    def upload(owner: int) -> tuple[UUID, bool]:
        together.wait()
        try:
            song, is_new = library.upload(file, user_id=owner, title="t", artist="")
            return song.id, is_new
        finally:
            connection.close()

    with ThreadPoolExecutor(len(owners)) as pool:
        answers = list(pool.map(upload, owners))
    assert len({song_id for song_id, _ in answers}) == len(set(owners))
    assert sum(is_new for _, is_new in answers) == len(set(owners)) == SongRow.objects.count()
    stored = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in stored] == [AUDIO[".flac"]] * len(set(owners))


def three_songs() -> None:
    """Two that were analysed and one that was not, of nobody."""
    for title, artist, tempo_bpm, duration_s in (
        ("Obsesión", "Aventura", 125.5, 240.0),
        ("bachata 100%", "_anyone", 130.0, 180.0),
        ("Unanalysed", "aventura", None, None),
    ):
        SongRow.objects.create(
            title=title,
            artist=artist,
            content_hash=title,
            media_key="k",
            size_bytes=1,
            tempo_bpm=tempo_bpm,
            duration_s=duration_s,
        )


@pytest.mark.parametrize(
    ("search", "titles"),
    [
        (SongSearch(), ["bachata 100%", "Obsesión", "Unanalysed"]),
        (SongSearch(ordering="-title"), ["Unanalysed", "Obsesión", "bachata 100%"]),
        (SongSearch(ordering="tempo_bpm"), ["Obsesión", "bachata 100%", "Unanalysed"]),
        (SongSearch(ordering="-tempo_bpm"), ["bachata 100%", "Obsesión", "Unanalysed"]),
        (SongSearch(ordering="duration_s"), ["bachata 100%", "Obsesión", "Unanalysed"]),
        (SongSearch(ordering="-added_at"), ["Unanalysed", "bachata 100%", "Obsesión"]),
        (SongSearch(text="AVENTURA"), ["Obsesión", "Unanalysed"]),
        (SongSearch(text="%"), ["bachata 100%"]),
        (SongSearch(text="_"), ["bachata 100%"]),
        (SongSearch(text="'; DROP TABLE songs --"), []),
        (SongSearch(bpm_min=125.5), ["bachata 100%", "Obsesión"]),
        (SongSearch(bpm_max=125.5), ["Obsesión"]),
        (SongSearch(bpm_min=140, bpm_max=100), []),
    ],
)
def test_songs_are_found_and_ordered(db: None, search: SongSearch, titles: list[str]) -> None:
    three_songs()
    found, count = list_songs(search, user_id=1, limit=100, offset=0)
    assert [song.title for song in found] == titles
    assert count == len(titles)


def test_pages_of_songs_do_not_overlap_whatever_is_alike(db: None) -> None:
    for number in range(7):
        SongRow.objects.create(
            title="same", content_hash=str(number), media_key="k", size_bytes=1, tempo_bpm=120
        )
    seen = [
        song.id
        for offset in range(0, 7, 2)
        for song in list_songs(
            SongSearch(ordering="-tempo_bpm"), user_id=1, limit=2, offset=offset
        )[0]
    ]
    assert len(set(seen)) == 7
