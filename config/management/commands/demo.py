"""``manage.py demo``: from nothing to a finished choreography video."""

from __future__ import annotations

import json
import os
import shutil
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from config import wiring
from config.demo.errors import DemoRefused
from config.demo.exclusive import only_demo
from config.demo.generate import event_names, generate, has_video
from config.demo.screen import Screen
from config.demo.serving import serve_until_stopped, site_at
from config.demo.setup import prepare
from config.embedded_postgres import EmbeddedPostgresUnavailable
from engine.contract import CAMERAS, DIFFICULTIES, ENERGY_LEVELS
from modules.choreography.contract import DEFAULT_CAMERA, STYLES, GenerationParameters
from modules.errors import BachataError

if TYPE_CHECKING:
    from config.demo.setup import Prepared
    from modules.choreography.contract import TaskView

MAX_SEED = 2**31 - 1


class Command(BaseCommand):
    """Set everything up, generate one choreography, say where it is, serve the site."""

    help = "Sets everything up, generates a choreography and serves the site until Ctrl-C."
    requires_migrations_checks = False
    requires_system_checks: list[str] = []  # noqa: RUF012  # Django's way

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the README."""
        parser.add_argument("--exit", action="store_true", help="end when the video is there")
        parser.add_argument("--json", action="store_true", help="print one JSON line at the end")
        parser.add_argument("--song", type=Path, help="a song file instead of the demo song")
        parser.add_argument("--moves", type=Path, help="a folder of annotated clips")
        parser.add_argument("--difficulty", choices=DIFFICULTIES, default="intermediate")
        parser.add_argument("--energy", choices=ENERGY_LEVELS)
        parser.add_argument("--style", choices=STYLES)
        parser.add_argument("--camera", choices=CAMERAS, default=DEFAULT_CAMERA)
        parser.add_argument("--seed", type=int, help=f"0 … {MAX_SEED}; the same gives the same")
        parser.add_argument("--out", type=Path, help="copy the finished video to this file")
        parser.add_argument("--port", type=int, default=8000, help="where the site is served")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the demo; exit code 1 with a sentence when it cannot be done."""
        from django.conf import settings

        try:
            _check_target(options["out"])
            with only_demo(settings.LOCAL_DIR), Screen() as screen:
                self._run(options, screen)
        except KeyboardInterrupt:
            raise CommandError("Interrupted.", returncode=130) from None
        except (BachataError, EmbeddedPostgresUnavailable) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename or 'The system'}: {error.strerror}") from error

    def _run(self, options: dict[str, Any], screen: Screen) -> None:
        site = None if options["exit"] else site_at(options["port"])
        start = time.perf_counter()
        prepared = prepare(song=options["song"], moves=options["moves"], tell=screen.tell)
        view = self._generate(prepared, options, screen, start)
        prepared.pages.result()
        if not has_video(view):
            raise DemoRefused(f"No video: {view.error} ({view.error_code})")
        if site is not None:
            serve_until_stopped(site, tell=screen.tell)

    def _generate(
        self, prepared: Prepared, options: dict[str, Any], screen: Screen, start: float
    ) -> TaskView:
        setup_s = time.perf_counter() - start
        view = generate(
            user_id=prepared.user_id,
            song={"title": prepared.song.title, "artist": prepared.song.artist},
            parameters=GenerationParameters(
                audio_input=prepared.song.address,
                difficulty=options["difficulty"],
                energy_level=options["energy"],
                style=options["style"],
                camera=options["camera"],
                seed=options["seed"],
            ),
            watch=screen.watch,
        )
        summary = _summary(view, setup_s=setup_s, total_s=time.perf_counter() - start)
        self._conclude(summary, options, screen)
        return view

    def _conclude(self, summary: dict[str, Any], options: dict[str, Any], screen: Screen) -> None:
        if summary["video"] and options["out"]:
            _copy(Path(summary["video"]), options["out"])
            summary["video"] = str(options["out"].resolve())
        if summary["video"]:
            screen.tell(f"The choreography is finished: {summary['video']}")
        if options["json"]:
            self.stdout.write(json.dumps(summary))
            self.stdout.flush()


def _summary(view: TaskView, *, setup_s: float, total_s: float) -> dict[str, Any]:
    """The demo's result as one JSON object."""
    result = view.result or {}
    song = result.get("song") or {}
    summary = {
        "task_id": str(view.task_id),
        "status": view.status,
        "video": _file(result.get("video_key")),
        "timeline": _file(result.get("timeline_key")),
        "poster": _file(result.get("thumbnail_key")),
        "song_s": song.get("duration_s"),
        "total_s": round(total_s, 3),
        "stages": {"setup": round(setup_s, 3), **result.get("stages_s", {})},
        "moves_count": result.get("moves_count"),
        "tempo_bpm": result.get("tempo_bpm"),
        "relaxed": result.get("relaxed", []),
        "events": event_names(view.task_id),
    }
    if view.error_code:
        summary |= {"error_code": view.error_code, "error": view.error}
    return summary


def _file(key: str | None) -> str | None:
    path = wiring.media().storage.local_path(key) if key else None
    return str(path) if path else None


def _check_target(out: Path | None) -> None:
    """Refuse an impossible ``--out`` before any work is done."""
    if out is None:
        return
    if out.is_dir():
        raise DemoRefused(f"--out {out} is a folder; name a file.")
    if not out.resolve().parent.is_dir():
        raise DemoRefused(f"--out {out}: there is no folder {out.resolve().parent}.")
    if not os.access(out.resolve().parent, os.W_OK):
        raise DemoRefused(f"--out {out}: the folder cannot be written to.")


def _copy(video: Path, out: Path) -> None:
    """Copy the video so that ``out`` is whole or not there."""
    incoming = out.with_name(f".{out.name}.{os.getpid()}.incoming")
    try:
        shutil.copyfile(video, incoming)
        incoming.replace(out)
    except OSError as error:
        raise DemoRefused(f"The video could not be copied to {out}: {error.strerror}.") from error
    finally:
        incoming.unlink(missing_ok=True)
