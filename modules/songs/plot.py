"""A song's analysis as a picture: loudness, sections, energy, beats and the ones."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.contract import Energy, Section, SongAnalysis

type Colour = tuple[int, int, int]

WIDTH_PX, HEIGHT_PX, MARGIN_PX = 1760, 560, 80
HEAD_PX, NAMES_PX, WAVE_PX = 92, 40, 264
MIN_TICK_PX = 3.0
"""Beats closer together than this are not drawn, only the ones."""

NIGHT: Colour = (18, 20, 31)
PAPER: Colour = (236, 238, 245)
FAINT: Colour = (128, 134, 156)
ONE: Colour = (255, 200, 87)
LABELS: tuple[Colour, ...] = (
    (86, 156, 214),
    (226, 109, 144),
    (99, 196, 156),
    (186, 140, 232),
    (236, 154, 88),
    (92, 200, 214),
    (206, 200, 96),
)
STRENGTH: dict[Energy, float] = {"low": 0.45, "medium": 0.72, "high": 1.0}


def draw_analysis(analysis: SongAnalysis, *, title: str) -> Image.Image:
    """Draw a song's analysis.

    Sections alike share a colour, their energy is its brightness; each beat is a short tick
    under the loudness, each one a long golden one with the number of its eight.
    """
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), NIGHT)
    _Drawing(image, analysis).all(title)
    return image


def clock(time_s: float) -> str:
    """Return minutes and seconds, as ``2:03``."""
    minutes, seconds = divmod(int(time_s), 60)
    return f"{minutes}:{seconds:02d}"


class _Drawing:
    """The picture under way; one method per layer."""

    def __init__(self, image: Image.Image, analysis: SongAnalysis) -> None:
        self.draw = ImageDraw.Draw(image)
        self.analysis = analysis
        self.top, self.bottom = HEAD_PX + NAMES_PX, HEAD_PX + NAMES_PX + WAVE_PX
        colours = {section.label: None for section in analysis.sections}
        self.colour_of = {label: LABELS[i % len(LABELS)] for i, label in enumerate(colours)}

    def all(self, title: str) -> None:
        self.headline(title)
        for section in self.analysis.sections:
            self.section(section)
        self.loudness()
        self.beats()
        self.times()
        self.legend()

    def x(self, time_s: float) -> float:
        """Place of a time, in pixels."""
        share = time_s / max(self.analysis.duration_s, 1e-9)
        return MARGIN_PX + share * (WIDTH_PX - 2 * MARGIN_PX)

    def headline(self, title: str) -> None:
        analysis = self.analysis
        self._write(MARGIN_PX, 24, title[:80], PAPER, size=30)
        facts = (
            f"{analysis.tempo_bpm:.1f} BPM    {clock(analysis.duration_s)}    "
            f"{len(analysis.beats_s)} beats    "
            f"the one at {analysis.beats_s[analysis.first_one]:.2f} s"
        )
        self._write(WIDTH_PX - MARGIN_PX, 32, facts, FAINT, size=20, anchor="ra")

    def section(self, section: Section) -> None:
        """Draw a tinted ground with the label and the energy above it."""
        colour = self.colour_of[section.label]
        left, right = self.x(section.start_s), self.x(section.end_s) - 2
        self.draw.rectangle((left, self.top, right, self.bottom), fill=_mixed(colour, 0.16))
        name = _mixed(colour, STRENGTH[section.energy])
        self.draw.rounded_rectangle(
            (left, HEAD_PX, right, self.top - 6), radius=6, fill=_mixed(colour, 0.3)
        )
        bar_px = (right - left) * STRENGTH[section.energy]
        self.draw.rectangle((left, self.top - 6, left + bar_px, self.top - 3), fill=name)
        wide = right - left > 110
        text = f"{section.label}  {section.energy}" if wide else section.label
        self._write((left + right) / 2, HEAD_PX + 17, text, PAPER, size=18, anchor="mm")

    def loudness(self) -> None:
        middle, reach = (self.top + self.bottom) / 2, WAVE_PX / 2 - 10
        peaks = self.analysis.peaks
        step_s = self.analysis.duration_s / max(len(peaks), 1)
        half_px = max(0.5, (self.x(step_s) - self.x(0)) * 0.35)
        for index, peak in enumerate(peaks):
            at_s = (index + 0.5) * step_s
            height = max(1.0, float(peak) * reach)
            box = (self.x(at_s) - half_px, middle - height, self.x(at_s) + half_px, middle + height)
            self.draw.rectangle(box, fill=self._colour_at(at_s))

    def beats(self) -> None:
        analysis = self.analysis
        per_beat_px = self.x(60 / analysis.tempo_bpm) - self.x(0)
        for index, beat_s in enumerate(analysis.beats_s):
            x = self.x(float(beat_s))
            count, is_one = self._counted(index)
            if is_one:
                self.draw.line((x, self.top, x, self.bottom), fill=_mixed(ONE, 0.35), width=1)
                self.draw.line((x, self.bottom + 4, x, self.bottom + 26), fill=ONE, width=2)
                if per_beat_px >= MIN_TICK_PX or count % 4 == 1:
                    self._write(x, self.bottom + 30, str(count), ONE, size=15, anchor="ma")
            elif per_beat_px >= MIN_TICK_PX:
                self.draw.line((x, self.bottom + 4, x, self.bottom + 14), fill=FAINT, width=1)

    def times(self) -> None:
        y = self.bottom + 62
        self.draw.line((self.x(0), y, self.x(self.analysis.duration_s), y), fill=FAINT)
        for at_s in _round_times(self.analysis.duration_s):
            self.draw.line((self.x(at_s), y, self.x(at_s), y + 7), fill=FAINT)
            self._write(self.x(at_s), y + 11, clock(at_s), FAINT, size=15, anchor="ma")

    def legend(self) -> None:
        words = "gold: the ones, with the number of their eight     grey: beats     "
        words += "colour: parts that are alike     brightness: energy"
        self._write(MARGIN_PX, HEIGHT_PX - 34, words, FAINT, size=15)

    def _counted(self, beat: int) -> tuple[int, bool]:
        """Number of the eight that a beat is in, from 1, and whether it is its one."""
        ones = self.analysis.ones
        eight = bisect_right(ones, beat)
        return eight, eight > 0 and ones[eight - 1] == beat

    def _colour_at(self, time_s: float) -> Colour:
        for section in self.analysis.sections:
            if section.start_s <= time_s < section.end_s:
                return _mixed(self.colour_of[section.label], STRENGTH[section.energy])
        return FAINT

    def _write(
        self, x: float, y: float, text: str, fill: Colour, *, size: int, anchor: str = "la"
    ) -> None:
        font = ImageFont.load_default(size=size)
        self.draw.text((x, y), text, fill=fill, font=font, anchor=anchor)


def _mixed(colour: Colour, share: float) -> Colour:
    """Mix a share of the colour with the ground."""
    red, green, blue = (
        round(ground + share * (own - ground)) for own, ground in zip(colour, NIGHT, strict=True)
    )
    return red, green, blue


def _round_times(duration_s: float) -> Iterator[float]:
    """Times to be written under the picture, at most some fifteen."""
    step_s = next((step for step in (5, 10, 15, 30) if duration_s / step <= 15), 60)
    yield from (float(at_s) for at_s in range(0, int(duration_s) + 1, step_s))
