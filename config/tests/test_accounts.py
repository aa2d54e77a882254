"""The site as it is wired: accounts, and the key that signs their tokens."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_who_registers_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
    client = Client()
    body = {"username": "ana", "email": "ana@example.org", "password": "correct horse battery"}

    made = client.post("/api/auth/register/", body, content_type="application/json")
    token = made.json()["access"]
    me = client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})

    assert made.status_code == 201
    assert me.json()["username"] == "ana"


def test_tokens_have_a_key_of_their_own() -> None:
    assert len(settings.JWT_SIGNING_KEY) >= 32
    assert settings.JWT_SIGNING_KEY != settings.SECRET_KEY


def started(environment: dict[str, str]) -> Any:
    code = "import json, config.settings as s; print(json.dumps(s.JWT_SIGNING_KEY))"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def test_a_signing_key_is_made_once_and_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("k" * 32)
    base = {"LOCAL_DIR": str(tmp_path / "local"), "ENV_FILE": ""}

    first, second = started(base), started(base)
    given = started(base | {"JWT_SIGNING_KEY_FILE": str(secret)})
    short = started(base | {"JWT_SIGNING_KEY": "k" * 31})

    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == json.loads(second.stdout)
    assert (tmp_path / "local" / "jwt_signing_key").stat().st_mode & 0o077 == 0
    assert json.loads(given.stdout) == "k" * 32
    assert short.returncode != 0
    assert "JWT_SIGNING_KEY must have at least 32 bytes" in short.stderr
