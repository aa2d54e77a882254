"""The environment that settings are read from: the process's own, then a file's; checked at once.

The file is `.env` beside `manage.py`, or what `ENV_FILE` names (empty: none is read). What the
process's environment says wins.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import EnvError, FileAwareEnv

DEFAULT_FILE = Path(__file__).resolve().parent.parent / ".env"
# What the platform sets for services and for jobs.
IS_CLOUD_RUN = not {"K_SERVICE", "CLOUD_RUN_JOB"}.isdisjoint(os.environ)


def read_environment() -> FileAwareEnv:
    """Return the reader; wrong values are collected until `check_environment`.

    Raises
    ------
    ImproperlyConfigured
        If ``ENV_FILE`` names no file.
    """
    env = FileAwareEnv(eager=False)
    named = os.environ.get("ENV_FILE")
    if named == "":
        return env
    found = env.read_env(named or DEFAULT_FILE, recurse=False)
    if named and not found:
        raise ImproperlyConfigured(f"Environment: ENV_FILE names no file: {named}")
    return env


def check_environment(env: FileAwareEnv) -> None:
    """Refuse to start on a wrong value, naming every variable that is wrong."""
    try:
        env.seal()
    except EnvError as error:
        raise ImproperlyConfigured(f"Environment: {error}") from error


def check_shared_installation(*, database_url: str, keys: dict[str, str]) -> None:
    """Refuse to start as one of several machines without what all of them must have alike.

    A key of this machine's own would be made otherwise: what one machine signs, no other would
    take.
    """
    if IS_CLOUD_RUN and not database_url:
        raise ImproperlyConfigured(
            "Environment: DATABASE_URL must be set on Cloud Run; nothing is kept there."
        )
    missing = [name for name, key in keys.items() if database_url and not key]
    if missing:
        raise ImproperlyConfigured(
            f"Environment: DATABASE_URL is set, so {' and '.join(missing)} must be too: machines "
            "that share a database must share their keys. `openssl rand -base64 48` makes one."
        )
