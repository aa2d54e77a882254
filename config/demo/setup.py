"""Everything a choreography needs: schema, a dancer, moves, a song."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import importing, wiring
from config.demo.errors import DemoRefused
from config.pages.building import ensure_built

if TYPE_CHECKING:
    from collections.abc import Callable

    from modules.moves.contract import ImportReport
    from modules.songs.contract import Song

DEMO_USERNAME = "demo"
EMBEDDINGS_FILES = ("embeddings_backup.json", "move_embeddings.json")
"""What the old application calls its index's backup; the second is its later library's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What the demo works with; ``pages`` ends when those are built."""

    user_id: int
    song: Song
    pages: Future[Path | None]


def prepare(*, song: Path | None, moves: Path | None, tell: Callable[[str], None]) -> Prepared:
    """Set everything up; what is there already is left alone.

    The pages are built meanwhile, by processes of their own: a film does not wait for them.

    Raises
    ------
    DomainError
        If the song or the moves cannot be used; the text says which and why.
    """
    _check_inputs(song, moves)
    pages = _start_building(tell)
    _migrate(tell)
    added = _add_song(song, tell)
    _import_moves(moves, tell)
    user = wiring.identity().ensure_user(DEMO_USERNAME, display_name="Demo dancer")
    return Prepared(user_id=user.id, song=added, pages=pages)


def _check_inputs(song: Path | None, moves: Path | None) -> None:
    """Refuse at once what would only be found out after a minute of set-up."""
    if song is not None and not song.is_file():
        what = "is not a file" if song.exists() else "does not exist"
        raise DemoRefused(f"The song {song} {what}.")
    if moves is not None and not moves.is_dir():
        what = "is not a folder" if moves.exists() else "does not exist"
        raise DemoRefused(f"The moves folder {moves} {what}.")


def _start_building(tell: Callable[[str], None]) -> Future[Path | None]:
    builder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pages")
    try:
        return builder.submit(ensure_built, settings.ROOT / "frontend", tell=tell)
    finally:
        builder.shutdown(wait=False)


def _migrate(tell: Callable[[str], None]) -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        tell("Creating the database schema")
        call_command("migrate", verbosity=0, interactive=False)


def _add_song(song: Path | None, tell: Callable[[str], None]) -> Song:
    if song is not None:
        return wiring.songs().library.add_file(song)

    from demo.song import ensure_song

    tell("Composing the demo song")
    made = ensure_song(settings.LOCAL_DIR / "demo" / "song")
    return wiring.songs().library.add_file(made.path, title=made.title, artist=made.artist)


def _import_moves(moves: Path | None, tell: Callable[[str], None]) -> None:
    folder = moves or _demo_moves(tell)
    backups = [folder / name for name in EMBEDDINGS_FILES if (folder / name).is_file()]
    tell(f"Importing the moves of {folder}")
    report = importing.move_importer().import_folder(
        folder, embeddings=backups[0] if backups else None, only=True
    )
    _tell_report(report, tell)


def _demo_moves(tell: Callable[[str], None]) -> Path:
    from demo.clips import ensure_moves

    tell("Drawing the demo moves")
    folder: Path = settings.LOCAL_DIR / "demo" / "moves"
    ensure_moves(folder)
    return folder


def _tell_report(report: ImportReport, tell: Callable[[str], None]) -> None:
    usable = len(report.imported) + len(report.updated) + len(report.unchanged)
    tell(f"{usable} moves are ready, {len(report.imported)} of them newly prepared")
    for refused in report.refused:
        tell(f"Left out {refused.clip_id}: {refused.message}")
