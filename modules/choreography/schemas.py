"""Bodies, queries and answers of the choreography routes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from engine.contract import Camera, Difficulty, Energy
from modules.choreography.contract import DEFAULT_CAMERA, GenerationParameters, Style
from modules.choreography.parameters import MAX_ADDRESS, MAX_SEED
from modules.web.field_types import MultiLine, SingleLine
from modules.web.pagination import Paging
from modules.web.schemas import Answer, Body

Status = Literal["started", "running", "completed", "failed"]
StatusFilter = Literal["started", "running", "completed", "failed", "pending", "processing"]
Phase = Literal["requested", "dispatched", "running", "completed", "failed", "cancelled"]


def _written(moment: datetime) -> str:
    whole = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return whole.removesuffix("+00:00") + "Z"


Moment = Annotated[
    datetime,
    PlainSerializer(_written, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time, written to the millisecond: the same by whichever way an answer leaves."""

ADDRESS_SCHEMA = {
    "type": "string",
    "maxLength": MAX_ADDRESS,
    "pattern": r"^(song:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|https://(www\.|m\.|music\.)?youtube\.com/watch/?\?v=[A-Za-z0-9_-]{6,20}(&[!-~]*)?"
    r"|https://((www\.|m\.|music\.)?youtube\.com/(shorts|embed|live)|youtu\.be)"
    r"/[A-Za-z0-9_-]{6,20}(\?[!-~]*)?"
    r"|gs://[a-z0-9][a-z0-9._-]+/[^/\s\u0000-\u001f\u007f-\u00a0]"
    r"[^\s\u0000-\u001f\u007f-\u00a0]*)$",
    "description": "`song:<id>` of the library; where the operator allows it, an https YouTube"
    " address of one video; or a gs:// object of our own bucket; a pattern passed is no"
    " promise that there is such a song",
}
MAX_QUERY = 500
"""Characters of a typed wish."""

SONG_EXAMPLE = "song:0b0e7a3e-6f0e-4a0c-9a52-1d2f5b0c7c11"
TASK_EXAMPLE = "6f1f3d0e-93f5-4a6c-8a0e-0c6b8d1c2f77"
POLL_EXAMPLE = f"/api/choreography/tasks/{TASK_EXAMPLE}"


