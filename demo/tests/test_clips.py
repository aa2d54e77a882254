"""The folder of clips: sound, picture, annotations, and what happens when a run is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from hashlib import sha256
from itertools import islice, product
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from demo.clicks import play_clicks
from demo.clips import annotate, clip_path, ensure_moves
from demo.contract import DemoMoves
from demo.couple import draw_couple
from demo.figures import pose_couple
from demo.filming import SOUND_HZ, pictures
from demo.instruments import SAMPLE_RATE_HZ
from demo.moves import REPERTOIRE, Routine
from demo.stage import HEIGHT_PX, MOODS, WIDTH_PX, Camera

REPOSITORY = Path(__file__).parents[2]
FEW = tuple(replace(routine, phrases=routine.phrases[:1]) for routine in REPERTOIRE[:3])
by_id = pytest.mark.parametrize("routine", REPERTOIRE, ids=lambda routine: routine.clip_id)


@pytest.fixture(scope="module")
def moves(tmp_path_factory: pytest.TempPathFactory) -> DemoMoves:
    """Three clips, filmed once."""
    return ensure_moves(tmp_path_factory.mktemp("moves"), repertoire=FEW)


def onsets_s(sound: NDArray[np.float32], *, share: float) -> NDArray[np.float64]:
    """Times at which the drums' loudness jumps by a share of its largest jump.

    Drums: between the güira's hiss (averaged away) and the deep stroke's hum (differentiated away).
    """
    drums = np.diff(np.convolve(sound, np.ones(9) / 9, "same"), append=0.0)
    hop = SAMPLE_RATE_HZ // 400
    blocks = drums[: len(drums) // hop * hop].reshape(-1, hop)
    jumps = np.diff(np.sqrt(np.mean(blocks**2, axis=1)), prepend=0.0)
    found = np.flatnonzero(jumps > share * jumps.max()) * hop / SAMPLE_RATE_HZ
    return np.asarray(found[np.diff(found, prepend=-1.0) > 0.06])


def test_the_repertoire_is_wide() -> None:
    assert len(REPERTOIRE) >= 24
    assert len({routine.clip_id for routine in REPERTOIRE}) == len(REPERTOIRE)
    levels = {(routine.difficulty, routine.energy_level) for routine in REPERTOIRE}
    wanted = product(("beginner", "intermediate", "advanced"), ("low", "medium", "high"))
    assert levels == set(wanted)
    assert all(100 <= routine.tempo_bpm <= 140 for routine in REPERTOIRE)
    assert len({routine.move_label for routine in REPERTOIRE}) >= 12
    assert len({routine.tempo_bpm for routine in REPERTOIRE}) >= 20


@by_id
def test_the_strokes_sound_where_the_beats_are_stated(routine: Routine) -> None:
    sound = play_clicks(routine.beats_s, routine.duration_s)
    found = onsets_s(sound, share=0.25)
    assert len(found) == len(routine.beats_s)
    assert np.max(np.abs(found - routine.beats_s)) <= 0.005
    assert 0.5 < np.max(np.abs(sound)) <= 0.9


def test_the_one_is_the_loudest_of_the_eight() -> None:
    routine = REPERTOIRE[0]
    sound = play_clicks(routine.beats_s, routine.duration_s)
    energy = [
        float(np.sum(sound[round(b * SAMPLE_RATE_HZ) :][: SAMPLE_RATE_HZ // 10] ** 2))
        for b in routine.beats_s
    ]
    assert [int(np.argmax(energy[first : first + 8])) for first in (0, 8)] == [0, 0]


@pytest.mark.parametrize("routine", FEW, ids=lambda routine: routine.clip_id)
def test_a_clip_decodes_and_has_the_stated_length(moves: DemoMoves, routine: Routine) -> None:
    clip = next(clip for clip in moves.clips if clip.clip_id == routine.library_id)
    with av.open(str(clip.path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height, video.average_rate) == (1280, 720, 30)
        assert video.codec_context.pix_fmt == "yuv420p"
        times_s = [frame.time for frame in container.decode(video)]
    with av.open(str(clip.path)) as container:
        sound = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])
    assert times_s == pytest.approx(np.arange(routine.frames) / 30, abs=1e-3)
    assert len(sound) / SOUND_HZ == pytest.approx(clip.duration_s, abs=0.06)


@pytest.mark.parametrize("routine", FEW, ids=lambda routine: routine.clip_id)
def test_the_decoded_sound_keeps_the_beats(moves: DemoMoves, routine: Routine) -> None:
    with av.open(str(moves.folder / clip_path(routine))) as container:
        frames = list(container.decode(audio=0))
    sound = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    assert frames[0].time == 0.0
    found = onsets_s(np.repeat(sound, SAMPLE_RATE_HZ // SOUND_HZ), share=0.25)
    nearest = [float(np.min(np.abs(found - beat_s))) for beat_s in routine.beats_s]
    assert max(nearest) <= 0.008


@by_id
def test_nobody_leaves_the_picture(routine: Routine) -> None:
    beats = np.arange(-1, 8 * len(routine.phrases), 0.2)
    camera = Camera(zoom=routine.zoom)
    canvas = draw_couple(camera, MOODS[routine.energy_level], pose_couple(routine.dance, beats))
    left, top, right, bottom = canvas.bounds().T
    assert min(left.min(), top.min()) >= 0
    assert right.max() <= WIDTH_PX
    assert bottom.max() <= HEIGHT_PX


def test_pictures_change_and_stay_inside_the_announced_area() -> None:
    before: NDArray[np.uint8] | None = None
    for picture, (left, top, right, bottom) in islice(pictures(REPERTOIRE[9]), 40):
        if before is not None:
            changed = np.any(picture != before, axis=2)
            assert changed[top:bottom, left:right].any()
            changed[top:bottom, left:right] = False
            assert not changed.any()
        before = picture.copy()


def test_a_clip_is_the_same_every_time() -> None:
    def digest() -> str:
        frames = islice(pictures(FEW[0]), 0, 60, 6)
        return sha256(b"".join(picture.tobytes() for picture, _ in frames)).hexdigest()

    assert digest() == digest()


def test_annotations_have_the_old_format_and_say_the_one(moves: DemoMoves) -> None:
    written = json.loads(moves.annotations.read_text(encoding="utf-8"))
    assert written == annotate(FEW)
    assert list(written) == ["instructions", "move_categories", "clips"]
    for clip in written["clips"]:
        assert list(clip) == [
            "clip_id", "video_path", "move_label", "energy_level", "estimated_tempo",
            "difficulty", "lead_follow_roles", "notes", "first_one_s",
        ]  # fmt: skip
        assert clip["move_label"] in written["move_categories"]
        assert clip["lead_follow_roles"] in ("both", "lead_focus", "follow_focus")
        assert isinstance(clip["estimated_tempo"], int)
        assert (moves.folder / clip["video_path"]).is_file()


def test_annotations_agree_with_the_real_ones_in_form(shared_data: Path) -> None:
    real = json.loads((shared_data / "moves" / "bachata_annotations.json").read_text())
    drawn = annotate(REPERTOIRE)
    assert list(drawn) == list(real)
    clips = drawn["clips"]
    assert isinstance(clips, list)
    fields = {tuple(name for name in clip if name != "first_one_s") for clip in clips}
    assert fields == {tuple(clip) for clip in real["clips"]}


def test_a_second_run_makes_nothing(moves: DemoMoves) -> None:
    before = {clip.path: clip.path.stat().st_mtime_ns for clip in moves.clips}
    told: list[int] = []
    again = ensure_moves(
        moves.folder, repertoire=FEW, on_progress=lambda done, _all, _id: told.append(done)
    )
    assert again == moves
    assert told == []
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_only_a_missing_clip_is_made_again(moves: DemoMoves) -> None:
    kept, lost = moves.clips[0].path, moves.clips[1].path
    stamp = kept.stat().st_mtime_ns
    lost.unlink()
    made: list[str] = []
    ensure_moves(moves.folder, repertoire=FEW, on_progress=lambda _d, _n, clip: made.append(clip))
    assert made == [moves.clips[1].clip_id]
    assert lost.is_file()
    assert kept.stat().st_mtime_ns == stamp


def test_clips_of_another_generator_are_replaced(tmp_path: Path) -> None:
    one = FEW[:1]
    old = tmp_path / clip_path(one[0])
    old.parent.mkdir(parents=True)
    old.write_bytes(b"drawn by someone else")
    (tmp_path / ".version").write_text("000000000000")
    ensure_moves(tmp_path, repertoire=one)
    assert old.stat().st_size > 10_000


def test_a_killed_run_leaves_nothing_half_written_and_the_next_one_finishes(
    tmp_path: Path,
) -> None:
    script = (
        "from pathlib import Path\n"
        "from demo.clips import ensure_moves\n"
        "from demo.tests.test_clips import FEW\n"
        "if __name__ == '__main__':\n"
        f"    ensure_moves(Path({str(tmp_path)!r}), repertoire=FEW, workers=1)\n"
    )
    program = tmp_path / "make.py"
    program.write_text(script)
    maker = subprocess.Popen(
        [sys.executable, str(program)], env=os.environ | {"PYTHONPATH": str(REPOSITORY)}
    )
    try:
        wait_for(lambda: any(tmp_path.rglob("*.mp4")))
    finally:
        maker.send_signal(signal.SIGKILL)
        maker.wait()
    assert not (tmp_path / "bachata_annotations.json").exists()
    finished = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.mp4")}
    made = ensure_moves(tmp_path, repertoire=FEW)
    assert all(clip.path.is_file() for clip in made.clips)
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in finished.items())
    assert not list(tmp_path.rglob("*.part"))


def wait_for(condition: object, *, within_s: float = 60.0) -> None:
    """Poll until a condition holds; fails when it does not in time."""
    assert callable(condition)
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
