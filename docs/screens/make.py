"""Take a picture of every page of a running site: ``SITE=http://… uv run docs/screens/make.py``.

Needs Node and Chromium; the site should be the demo's, so that the pictures show its couple.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

HERE = Path(__file__).resolve().parent
FRONTEND = HERE.parents[1] / "frontend"
SECONDS_A_PICTURE = 0.12
WIDTH_PX = 640
LIGHT_TOO = ("landing-desktop", "generate-desktop", "collection-phone", "saved-phone")


def main() -> None:
    """Replace the pictures beside this file."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["node", "e2e/pictures.js", name], cwd=FRONTEND, check=True)
        for old in HERE.glob("*.jpg"):
            old.unlink()
        for picture in sorted(folder.glob("*.jpg")):
            stem, _, theme = picture.stem.rpartition("-")
            if theme == "dark" or stem in LIGHT_TOO:
                shutil.copy(picture, HERE / picture.name)
        join(sorted((folder / "player").glob("*.jpg")), HERE / "player.webp")


def small(picture: Image.Image) -> Image.Image:
    """Return a picture as wide as a README shows it."""
    return picture.resize((WIDTH_PX, round(picture.height * WIDTH_PX / picture.width)))


def join(pictures: list[Path], target: Path) -> None:
    """Write a moving picture, in the tempo of the song."""
    first, *others = [small(Image.open(picture)) for picture in pictures]
    first.save(
        target,
        save_all=True,
        append_images=others,
        duration=round(1000 * SECONDS_A_PICTURE),
        loop=0,
        quality=60,
    )


if __name__ == "__main__":
    main()
