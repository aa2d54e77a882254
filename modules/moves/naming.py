"""Words that libraries run together, and names for people made of a clip's label or id."""

from __future__ import annotations

import re

_COMPOUND = re.compile(
    r"(?<![a-z])(lady|hip|body|head|side|double|triple|cross)(?=(turn|roll|wave|dip|spin|step)s?\b)"
)
_FIGURE = re.compile(r"(?P<figure>[^.:;]{3,60}?)\s+(throughout|from seconds?)\b")
_NUMBERED = re.compile(r"(\d+|\b\d+)$")
_TELLS_NOTHING = frozenset({"clip", "video", "movie", "move", "take", "film", "step"})
_SHORTEST_TELLING = 4


def spoken(label: str) -> str:
    """Return a label or id as words: ``spin_right_ladyturn`` becomes ``spin right lady turn``."""
    return _COMPOUND.sub(r"\1 ", re.sub(r"[\s_.-]+", " ", label.lower())).strip()


def readable_name(label: str, notes: str, clip_id: str = "") -> str:
    """Return a name for people: as the notes call it, else by its id, else by its label.

    ``"Double cross body lead throughout 8 seconds"`` is a "Double cross body lead", and without
    notes ``sensual_basic_headroll2`` is a "Sensual basic head roll". An id of one short or empty
    word, as ``clip_7``, tells less than the label.
    """
    figure = _FIGURE.match(notes)
    text = figure["figure"] if figure else (not notes and _told(clip_id)) or spoken(label)
    return text[0].upper() + text[1:]


def _told(clip_id: str) -> str:
    """Return what an id tells, without the number of the recording; empty if nothing."""
    words = [_NUMBERED.sub("", word) for word in spoken(clip_id).split()]
    kept = [word for word in words if word]
    telling = [w for w in kept if len(w) >= _SHORTEST_TELLING and w not in _TELLS_NOTHING]
    return spoken(" ".join(kept)) if telling else ""
