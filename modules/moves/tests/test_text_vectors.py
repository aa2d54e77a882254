"""Texts become the vectors that the old index holds, and words are searched with them."""

from __future__ import annotations

import importlib.util
import json
import math
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.test import override_settings

from modules.moves.adapters import minilm
from modules.moves.adapters.exact_index import ExactMoveIndex
from modules.moves.adapters.memory_index import MemoryMoveIndex
from modules.moves.adapters.minilm import FILES, NEEDED, PACKAGE, open_text_embedder
from modules.moves.annotations import ANNOTATIONS
from modules.moves.application import MoveLibrary
from modules.moves.clip_preparation import ClipPreparation
from modules.moves.contract import MoveClip, TextEmbedderMissing, TextModelUnusable, Vector
from modules.moves.descriptions import described_in_words
from modules.moves.queries import MoveCatalogue
from modules.moves.search import MoveTerms
from modules.moves.tests.makers import (
    MediaInMemory,
    a_backup,
    a_backup_row,
    a_document,
    a_vector,
    an_annotation,
    annotate,
    count_beats,
    prepare_nothing,
)

REPOSITORY = Path(__file__).parents[3]
HAS_EXTRA = all(importlib.util.find_spec(name) for name in (*NEEDED, PACKAGE))


def needs_extra[Test: Callable[..., None]](test: Test) -> Test:
    """Mark a test that runs in an environment with the extra ``text`` only."""
    absent = pytest.mark.skipif(not HAS_EXTRA, reason="the extra text is not installed")
    marked: Test = pytest.mark.text(absent(test))
    return marked


def a_clip(**values: object) -> MoveClip:
    clip = MoveClip(
        clip_id="lady_right_turn_1",
        content_hash="",
        move_label="lady_right_turn",
        name="Lady right turn",
        difficulty="intermediate",
        energy_level="medium",
        lead_follow_roles="follow_focus",
        notes="Lady right turn throughout 6 seconds",
        annotated_tempo_bpm=125.0,
        tempo_bpm=119.0,
        tempo_source="sound",
        beats_s=(0.1, 0.6),
        keyframes_s=(0.1, 0.6),
        duration_s=6.0,
        mezzanine_key="",
        thumbnail_key="",
    )
    return replace(clip, **values)  # type: ignore[arg-type]


def test_a_clip_is_described_in_the_old_applications_words() -> None:
    assert described_in_words(a_clip()) == (
        "Dance move: lady right turn. Difficulty: intermediate. Energy: medium. "
        "Role focus: follow focus. Tempo: 125 BPM. Description: "
        "Lady right turn throughout 6 seconds"
    )


def test_without_notes_and_tempo_the_name_describes_a_clip() -> None:
    bare = a_clip(notes="", annotated_tempo_bpm=None, name="Slow spin", move_label="spin")
    assert described_in_words(bare).endswith("Role focus: follow focus. Description: Slow spin")
    assert described_in_words(a_clip(notes="")).endswith("Tempo: 125 BPM")


@needs_extra
def test_the_old_indexs_text_vectors_come_out_again(shared_data: Path) -> None:
    folder = shared_data / "moves"
    rows = json.loads((folder / ANNOTATIONS).read_text())["clips"]
    backup = json.loads((folder / "embeddings_backup.json").read_text())["embeddings"]
    old = {row["clip_id"]: np.array(row["text_embedding"]) for row in backup}
    embedder = open_text_embedder()
    cosines = []
    for row in rows:
        clip = a_clip(
            move_label=row["move_label"],
            difficulty=row["difficulty"],
            energy_level=row["energy_level"],
            lead_follow_roles=row["lead_follow_roles"],
            notes=row["notes"],
            annotated_tempo_bpm=row["estimated_tempo"],
        )
        ours = np.array(embedder.embed(described_in_words(clip)))
        theirs = old[row["clip_id"]]
        cosines.append(ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs))
    assert len(cosines) == 38
    assert min(cosines) >= 0.9999


@needs_extra
@pytest.mark.parametrize("text", ["", "a", "Ñandú 💃 \0", "turn " * 2000, "<s>[MASK]</s>"])
def test_any_text_has_a_vector_of_length_one(text: str) -> None:
    vector = open_text_embedder().embed(text)
    assert len(vector) == 384
    assert math.hypot(*vector) == pytest.approx(1, abs=1e-5)


@needs_extra
def test_what_comes_after_the_most_tokens_is_left_out() -> None:
    embedder = open_text_embedder()
    assert embedder.embed("turn " * 300) == embedder.embed("turn " * 300 + "dip")
    assert embedder.embed("turn") != embedder.embed("turn dip")


