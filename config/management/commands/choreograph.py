"""``manage.py choreograph FILE [--explain]``: the plan for a song, without making the video."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db.utils import ProgrammingError

from config import importing, wiring
from config.embedded_postgres import EmbeddedPostgresUnavailable
from config.plan_table import explained, summed_up
from engine.contract import CAMERAS, DIFFICULTIES, ENERGY_LEVELS
from modules.choreography.contract import DEFAULT_CAMERA, STYLES
from modules.errors import BachataError

if TYPE_CHECKING:
    from engine.contract import Plan, SongAnalysis, Wishes

MAX_SEED = 2**31 - 1


class Command(BaseCommand):
    """Plan the choreography of a song and say what is danced when, and why."""

    help = "Plans the choreography of a song and says what is danced when, and why; no video."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the wishes."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--explain", action="store_true", help="every move, and why it is it")
        parser.add_argument("--difficulty", choices=DIFFICULTIES, default="intermediate")
        parser.add_argument("--energy", choices=ENERGY_LEVELS)
        parser.add_argument("--style", choices=STYLES)
        parser.add_argument("--camera", choices=CAMERAS, default=DEFAULT_CAMERA)
        parser.add_argument("--seed", type=int, default=0, help=f"0 … {MAX_SEED}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; exit code 1 with a sentence when nothing can be planned."""
        from engine.contract import EngineError, Wishes

        if not 0 <= options["seed"] <= MAX_SEED:
            raise CommandError(f"--seed {options['seed']}: it must be within 0 … {MAX_SEED}.")
        wishes = Wishes(
            difficulty=options["difficulty"],
            energy_level=options["energy"],
            style=options["style"],
            camera=options["camera"],
        )
        try:
            analysis, plan = _planned(options["file"], wishes, seed=options["seed"])
        except ProgrammingError as error:
            raise CommandError("The database has no schema yet: run manage.py migrate.") from error
        except (BachataError, EngineError, EmbeddedPostgresUnavailable) as error:
            raise CommandError(str(error)) from error
        table = explained(plan, analysis) if options["explain"] else []
        for line in [*table, *summed_up(plan, analysis)]:
            self.stdout.write(line)


def _planned(path: Path, wishes: Wishes, *, seed: int) -> tuple[SongAnalysis, Plan]:
    """Plan as the job does, from the same library by the same rules."""
    from engine.contract import NoMatchingMoves
    from engine.planning.plan import plan

    analysis = importing.song_analyser("ours")(path)
    clips = wiring.moves().open_clips()
    selection = clips.select(wishes, tempo_bpm=analysis.tempo_bpm, folder=Path("unfetched"))
    if not selection.clips:
        raise NoMatchingMoves(
            "The move library has no clip that fits; import moves with manage.py moves import."
        )
    made = plan(analysis, selection.clips, wishes, seed=seed, relaxed=selection.relaxed)
    return analysis, made
