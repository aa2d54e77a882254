"""What the routes of moves take and give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import ConfigDict, Field

from engine import contract as engine
from engine.contract import TempoSource
from modules.moves.contract import Roles
from modules.moves.search import MoveTerms
from modules.web.field_types import QueryInt, SingleLine
from modules.web.schemas import Answer, Filters

if TYPE_CHECKING:
    from modules.media.contract import SignedLinks
    from modules.moves.contract import MoveCandidate, MoveClip

_LINK = "/api/media/moves/lady_left_turn_1/5f2b.{}?expires=1795200000&signature=2jmj7l5r"
_EXAMPLE: dict[str, Any] = {
    "clip_id": "lady_left_turn_1",
    "name": "Lady left turn",
    "move_label": "lady_left_turn",
    "difficulty": "intermediate",
    "energy_level": "medium",
    "lead_follow_roles": "both",
    "tempo_bpm": 125.3,
    "duration_s": 13.9,
    "thumbnail_url": _LINK.format("jpg"),
    "preview_url": _LINK.format("mp4"),
}
# Aliases of our own, because a schema has the name of an alias.
type Difficulty = engine.Difficulty
type Energy = engine.Energy
Title = Annotated[str, SingleLine(max_length=100)]


class MoveQuery(Filters):
    """Which moves; terms that are not given do not matter."""

    q: Annotated[str, SingleLine(max_length=200)] = Field(
        default="", description="Any words in English or Spanish; they order, they do not filter"
    )
    difficulty: Difficulty | None = None
    energy_level: Energy | None = None
    move_label: Title | None = Field(
        default=None, description="One kind of move, like `lady_left_turn`"
    )
    limit: Annotated[QueryInt, Field(ge=1, le=100)] = 20

    def to_terms(self) -> MoveTerms:
        """Return what must hold."""
        return MoveTerms(
            difficulty=self.difficulty,
            energy_level=self.energy_level,
            move_label=self.move_label,
            words=self.q,
        )


class MoveFound(Answer):
    """A move that was found, with its fit in [0, 1]."""

    clip_id: str
    name: str
    move_label: str
    difficulty: Difficulty
    energy_level: Energy
    lead_follow_roles: Roles
    tempo_bpm: float = Field(description="Beats per minute, as danced in the clip")
    duration_s: float = Field(description="Seconds")
    score: float
    thumbnail_url: str = Field(description="Signed link, good for 30 to 60 minutes")
    preview_url: str = Field(description="Signed link to an MP4, good for 30 to 60 minutes")

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE | {"score": 0.87}]})

    @classmethod
    def of(cls, candidate: MoveCandidate, links: SignedLinks) -> Self:
        """Return what a search tells of a move."""
        clip = candidate.clip
        return cls(
            clip_id=clip.clip_id,
            name=clip.name,
            move_label=clip.move_label,
            difficulty=clip.difficulty,
            energy_level=clip.energy_level,
            lead_follow_roles=clip.lead_follow_roles,
            tempo_bpm=round(clip.tempo_bpm, 2),
            duration_s=round(clip.duration_s, 3),
            score=round(candidate.score, 4),
            thumbnail_url=links.link(clip.thumbnail_key),
            preview_url=links.link(clip.mezzanine_key),
        )


class MovesFound(Answer):
    """The moves that fit, best first."""

    count: int = Field(description="How many are given here, at most `limit`")
    results: list[MoveFound]

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"count": 1, "results": [_EXAMPLE | {"score": 0.87}]}]}
    )


class MoveOut(Answer):
    """All about one move."""

    clip_id: str
    name: str
    move_label: str
    difficulty: Difficulty
    energy_level: Energy
    lead_follow_roles: Roles
    tempo_bpm: float = Field(description="Beats per minute, as danced in the clip")
    tempo_source: TempoSource = Field(description="Heard in the clip, or as annotated")
    duration_s: float = Field(description="Seconds")
    beats_count: int = Field(description="Beats that the clip can be cut on")
    notes: str
    thumbnail_url: str = Field(description="Signed link, good for 30 to 60 minutes")
    preview_url: str = Field(description="Signed link to an MP4, good for 30 to 60 minutes")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                _EXAMPLE
                | {"tempo_source": "sound", "beats_count": 29, "notes": "Three turns in a row"}
            ]
        }
    )

    @classmethod
    def of(cls, clip: MoveClip, links: SignedLinks) -> Self:
        """Return all about a move."""
        return cls(
            clip_id=clip.clip_id,
            name=clip.name,
            move_label=clip.move_label,
            difficulty=clip.difficulty,
            energy_level=clip.energy_level,
            lead_follow_roles=clip.lead_follow_roles,
            tempo_bpm=round(clip.tempo_bpm, 2),
            tempo_source=clip.tempo_source,
            duration_s=round(clip.duration_s, 3),
            beats_count=len(clip.keyframes_s),
            notes=clip.notes,
            thumbnail_url=links.link(clip.thumbnail_key),
            preview_url=links.link(clip.mezzanine_key),
        )
