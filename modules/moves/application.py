"""The commands of the move library: importing recorded moves."""

from __future__ import annotations

import errno
import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from modules.moves.annotations import Annotation, read_annotations
from modules.moves.clip_count import figure_of, one_at
from modules.moves.clip_preparation import (
    ClipPreparation,
    PoseJob,
    PreparationJob,
    PreparationResult,
)
from modules.moves.contract import (
    POSE_VECTORS,
    ClipOutcome,
    ClipPoses,
    ClipRefused,
    ImportProgress,
    ImportReport,
    MoveClip,
    MoveDocument,
    MoveNotFound,
    NoRoomForClips,
    RefusedClip,
    Vector,
)
from modules.moves.descriptions import described_in_words
from modules.moves.legacy_index import NO_LEGACY_INDEX, LegacyIndex, read_legacy_index
from modules.moves.models import MoveClipRow
from modules.moves.ports import MoveIndex, PoseReader, TextEmbedder
from modules.moves.pose_vectors import with_poses, without_stale_poses
from modules.moves.rooms import group_into_rooms
from modules.moves.rows import as_clip, corrected_like, described, prepared, values_of

if TYPE_CHECKING:
    from modules.media.contract import MediaStorage

PREPARATION_VERSION = 3
"""Raised when mezzanines are made otherwise than before: every clip is then prepared anew."""

type OnProgress = Callable[[ImportProgress], None]


@dataclass
class _Import:
    """One import under way."""

    annotations: Sequence[Annotation]
    on_progress: OnProgress
    outcomes: dict[str, ClipOutcome] = field(default_factory=dict)
    refused: list[RefusedClip] = field(default_factory=list)
    posed: list[str] = field(default_factory=list)
    worded: list[str] = field(default_factory=list)
    redescribed: set[str] = field(default_factory=set)
    prepared_s: float = 0.0

    def note(self, clip_id: str, outcome: ClipOutcome) -> None:
        self.outcomes[clip_id] = outcome
        done, total = len(self.outcomes), len(self.annotations)
        self.on_progress(ImportProgress(done=done, total=total, clip_id=clip_id, outcome=outcome))

    def refuse(self, clip_id: str, refusal: ClipRefused) -> None:
        self.refused.append(
            RefusedClip(clip_id=clip_id, code=refusal.code, message=refusal.message)
        )
        self.note(clip_id, "refused")

    def named(self, outcome: ClipOutcome) -> tuple[str, ...]:
        return tuple(a.clip_id for a in self.annotations if self.outcomes[a.clip_id] == outcome)

    def accepted(self) -> list[str]:
        """Return the clips that were not refused."""
        return [a.clip_id for a in self.annotations if self.outcomes[a.clip_id] != "refused"]

    def report(self) -> ImportReport:
        return ImportReport(
            imported=self.named("imported"),
            updated=self.named("updated"),
            unchanged=self.named("unchanged"),
            refused=tuple(self.refused),
            posed=tuple(self.posed),
            worded=tuple(self.worded),
            prepared_s=self.prepared_s,
        )


