"""Contact sheets for a dancer's eye: what a clip or a finished video shows on every beat.

    uv run python benchmarks/contact_sheets.py clips --out DIR [--label WORD]
    uv run python benchmarks/contact_sheets.py video VIDEO TIMELINE --out DIR

``clips`` draws each clip of this installation's library (``LOCAL_DIR``): a picture on each of its
beats with the count, yellow within the figure, green along the stretch a song of its own tempo
would enter it at. ``video`` draws a finished choreography by its timeline: an eight to a row, a new
move framed in red, the figure in yellow. Pictures of people: nothing of it belongs into a commit.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from engine.contract import Clip

ROOT = Path(__file__).resolve().parent.parent
TILE_PX = (240, 135)
TEXT_PX = 14
PER_ROW = 8
RED, YELLOW, GREEN, GREY = (220, 40, 40), (230, 200, 0), (40, 170, 60), (90, 90, 90)
MAX_ROWS = 16
"""So many rows go on one sheet."""


@dataclass(frozen=True)
class Tile:
    """One picture of a sheet: when it is shown, what is written over it, and its frames."""

    at_s: float
    text: str
    frame: tuple[int, int, int] = GREY
    bar: tuple[int, int, int] | None = None


def main() -> int:
    """Draw the sheets and say where they are."""
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    sheets = clip_sheets(options) if options.command == "clips" else video_sheets(options)
    for name, sheet in sheets:
        path = options.out / f"{name}.png"
        sheet.save(path)
        print(path)
    return 0


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    clips = commands.add_parser("clips")
    clips.add_argument("--label", default="", help="only clips whose id holds this")
    video = commands.add_parser("video")
    video.add_argument("video", type=Path)
    video.add_argument("timeline", type=Path)
    for each in (clips, video):
        each.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def clip_sheets(options: argparse.Namespace) -> Iterator[tuple[str, Image.Image]]:
    """Give one sheet for each clip of the library."""
    for clip in library():
        if options.label in clip.clip_id:
            title = f"{clip.clip_id}  {clip.move_label}  {clip.difficulty}  room {clip.room}"
            yield clip.clip_id, draw(clip.mezzanine, clip_tiles(clip), title=title, first=clip.one)


def library() -> list[Clip]:
    """Return every clip of this installation, as the planner would see it."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from config import wiring
    from engine.contract import DIFFICULTIES, Wishes

    source, clips = wiring.moves().open_clips(), {}
    for difficulty in DIFFICULTIES:
        for tempo_bpm in (90, 105, 118, 135):
            found = source.select(
                Wishes(difficulty=difficulty), tempo_bpm=tempo_bpm, folder=Path("unfetched")
            )
            clips |= {clip.clip_id: clip for clip in found.clips}
    return [clips[name] for name in sorted(clips)]


def clip_tiles(clip: Clip) -> list[Tile]:
    """Return a picture on every beat of a clip."""
    danced = window(clip)
    tiles = []
    for beat, at_s in enumerate(clip.keyframes_s):
        count = (beat - clip.one) % PER_ROW + 1
        figure = clip.figure
        in_figure = figure is not None and figure.start_s - 0.01 <= at_s < figure.end_s - 0.01
        tiles.append(
            Tile(
                at_s=at_s,
                text=f"{count}  {at_s:.2f} s",
                frame=YELLOW if in_figure else GREY,
                bar=GREEN if danced[0] - 0.01 <= at_s < danced[1] - 0.01 else None,
            )
        )
    return tiles


