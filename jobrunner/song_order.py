"""The job's other order: find a song's tempo and length, before anybody dances to it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from engine.contract import EngineError
from jobrunner.analysis_cache import analyse_song
from jobrunner.contract import ExitCode, TryAgain
from jobrunner.stopping import Terminated

if TYPE_CHECKING:
    from uuid import UUID

log = logging.getLogger("jobrunner")


def carry_out(song_id: UUID) -> int:
    """Analyse a song of the library, keep that beside it, and return the process's exit code.

    Done twice, the second time finds what was kept. A song that cannot be analysed stays without
    tempo and length.
    """
    from django.conf import settings

    from config import wiring
    from config.observing.logs import name_song_job
    from jobrunner.adapters import LibrarySongs
    from jobrunner.workspace import claim_folder
    from modules.songs.contract import ADDRESS_SCHEME

    name_song_job(song_id=str(song_id))
    songs = LibrarySongs(wiring.songs().library)
    try:
        with claim_folder(settings.LOCAL_DIR / "work" / f"song-{song_id}", claim=1) as folder:
            song = songs.fetch(f"{ADDRESS_SCHEME}{song_id}", folder)
            analysed = analyse_song(song, songs, folder)
    except EngineError as error:
        log.warning("The song stays unknown: %s: %s", error.code, error.message)
        return ExitCode.DONE
    except (TryAgain, Terminated, KeyboardInterrupt) as error:
        log.warning("Stopping, to be tried again: %s", error or type(error).__name__)
        return ExitCode.TRY_AGAIN
    log.info("The song has %.1f beats a minute.", analysed.analysis.tempo_bpm)
    return ExitCode.DONE
