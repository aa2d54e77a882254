"""YOLOv8-pose through ultralytics, with a model of its own architecture and random weights.

Such a model costs what a trained one costs and sees nobody; what tracking and vectors make of
somebody is tested in ``jobrunner/tests`` on drawn keypoints.
"""

from __future__ import annotations

import importlib.util
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from engine.audio.clip_beats import find_beats_by_sound
from engine.video.mezzanine import prepare_clip
from engine.video.tests.pictures import bar_time_s, write_clip
from modules.moves.adapters import yolo_pose
from modules.moves.adapters.exact_index import ExactMoveIndex
from modules.moves.adapters.yolo_pose import NEEDED, YoloPoseReader, open_pose_reader
from modules.moves.application import MoveLibrary
from modules.moves.clip_preparation import ClipPreparation
from modules.moves.contract import PoseModelUnusable, PoseReaderMissing
from modules.moves.queries import get_move
from modules.moves.tests.makers import MediaInMemory

REPOSITORY = Path(__file__).parents[3]
BEATS_S = tuple(0.217 + 0.4651 * beat for beat in range(9))
HAS_EXTRA = all(importlib.util.find_spec(name) for name in NEEDED)


def needs_extra[Test: Callable[..., None]](test: Test) -> Test:
    """Mark a test that runs in an environment with the extra ``pose`` only."""
    absent = pytest.mark.skipif(not HAS_EXTRA, reason="the extra pose is not installed")
    marked: Test = pytest.mark.pose(pytest.mark.xdist_group("pose")(absent(test)))
    return marked


MAKE_MODELS = """
import sys
from pathlib import Path
from modules.moves.adapters.yolo_pose import _keep_to_itself

folder = Path(sys.argv[1])
_keep_to_itself(folder)
import torch
import yaml
from ultralytics import YOLO
from ultralytics.utils import ROOT

torch.manual_seed(1)
config = yaml.safe_load((ROOT / "cfg/models/v8/yolov8-pose.yaml").read_text())
for name, shape in {"pose": [17, 3], "hand": [21, 3]}.items():
    path = folder / f"yolov8n-{name}.yaml"
    path.write_text(yaml.safe_dump(config | {"scale": "n", "kpt_shape": shape}))
    YOLO(str(path), task="pose").save(str(folder / f"{name}.pt"))
YOLO("yolov8n.yaml").save(str(folder / "boxes.pt"))
"""

# Takes the place of the network in every Python process started with it on PYTHONPATH.
NO_NETWORK = """
import os
import socket

def refuse(name):
    def refused(*args, **kwargs):
        with open(os.environ["NETWORK_LOG"], "a") as log:
            log.write(f"{name} {args}\\n")
        raise OSError("the network is not to be used")
    return refused

socket.getaddrinfo = refuse("getaddrinfo")
socket.gethostbyname = refuse("gethostbyname")
socket.socket.connect = refuse("connect")
socket.socket.connect_ex = refuse("connect_ex")
"""

READ = """
import sys
from pathlib import Path
from modules.moves.adapters.yolo_pose import open_pose_reader

if __name__ == "__main__":
    model, video, folder = map(Path, sys.argv[1:])
    reader = open_pose_reader(model, settings_directory=folder)
    print(reader(video, beats_s=(0.0, 0.5, 1.0)).frame_count)
"""