def window(clip: Clip) -> tuple[float, float]:
    """Return from where to where a steady song of the clip's own tempo would dance it, alone."""
    import numpy as np

    from engine.contract import EngineError, Section, SongAnalysis, Wishes
    from engine.planning.plan import plan

    period_s = float(np.median(np.diff(clip.keyframes_s)))
    eights = max((len(clip.keyframes_s) + 1 - clip.one) // PER_ROW, 1)
    beats_s = period_s * np.arange(PER_ROW * (2 * eights))
    end_s = float(beats_s[-1]) + period_s
    section = Section(start_s=0.0, end_s=end_s, label="A", energy="medium")
    song = SongAnalysis(
        duration_s=end_s,
        tempo_bpm=60 / period_s,
        beats_s=beats_s,
        first_one=0,
        sections=(section,),
        peaks=np.zeros(8, np.float32),
    )
    try:
        move = plan(song, [clip], Wishes(difficulty=clip.difficulty), seed=1).moves[0]
    except EngineError:
        return (0.0, 0.0)
    return move.clip_times_s[0], move.clip_times_s[-1]


def video_sheets(options: argparse.Namespace) -> Iterator[tuple[str, Image.Image]]:
    """Give the sheets of a finished video, an eight to a row."""
    timeline = json.loads(options.timeline.read_text())
    tiles = video_tiles(timeline)
    first = timeline["ones"][0] % PER_ROW
    lead = [None] * ((PER_ROW - first) % PER_ROW) if first else []
    per_sheet = PER_ROW * MAX_ROWS
    padded: list[Tile | None] = [*lead, *tiles]
    for number, start in enumerate(range(0, len(padded), per_sheet)):
        part = padded[start : start + per_sheet]
        yield f"{options.video.stem}-{number}", draw(options.video, part, title=options.video.stem)


def video_tiles(timeline: dict[str, Any]) -> list[Tile]:
    """Return a picture on every beat of the song, and one of its very end."""
    ones, tiles, count, shown = set(timeline["ones"]), [], 0, -1
    end_s = timeline["song"]["duration_s"]
    for index, at_s in enumerate([*timeline["beats_s"], end_s - 0.05]):
        count = 1 if index in ones else count + 1
        move = next(m for m in timeline["moves"] if at_s + 0.005 < m["end_s"] + 1e-6)
        is_new, shown = move["index"] != shown, move["index"]
        text = f"{count}  {at_s:.1f} s" + (f"  {move['clip_id']}" if is_new else "")
        frame = RED if is_new else GREY
        bar = YELLOW if _in_figure(move, at_s) else None
        tiles.append(Tile(at_s=at_s + 0.005, text=text, frame=frame, bar=bar))
    return tiles


def _in_figure(move: dict[str, Any], at_s: float) -> bool:
    figure = move["figure"]
    if figure is None:
        return False
    share = (at_s - move["start_s"]) / (move["end_s"] - move["start_s"])
    clip_s = move["clip_start_s"] + share * (move["clip_end_s"] - move["clip_start_s"])
    return bool(figure["start_s"] - 0.1 <= clip_s < figure["end_s"] - 0.1)


def draw(video: Path, tiles: Sequence[Tile | None], *, title: str, first: int = 0) -> Image.Image:
    """Draw pictures of a video in rows of eight; the first row begins where its count does."""
    padded = [*([None] * ((PER_ROW - first) % PER_ROW)), *tiles]
    width, height = TILE_PX[0] + 6, TILE_PX[1] + TEXT_PX + 8
    rows = -(-len(padded) // PER_ROW)
    sheet = Image.new("RGB", (width * PER_ROW, height * rows + 20), (20, 20, 20))
    pen = ImageDraw.Draw(sheet)
    pen.text((6, 4), title, fill=(255, 255, 255))
    pictures = frames_at(video, [tile.at_s for tile in padded if tile is not None])
    for place, tile in enumerate(padded):
        if tile is None:
            continue
        left, top = width * (place % PER_ROW), 20 + height * (place // PER_ROW)
        pen.rectangle((left, top, left + width - 2, top + height - 3), outline=tile.frame, width=3)
        sheet.paste(next(pictures), (left + 3, top + TEXT_PX + 3))
        pen.text((left + 5, top + 2), tile.text, fill=(255, 255, 255))
        if tile.bar is not None:
            pen.rectangle(
                (left + 3, top + height - 8, left + width - 5, top + height - 4), tile.bar
            )
    return sheet


def frames_at(video: Path, times_s: Sequence[float]) -> Iterator[Image.Image]:
    """Yield the picture shown at each of the times, which do not fall."""
    with av.open(str(video)) as container:
        shown, waiting = None, list(times_s)
        for frame in container.decode(video=0):
            while waiting and shown is not None and (frame.time or 0) > waiting[0] + 0.002:
                yield shown.to_image(width=TILE_PX[0], height=TILE_PX[1])
                waiting.pop(0)
            shown = frame
        for _ in waiting:
            if shown is not None:
                yield shown.to_image(width=TILE_PX[0], height=TILE_PX[1])


if __name__ == "__main__":
    raise SystemExit(main())
