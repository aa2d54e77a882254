"""Check generation parameters; what cannot be met is refused by name."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from engine.contract import CAMERAS, DIFFICULTIES, ENERGY_LEVELS
from modules.choreography.contract import (
    STYLES,
    GenerationParameters,
    UnknownCamera,
    UnknownDifficulty,
    UnknownEnergyLevel,
    UnknownStyle,
    UnusableAudioInput,
    UnusableSeed,
)

MAX_SEED = 2**31 - 1
MAX_ADDRESS = 500
"""Characters of an address."""

_YOUTUBE_HOSTS = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com"})
_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{6,20}")
# Source: cloud.google.com/storage/docs/buckets#naming
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")


def checked_parameters(asked: GenerationParameters) -> GenerationParameters:
    """Return the parameters as the request's event states them.

    Raises
    ------
    UnknownDifficulty, UnknownEnergyLevel, UnknownStyle, UnknownCamera, UnusableSeed, \
    UnusableAudioInput
        Naming what was given and what is possible.
    """
    if asked.difficulty not in DIFFICULTIES:
        raise UnknownDifficulty(_none_of("difficulty", asked.difficulty, DIFFICULTIES))
    if asked.energy_level is not None and asked.energy_level not in ENERGY_LEVELS:
        raise UnknownEnergyLevel(_none_of("energy level", asked.energy_level, ENERGY_LEVELS))
    if asked.style is not None and asked.style not in STYLES:
        raise UnknownStyle(_none_of("style", asked.style, STYLES))
    if asked.camera not in CAMERAS:
        raise UnknownCamera(_none_of("camera", asked.camera, CAMERAS))
    _must_be_seed(asked.seed)
    return replace(asked, audio_input=checked_audio_input(asked.audio_input))


def checked_audio_input(audio_input: str) -> str:
    """Return a song's address in its one accepted form, or raise ``UnusableAudioInput``.

    Nothing is fetched. ``song:<uuid>``, an ``https`` YouTube address of one video, or
    ``gs://bucket/object``; whether the bucket is ours is for the settings to say.
    """
    address = audio_input.strip() if isinstance(audio_input, str) else ""
    if not address or len(address) > MAX_ADDRESS or not address.isprintable():
        raise _unusable_audio()
    if address.startswith("song:"):
        return _song(address.removeprefix("song:"))
    if address.startswith("gs://"):
        return _bucket_object(address)
    return _youtube(address)


def check_source(address: str, *, bucket: str, takes_youtube: bool) -> None:
    """Refuse an address that no job could fetch here; it is in its accepted form already.

    Raises
    ------
    UnusableAudioInput
        For a ``gs://`` address outside our own bucket, all of them where ``bucket`` is empty, and
        for a YouTube address where those are not taken.
    """
    if address.startswith("https://") and not takes_youtube:
        raise UnusableAudioInput(
            "YouTube addresses are not taken here: choose a song of the library, or upload one."
        )
    if address.startswith("gs://") and address.removeprefix("gs://").split("/")[0] != bucket:
        raise _unusable_audio()


def _song(song_id: str) -> str:
    try:
        return f"song:{UUID(song_id)}"
    except ValueError:
        raise _unusable_audio() from None


def _bucket_object(address: str) -> str:
    bucket, _, name = address.removeprefix("gs://").partition("/")
    steps = name.split("/")
    if not _BUCKET.fullmatch(bucket) or not name or not {"", ".", ".."}.isdisjoint(steps):
        raise _unusable_audio()
    return address


def _youtube(address: str) -> str:
    try:
        parts = urlsplit(address)
        plain = parts.scheme == "https" and parts.netloc == parts.hostname
    except ValueError:
        raise _unusable_audio() from None
    if not plain or not _VIDEO_ID.fullmatch(_video_id(parts.netloc, parts.path, parts.query)):
        raise _unusable_audio()
    return address


def _video_id(host: str, path: str, query: str) -> str:
    if host == "youtu.be":
        return path.strip("/")
    if host not in _YOUTUBE_HOSTS:
        return ""
    if path in ("/watch", "/watch/"):
        return parse_qs(query).get("v", [""])[0]
    kind, _, video_id = path.strip("/").partition("/")
    return video_id if kind in ("shorts", "embed", "live") else ""


def _must_be_seed(seed: int | None) -> None:
    if seed is None:
        return
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise UnusableSeed(f"The seed must be a whole number from 0 to {MAX_SEED}.")


def _none_of(thing: str, given: object, possible: tuple[str, ...]) -> str:
    return f"There is no {thing} {str(given)[:40]!r}; it can be {', '.join(possible)}."


def _unusable_audio() -> UnusableAudioInput:
    return UnusableAudioInput(
        "The song must be one of the library, a YouTube address, or an object of our storage."
    )
