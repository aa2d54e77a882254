"""The same facts hold for every storage."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from modules.media.adapters.folder import FolderStorage
from modules.media.adapters.memory import MemoryStorage
from modules.media.contract import (
    BadMediaKey,
    MediaNotFound,
    MediaStorage,
    StorageFull,
    StorageUnavailable,
)
from modules.media.legacy_output import LegacyOutput


@pytest.fixture(params=["folder", "memory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStorage:
    """Every storage there is."""
    return FolderStorage(tmp_path / "media") if request.param == "folder" else MemoryStorage()


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A file to store."""
    path = tmp_path / "song.ogg"
    path.write_bytes(b"la la la")
    return path


def test_what_was_put_can_be_fetched(storage: MediaStorage, song: Path, tmp_path: Path) -> None:
    storage.put("songs/one.ogg", song)
    storage.fetch("songs/one.ogg", tmp_path / "back.ogg")
    assert (tmp_path / "back.ogg").read_bytes() == b"la la la"
    assert storage.exists("songs/one.ogg")


def test_putting_twice_replaces(storage: MediaStorage, song: Path, tmp_path: Path) -> None:
    storage.put("songs/one.ogg", song)
    song.write_bytes(b"another song")
    storage.put("songs/one.ogg", song)
    storage.fetch("songs/one.ogg", tmp_path / "back.ogg")
    assert (tmp_path / "back.ogg").read_bytes() == b"another song"


def test_deleting_twice_is_safe(storage: MediaStorage, song: Path) -> None:
    storage.put("songs/one.ogg", song)
    storage.delete("songs/one.ogg")
    storage.delete("songs/one.ogg")
    assert not storage.exists("songs/one.ogg")


def test_an_absent_object_is_not_found(storage: MediaStorage, tmp_path: Path) -> None:
    with pytest.raises(MediaNotFound):
        storage.fetch("songs/none.ogg", tmp_path / "back.ogg")
    assert storage.local_path("songs/none.ogg") is None
    assert not (tmp_path / "back.ogg").exists()


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../up", "a/../b", "a//b", "a/", ".hidden", "nul\0", "x" * 501, "a\n"],
)
def test_no_key_leaves_the_storage(storage: MediaStorage, song: Path, key: str) -> None:
    for use in (storage.exists, storage.delete, storage.local_path, storage.open):
        with pytest.raises(BadMediaKey):
            use(key)
    with pytest.raises(BadMediaKey):
        storage.put(key, song)


@pytest.mark.parametrize(
    ("first", "last", "part"), [(0, 6, b"la la la"[:7]), (3, 4, b"la"), (7, 7, b"a"), (0, 99, None)]
)
def test_an_open_object_is_read_in_parts(storage, song, first, last, part) -> None:
    storage.put("songs/one.ogg", song)
    opened = storage.open("songs/one.ogg")
    assert opened.size_bytes == 8
    assert b"".join(opened.read(first, last)) == (part or b"la la la")
    for _ in range(2):
        opened.close()


def test_a_large_object_comes_in_pieces(tmp_path: Path) -> None:
    storage, large = FolderStorage(tmp_path / "media"), tmp_path / "large"
    large.write_bytes(os.urandom(300_000))
    storage.put("large.mp4", large)
    with closing(storage.open("large.mp4")) as opened:
        pieces = list(opened.read(1, 299_998))
    assert b"".join(pieces) == large.read_bytes()[1:-1]
    assert max(map(len, pieces)) <= 1 << 17


def test_an_open_object_outlives_its_key(storage: MediaStorage, song: Path) -> None:
    storage.put("songs/one.ogg", song)
    with closing(storage.open("songs/one.ogg")) as opened:
        storage.delete("songs/one.ogg")
        assert b"".join(opened.read(0, 7)) == b"la la la"
    with pytest.raises(MediaNotFound):
        storage.open("songs/one.ogg")


def version_of(storage: MediaStorage, key: str) -> str:
    """Open an object to see its version."""
    with closing(storage.open(key)) as opened:
        return opened.version


def test_other_bytes_are_another_version(storage: MediaStorage, song: Path) -> None:
    storage.put("songs/one.ogg", song)
    first = version_of(storage, "songs/one.ogg")
    assert version_of(storage, "songs/one.ogg") == first
    song.write_bytes(b"lo lo lo")
    storage.put("songs/one.ogg", song)
    assert version_of(storage, "songs/one.ogg") != first


@pytest.mark.parametrize("named", ["secret.mp4", "away/secret.mp4"])
def test_a_link_that_leaves_the_folder_names_nothing(tmp_path: Path, named: str) -> None:
    outside, root = tmp_path / "outside", tmp_path / "media"
    outside.mkdir()
    root.mkdir()
    (outside / "secret.mp4").write_bytes(b"secret")
    (root / "secret.mp4").symlink_to(outside / "secret.mp4")
    (root / "away").symlink_to(outside)
    storage = FolderStorage(root)
    assert not storage.exists(named)
    assert storage.local_path(named) is None
    with pytest.raises(MediaNotFound):
        storage.open(named)
    with pytest.raises(MediaNotFound):
        storage.fetch(named, tmp_path / "copy")


def test_what_is_no_file_is_no_object(tmp_path: Path) -> None:
    (tmp_path / "songs").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for key in ("songs", "pipe"):
        with pytest.raises(MediaNotFound):
            FolderStorage(tmp_path).open(key)


def test_a_full_disk_leaves_nothing_half_written(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half_a_copy(_source: Path, target: Path) -> None:
        target.write_bytes(b"la")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfile", half_a_copy)
    with pytest.raises(StorageFull, match=r"songs/one\.ogg"):
        FolderStorage(tmp_path / "media").put("songs/one.ogg", song)
    assert [p for p in (tmp_path / "media").rglob("*") if p.is_file()] == []


def test_a_forbidden_folder_is_unavailable(song: Path, tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")
    with pytest.raises(StorageUnavailable):
        FolderStorage(tmp_path / "media").put("songs/one.ogg", song)


def test_the_old_monolith_finds_the_video_by_its_base_name(song: Path, tmp_path: Path) -> None:
    output = LegacyOutput(tmp_path / "old")
    for _ in range(2):
        path = output.link(song, user_id=7, name="a-task.mp4")
    assert path == tmp_path / "old" / "output" / "user_7" / "a-task.mp4"
    assert path.samefile(song)