@needs_extra
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_model_is_named(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(open_text_embedder().folder, folder)
    (folder / name).write_bytes(b"{}")
    embedder = open_text_embedder(folder)
    with pytest.raises(TextModelUnusable, match=str(folder)):
        embedder.embed("turn")
    (folder / name).unlink()
    with pytest.raises(TextModelUnusable, match=f"has no {name}"):
        open_text_embedder(folder)


@needs_extra
def test_a_model_of_another_size_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(open_text_embedder().folder, folder)
    config = json.loads((folder / "config.json").read_text()) | {"hidden_size": 768}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(TextModelUnusable, match="not one of all-MiniLM's kind"):
        open_text_embedder(folder).embed("turn")


@needs_extra
def test_a_process_that_serves_loads_no_model_before_it_is_asked() -> None:
    code = (
        "import django, sys; django.setup(); from config.wiring import moves;"
        "assert moves().catalogue._text_embedder is not None;"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert set(done.stdout.split()).isdisjoint({"tokenizers", "safetensors", "numpy", "torch"})


def test_without_the_extra_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(TextEmbedderMissing, match="extra `text`"):
        open_text_embedder()


def test_the_activation_is_the_normal_distributions() -> None:
    values = np.linspace(-6, 6, 2001, dtype=np.float32)
    exact = [x * 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in values.tolist()]
    assert np.abs(minilm._gelu(values) - np.array(exact)).max() < 1e-6


class WordEmbedder:
    """Turns every text into one direction, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, text: str) -> Vector:
        """Remember the text."""
        self.asked.append(text)
        return a_vector("text", angle=0.5)


def a_library(embedder: WordEmbedder | None, media: MediaInMemory | None = None) -> MoveLibrary:
    return MoveLibrary(
        index=ExactMoveIndex(),
        storage=media or MediaInMemory(),
        clip_preparation=ClipPreparation(
            prepare=prepare_nothing, find_beats=count_beats, workers=0
        ),
        text_embedder=embedder,
    )


def a_library_without_embedder() -> MoveLibrary:
    return a_library(None)


def text_of(clip_id: str) -> Vector | None:
    document = ExactMoveIndex().find(clip_id)
    assert document is not None
    return document.vectors.get("text")


@pytest.mark.django_db
def test_new_clips_get_text_vectors_and_old_ones_keep_theirs(tmp_path: Path) -> None:
    folder = annotate(tmp_path / "moves", [an_annotation("new"), an_annotation("known")])
    backup = a_backup(tmp_path / "b.json", [a_backup_row("known")])
    embedder = WordEmbedder()
    report = a_library(embedder).import_folder(folder, embeddings=backup)
    assert (report.worded, report.without_texts) == (("new",), ())
    assert text_of("new") == a_vector("text", angle=0.5)
    assert text_of("known") == a_vector("text")
    assert len(embedder.asked) == 1


@pytest.mark.django_db
def test_a_clip_described_otherwise_gets_another_vector(tmp_path: Path) -> None:
    embedder, media = WordEmbedder(), MediaInMemory()
    library = a_library(embedder, media)
    folder = annotate(tmp_path / "moves", [an_annotation("one")])
    library.import_folder(folder)
    assert library.import_folder(folder).worded == ()
    annotate(folder, [an_annotation("one", energy_level="high")])
    assert library.import_folder(folder).worded == ("one",)
    assert ["Energy: high" in text for text in embedder.asked] == [False, True]


@pytest.mark.django_db
def test_without_a_model_the_clips_without_vectors_are_named(tmp_path: Path) -> None:
    folder = annotate(tmp_path / "moves", [an_annotation("one")])
    said = StringIO()
    factory = f"{__name__}.a_library_without_embedder"
    with override_settings(MOVE_LIBRARY_FACTORY=factory):
        call_command("moves", "import", folder, stdout=said, stderr=StringIO())
    assert "1 clip has no text vector: the extra `text` makes them." in said.getvalue()


@pytest.mark.django_db
def test_a_search_goes_on_without_a_model_that_fails(tmp_path: Path) -> None:
    class Broken(WordEmbedder):
        def embed(self, text: str) -> Vector:
            super().embed(text)
            raise TextModelUnusable("The text model cannot be used.")

    a_library(None).import_folder(annotate(tmp_path / "moves", [an_annotation("one")]))
    embedder = Broken()
    catalogue = MoveCatalogue(index=ExactMoveIndex(), text_embedder=embedder)
    for _ in range(2):
        found = catalogue.search(MoveTerms(words="basic"), limit=5)
        assert [candidate.clip.clip_id for candidate in found] == ["one"]
    assert embedder.asked == ["basic"]


@pytest.mark.django_db
def test_words_that_no_table_knows_are_found_by_the_model(tmp_path: Path) -> None:
    names = ["a_far", "b_near", "c_far"]
    a_library(None).import_folder(annotate(tmp_path / "moves", [an_annotation(n) for n in names]))
    index = MemoryMoveIndex()
    for name in names:
        angle = 0.5 if name == "b_near" else 2.5
        index.put(a_document(name, vectors={"text": a_vector("text", angle=angle)}))
    catalogue = MoveCatalogue(index=index, text_embedder=WordEmbedder())
    found = catalogue.search(MoveTerms(words="xyzzy"), limit=5)
    assert found[0].clip.clip_id == "b_near"
    assert all(0 <= candidate.score <= 1 for candidate in found)
