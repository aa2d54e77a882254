"""What the routes of collections take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from engine.contract import Difficulty
from modules.collections.contract import MAX_NOTES, MAX_TITLE
from modules.collections.video_urls import MAX_URL
from modules.web.field_types import Id, MultiLine, SingleLine
from modules.web.pagination import Paging
from modules.web.schemas import Answer, Body

Ordering = Literal[
    "created_at",
    "-created_at",
    "title",
    "-title",
    "difficulty",
    "-difficulty",
    "duration",
    "-duration",
]
Title = Annotated[str, SingleLine(min_length=1, max_length=MAX_TITLE)]
Notes = Annotated[str, MultiLine(max_length=MAX_NOTES)]
VideoUrl = Annotated[str, SingleLine(min_length=1, max_length=MAX_URL)]

EXAMPLE_ID = "ae58b21c-5680-5dac-ac3f-d2e93ca00615"
EXAMPLE_TASK = "2c1f5a58-9b1e-4c57-8f55-0d3f4d1c2b3a"
EXAMPLE_LINK = (
    f"/api/media/choreographies/2026/11/{EXAMPLE_TASK}.mp4?expires=1795233600&signature=…"
)
EXAMPLE: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "title": "Obsesión",
    "difficulty": "beginner",
    "duration": 93.25,
    "notes": "Slowly at first.",
    "created_at": "2026-11-21T03:04:05.123456Z",
    "updated_at": "2026-11-21T03:04:05.123456Z",
    "task_id": EXAMPLE_TASK,
    "origin": "auto-save",
    "is_auto_saved": True,
    "music_info": {"title": "Obsesión", "bpm": 125.0, "difficulty": "beginner"},
    "generation_parameters": {"difficulty": "beginner", "task_id": EXAMPLE_TASK},
    "tempo_bpm": 125.0,
    "relaxed": [],
    "video_url": EXAMPLE_LINK,
    "thumbnail_url": EXAMPLE_LINK.replace(".mp4", ".jpg"),
    "timeline_url": EXAMPLE_LINK.replace(".mp4", ".json"),
}


class SaveIn(Body):
    """What to keep: a finished choreography, by its task or by its video's address.

    One of `task_id` and `video_url` must be given.
    """

    task_id: Id | None = None
    video_url: VideoUrl | None = Field(
        default=None, description="A link to, or the path of, the video of a task of yours"
    )
    title: Title | None = Field(default=None, description="Else the song's")
    difficulty: Difficulty | None = Field(default=None, description="Else the task's")
    duration: Annotated[float, Field(ge=0, le=86_400)] | None = Field(
        default=None,
        strict=False,
        description="Seconds; taken from clients that send it, but the video's own length is kept",
    )
    notes: Notes | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"task_id": EXAMPLE_TASK, "title": "Obsesión", "notes": "Slowly."}],
        }
    )

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.task_id is None and self.video_url is None:
            raise ValueError("task_id or video_url must be given")
        return self


class ReviseIn(Body):
    """The new words; what is absent or null stays as it is."""

    title: Title | None = None
    difficulty: Difficulty | None = None
    notes: Notes | None = None

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "First dance", "difficulty": "intermediate"}]}
    )


class CollectionQuery(Paging):
    """Which of the saved choreographies, in which order."""

    search: Annotated[
        str,
        SingleLine(max_length=100),
        Field(description="Sought in title, notes, song and artist, without case and accents"),
    ] = ""
    difficulty: Difficulty | SkipJsonSchema[None] = Field(default_factory=lambda: None)
    ordering: Annotated[Ordering, Field(description="`-` for descending")] = "-created_at"


class SavedOut(Answer):
    """A saved choreography.

    ``music_info`` and ``generation_parameters`` are the old app's words and may hold further
    keys. ``video_url``, ``thumbnail_url`` and ``timeline_url`` open without a token for at least
    half an hour; they are null where the files are not in our storage, as for what the old app
    saved by itself.
    """

    id: UUID
    title: str
    difficulty: str
    duration: float = Field(description="Seconds")
    notes: str
    created_at: datetime
    updated_at: datetime
    task_id: UUID | None
    origin: Literal["dancer", "auto-save", "old app"] = Field(description="Who saved it")
    is_auto_saved: bool
    music_info: dict[str, Any] | None
    generation_parameters: dict[str, Any] | None
    tempo_bpm: float | None = Field(description="Beats per minute")
    relaxed: list[str] = Field(description="Rules of the choreography that could not be kept")
    video_url: str | None
    thumbnail_url: str | None
    timeline_url: str | None

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


class FavoriteMove(Answer):
    """A move, and how often the saved choreographies dance it."""

    move_label: str
    count: int


class StatisticsOut(Answer):
    """A collection in numbers."""

    total_count: int
    total_duration: float = Field(description="Seconds of all videos together")
    recent_count: int = Field(description="Saved in the last seven days")
    by_difficulty: dict[str, int] = Field(description="Every difficulty, also with 0")
    favorite_moves: list[FavoriteMove] = Field(
        description="The five danced most, in choreographies made by us"
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "total_count": 3,
                    "total_duration": 279.75,
                    "recent_count": 2,
                    "by_difficulty": {"beginner": 2, "intermediate": 0, "advanced": 1},
                    "favorite_moves": [{"move_label": "basic_step", "count": 12}],
                }
            ]
        }
    )