def python(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YOLO")}
    path = {"PYTHONPATH": f"{environment.pop('first', '')}:{REPOSITORY}"}
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=kept | path | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models made from ultralytics' own configurations: pose.pt, hand.pt, boxes.pt."""
    folder = tmp_path_factory.mktemp("models")
    made = python("-c", MAKE_MODELS, folder)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """The mezzanine of a drawn clip of four seconds."""
    source = write_clip(tmp_path / "drawn.mp4", times_s=[i / 30 for i in range(132)])
    prepare_clip(source, tmp_path / "m.mp4", tmp_path / "m.jpg", beats_s=BEATS_S)
    return tmp_path / "m.mp4"


class SeesTheBar:
    """A model's face: one person per picture, at the time that the drawn bar shows."""

    def __init__(self) -> None:
        self.times_s: list[float] = []

    def predict(self, pictures: list[Any], **wishes: Any) -> list[Any]:
        """Note what is shown, and see nobody."""
        frames = [av.VideoFrame.from_ndarray(picture, format="bgr24") for picture in pictures]
        self.times_s += [bar_time_s(frame) for frame in frames]
        return []


def test_pictures_are_looked_at_six_times_a_beat(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = SeesTheBar()
    monkeypatch.setattr(yolo_pose, "_loaded", lambda *arguments: model)
    reader = YoloPoseReader(model=tmp_path, settings_directory=tmp_path, version="v")
    poses = reader(clip, beats_s=BEATS_S)
    expected = BEATS_S[0] + 0.4651 / 6 * np.arange(48)
    assert np.abs(np.array(model.times_s) - expected).max() < 1.6 / 30
    assert (poses.vectors, poses.quality_score) == ({}, 0.0)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("yolov8n-pose.pt", "there is no such file"),
        ("folder.pt", "there is no such file"),
        ("empty.pt", "its size is 0 bytes"),
        ("yolov8n-pose.yaml", 'its name does not end in ".pt"'),
        ("yolov8n-pose.onnx", 'its name does not end in ".pt"'),
    ],
)
def test_what_cannot_be_a_model_is_refused_with_or_without_the_extra(
    tmp_path: Path, name: str, why: str
) -> None:
    (tmp_path / "folder.pt").mkdir()
    a_file(tmp_path / "empty.pt", b"")
    with pytest.raises(PoseModelUnusable) as refusal:
        open_pose_reader(tmp_path / name, settings_directory=tmp_path)
    assert str(refusal.value) == f"The pose model {tmp_path / name} cannot be used: {why}."


def test_without_the_extra_there_is_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pose.pt").write_bytes(b"model")
    monkeypatch.setattr(yolo_pose, "NEEDED", ("no_such_package",))
    with pytest.raises(PoseReaderMissing) as missing:
        open_pose_reader(tmp_path / "pose.pt", settings_directory=tmp_path)
    assert str(missing.value) == (
        "Poses are not read: the extra is not installed (uv sync --extra pose)."
    )


def test_the_importer_does_not_load_torch() -> None:
    script = (
        "import sys, modules.moves.adapters.yolo_pose as _\n"
        "sys.exit(bool({'torch', 'ultralytics'} & sys.modules.keys()))"
    )
    assert python("-c", script).returncode == 0


@needs_extra
def test_a_clip_is_read(models: Path, clip: Path, tmp_path: Path) -> None:
    reader = open_pose_reader(models / "pose.pt", settings_directory=tmp_path)
    assert reader.version.startswith("yolov8_pose_v1/")
    assert len(reader.version) == len("yolov8_pose_v1/") + 8
    poses = reader(clip, beats_s=BEATS_S)
    assert (poses.frame_count, poses.version) == (48, reader.version)
    assert (poses.vectors, poses.detection_rate, poses.quality_score) == ({}, 0, 0)
    assert poses.processing_time > 0


@needs_extra
def test_whatever_a_model_sees_becomes_vectors(
    models: Path, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yolo_pose, "MIN_SCORE", 0.0)
    reader = open_pose_reader(models / "pose.pt", settings_directory=tmp_path)
    poses = reader(clip, beats_s=BEATS_S)
    again = reader(clip, beats_s=BEATS_S)
    assert 0 < poses.detection_rate <= 1
    lengths = {name: len(vector) for name, vector in poses.vectors.items()}
    assert lengths == {"lead": 512, "follow": 512, "interaction": 256}
    assert all(float(np.linalg.norm(v)) == pytest.approx(1) for v in poses.vectors.values())
    assert again.vectors == poses.vectors


