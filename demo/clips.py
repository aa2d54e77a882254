"""The folder of drawn clips and its annotations: what is missing is filmed on all cores.

Annotations are written last, so their presence says that everything before them is there.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from demo.contract import DemoClip, DemoMoves, Progress
from demo.folder import drop_leftovers, held, material_version, part_of
from demo.moves import REPERTOIRE, Routine
from engine.isolation.parent_watchdog import exit_at_once, watch_parent

ANNOTATIONS = "bachata_annotations.json"
_CLIPS = "Bachata_steps"
_STAMP = ".version"


def ensure_moves(
    folder: Path,
    *,
    on_progress: Progress | None = None,
    repertoire: Sequence[Routine] = REPERTOIRE,
    workers: int | None = None,
) -> DemoMoves:
    """Film what is missing of the repertoire in ``folder`` and annotate it.

    Safe to call twice, at once, and after a killed run: only what is missing is made; clips of
    an older generator are replaced.
    """
    if not _is_complete(folder, repertoire):
        folder.mkdir(parents=True, exist_ok=True)
        with held(folder):
            _begin_version(folder, repertoire)
            _film_missing(folder, repertoire, on_progress, workers)
            _write_annotations(folder, repertoire)
    return moves_answers(folder, repertoire)


def moves_answers(folder: Path, repertoire: Sequence[Routine] = REPERTOIRE) -> DemoMoves:
    """What is true of the clips in ``folder``, from the repertoire."""
    clips = tuple(
        DemoClip(
            clip_id=routine.library_id,
            path=folder / clip_path(routine),
            move_label=routine.move_label,
            difficulty=routine.difficulty,
            energy_level=routine.energy_level,
            tempo_bpm=routine.tempo_bpm,
            beats_s=routine.beats_s,
            duration_s=routine.duration_s,
        )
        for routine in repertoire
    )
    return DemoMoves(folder=folder, annotations=folder / ANNOTATIONS, clips=clips)


def clip_path(routine: Routine) -> Path:
    """Where a routine's clip lies inside the folder."""
    return Path(_CLIPS) / routine.move_label / f"{routine.clip_id}.mp4"


def annotate(repertoire: Sequence[Routine]) -> dict[str, object]:
    """The repertoire in the old application's annotation format."""
    return {
        "instructions": "Drawn bachata clips, made by the project itself",
        "move_categories": list(dict.fromkeys(routine.move_label for routine in repertoire)),
        "clips": [
            {
                "clip_id": routine.library_id,
                "video_path": clip_path(routine).as_posix(),
                "move_label": routine.move_label,
                "energy_level": routine.energy_level,
                "estimated_tempo": round(routine.tempo_bpm),
                "difficulty": routine.difficulty,
                "lead_follow_roles": routine.roles,
                "notes": routine.notes,
                "first_one_s": routine.beats_s[0],
            }
            for routine in repertoire
        ],
    }


def _is_complete(folder: Path, repertoire: Sequence[Routine]) -> bool:
    return (
        (folder / ANNOTATIONS).exists()
        and _stamped(folder) == material_version()
        and not _missing(folder, repertoire)
    )


def _missing(folder: Path, repertoire: Sequence[Routine]) -> list[Routine]:
    return [routine for routine in repertoire if not (folder / clip_path(routine)).exists()]


def _stamped(folder: Path) -> str:
    stamp = folder / _STAMP
    return stamp.read_text() if stamp.exists() else ""


def _begin_version(folder: Path, repertoire: Sequence[Routine]) -> None:
    """Clear what another generator made; stamped only after, so that a kill starts it over."""
    drop_leftovers(folder)
    (folder / ANNOTATIONS).unlink(missing_ok=True)
    if _stamped(folder) == material_version():
        return
    for clip in (folder / _CLIPS).glob("*/*.mp4"):
        clip.unlink()
    _write_whole(folder / _STAMP, material_version())


def _film_missing(
    folder: Path,
    repertoire: Sequence[Routine],
    on_progress: Progress | None,
    workers: int | None,
) -> None:
    missing = sorted(_missing(folder, repertoire), key=lambda routine: -routine.frames)
    for routine in missing:
        (folder / clip_path(routine)).parent.mkdir(parents=True, exist_ok=True)
    done = len(repertoire) - len(missing)
    count = max(1, min(workers or os.cpu_count() or 1, len(missing)))
    spawn = multiprocessing.get_context("spawn")
    # A worker holds both ends of its queue, so without its parent it would wait for ever.
    with ProcessPoolExecutor(
        count, mp_context=spawn, initializer=watch_parent, initargs=(exit_at_once,)
    ) as pool:
        filmed = {
            pool.submit(_film, routine, folder / clip_path(routine)): routine for routine in missing
        }
        for future in as_completed(filmed):
            future.result()
            done += 1
            if on_progress is not None:
                on_progress(done, len(repertoire), filmed[future].library_id)


def _film(routine: Routine, target: Path) -> None:
    from demo.filming import film

    film(routine, target)


def _write_annotations(folder: Path, repertoire: Sequence[Routine]) -> None:
    text = json.dumps(annotate(repertoire), indent=2, ensure_ascii=False)
    _write_whole(folder / ANNOTATIONS, text + "\n")


def _write_whole(target: Path, text: str) -> None:
    part = part_of(target)
    part.write_text(text, encoding="utf-8")
    os.replace(part, target)