def _example(**example: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class GenerationWishes(Body):
    """A song and what its choreography should be like."""

    audio_input: Annotated[
        str,
        SingleLine(min_length=1, max_length=MAX_ADDRESS),
        WithJsonSchema(ADDRESS_SCHEMA),
    ]
    difficulty: Difficulty
    energy_level: Energy | None = None
    style: Style | None = None
    camera: Camera = Field(
        default=DEFAULT_CAMERA,
        description="`stay`: a part of the song is danced in one room where the library allows it",
    )
    seed: Annotated[
        int | None,
        Field(ge=0, le=MAX_SEED, description="The same wishes and seed give the same dance"),
    ] = None

    model_config = _example(
        audio_input=SONG_EXAMPLE, difficulty="beginner", energy_level="medium", style="romantic"
    )

    def to_domain(self) -> GenerationParameters:
        """Return them as the commands take them."""
        return GenerationParameters(**self.model_dump())


class Accepted(Answer):
    """A choreography is going to be made; poll for it."""

    task_id: str
    status: Literal["started"] = "started"
    job_execution_name: None = None
    message: str
    poll_url: str = Field(description="Where the task is, relative to this server")

    model_config = _example(
        task_id=TASK_EXAMPLE,
        status="started",
        job_execution_name=None,
        message="Starting choreography generation...",
        poll_url=POLL_EXAMPLE,
    )


class TaskParameters(Answer):
    """What was asked for."""

    audio_input: str
    difficulty: Difficulty
    energy_level: Energy | None
    style: Style | None
    camera: Camera
    seed: int | None


class SongOfTask(Answer):
    """The song, as far as it is known."""

    title: str
    artist: str | None


class TaskResult(Answer):
    """The finished video: the old application's keys, and ours."""

    video_path: str | None = Field(description="The old application's name of the file")
    video_filename: str | None
    processing_time: float | None = Field(description="Seconds the job took")
    sequence_duration: float | None = Field(description="Seconds")
    moves_analyzed: int | None = Field(description="Different clips danced")
    metadata_path: str | None
    saved_choreography_id: str | None
    auto_saved: bool
    video_url: str | None = Field(description="Plays in a video tag; works for a while only")
    thumbnail_url: str | None
    duration: float | None = Field(description="Seconds")
    moves_count: int | None = Field(description="Moves danced")
    tempo_bpm: float | None
    relaxed: list[str] = Field(description="Planning rules that could not be kept")


class Task(Answer):
    """One choreography on its way from the wish to the video."""

    task_id: str
    status: Status = Field(description="The old application's words; cancelled is `failed`")
    progress: int = Field(ge=0, le=100, description="Percent")
    stage: str
    message: str
    result: TaskResult | None
    error: str | None = Field(description="Why there is no video, for people")
    error_code: str | None = Field(description="The same, stable")
    phase: Phase
    job_execution_name: str | None
    attempt: int = Field(ge=1, description="Times a job was ordered")
    parameters: TaskParameters | None = Field(description="null for the old application's tasks")
    song: SongOfTask | None
    queue_position: int | None = Field(
        ge=0, description="Tasks that wait before this one; null once it runs"
    )
    time_left_s: float | None = Field(
        ge=0, description="Seconds it may still take, by what is usual; null when unknown or ended"
    )
    created_at: Moment
    updated_at: Moment

    model_config = _example(
        task_id=TASK_EXAMPLE,
        status="running",
        progress=40,
        stage="selecting",
        message="Selecting dance moves...",
        result=None,
        error=None,
        error_code=None,
        phase="running",
        job_execution_name="job-7f3a",
        attempt=1,
        parameters={
            "audio_input": SONG_EXAMPLE,
            "difficulty": "beginner",
            "energy_level": "medium",
            "style": "romantic",
            "camera": "stay",
            "seed": None,
        },
        song={"title": "Obsesión", "artist": "Aventura"},
        queue_position=None,
        time_left_s=1.8,
        created_at="2026-11-21T10:00:00.000Z",
        updated_at="2026-11-21T10:00:02.100Z",
    )


class TaskFilters(Paging):
    """Which tasks."""

    status: StatusFilter | SkipJsonSchema[None] = Field(
        default_factory=lambda: None,
        description="`pending` and `processing` are other names of started and running",
    )


class RetryOf(Body):
    """What a repeated retry is compared by; not sent by clients."""

    task_id: str


class TypedWish(Body):
    """A wish in a person's own words."""

    query: Annotated[str, MultiLine(min_length=1, max_length=MAX_QUERY)]

    model_config = _example(query="algo lento y sensual, no muy difícil")


class UnderstoodWish(Answer):
    """What a typed wish asks for; null where it says nothing."""

    difficulty: Difficulty | None
    energy_level: Energy | None
    style: Style | None
    tempo: Annotated[int, Field(ge=40, le=250)] | Literal["slow", "medium", "fast"] | None = Field(
        description="BPM where a number was named, else a word"
    )
    confidence: float = Field(ge=0, le=1)
    explanation: str = Field(description="What was understood, in the language of the wish")

    model_config = _example(
        difficulty="intermediate",
        energy_level=None,
        style="sensual",
        tempo="slow",
        confidence=0.95,
        explanation="Entendido: nivel intermedio («no muy difícil»), estilo sensual («sensual»), "
        "tempo lento («lento»).",
    )


class TimelineSong(Answer):
    """The song the moves were planned for."""

    title: str
    duration_s: float
    tempo_bpm: float


class TimelineSection(Answer):
    """A part of the song; parts that are alike share their label."""

    start_s: float
    end_s: float
    label: str
    energy: Energy


class TimelineFigure(Answer):
    """Where in its clip a move's figure is danced."""

    start_s: float
    end_s: float


class TimelineMove(Answer):
    """One clip of the video."""

    index: int
    start_s: float
    end_s: float
    eights: int
    clip_id: str
    move_label: str
    name: str
    speed: float = Field(description="Seconds of clip per second of song")
    why: str
    clip_start_s: float | None = Field(
        description="Seconds in the clip's own time; null if unknown"
    )
    clip_end_s: float | None
    clip_one_s: float | None = Field(description="The clip's first one, in its own time")
    clip_eight: int | None = Field(description="Which eight of the clip it begins with, from 0")
    figure: TimelineFigure | None = Field(description="In the clip's own time; null if all of it")
    camera: str | None = Field(description="Moves with the same word were filmed in one room")


class Timeline(Answer):
    """What happens when in the video, for a player; version 2."""

    version: int
    song: TimelineSong
    beats_s: list[float]
    ones: list[int] = Field(description="Indices of the beats that begin an eight")
    sections: list[TimelineSection]
    moves: list[TimelineMove]
    relaxed: list[str]
    relaxed_because: dict[str, str]
    peaks: list[float] = Field(description="Loudness for drawing, 0 to 1")
    seed: int

    model_config = _example(
        version=2,
        song={"title": "Obsesión", "duration_s": 61.0, "tempo_bpm": 128.4},
        beats_s=[0.512, 0.979],
        ones=[0],
        sections=[{"start_s": 0.0, "end_s": 61.0, "label": "A", "energy": "medium"}],
        moves=[
            {
                "index": 0,
                "start_s": 0.0,
                "end_s": 3.74,
                "eights": 1,
                "clip_id": "basic_step_1",
                "move_label": "basic_step",
                "name": "Basic step",
                "speed": 1.02,
                "why": "begins the song",
                "clip_start_s": 0.31,
                "clip_end_s": 4.12,
                "clip_one_s": 0.31,
                "clip_eight": 0,
                "figure": None,
                "camera": "basic_step_1",
            }
        ],
        relaxed=[],
        relaxed_because={},
        peaks=[0.1, 0.8],
        seed=1,
    )
