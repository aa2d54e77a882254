"""``manage.py songs analyse FILE [--engine librosa] [--plot OUT.png]``, ``songs import FOLDER``."""

from __future__ import annotations

import argparse
import os
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from engine.contract import BEATS_PER_EIGHT
from modules.errors import BachataError
from modules.songs.folder_import import import_songs

if TYPE_CHECKING:
    from engine.contract import SongAnalysis
    from modules.songs.application import SongLibrary
    from modules.songs.ports import SongAnalyser

ENGINES = ("ours", "librosa")


class Command(BaseCommand):
    """Say or draw what is heard in a song, or add songs to the catalogue everybody shares."""

    help = "Say or draw what is heard in a song, or add songs to the catalogue everybody shares."
    requires_system_checks: list[str] = []  # noqa: RUF012  # Django's way

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what can be done."""
        actions = parser.add_subparsers(dest="action", required=True)
        analysing = actions.add_parser("analyse", help="beats, the one, sections, energy")
        analysing.add_argument("file", type=Path)
        analysing.add_argument(
            "--engine", choices=ENGINES, default=ENGINES[0], help="whose opinion to hear"
        )
        analysing.add_argument("--plot", type=Path, metavar="OUT.png", help="draw it, too")
        importing = actions.add_parser("import", help="add a folder's songs, for everybody")
        importing.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; exit code 1 with a sentence when the file, or one of the folder, is no song."""
        if options["action"] == "import":
            self._import(options["folder"])
            return
        path, target = options["file"], options["plot"]
        analyser = cast(
            "SongAnalyser", import_string(settings.SONG_ANALYSER_FACTORY)(options["engine"])
        )
        try:
            _check_target(target)
            analysis = analyser(path)
        except BachataError as error:
            raise CommandError(str(error)) from error
        for line in _told(path.stem, analysis):
            self.stdout.write(line)
        if target is not None:
            _draw(analysis, path.stem, target)
            self.stdout.write(f"\nDrawn in {target}")

    def _import(self, folder: Path) -> None:
        library = cast("SongLibrary", import_string(settings.SONG_LIBRARY_FACTORY)())
        try:
            done = import_songs(library, folder)
        except BachataError as error:
            raise CommandError(str(error)) from error
        for title in done.added:
            self.stdout.write(f"added {title}")
        for song in done.refused:
            self.stdout.write(f"refused {song.file}: {song.message} ({song.code})")
        self.stdout.write(
            f"Songs: {len(done.added)} added, {len(done.known)} known already, "
            f"{len(done.refused)} refused."
        )
        if done.refused:
            raise CommandError("Not every file is a song.")


def _told(title: str, analysis: SongAnalysis) -> list[str]:
    beats_s, one = analysis.beats_s, analysis.first_one
    ends = pairwise((*analysis.ones, len(beats_s)))
    n_eights = sum(end - start == BEATS_PER_EIGHT for start, end in ends)
    return [
        f"{title}: {_clock(analysis.duration_s)}, {analysis.tempo_bpm:.2f} BPM",
        f"{len(beats_s)} beats from {beats_s[0]:.3f} s to {beats_s[-1]:.3f} s",
        f"the one is beat {one + 1}, at {beats_s[one]:.3f} s; {n_eights} whole eights",
        "",
        "part  energy      from       to   eights",
        *(
            f"{section.label:<6}{section.energy:<8}{_clock(section.start_s):>8} "
            f"{_clock(section.end_s):>8}{_eights(analysis, section.start_s, section.end_s):>9}"
            for section in analysis.sections
        ),
    ]


def _eights(analysis: SongAnalysis, start_s: float, end_s: float) -> int:
    """Count the eights that begin between two times."""
    ones_s = analysis.beats_s[list(analysis.ones)]
    return int(((ones_s >= start_s - 1e-6) & (ones_s < end_s - 1e-6)).sum())


def _clock(time_s: float) -> str:
    minutes, seconds = divmod(time_s, 60)
    return f"{int(minutes)}:{seconds:04.1f}"


def _check_target(target: Path | None) -> None:
    """Refuse an impossible ``--plot`` before the song is analysed."""
    if target is not None and (target.is_dir() or not target.resolve().parent.is_dir()):
        raise CommandError(f"--plot {target}: name a file in a folder that exists.")


def _draw(analysis: SongAnalysis, title: str, target: Path) -> None:
    """Write the picture whole or not at all."""
    from modules.songs.plot import draw_analysis

    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        draw_analysis(analysis, title=title).save(partial, "PNG")
        partial.replace(target)
    except OSError as error:
        raise CommandError(f"--plot {target}: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)
