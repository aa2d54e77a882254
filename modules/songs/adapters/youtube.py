"""Songs by their YouTube address: fetched by yt-dlp, in a process of its own with bounds.

What a stranger names is met there: only listed hosts and only public addresses are spoken to, no
other program is started, and length, size, processor, memory and time have bounds.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.isolation.limited_process import (
    EndedFromOutside,
    LimitExceeded,
    ResourceLimits,
    run_limited,
)
from modules.songs.contract import DownloadedSong, DownloadFailed, DownloadInterrupted

if TYPE_CHECKING:
    from modules.songs.adapters.youtube_process import Outcome

PROGRAM = "modules.songs.adapters.youtube_process"
YOUTUBE_HOSTS = ("youtube.com", "youtu.be", "googlevideo.com", "ytimg.com")
"""With every name below them; ``googlevideo.com`` is where the sound lies."""

LIMITS = ResourceLimits(wall_s=180, cpu_s=60, data_bytes=768 << 20)
MAX_BYTES = 30 << 20
MAX_LENGTH_S = 600.0
"""As the songs that are uploaded, and as long as a song may be."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class YoutubeDownloader:
    """A ``SongDownloader`` over yt-dlp.

    Parameters
    ----------
    hosts : tuple of str
        Names that may be spoken to, with every name below them. An address written in numbers
        means that very one, which then need not be a public one.
    extractors : tuple of str
        yt-dlp's extractors that may read a page.
    max_bytes, max_length_s : int, float
        Bounds of the file and of the song.
    limits : ResourceLimits
        Bounds of the process.
    """

    hosts: tuple[str, ...] = YOUTUBE_HOSTS
    extractors: tuple[str, ...] = ("youtube",)
    max_bytes: int = MAX_BYTES
    max_length_s: float = MAX_LENGTH_S
    limits: ResourceLimits = LIMITS

    def download(self, address: str, folder: Path) -> DownloadedSong:
        """Fetch the sound of one video into the folder.

        Raises
        ------
        DownloadFailed
            If it is no single song of bearable length and size, or cannot be had.
        DownloadInterrupted
            If the process was killed.
        """
        order = {
            "address": address,
            "folder": str(folder.absolute()),
            "hosts": self.hosts,
            "extractors": self.extractors,
            "max_bytes": self.max_bytes,
            "max_length_s": self.max_length_s,
            "limits": [self.limits.wall_s, self.limits.cpu_s, self.limits.data_bytes],
        }
        try:
            outcome: Outcome = json.loads(
                run_limited(PROGRAM, [json.dumps(order)], limits=self.limits)
            )
        except LimitExceeded as error:
            log.warning("A song could not be fetched: %s", error)
            raise DownloadFailed("Fetching this song takes too long.") from error
        except EndedFromOutside as error:
            raise DownloadInterrupted(f"The song was not fetched to its end: {error}") from error
        if "refusal" in outcome:
            log.warning("A song could not be fetched: %s", outcome.get("reason", ""))
            raise DownloadFailed(outcome["refusal"])
        return DownloadedSong(path=Path(outcome["file"]), title=outcome["title"])