class MoveLibrary:
    """The clips that can be danced, as importers fill it; ``MoveCatalogue`` reads it."""

    def __init__(
        self,
        *,
        index: MoveIndex,
        storage: MediaStorage,
        clip_preparation: ClipPreparation,
        text_embedder: TextEmbedder | None = None,
    ) -> None:
        self._text_embedder = text_embedder
        self._index = index
        self._storage = storage
        self._clip_preparation = clip_preparation

    def import_folder(
        self,
        folder: Path,
        *,
        embeddings: Path | None = None,
        only: bool = False,
        poses: PoseReader | None = None,
        on_progress: OnProgress = lambda progress: None,
    ) -> ImportReport:
        """Bring the folder's clips into the library; only what is missing or changed is done.

        Each clip is stored in a transaction of its own, after its files: killed at any point,
        the library holds whole clips only, and the next import goes on from there. A clip
        that is refused leaves an earlier import of it as it is.

        With ``poses``, clips whose documents lack the vectors of lead, follow and interaction
        get them from their mezzanines; those that have them, from wherever, keep them. Where
        there is a text embedder, clips without a text vector, and those that are described
        otherwise than before, get it.

        With ``only``, the folder's clips become the whole choice: every other clip of the
        library is kept, but inactive: no choreography uses it until its own folder is imported
        again.

        Raises
        ------
        MovesFolderUnusable, EmbeddingsUnusable
            If there is nothing to import, or the legacy index is unreadable; nothing was done.
        NoRoomForClips, StorageUnavailable, PoseModelUnusable, TextModelUnusable
            If the disk is full, or the storage or a model fails; the clips stored so far
            remain.
        """
        started_s = time.perf_counter()
        read = read_annotations(folder)
        legacy = read_legacy_index(embeddings) if embeddings else NO_LEGACY_INDEX
        self._take_over(legacy.documents)
        annotations = _styled(read.clips, legacy)
        work = _Import(annotations, on_progress, refused=read.refused)
        with _full_disk_named(), tempfile.TemporaryDirectory(prefix="bachata-moves-") as directory:
            self._prepare(work, self._jobs(work, Path(directory)))
            self._write_texts(work)
            if poses is not None:
                self._pose(work, poses, Path(directory))
        # A refused clip may have a namesake from elsewhere, which this folder does not mean.
        refused_ids = {clip.clip_id for clip in work.refused}
        own = [a.clip_id for a in annotations if a.clip_id not in refused_ids]
        self._activate(own, only=only)
        group_into_rooms()
        return replace(
            work.report(),
            documents=len(legacy.documents),
            left_out=legacy.left_out,
            unknown=(*read.unknown, *legacy.unknown),
            without_poses=self._without_poses(work),
            without_texts=self._without_texts(work),
            took_s=time.perf_counter() - started_s,
        )

    def correct_one(self, clip_id: str, *, one_s: float) -> MoveClip:
        """Say where a clip's one is; importing it again keeps that.

        Raises
        ------
        MoveNotFound
            If there is no such clip.
        ClipRefused
            If the second does not lie within the clip.
        """
        row = MoveClipRow.objects.filter(clip_id=clip_id).first()
        if row is None:
            raise MoveNotFound(f"There is no move {clip_id}.")
        clip = as_clip(row)
        clip = replace(clip, **one_at(clip.keyframes_s, one_s, source="corrected"))
        clip = replace(clip, figure=figure_of(clip))
        MoveClipRow.objects.filter(clip_id=clip_id).update(**values_of(clip))
        return clip

    @transaction.atomic
    def _activate(self, clip_ids: Sequence[str], *, only: bool) -> None:
        if only:
            MoveClipRow.objects.exclude(clip_id__in=clip_ids).update(is_active=False)
        MoveClipRow.objects.filter(clip_id__in=clip_ids).update(is_active=True)

    @transaction.atomic
    def _take_over(self, documents: Sequence[MoveDocument]) -> None:
        """Put the legacy index's documents, all or none."""
        for document in documents:
            self._index.put(document)

    def _jobs(self, work: _Import, directory: Path) -> list[tuple[Annotation, str, PreparationJob]]:
        """Settle the clips that need no preparing; give jobs for the others, the largest first."""
        known = {row.clip_id: as_clip(row) for row in self._prepared_rows(work)}
        jobs = []
        for number, annotation in enumerate(work.annotations):
            try:
                content_hash = _content_hash(annotation)
            except ClipRefused as refusal:
                work.refuse(annotation.clip_id, refusal)
                continue
            clip = known.get(annotation.clip_id)
            if clip is not None and self._is_prepared(clip, annotation, content_hash):
                self._describe(work, clip, annotation)
                continue
            job = PreparationJob(
                clip_id=annotation.clip_id,
                source=annotation.source,
                annotated_tempo_bpm=annotation.tempo_bpm,
                directory=directory / str(number),
            )
            jobs.append((annotation, content_hash, job))
        return sorted(jobs, key=lambda job: -job[2].source.stat().st_size)

    def _prepared_rows(self, work: _Import) -> list[MoveClipRow]:
        names = [annotation.clip_id for annotation in work.annotations]
        return list(MoveClipRow.objects.filter(clip_id__in=names, preparation=PREPARATION_VERSION))

    def _is_prepared(self, clip: MoveClip, annotation: Annotation, content_hash: str) -> bool:
        """Whether mezzanine and beats still are what preparing the clip again would give."""
        same_tempo = clip.tempo_source == "sound" or (
            clip.annotated_tempo_bpm == annotation.tempo_bpm
        )
        return (
            clip.content_hash == content_hash
            and same_tempo
            and self._storage.exists(clip.mezzanine_key)
            and self._storage.exists(clip.thumbnail_key)
            and self._index.find(clip.clip_id) is not None
        )

    def _describe(self, work: _Import, clip: MoveClip, annotation: Annotation) -> None:
        """Take over a changed annotation of a clip that needs no preparing."""
        try:
            changed = described(clip, annotation)
        except ClipRefused as refusal:
            work.refuse(clip.clip_id, refusal)
            return
        if changed != clip:
            self._store(changed, annotation)
        if described_in_words(changed) != described_in_words(clip):
            work.redescribed.add(clip.clip_id)
        work.note(clip.clip_id, "unchanged" if changed == clip else "updated")

    def _prepare(
        self, work: _Import, jobs: Sequence[tuple[Annotation, str, PreparationJob]]
    ) -> None:
        """Prepare the clips of the jobs, and store each clip as it is done."""
        if not jobs:
            return
        by_name = {job.clip_id: (annotation, key) for annotation, key, job in jobs}
        for job, result in self._clip_preparation.prepare_all([job for _, _, job in jobs]):
            if isinstance(result, ClipRefused):
                work.refuse(job.clip_id, result)
                continue
            annotation, content_hash = by_name[job.clip_id]
            try:
                self._keep(annotation, content_hash, result)
            except ClipRefused as refusal:
                work.refuse(job.clip_id, refusal)
                continue
            work.prepared_s += result.duration_s
            work.note(job.clip_id, "imported")

    def _write_texts(self, work: _Import) -> None:
        """Give a text vector to the clips that lack it, or are described otherwise now."""
        if self._text_embedder is None:
            return
        wanted = {*self._without_texts(work), *work.redescribed}
        for row in MoveClipRow.objects.filter(clip_id__in=wanted).order_by("clip_id"):
            vector = self._text_embedder.embed(described_in_words(as_clip(row)))
            if self._add_text(row.clip_id, vector):
                work.worded.append(row.clip_id)

    @transaction.atomic
    def _add_text(self, clip_id: str, vector: Vector) -> bool:
        document = self._index.find(clip_id)
        if document is None:
            return False
        self._index.put(replace(document, vectors={**document.vectors, "text": vector}))
        return True

    def _without_texts(self, work: _Import) -> tuple[str, ...]:
        """Return the imported clips that lack a text vector."""
        documents = self._index.list_documents(frozenset(work.accepted()))
        return tuple(d.clip_id for d in documents if "text" not in d.vectors)

    def _pose(self, work: _Import, reader: PoseReader, directory: Path) -> None:
        """Read the poses of the clips that lack vectors, and store each as it is done."""
        lacking = set(self._without_poses(work, unless=reader.version))
        if not lacking:
            return
        rows = MoveClipRow.objects.filter(clip_id__in=lacking).order_by("clip_id")
        jobs = [
            self._pose_job(as_clip(row), directory / f"poses-{number}")
            for number, row in enumerate(rows)
        ]
        for job, poses in self._clip_preparation.read_poses(reader, jobs):
            if poses is not None and self._add_poses(job.clip_id, poses):
                work.posed.append(job.clip_id)

    def _without_poses(self, work: _Import, *, unless: str | None = None) -> tuple[str, ...]:
        """Return the imported clips that lack pose vectors, and were not read as ``unless``."""
        return tuple(
            document.clip_id
            for document in self._index.list_documents(frozenset(work.accepted()))
            if not set(POSE_VECTORS) <= document.vectors.keys()
            if unless is None or document.version != unless
        )

    def _pose_job(self, clip: MoveClip, directory: Path) -> PoseJob:
        video = self._storage.local_path(clip.mezzanine_key)
        if video is None:
            video = directory.with_suffix(".mp4")
            self._storage.fetch(clip.mezzanine_key, video)
        return PoseJob(
            clip_id=clip.clip_id,
            video=video,
            beats_s=clip.keyframes_s,
            directory=directory,
        )

    @transaction.atomic
    def _add_poses(self, clip_id: str, poses: ClipPoses) -> bool:
        """Complete a clip's document; whether there were vectors to add."""
        document = self._index.find(clip_id)
        if document is None:
            return False
        self._index.put(with_poses(document, poses))
        return bool(poses.vectors)

    def _keep(self, annotation: Annotation, content_hash: str, made: PreparationResult) -> None:
        """Store the files, then the row and its document, then drop the files they replace.

        Files are named by their content, so a row always means the very file it was written
        for, wherever this is interrupted.
        """
        clip_id = annotation.clip_id
        earlier = MoveClipRow.objects.filter(clip_id=clip_id).first()
        clip = prepared(annotation, content_hash, made)
        is_other = earlier is not None and earlier.content_hash != content_hash
        if earlier is not None and not is_other:
            clip = corrected_like(clip, as_clip(earlier))
        self._storage.put(clip.mezzanine_key, made.mezzanine)
        self._storage.put(clip.thumbnail_key, made.thumbnail)
        self._store(clip, annotation, is_other=is_other)
        if earlier is not None and earlier.mezzanine_key != clip.mezzanine_key:
            self._storage.delete(earlier.mezzanine_key)
            self._storage.delete(earlier.thumbnail_key)

    @transaction.atomic
    def _store(self, clip: MoveClip, annotation: Annotation, *, is_other: bool = False) -> None:
        """Write a clip's row and its index document, which keeps the vectors it has.

        Only those that were read here from another video of this clip are dropped.
        """
        MoveClipRow.objects.update_or_create(
            clip_id=clip.clip_id, defaults=values_of(clip) | {"preparation": PREPARATION_VERSION}
        )
        terms = MoveDocument(
            clip_id=clip.clip_id,
            move_label=clip.move_label,
            difficulty=clip.difficulty,
            energy_level=clip.energy_level,
            lead_follow_roles=clip.lead_follow_roles,
            estimated_tempo=annotation.tempo_bpm,
            video_path=annotation.video_path,
        )
        known = self._index.find(clip.clip_id)
        if known is not None and is_other:
            known = without_stale_poses(known)
        self._index.put(terms if known is None else _renamed(known, terms))


def _styled(annotations: Sequence[Annotation], legacy: LegacyIndex) -> list[Annotation]:
    """Return the annotations, with the legacy index's style where they name none."""
    return [
        replace(each, style=each.style or legacy.styles.get(each.clip_id, ""))
        for each in annotations
    ]


@contextmanager
def _full_disk_named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoRoomForClips("The disk is full; free some room and import again.") from error
        raise


def _renamed(document: MoveDocument, terms: MoveDocument) -> MoveDocument:
    return replace(
        document,
        move_label=terms.move_label,
        difficulty=terms.difficulty,
        energy_level=terms.energy_level,
        lead_follow_roles=terms.lead_follow_roles,
        estimated_tempo=terms.estimated_tempo,
        video_path=terms.video_path,
    )


def _content_hash(annotation: Annotation) -> str:
    """Return the SHA-256 of the clip's file.

    Raises
    ------
    ClipRefused
        If it is not there, or is no file.
    """
    try:
        if not annotation.source.is_file():
            raise ClipRefused("clip_missing", f"The video {annotation.video_path} is not there.")
        with annotation.source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ClipRefused(
            "clip_missing", f"The video {annotation.video_path} is unreadable: {error.strerror}."
        ) from error
