"""A song's analysis as JSON and back, exactly: what a second job reads instead of analysing.

Written by hand: pydantic's JSON writes some floats otherwise, and stored analyses stay as they are.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from engine.contract import ANALYSIS_VERSION, Section, SongAnalysis

"""Of the stored form; another is refused, and the song analysed again."""


def analysis_to_json(analysis: SongAnalysis) -> str:
    """Return an analysis as JSON without white space.

    Floats keep every bit, since Python's JSON writes the shortest exact decimal.
    """
    return json.dumps(
        {
            "version": ANALYSIS_VERSION,
            "duration_s": analysis.duration_s,
            "tempo_bpm": analysis.tempo_bpm,
            "beats_s": analysis.beats_s.tolist(),
            "first_one": analysis.first_one,
            "sections": [asdict(section) for section in analysis.sections],
            "peaks": analysis.peaks.tolist(),
        },
        separators=(",", ":"),
    )


def analysis_from_json(text: str) -> SongAnalysis:
    """Return the analysis that ``analysis_to_json`` wrote.

    Parameters
    ----------
    text : str
        The JSON.

    Returns
    -------
    SongAnalysis
        ``beats_s`` as float64, ``peaks`` as float32.

    Raises
    ------
    ValueError
        If the text is no such JSON, or of another version.
    """
    try:
        data: dict[str, Any] = json.loads(text)
        if data["version"] != ANALYSIS_VERSION:
            raise ValueError(f"the analysis has version {data['version']}, not {ANALYSIS_VERSION}")
        return SongAnalysis(
            duration_s=float(data["duration_s"]),
            tempo_bpm=float(data["tempo_bpm"]),
            beats_s=np.array(data["beats_s"], dtype=np.float64),
            first_one=int(data["first_one"]),
            sections=tuple(Section(**section) for section in data["sections"]),
            peaks=np.array(data["peaks"], dtype=np.float32),
        )
    except (KeyError, TypeError, AttributeError) as exc:
        raise ValueError("the text is no analysis of a song") from exc
