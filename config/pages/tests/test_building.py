"""Building the pages: once for each state of the sources, and never half."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from config.pages.building import (
    NO_NODE,
    BuildFailed,
    ensure_built,
    ensure_tools,
    source_version,
)

NPM = """#!/bin/bash
BUILDING='{building}' EVERYTHING='{everything}'
echo "$1" >> "{log}"
[ "$1" = ci ] && mkdir -p node_modules && {{
  [ "$2" = --omit=dev ] && lock=BUILDING || lock=EVERYTHING
  echo "${{!lock}}" > node_modules/.package-lock.json; exit 0; }}
{deed}
mkdir -p "$5/assets" && echo '<!doctype html>' > "$5/index.html"
"""

BUILDING = {"node_modules/vite": {"version": "8.3.8"}}
EVERYTHING = BUILDING | {"node_modules/vitest": {"version": "4.1.12", "dev": True}}


@pytest.fixture
def frontend(tmp_path: Path) -> Path:
    """Sources of pages."""
    folder = tmp_path / "frontend"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.jsx").write_text("1")
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "package-lock.json").write_text(_lock(EVERYTHING))
    return folder


def _lock(packages: dict[str, dict[str, object]]) -> str:
    return json.dumps({"packages": packages})


def tools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, node: str = "v22.1.0", deed: str = ""
) -> Path:
    """Programs named node and npm; the latter notes what it is asked to do."""
    bin_, log = tmp_path / "bin", tmp_path / "log"
    bin_.mkdir(exist_ok=True)
    (bin_ / "node").write_text(f"#!/bin/sh\necho {node}\n")
    (bin_ / "npm").write_text(_npm(log, deed))
    for name in ("node", "npm"):
        (bin_ / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return log


def _npm(log: Path, deed: str) -> str:
    return NPM.format(log=log, deed=deed, building=_lock(BUILDING), everything=_lock(EVERYTHING))


def test_pages_are_built_once_for_the_same_sources(
    frontend: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, told = tools(tmp_path, monkeypatch), list[str]()
    for _ in range(2):
        assert ensure_built(frontend, tell=told.append) == frontend / "dist"
    assert log.read_text().split() == ["ci", "run"]
    (frontend / "src" / "main.jsx").write_text("2")
    ensure_built(frontend, tell=told.append)
    assert log.read_text().split() == ["ci", "run", "run"]
    assert told == ["Building the pages"] * 2


def test_building_installs_no_tools_of_tests_and_keeps_those_that_are_there(
    frontend: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tools(tmp_path, monkeypatch)
    installed = frontend / "node_modules" / ".package-lock.json"
    ensure_built(frontend, tell=lambda _: None)
    assert json.loads(installed.read_text())["packages"] == BUILDING
    assert ensure_tools(frontend)
    assert json.loads(installed.read_text())["packages"] == EVERYTHING
    (frontend / "src" / "main.jsx").write_text("2")
    ensure_built(frontend, tell=lambda _: None)
    assert ensure_tools(frontend)
    assert log.read_text().split() == ["ci", "run", "ci", "run"]


def test_a_package_of_another_version_is_installed_anew(
    frontend: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tools(tmp_path, monkeypatch)
    installed = frontend / "node_modules" / ".package-lock.json"
    installed.parent.mkdir()
    installed.write_text(_lock({"node_modules/vite": {"version": "8.3.7"}}))
    ensure_built(frontend, tell=lambda _: None)
    assert log.read_text().split() == ["ci", "run"]


def test_a_test_of_the_pages_is_no_source_of_them(frontend: Path) -> None:
    before = source_version(frontend)
    (frontend / "src" / "main.test.jsx").write_text("it()")
    assert source_version(frontend) == before
    (frontend / "src" / "more.jsx").write_text("3")
    assert source_version(frontend) != before


@pytest.mark.parametrize("node", ["v18.20.4", "v20.18.9", "none"])
def test_without_node_it_says_one_sentence(
    frontend: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: str
) -> None:
    log, told = tools(tmp_path, monkeypatch, node=node), list[str]()
    assert ensure_built(frontend, tell=told.append) is None
    assert told == [NO_NODE]
    assert not log.exists()


def test_a_failed_build_leaves_the_old_one_and_says_why(
    frontend: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools(tmp_path, monkeypatch)
    ensure_built(frontend, tell=lambda _: None)
    (frontend / "src" / "main.jsx").write_text("2")
    tools(tmp_path, monkeypatch, deed="echo 'main.jsx: no such component' >&2; exit 1")
    with pytest.raises(BuildFailed, match="no such component"):
        ensure_built(frontend, tell=lambda _: None)
    assert (frontend / "dist" / "index.html").is_file()
    tools(tmp_path, monkeypatch)
    ensure_built(frontend, tell=lambda _: None)
    assert not list(frontend.glob(".dist*"))