@needs_extra
@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda f: f / "boxes.pt", "it is a model for detect, not for poses"),
        (lambda f: f / "hand.pt", r"keypoints of shape \(21, 3\)"),
        (lambda f: a_file(f / "cut.pt", (f / "pose.pt").read_bytes()[:9000]), "no readable"),
        (lambda f: a_file(f / "text.pt", b"no model at all"), "no readable"),
    ],
)
def test_a_wrong_model_is_named_and_refused(
    models: Path, tmp_path: Path, make: Callable[[Path], Path], why: str
) -> None:
    model = make(models)
    with pytest.raises(PoseModelUnusable, match=why) as refusal:
        yolo_pose._loaded(model, tmp_path)
    assert str(model) in str(refusal.value)


@needs_extra
def test_a_wrong_model_is_refused_from_the_process_that_tries_it(
    models: Path, tmp_path: Path
) -> None:
    with pytest.raises(PoseModelUnusable, match="it is a model for detect, not for poses"):
        open_pose_reader(models / "boxes.pt", settings_directory=tmp_path)


@needs_extra
def test_a_model_with_a_program_in_it_is_refused_unrun(models: Path, tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    model = a_file(tmp_path / "evil.pt", pickle.dumps({"model": Program(str(marker))}, 2))
    with pytest.raises(PoseModelUnusable):
        open_pose_reader(model, settings_directory=tmp_path)
    assert not marker.exists()
    pickle.loads(model.read_bytes())  # noqa: S301
    assert marker.exists()


@needs_extra
def test_nothing_reaches_for_the_network(models: Path, clip: Path, tmp_path: Path) -> None:
    guard, log, script = tmp_path / "guard", tmp_path / "log", tmp_path / "read.py"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(NO_NETWORK)
    script.write_text(READ)
    watched = {"first": str(guard), "NETWORK_LOG": str(log)}
    read = python(script, models / "pose.pt", clip, tmp_path, **watched)
    assert (read.returncode, read.stdout) == (0, "12\n"), read.stderr
    assert not log.exists()
    # left to itself it does, and the guard sees it
    python("-c", "import ultralytics", YOLO_CONFIG_DIR=str(tmp_path), **watched)
    assert "getaddrinfo" in log.read_text()


@needs_extra
@pytest.mark.django_db(transaction=True)
def test_the_import_reads_the_clips_that_the_legacy_index_does_not_know(
    models: Path, shared_data: Path, tmp_path: Path
) -> None:
    real, folder = shared_data / "moves", tmp_path / "moves"
    chosen = {"cross_body_lead_3", "lady_left_turn_2"}
    rows = [
        row
        for row in json.loads((real / "bachata_annotations.json").read_text())["clips"]
        if row["clip_id"] in chosen
    ]
    for row in rows:
        target = folder / row["video_path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(real / row["video_path"], target)
    (folder / "bachata_annotations.json").write_text(json.dumps({"clips": rows}))
    old = json.loads((real / "embeddings_backup.json").read_text())
    old["embeddings"] = [r for r in old["embeddings"] if r["clip_id"] == "lady_left_turn_2"]
    (tmp_path / "old.json").write_text(json.dumps(old))
    preparation = ClipPreparation(prepare=prepare_clip, find_beats=find_beats_by_sound)
    library = MoveLibrary(
        index=ExactMoveIndex(), storage=MediaInMemory(), clip_preparation=preparation
    )
    reader = open_pose_reader(models / "pose.pt", settings_directory=tmp_path)
    report = library.import_folder(folder, embeddings=tmp_path / "old.json", poses=reader)
    assert set(report.imported) == chosen
    read, reused = (ExactMoveIndex().find(name) for name in sorted(chosen))
    assert read is not None
    assert reused is not None
    assert (read.version, reused.version) == (reader.version, "mmpose_v1")
    assert read.frame_count == 6 * (len(get_move(read.clip_id).keyframes_s) - 1)
    assert reused.vectors["lead"] == tuple(old["embeddings"][0]["lead_embedding"])


class Program:
    """Unpickled, it makes a folder."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.path,)


def a_file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
