"""The commands people give: what a stranger may ask for is checked before a task begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from modules.choreography.application import ChoreographyTasks
from modules.choreography.contract import (
    GenerationParameters,
    TaskIsLegacy,
    TaskIsLive,
    TaskNotFound,
    TaskView,
    TooManyLiveTasks,
    UnusableAudioInput,
)
from modules.choreography.parameters import check_source, checked_audio_input
from modules.choreography.ports import FindSong
from modules.choreography.queries import count_live_and_lock, find_legacy_task, find_task

NOT_FOUND = "There is no such choreography."
TOO_MANY = (
    "{most} of your choreographies are waiting or being made. "
    "Please wait until one is ready, or cancel one."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCommands:
    """What people may command; each refusal records nothing. Nothing is ever fetched here.

    Parameters
    ----------
    find_song : FindSong
        Says which songs a user may dance to.
    bucket : str
        Our own storage bucket, whose ``gs://`` objects may be named; empty: none may.
    takes_youtube : bool
        Whether jobs can fetch songs from YouTube.
    most_live : int
        Tasks that one user may have waiting or being made.
    """

    tasks: ChoreographyTasks
    find_song: FindSong
    bucket: str = ""
    takes_youtube: bool = False
    most_live: int = 5

    def request(self, *, user_id: int, parameters: GenerationParameters) -> UUID:
        """Begin a new task, in the open transaction or its own; every call begins another.

        Raises
        ------
        UnusableAudioInput
            Also for a song this user does not have, a bucket that is not ours, and a YouTube
            address where those are not taken.
        UnknownDifficulty, UnknownEnergyLevel, UnknownStyle, UnknownCamera, UnusableSeed
        TooManyLiveTasks
        """
        address = checked_audio_input(parameters.audio_input)
        check_source(address, bucket=self.bucket, takes_youtube=self.takes_youtube)
        song = self._song(address, user_id=user_id)
        with transaction.atomic():
            if count_live_and_lock(user_id) >= self.most_live:
                raise TooManyLiveTasks(TOO_MANY.format(most=self.most_live))
            return self.tasks.request(
                request_id=uuid4(), user_id=user_id, parameters=parameters, song=song
            )

    def retry(self, *, task_id: UUID, user_id: int) -> UUID:
        """Begin a new task with the parameters of one that has ended, however it ended.

        Without a seed the new choreography is another one. The song must still be there.

        Raises
        ------
        TaskNotFound, TaskIsLegacy
        TaskIsLive
            If the task is waiting or being made.
        UnusableAudioInput
            If the song is gone.
        """
        view = self.find_own(task_id=task_id, user_id=user_id)
        if not view.phase.is_final:
            raise TaskIsLive("This choreography is still being made.")
        return self.request(user_id=user_id, parameters=view.parameters)

    def cancel(self, *, task_id: UUID, user_id: int) -> TaskView:
        """End a task and return what became of it; one that is cancelled already stays so.

        Raises
        ------
        TaskNotFound, TaskIsLegacy
        TaskHasEnded
            If it is completed or failed.
        """
        self.find_own(task_id=task_id, user_id=user_id)
        self.tasks.cancel(task_id=task_id, user_id=user_id)
        return self.find_own(task_id=task_id, user_id=user_id)

    def find_own(self, *, task_id: UUID, user_id: int) -> TaskView:
        """Return a task that this user may change.

        Raises
        ------
        TaskNotFound
            Also for somebody else's.
        TaskIsLegacy
            If the old application made it.
        """
        view = find_task(task_id, user_id=user_id)
        if view is not None:
            return view
        if find_legacy_task(task_id, user_id=user_id) is not None:
            raise TaskIsLegacy("This choreography belongs to the old site.")
        raise TaskNotFound(NOT_FOUND)

    def _song(self, address: str, *, user_id: int) -> Mapping[str, Any] | None:
        if not address.startswith("song:"):
            return None
        song = self.find_song(address, user_id=user_id)
        if song is None:
            raise UnusableAudioInput("This song is not in the library.")
        return song
