"""Building the pages with Node, where there is one; what is built already is left alone."""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from whitenoise.compress import Compressor

from modules.errors import BachataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OLDEST_NODE = (20, 19)
BUILT, STAMP = "dist", ".sources"
# What a build is made of; tests, their tools and what was built are not.
SOURCES = ("index.html", "package-lock.json", "*.config.js", "public/**/*", "scripts/*", "src/**/*")
NOT_BUILT = re.compile(r"\.test\.jsx?$")
NO_NODE = (
    f"The pages are not built: they need Node {'.'.join(map(str, OLDEST_NODE))} or newer "
    "(https://nodejs.org). The API works without them."
)


class BuildFailed(BachataError):
    """Node is there, and the pages could not be built; the text ends with what it said."""


def ensure_built(frontend: Path, *, tell: Callable[[str], None]) -> Path | None:
    """Build the pages unless the same sources were built before; return their folder.

    Safe to call twice, at once, and after a killed run: the folder is replaced whole.

    Returns
    -------
    Path or None
        ``frontend/dist``; None where there is no Node, which is told in a sentence.

    Raises
    ------
    BuildFailed
        If npm refuses.
    """
    built, version = frontend / BUILT, source_version(frontend)
    if _stamped(built) == version:
        return built
    npm = _find_npm()
    if npm is None:
        tell(NO_NODE)
        return built if built.is_dir() else None
    with _alone(frontend):
        if _stamped(built) != version:
            tell("Building the pages")
            _build(npm, frontend, version)
    return built


def source_version(frontend: Path) -> str:
    """Return a hash of everything a build is made of."""
    digest = hashlib.sha256()
    paths = {path for pattern in SOURCES for path in frontend.glob(pattern) if path.is_file()}
    for path in sorted(paths):
        name = path.relative_to(frontend).as_posix()
        if not NOT_BUILT.search(name):
            digest.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _build(npm: str, frontend: Path, version: str) -> None:
    """Build beside, compress, stamp last, then take the old one's place."""
    incoming = frontend / f".{BUILT}.incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    _install(npm, frontend, tools=False)
    _run([npm, "run", "build", "--", "--outDir", incoming.name, "--emptyOutDir"], frontend)
    compress(incoming)
    (incoming / STAMP).write_text(version)
    shutil.rmtree(frontend / BUILT, ignore_errors=True)
    incoming.rename(frontend / BUILT)


def compress(folder: Path) -> None:
    """Write a ``.br`` and a ``.gz`` beside every file that gets smaller by it."""
    compressor = Compressor(quiet=True)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and compressor.should_compress(path.name):
            list(compressor.compress(str(path)))


def ensure_tools(frontend: Path) -> bool:
    """Install what building the pages and testing them needs; return False without Node.

    Raises
    ------
    BuildFailed
        If npm refuses.
    """
    npm = _find_npm()
    if npm is not None:
        with _alone(frontend):
            _install(npm, frontend, tools=True)
    return npm is not None


def _install(npm: str, frontend: Path, *, tools: bool) -> None:
    """Install the locked packages; those that only tests and checks use with ``tools``."""
    if not _locked(frontend, tools=tools) <= _installed(frontend):
        leaving = [] if tools else ["--omit=dev"]
        _run([npm, "ci", *leaving, "--no-audit", "--no-fund"], frontend)


def _locked(frontend: Path, *, tools: bool) -> set[tuple[str, str]]:
    """Return place and version of every package that has to be there."""
    packages = json.loads((frontend / "package-lock.json").read_text()).get("packages", {})
    return {
        (place, package["version"])
        for place, package in packages.items()
        if place and not package.get("optional") and (tools or not package.get("dev"))
    }


def _installed(frontend: Path) -> set[tuple[str, str]]:
    """Return place and version of what npm says it installed."""
    noted = frontend / "node_modules" / ".package-lock.json"
    if not noted.is_file():
        return set()
    packages = json.loads(noted.read_text()).get("packages", {})
    return {(place, package["version"]) for place, package in packages.items()}


def _find_npm() -> str | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    numbers = re.match(r"v(\d+)\.(\d+)", said)
    is_new = numbers is not None and (int(numbers[1]), int(numbers[2])) >= OLDEST_NODE
    return npm if is_new else None


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(  # noqa: S603 our own program
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise BuildFailed(f"The pages could not be built ({' '.join(command[1:])}):\n{last}")


def _stamped(built: Path) -> str | None:
    stamp = built / STAMP
    return stamp.read_text() if stamp.is_file() else None


@contextmanager
def _alone(frontend: Path) -> Iterator[None]:
    """Be the only builder in the folder; the lock dies with its process."""
    with (frontend / ".build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
