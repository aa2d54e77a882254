"""The stages of a job, where the world changes under them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from engine.contract import ClipGone, Plan, RenderedVideo
from jobrunner.analysis_cache import AnalysedSong
from jobrunner.pipeline import Pipeline

SONG = cast("AnalysedSong", SimpleNamespace(analysis=SimpleNamespace(tempo_bpm=125.0), track=None))


class Library:
    """Clips of which the first ``replaced`` selections are replaced before they are rendered."""

    def __init__(self, replaced: int) -> None:
        self.replaced = replaced
        self.folders: list[Path] = []

    def select(self, wishes: object, *, tempo_bpm: float, folder: Path) -> Any:
        """Offer one clip, in a folder of its own."""
        assert folder.is_dir()
        self.folders.append(folder)
        return SimpleNamespace(clips=(folder.name,), relaxed=(), reasons={})

    def provide(self, clips: object) -> None:
        """Find it, or not."""
        if len(self.folders) <= self.replaced:
            raise ClipGone("The clip was replaced.")


class Silence:
    """Progress that nobody reads."""

    def report(self, stage: str, percent: int) -> None:
        """Say nothing."""


@pytest.fixture
def _made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan and render in no time."""

    def plan(_analysis: object, clips: tuple[str, ...], *_: object, **__: object) -> Any:
        return SimpleNamespace(moves=[], clips=clips)

    monkeypatch.setattr("engine.planning.plan.plan", plan)
    monkeypatch.setattr("engine.video.rendering.render", lambda *_, **__: "video")


def dance(library: Library, folder: Path) -> tuple[Plan, RenderedVideo]:
    spec = SimpleNamespace(wishes=None, seed=1)
    given: dict[str, Any] = {"spec": spec, "songs": None, "results": None, "progress": Silence()}
    return Pipeline(**given, moves=cast("Any", library), folder=folder)._dance(SONG)


@pytest.mark.usefixtures("_made")
@pytest.mark.parametrize("replaced", [0, 1, 2])
def test_a_clip_imported_anew_under_a_running_job_is_selected_anew(
    tmp_path: Path, replaced: int
) -> None:
    library = Library(replaced)
    plan, video = dance(library, tmp_path)
    assert (len(library.folders), len(set(library.folders)), video) == (
        replaced + 1,
        replaced + 1,
        "video",
    )
    assert cast("Any", plan).clips == (library.folders[-1].name,)


@pytest.mark.usefixtures("_made")
def test_a_library_that_never_holds_still_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(ClipGone):
        dance(Library(replaced=3), tmp_path)
