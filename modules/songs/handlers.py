"""Deliver the orders to analyse songs; every delivery may happen twice."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from modules.eventstore.contract import DeliveryThrottled
from modules.songs.queries import is_waiting_for_analysis

if TYPE_CHECKING:
    from modules.eventstore.contract import LeasedMessage
    from modules.songs.ports import AnalysisJobs

log = logging.getLogger(__name__)

LOOK_AGAIN_S = 3.0


class AnalyseHandler:
    """Has a song analysed by a job (``song.analyse``), and looks again until that has ended.

    However it ended: what could not be analysed now, the first choreography made to it tries
    again, and tells the dancer why not.
    """

    def __init__(self, jobs: AnalysisJobs) -> None:
        self._jobs = jobs

    def deliver(self, message: LeasedMessage) -> None:
        """Begin the job, unless it was begun, or the song is known or gone."""
        song_id = UUID(message.payload["song_id"])
        if is_waiting_for_analysis(song_id) and not self._jobs.has_ended(song_id):
            raise DeliveryThrottled("The song is being analysed.", retry_after_s=LOOK_AGAIN_S)

    def settle(self, message: LeasedMessage, receipt: object) -> None:
        """Nothing to record: the job did."""

    def give_up(self, message: LeasedMessage, error: Exception) -> None:
        """Nothing to record: the song stays without tempo and length."""
        log.warning("Song %s was not analysed: %s", message.payload["song_id"], error)
