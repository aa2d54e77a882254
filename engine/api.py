"""The engine in four calls: analyse a song, prepare clips, plan, make the video.

For who uses the engine by itself; ``README.md`` beside this file shows it. The product calls the
parts: it analyses strangers' songs in a process of their own, and keeps what it prepared.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from engine.audio.analysis import analyse
from engine.audio.clip_beats import find_beats_by_sound
from engine.audio.decoding import ANALYSIS_RATE_HZ, decode_mono
from engine.audio.encoding import encode_aac
from engine.contract import Clip, RenderedVideo, SongAnalysis, Wishes
from engine.planning.plan import plan
from engine.planning.timeline import timeline
from engine.video.clip_count import find_one
from engine.video.figures import find_figure
from engine.video.mezzanine import prepare_clip
from engine.video.motion import body_by_beat
from engine.video.rendering import render
from engine.video.rooms import SAME_SCENE, group_rooms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.contract import Difficulty, Energy, Plan

__all__ = ["Wishes", "analyse_song", "make_video", "plan", "prepare_clips", "timeline"]


def analyse_song(song: Path) -> SongAnalysis:
    """Return a song's tempo, beats, ones, sections and loudness.

    Parameters
    ----------
    song : Path
        An audio file of 20 s to 10 min. It is decoded in this process: a stranger's belongs in
        one of its own, see ``engine.isolation.song_analysis``.

    Raises
    ------
    UnusableAudio
        If it is no audio, damaged, too short or long, silent, or without a beat.
    """
    return analyse(decode_mono(song), sample_rate_hz=ANALYSIS_RATE_HZ)


def prepare_clips(
    sources: Iterable[Path],
    folder: Path,
    *,
    difficulty: Difficulty = "beginner",
    energy_level: Energy = "medium",
) -> list[Clip]:
    """Prepare recorded moves for cutting: their beats, ones, figures, rooms and mezzanines.

    Parameters
    ----------
    sources : iterable of Path
        Videos whose sound has a beat, of at most two minutes, no two of one file name. What a
        file is called tells the move: ``lady_right_turn_2.mp4`` is a lady right turn.
    folder : Path
        Where a mezzanine and a thumbnail for each is written or replaced; made if need be.
    difficulty, energy_level
        Of all of them; prepare in several calls what differs.

    Returns
    -------
    list of Clip
        In the order of ``sources``; call ``dataclasses.replace`` to say more of one.

    Raises
    ------
    UnusableClip
        If one is missing, damaged, too short or long, or no beat is heard in it.
    OSError
        If the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prepared = [_prepare(source, folder, difficulty, energy_level) for source in sources]
    backgrounds = {clip.clip_id: background for clip, background in prepared}
    rooms, scenes = group_rooms(backgrounds), group_rooms(backgrounds, at_most=SAME_SCENE)
    return [
        replace(clip, room=rooms[clip.clip_id], scene=scenes[clip.clip_id]) for clip, _ in prepared
    ]


def make_video(choreography: Plan, song: Path, target: Path) -> RenderedVideo:
    """Write a choreography as an MP4 file, and a poster with the suffix ``.jpg`` beside it.

    Parameters
    ----------
    choreography : Plan
        Made for this very song.
    song : Path
        The audio file; its AAC is copied, anything else is encoded.
    target : Path
        Written whole or not at all; an existing file is replaced.

    Raises
    ------
    UnusableAudio, UnusableClip
        If the song or a mezzanine cannot be read.
    OSError
        If the disk refuses.
    """
    with TemporaryDirectory() as folder:
        track = Path(folder) / "track.m4a"
        encode_aac(song, track)
        return render(choreography, audio=track, target=target, poster=target.with_suffix(".jpg"))


def _prepare(
    source: Path, folder: Path, difficulty: Difficulty, energy_level: Energy
) -> tuple[Clip, bytes]:
    """Return a prepared clip, and what stands still in it."""
    label = re.sub(r"[_\W]*\d*$", "", source.stem).lower() or source.stem
    mezzanine = folder / f"{source.stem}.mp4"
    beats = find_beats_by_sound(source, annotated_tempo_bpm=None)
    made = prepare_clip(source, mezzanine, mezzanine.with_suffix(".jpg"), beats_s=beats.beats_s)
    one = find_one(replace(beats, beats_s=made.keyframes_s), made.motion).beat
    clip = Clip(
        clip_id=source.stem,
        move_label=label,
        name=label.replace("_", " ").capitalize(),
        difficulty=difficulty,
        energy_level=energy_level,
        tempo_bpm=beats.tempo_bpm,
        keyframes_s=made.keyframes_s,
        duration_s=made.duration_s,
        mezzanine=mezzanine,
        one=one,
        figure=find_figure(
            body_by_beat(made.motion, made.keyframes_s),
            made.keyframes_s,
            one=one,
            move_label=label,
            duration_s=made.duration_s,
        ),
    )
    return clip, made.background
