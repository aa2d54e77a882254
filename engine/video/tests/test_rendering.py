"""Rendering by copying packets."""

from __future__ import annotations

import pickle
import resource
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.audio.encoding import encode_aac
from engine.audio.tests.sounds import click_onsets_s, clicks, even_beats, write_wav
from engine.contract import Clip, Ending, Plan, PlannedMove, UnusableAudio, UnusableClip
from engine.video import mezzanine
from engine.video.rendering import render
from engine.video.tests.pictures import FULL_BAR_S, bar_time_s, write_clip

SONG_S = 16.87
RASTER_S = 1 / 200
BEATS_S = even_beats(118, start_s=0.311, end_s=SONG_S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("render")


@pytest.fixture(scope="module")
def clips(folder: Path) -> list[Clip]:
    """Two prepared clips of 125 and 110 beats a minute."""
    from engine.video.mezzanine import prepare_clip

    made = []
    for name, tempo_bpm, rate in (("turn", 125, Fraction(30)), ("basic", 110, Fraction(24))):
        source = write_clip(
            folder / f"{name}.src.mp4",
            times_s=[float(index / rate) for index in range(int(5.5 * rate))],
            rate=rate,
        )
        prepared = prepare_clip(
            source,
            folder / f"{name}.mp4",
            folder / f"{name}.jpg",
            beats_s=even_beats(tempo_bpm, start_s=0.113, end_s=5.5),
        )
        made.append(
            Clip(
                clip_id=name,
                move_label=name,
                name=name.title(),
                difficulty="beginner",
                energy_level="medium",
                tempo_bpm=tempo_bpm,
                keyframes_s=prepared.keyframes_s,
                duration_s=prepared.duration_s,
                mezzanine=folder / f"{name}.mp4",
            )
        )
    return made


@pytest.fixture(scope="module")
def audio(folder: Path) -> Path:
    signal = clicks(BEATS_S, length_s=SONG_S, rate_hz=48_000) * np.float32(0.8)
    encode_aac(write_wav(folder / "song.wav", signal, rate_hz=48_000), folder / "song.m4a")
    return folder / "song.m4a"


def a_plan(clips: list[Clip]) -> Plan:
    """Eights in turn; the first also covers the lead-in, the last the tail."""
    moves = []
    firsts = range(0, len(BEATS_S) - 8, 8)
    for index, first in enumerate(firsts):
        clip = clips[index % len(clips)]
        clip_times, song_times = list(clip.keyframes_s[:9]), list(BEATS_S[first : first + 9])
        if index == 0:
            song_times[0] = 0.0
        if index == len(firsts) - 1:
            song_times[-1] = SONG_S
        moves.append(
            PlannedMove(
                index=index,
                clip=clip,
                first_beat=first,
                n_beats=8,
                eights=1,
                clip_times_s=tuple(clip_times),
                song_times_s=tuple(map(float, song_times)),
                speed=(clip_times[-1] - clip_times[0]) / float(song_times[-1] - song_times[0]),
                why="test",
            )
        )
    return Plan(moves=tuple(moves))


@pytest.fixture(scope="module")
def video(clips: list[Clip], audio: Path, folder: Path) -> Path:
    render(a_plan(clips), audio=audio, target=folder / "out.mp4", poster=folder / "out.jpg")
    return folder / "out.mp4"


def test_every_cut_and_every_step_is_on_its_beat(video: Path, clips: list[Clip]) -> None:
    plan = a_plan(clips)
    with av.open(str(video)) as container:
        told = [(frame.time, bar_time_s(frame)) for frame in container.decode(video=0)]
    times_s, told_s = np.array(told).T
    for move in plan.moves:
        for beat_s, clip_s in zip(move.song_times_s[:-1], move.clip_times_s[:-1], strict=True):
            nearest = int(np.abs(times_s - beat_s).argmin())
            assert times_s[nearest] == pytest.approx(beat_s, abs=RASTER_S / 2 + 1e-5)
            # half a frame of a 24 fps source, and a pixel of the bar
            assert told_s[nearest] == pytest.approx(clip_s, abs=0.021 + FULL_BAR_S / 320)
    cuts = np.flatnonzero(np.abs(np.diff(told_s)) > 1) + 1
    planned_s = [move.start_s for move in plan.moves[1:]]
    assert times_s[cuts] == pytest.approx(planned_s, abs=RASTER_S / 2 + 1e-5)


def test_sound_and_pictures_keep_together_to_the_end(video: Path) -> None:
    with av.open(str(video)) as container:
        pictures, sound = container.streams.video[0], container.streams.audio[0]
        assert pictures.start_time == sound.start_time == 0
        lengths = [float(stream.duration * stream.time_base) for stream in (pictures, sound)]
        resampler = av.AudioResampler(format="flt", layout="mono", rate=48_000)
        signal = np.concatenate(
            [
                part.to_ndarray()[0]
                for frame in container.decode(audio=0)
                for part in resampler.resample(frame)
            ]
        )
    assert lengths == pytest.approx([SONG_S, SONG_S], abs=0.03)
    assert click_onsets_s(signal, rate_hz=48_000) == pytest.approx(BEATS_S, abs=0.003)


def test_the_video_decodes_without_a_word_and_has_no_frozen_picture(video: Path) -> None:
    level = av.logging.get_level()
    av.logging.set_level(av.logging.VERBOSE)
    try:
        with av.logging.Capture(local=False) as said, av.open(str(video)) as container:
            container.streams.video[0].codec_context.options = {"err_detect": "explode"}
            times_s = [frame.time for frame in container.decode(video=0)]
            container.seek(0)
            list(container.decode(audio=0))
    finally:
        av.logging.set_level(level)
    assert [line for line in said if line[0] <= av.logging.WARNING] == []
    assert max(np.diff([*times_s, SONG_S])) < 0.1
    assert min(np.diff(times_s)) > 0.01


def test_the_video_may_be_played_while_it_loads(video: Path) -> None:
    head = video.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_the_video_can_be_entered_at_every_beat(video: Path, clips: list[Clip]) -> None:
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        for move in a_plan(clips).moves:
            for beat_s in move.song_times_s[:-1]:
                container.seek(round((beat_s + RASTER_S) / stream.time_base), stream=stream)
                frame = next(container.decode(stream))
                assert frame.key_frame
                assert frame.time == pytest.approx(beat_s, abs=RASTER_S / 2 + 1e-5)


def test_frames_stand_on_a_raster_that_a_constant_rate_holds(video: Path) -> None:
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        assert stream.guessed_rate == 200
        ticks = [packet.pts for packet in container.demux(stream) if packet.pts is not None]
    assert {tick % 450 for tick in ticks} == {0}
    assert np.diff(ticks).min() > 450


def test_nothing_is_encoded_anew(video: Path, clips: list[Clip], audio: Path) -> None:
    def packets(path: Path, kind: str) -> list[bytes]:
        with av.open(str(path)) as container:
            stream = getattr(container.streams, kind)[0]
            return [bytes(packet) for packet in container.demux(stream) if packet.size]

    sources = {packet for clip in clips for packet in packets(clip.mezzanine, "video")}
    assert set(packets(video, "video")) <= sources
    assert packets(video, "audio") == packets(audio, "audio")


def pictures_of(plan: Plan, audio: Path, folder: Path) -> list[av.VideoFrame]:
    rendered = render(plan, audio=audio, target=folder / "v.mp4", poster=folder / "v.jpg")
    assert rendered.video_s == pytest.approx(SONG_S, abs=0.01)
    with av.open(str(folder / "v.mp4")) as container:
        return list(container.decode(video=0))


def test_a_pose_is_held_from_the_last_hit_on(
    clips: list[Clip], audio: Path, tmp_path: Path
) -> None:
    plan = a_plan(clips)
    hit_s = plan.moves[-1].song_times_s[-4]
    pictures = pictures_of(
        replace(plan, ending=Ending(kind="pose", start_s=hit_s)), audio, tmp_path
    )
    told = [(picture.time or 0.0, bar_time_s(picture)) for picture in pictures]
    held = [bar_s for time_s, bar_s in told if time_s >= hit_s - 0.003]
    assert len(held) > 5
    assert max(held) - min(held) < 0.1
    assert held[0] == pytest.approx(plan.moves[-1].clip_times_s[-4], abs=0.1)
    times_s = [time_s for time_s, _ in told] + [SONG_S]
    assert np.diff([time_s for time_s in times_s if time_s >= hit_s - 0.003]).max() < 0.21


def test_a_fade_ends_in_black(clips: list[Clip], audio: Path, tmp_path: Path) -> None:
    plan = replace(a_plan(clips), ending=Ending(kind="fade", start_s=SONG_S - 2))
    pictures = pictures_of(plan, audio, tmp_path)
    light = [
        (picture.time or 0.0, picture.to_ndarray(format="gray").mean()) for picture in pictures
    ]
    fading = [mean for time_s, mean in light if time_s > SONG_S - 2]
    assert np.diff(fading).max() < 3
    assert fading[-1] < 20 < fading[0]


def test_a_pose_of_clips_of_another_encoder_is_one_long_picture(
    clips: list[Clip], audio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(mezzanine.ENCODER_OPTIONS, "x264-params", "bframes=0:level=4.0")
    plan = a_plan(clips)
    hit_s = plan.moves[-1].song_times_s[-4]
    pictures = pictures_of(
        replace(plan, ending=Ending(kind="pose", start_s=hit_s)), audio, tmp_path
    )
    assert (pictures[-1].time or 0.0) <= hit_s


def test_what_was_made_is_reported(clips: list[Clip], audio: Path, tmp_path: Path) -> None:
    target, poster = tmp_path / "v.mp4", tmp_path / "p.jpg"
    target.write_bytes(b"an older one")
    made = render(a_plan(clips), audio=audio, target=target, poster=poster)
    assert (made.video, made.poster, made.size_bytes) == (target, poster, target.stat().st_size)
    assert made.video_s == pytest.approx(SONG_S, abs=1e-4)
    assert made.audio_s == pytest.approx(SONG_S, abs=0.03)
    assert made.duration_s == max(made.video_s, made.audio_s)
    with av.open(str(poster)) as container:
        picture = next(container.decode(video=0))
    assert (picture.width, picture.height) == (1280, 720)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.jpg", "v.mp4"]


def refusal(plan: Plan, audio: Path, tmp_path: Path) -> UnusableClip:
    with pytest.raises(UnusableClip) as caught:
        render(plan, audio=audio, target=tmp_path / "v.mp4", poster=tmp_path / "p.jpg")
    assert "turn" in caught.value.message
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".bad"]
    return caught.value


def with_turn(clips: list[Clip], **changes: object) -> Plan:
    return a_plan([clips[1], replace(clips[0], **changes)])


def test_a_missing_clip_is_named(clips: list[Clip], audio: Path, tmp_path: Path) -> None:
    plan = with_turn(clips, mezzanine=tmp_path / "gone.mp4")
    assert "no video file" in refusal(plan, audio, tmp_path).message


def test_a_broken_clip_is_named(clips: list[Clip], audio: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.bad"
    broken.write_bytes(clips[0].mezzanine.read_bytes()[:2000])
    refusal(with_turn(clips, mezzanine=broken), audio, tmp_path)


def test_a_cut_off_clip_is_named(clips: list[Clip], audio: Path, tmp_path: Path) -> None:
    front, cut = tmp_path / "front.bad", tmp_path / "cut.bad"
    with (
        av.open(str(clips[0].mezzanine)) as container,
        av.open(str(front), "w", format="mp4", options={"movflags": "+faststart"}) as output,
    ):
        track = output.add_stream_from_template(container.streams.video[0])
        for packet in container.demux(video=0):
            if packet.pts is not None:
                packet.stream = track
                output.mux(packet)
    cut.write_bytes(front.read_bytes()[: front.stat().st_size // 2])
    refusal(with_turn(clips, mezzanine=cut), audio, tmp_path)


def test_a_clip_of_another_encoder_profile_is_named(
    clips: list[Clip], audio: Path, tmp_path: Path
) -> None:
    other = write_clip(tmp_path / "other.bad", times_s=[index / 30 for index in range(150)])
    plan = with_turn(clips, mezzanine=other)
    assert "unlike the others" in refusal(plan, audio, tmp_path).message


def test_a_clip_entered_off_its_keyframes_is_named(
    clips: list[Clip], audio: Path, tmp_path: Path
) -> None:
    shifted = tuple(at + 0.1 for at in clips[0].keyframes_s)
    refusal(with_turn(clips, keyframes_s=shifted), audio, tmp_path)


def test_a_plan_beyond_the_clips_end_is_refused(
    clips: list[Clip], audio: Path, tmp_path: Path
) -> None:
    plan = a_plan([clips[0]])
    first = plan.moves[0]
    longer = replace(first, clip_times_s=(*first.clip_times_s[:-1], 9.0))
    refusal(replace(plan, moves=(longer, *plan.moves[1:])), audio, tmp_path)


def test_a_song_without_aac_is_refused(clips: list[Clip], folder: Path, tmp_path: Path) -> None:
    for audio in (tmp_path / "gone.m4a", folder / "song.wav", clips[0].mezzanine):
        with pytest.raises(UnusableAudio):
            render(a_plan(clips), audio=audio, target=tmp_path / "v.mp4", poster=tmp_path / "p.jpg")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("room_bytes", [1_000, 100_000])
def test_a_full_disk_leaves_nothing_behind(
    clips: list[Clip], audio: Path, tmp_path: Path, room_bytes: int
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room_bytes, before[1]))
    try:
        with pytest.raises(OSError, match=r"large"):
            render(a_plan(clips), audio=audio, target=tmp_path / "v.mp4", poster=tmp_path / "p.jpg")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_song(clips: list[Clip], tmp_path: Path) -> None:
    program = (
        "import pickle, re, sys; from pathlib import Path\n"
        "from engine.video.rendering import render\n"
        "job = pickle.loads(Path(sys.argv[1]).read_bytes())\n"
        "for name in ('short', 'long'):\n"
        "    render(job[name], audio=job['audio'], target=job['out'], poster=job['poster'])\n"
        # not getrusage: it counts the parent's memory before exec
        "    status = Path('/proc/self/status').read_text()\n"
        "    print(int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) // 1024)\n"
    )
    long_s = 120.0
    silence = np.full(int(long_s * 8_000), 0.1, np.float32)
    encode_aac(write_wav(tmp_path / "long.wav", silence, rate_hz=8_000), tmp_path / "long.m4a")
    job = {
        "short": _repeated(clips[0], times=5),
        "long": _repeated(clips[0], times=int(long_s // 4)),
        "audio": tmp_path / "long.m4a",
        "out": tmp_path / "v.mp4",
        "poster": tmp_path / "p.jpg",
    }
    (tmp_path / "job").write_bytes(pickle.dumps(job))
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "job")],
        capture_output=True,
        text=True,
        timeout=120,
    )
    short_mb, long_mb = (int(line) for line in done.stdout.split())
    assert long_mb - short_mb < 40
    assert long_mb < 300


def _repeated(clip: Clip, *, times: int) -> Plan:
    """One clip's first eight over and over, four seconds each."""
    moves = tuple(
        PlannedMove(
            index=index,
            clip=clip,
            first_beat=8 * index,
            n_beats=8,
            eights=1,
            clip_times_s=clip.keyframes_s[:9],
            song_times_s=tuple(4.0 * index + 0.5 * beat for beat in range(9)),
            speed=1.0,
            why="test",
        )
        for index in range(times)
    )
    return Plan(moves=moves)
