"""Which parameters are taken, and which are refused by name."""

from typing import Any

import pytest

from modules.choreography.contract import (
    GenerationParameters,
    UnknownCamera,
    UnknownDifficulty,
    UnknownEnergyLevel,
    UnknownStyle,
    UnusableAudioInput,
    UnusableSeed,
)
from modules.choreography.parameters import checked_audio_input, checked_parameters
from modules.errors import DomainError

SONG = "song:0b0e7a3e-6f0e-4a0c-9a52-1d2f5b0c7c11"


def checked(**more: Any) -> GenerationParameters:
    """Check a beginner's parameters, changed."""
    chosen: dict[str, Any] = {"audio_input": SONG, "difficulty": "beginner"}
    return checked_parameters(GenerationParameters(**(chosen | more)))


@pytest.mark.parametrize(
    "address",
    [
        SONG,
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtube.com/watch?list=x&v=dQw4w9WgXcQ",
        "https://m.youtube.com/shorts/dQw4w9WgXcQ",
        "https://music.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcQ?t=3",
        "gs://our-bucket/songs/obsesión.mp3",
    ],
)
def test_songs_of_the_library_youtube_and_our_storage_are_taken(address: str) -> None:
    assert checked_audio_input(f" {address} ") == address


def test_a_song_has_one_accepted_form() -> None:
    assert checked_audio_input(SONG.upper().replace("SONG", "song")) == SONG


@pytest.mark.parametrize(
    "address",
    [
        "",
        " ",
        None,
        7,
        "song:",
        "song:1; DROP TABLE songs",
        "song:../../etc/passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "data/songs/obsesion.mp3",
        "http://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com/",
        "https://www.youtube.com/watch?v=",
        "https://www.youtube.com/playlist?list=PL1",
        "https://www.youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://evil.example/www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtube.com@evil.example/watch?v=dQw4w9WgXcQ",
        "https://user:secret@www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com:8443/watch?v=dQw4w9WgXcQ",
        "https://169.254.169.254/watch?v=dQw4w9WgXcQ",
        "https://[::1/watch?v=dQw4w9WgXcQ",
        "https://youtu.be/a/../../b",
        "gs://",
        "gs://bucket",
        "gs://bucket/",
        "gs://Bucket/x",
        "gs://our-bucket/../other/x",
        "gs://our-bucket//x",
        "https://youtu.be/dQw4w9WgXcQ\x00",
        "https://youtu.be/dQw4w9Wg\nXcQ",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&" + "x" * 500,
    ],
)
def test_anything_else_is_no_song(address: Any) -> None:
    with pytest.raises(UnusableAudioInput):
        checked_audio_input(address)


@pytest.mark.parametrize(
    ("asked", "error", "code"),
    [
        ({"difficulty": "wild"}, UnknownDifficulty, "unknown_difficulty"),
        ({"difficulty": None}, UnknownDifficulty, "unknown_difficulty"),
        ({"difficulty": ["beginner"]}, UnknownDifficulty, "unknown_difficulty"),
        ({"energy_level": ""}, UnknownEnergyLevel, "unknown_energy_level"),
        ({"style": "Romantic"}, UnknownStyle, "unknown_style"),
        ({"camera": "wobble"}, UnknownCamera, "unknown_camera"),
        ({"seed": -1}, UnusableSeed, "unusable_seed"),
        ({"seed": 2**31}, UnusableSeed, "unusable_seed"),
        ({"seed": True}, UnusableSeed, "unusable_seed"),
        ({"seed": "7"}, UnusableSeed, "unusable_seed"),
        ({"audio_input": "x"}, UnusableAudioInput, "unusable_audio_input"),
    ],
)
def test_a_refusal_has_its_code(asked: dict[str, Any], error: type[DomainError], code: str) -> None:
    with pytest.raises(error) as refusal:
        checked(**asked)
    assert refusal.value.code == code


def test_a_refusal_names_what_was_given_and_what_is_possible() -> None:
    with pytest.raises(UnknownDifficulty, match=r"'wild'.*beginner, intermediate, advanced"):
        checked(difficulty="wild")


def test_possible_parameters_are_taken_as_they_are() -> None:
    chosen = {"energy_level": "high", "style": "playful", "camera": "change", "seed": 0}
    assert checked(**chosen) == GenerationParameters(
        audio_input=SONG, difficulty="beginner", **chosen
    )
