"""Reading poses with YOLOv8-pose through ultralytics, from the extra ``pose``.

ultralytics is loaded only when a model is opened, and told beforehand by its environment to stay
off the network, to install nothing, and to unpickle nothing but the classes of its own models.
"""

from __future__ import annotations

import hashlib
import importlib.util
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from engine.audio.containers import open_media
from engine.pose.keypoints import KEYPOINTS, SeenPersons
from engine.pose.vectors import read_poses, sample_times
from modules.moves.contract import ClipPoses, PoseModelUnusable, PoseReaderMissing
from modules.moves.pose_vectors import POSE_VERSION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Picture = NDArray[np.uint8]

NEEDED = ("ultralytics", "torch", "torchvision")
# Dancers fill the picture: at 640 a picture costs twice the time (80 ms on one core).
WIDTH_PX, HEIGHT_PX = 480, 270
MIN_SCORE, MAX_PERSONS, BATCH_FRAMES = 0.25, 6, 4
MAX_MODEL_BYTES = 1_000_000_000
CHECK_S = 120
HALF_A_FRAME_S = 1 / 60
FINGERPRINT_LENGTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class YoloPoseReader:
    """A ``PoseReader``; the model is loaded once in every process that reads.

    Parameters
    ----------
    model : Path
        Checkpoint of a YOLO pose model with the 17 keypoints of COCO.
    settings_directory : Path
        Where ultralytics may keep the settings it insists on writing.
    version : str
        See ``PoseReader.version``.
    """

    model: Path
    settings_directory: Path
    version: str

    def __call__(self, video: Path, *, beats_s: Sequence[float]) -> ClipPoses:
        """Read the mezzanine's pictures at the sample times of its beats."""
        started_s = time.perf_counter()
        model = _loaded(self.model, self.settings_directory)
        frames: list[SeenPersons] = []
        for pictures in batched(_pictures(video, beats_s), BATCH_FRAMES):
            frames += _seen(model, list(pictures))
        reading = read_poses(frames)
        return ClipPoses(
            vectors={
                name: tuple(reading.vectors[name].tolist())
                for name in ("lead", "follow", "interaction")
                if name in reading.vectors
            },
            quality_score=reading.quality_score,
            detection_rate=reading.detection_rate,
            frame_count=reading.n_frames,
            processing_time=time.perf_counter() - started_s,
            version=self.version,
        )


def open_pose_reader(model: Path, *, settings_directory: Path) -> YoloPoseReader:
    """Check a model, in a process of its own, and give the reader that uses it.

    Raises
    ------
    PoseReaderMissing
        If the extra ``pose`` is not installed.
    PoseModelUnusable
        If the file is missing, no checkpoint, no pose model, or kills the process that tries it.
    """
    version = f"{POSE_VERSION}/{_fingerprint(model)}"
    if not all(importlib.util.find_spec(name) for name in NEEDED):
        raise PoseReaderMissing(
            "Poses are not read: the extra is not installed (uv sync --extra pose)."
        )
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        try:
            pool.submit(_check, model, settings_directory).result()
        except BrokenProcessPool as error:
            raise _unusable(model, f"loading it fails, or takes over {CHECK_S} s") from error
    return YoloPoseReader(model=model, settings_directory=settings_directory, version=version)


def _fingerprint(model: Path) -> str:
    # ultralytics downloads what is missing, and goes by the suffix: others are run otherwise.
    if model.suffix != ".pt":
        raise _unusable(model, 'its name does not end in ".pt"')
    try:
        if not model.is_file():
            raise _unusable(model, "there is no such file")
        if not 0 < model.stat().st_size <= MAX_MODEL_BYTES:
            raise _unusable(model, f"its size is {model.stat().st_size} bytes")
        with model.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:FINGERPRINT_LENGTH]
    except OSError as error:
        raise _unusable(model, f"it cannot be read ({error.strerror})") from error


def _unusable(model: Path, why: str) -> PoseModelUnusable:
    return PoseModelUnusable(f"The pose model {model} cannot be used: {why}.")


def _check(model: Path, settings_directory: Path) -> None:
    """Load the model and let it look at a black picture; a process that hangs is ended."""
    signal.alarm(CHECK_S)
    loaded = _loaded(model, settings_directory)
    _seen(loaded, [np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)])


@cache
def _loaded(path: Path, settings_directory: Path) -> Any:
    _keep_to_itself(settings_directory)
    import torch
    from ultralytics import YOLO

    # Every worker has a core of its own.
    torch.set_num_threads(1)
    try:
        model = YOLO(str(path.absolute()))
        shape = tuple(model.model.kpt_shape) if model.task == "pose" else ()
    # What a foreign file makes ultralytics raise is anything at all, in 8.4 even AttributeError.
    except Exception as error:
        raise _unusable(path, "it is no readable YOLO checkpoint") from error
    if not shape:
        raise _unusable(path, f"it is a model for {model.task}, not for poses")
    if shape != (len(KEYPOINTS), 3):
        raise _unusable(path, f"it has keypoints of shape {shape}, not {(len(KEYPOINTS), 3)}")
    return model


def _keep_to_itself(settings_directory: Path) -> None:
    """Tell ultralytics, which listens to the environment only, before it is imported.

    Source: ``ultralytics.utils`` 8.4; the defaults probe the network at import, report usage,
    install packages named by a checkpoint, and unpickle whatever it holds.
    """
    os.environ.update(
        YOLO_OFFLINE="true",
        YOLO_AUTOINSTALL="false",
        YOLO_VERBOSE="false",
        YOLO_CONFIG_DIR=str(settings_directory),
        ULTRALYTICS_SAFE_LOAD="true",
    )


def _seen(model: Any, pictures: list[Picture]) -> list[SeenPersons]:
    """Let the model look at pictures of one size."""
    try:
        results = model.predict(
            pictures,
            imgsz=WIDTH_PX,
            conf=MIN_SCORE,
            max_det=MAX_PERSONS,
            device="cpu",
            verbose=False,
            save=False,
        )
    except (RuntimeError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise PoseModelUnusable(f"The pose model failed: {error}.") from error
    return [_persons(result) for result in results]


def _persons(result: Any) -> SeenPersons:
    boxes = np.asarray(result.boxes.data.cpu().numpy(), dtype=np.float64)
    keypoints = np.asarray(result.keypoints.data.cpu().numpy(), dtype=np.float64)
    return SeenPersons(
        keypoints=keypoints.reshape(-1, len(KEYPOINTS), 3)[: len(boxes)],
        boxes=boxes[:, :4],
        scores=boxes[:, 4],
    )


def _pictures(video: Path, beats_s: Sequence[float]) -> Iterator[Picture]:
    """Pictures nearest to the sample times, as BGR; the last stands for those after the end."""
    times = iter(sample_times(beats_s).tolist())
    due_s = next(times, None)
    picture: Picture | None = None
    with open_media(video) as container:
        for frame in container.decode(container.streams.video[0]):
            if due_s is None:
                return
            if frame.time is None or frame.time < due_s - HALF_A_FRAME_S:
                continue
            picture = _small(frame)
            while due_s is not None and frame.time >= due_s - HALF_A_FRAME_S:
                yield picture
                due_s = next(times, None)


def _small(frame: av.VideoFrame) -> Picture:
    scaled = frame.reformat(width=WIDTH_PX, height=HEIGHT_PX, format="bgr24")
    return scaled.to_ndarray().astype(np.uint8, copy=False)
