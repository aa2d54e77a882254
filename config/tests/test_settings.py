"""How an installation is told what it is: the environment, a file of it, and what is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.settings import env

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / ".env.example"
# Indented code and prose aside, a line of the example is a variable, commented out or not.
VARIABLE = re.compile(r"^#?\s?([A-Z][A-Z_]+)=(.*)$", re.MULTILINE)
URL = "postgresql://nobody@nowhere.invalid/x"
KEYS = {"SECRET_KEY": "s" * 40, "JWT_SIGNING_KEY": "j" * 40}
SHOW = "import json, config.settings as s; print(json.dumps(s.env.dump(), default=str))"


def start(tmp_path: Path, code: str = SHOW, **environment: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process that knows nothing but this."""
    own = {"LOCAL_DIR": str(tmp_path / "local"), "ENV_FILE": "", **environment}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=own, capture_output=True, text=True
    )


def settings_of(tmp_path: Path, **environment: str) -> dict[str, Any]:
    done = start(tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ([], "SECRET_KEY and JWT_SIGNING_KEY"),
        (["SECRET_KEY"], "JWT_SIGNING_KEY"),
        (["JWT_SIGNING_KEY"], "SECRET_KEY"),
    ],
)
def test_a_shared_database_wants_shared_keys(
    tmp_path: Path, given: list[str], missing: str
) -> None:
    done = start(tmp_path, DATABASE_URL=URL, **{name: KEYS[name] for name in given})

    assert done.returncode != 0
    assert f"DATABASE_URL is set, so {missing} must be" in done.stderr
    assert not (tmp_path / "local").exists(), "no key of this machine's own was made"


def test_a_shared_database_with_its_keys_is_taken(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(KEYS["SECRET_KEY"])
    files = {"SECRET_KEY_FILE": str(secret), "JWT_SIGNING_KEY": KEYS["JWT_SIGNING_KEY"]}

    assert settings_of(tmp_path, DATABASE_URL=URL, **files)["DATABASE_URL"] == URL


@pytest.mark.parametrize("name", ["K_SERVICE", "CLOUD_RUN_JOB"])
def test_nothing_starts_on_cloud_run_without_a_database(tmp_path: Path, name: str) -> None:
    done = start(tmp_path, **{name: "bachata"}, **KEYS)

    assert done.returncode != 0
    assert "DATABASE_URL must be set on Cloud Run" in done.stderr


@pytest.mark.parametrize("wrong", [{"JOB_CONCURRENCY": "many"}, {"DATABASE_URL": URL}])
def test_a_command_says_in_a_sentence_what_is_wrong(tmp_path: Path, wrong: dict[str, str]) -> None:
    own = {"LOCAL_DIR": str(tmp_path / "local"), "ENV_FILE": "", **wrong}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=own, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert next(iter(wrong)) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_says_what_the_environment_does_not(tmp_path: Path) -> None:
    file = tmp_path / "our.env"
    file.write_text("JOB_CONCURRENCY=3  # three\nGEMINI_MODEL='gemini-file'\nexport DEBUG=true\n")

    seen = settings_of(tmp_path, ENV_FILE=str(file), GEMINI_MODEL="gemini-process")

    assert (seen["JOB_CONCURRENCY"], seen["GEMINI_MODEL"]) == (3, "gemini-process")
    assert seen["DEBUG"] is True


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    done = start(tmp_path, ENV_FILE=str(tmp_path / "absent.env"))

    assert done.returncode != 0
    assert "ENV_FILE" in done.stderr


def test_the_file_beside_the_commands_is_read(tmp_path: Path) -> None:
    code = "import config.environment as e; print(e.DEFAULT_FILE)"

    assert start(tmp_path, code).stdout.strip() == str(ROOT / ".env")
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
    assert ".env" in (ROOT / ".dockerignore").read_text().splitlines()


def test_the_example_and_the_readme_name_every_variable() -> None:
    known = {*env.dump(), "ENV_FILE"}
    named = [name for name, _ in VARIABLE.findall(EXAMPLE.read_text())]
    table = {
        name
        for line in (ROOT / "README.md").read_text().splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([A-Z][A-Z_]+)`", line)
    }

    assert sorted(named) == sorted(known)
    assert sorted(known - table) == []


def test_the_example_shows_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "uncommented.env"
    shown = {
        name: text for name, text in VARIABLE.findall(EXAMPLE.read_text()) if name != "ENV_FILE"
    }
    file.write_text("".join(f"{name}={text}\n" for name, text in shown.items()))

    told, silent = settings_of(tmp_path, ENV_FILE=str(file)), settings_of(tmp_path)

    stated = [name for name, text in shown.items() if text and name != "LOCAL_DIR"]
    assert len(stated) > 15
    assert {name: told[name] for name in stated} == {name: silent[name] for name in stated}
