"""Settings, read from the environment once, typed and checked; a wrong value stops the start.

Secrets may also come from a file: ``SECRET_KEY_FILE=/run/secrets/key`` instead of ``SECRET_KEY``.
All of them may stand in a file `.env`; `.env.example` names them.
"""

from __future__ import annotations

import os
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from marshmallow.validate import OneOf, Range, Regexp

from config.embedded_postgres import DATABASE, USER, EmbeddedPostgres
from config.environment import (
    IS_CLOUD_RUN,
    check_environment,
    check_shared_installation,
    read_environment,
)
from config.observing.logs import logging_config

ROOT = Path(__file__).resolve().parent.parent
env = read_environment()

DEBUG = env.bool("DEBUG", False)
LOCAL_DIR = Path(env.str("LOCAL_DIR", str(ROOT / ".local"))).resolve()
DATABASE_URL = env.str("DATABASE_URL", "")
SECRET_KEY = env.str("SECRET_KEY", "")
JWT_SIGNING_KEY = env.str("JWT_SIGNING_KEY", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
PAGES_DIR = ROOT / "frontend" / "dist"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", "") or LOCAL_DIR / "media").resolve()

LEGACY_USER_TABLE = env.str(
    "LEGACY_USER_TABLE", "auth_user", validate=Regexp(r"^[a-z_][a-z0-9_]{0,62}$")
)
LEGACY_RUNNING_STATUS = env.str(
    "LEGACY_RUNNING_STATUS", "running", validate=OneOf(["running", "started"])
)
LEGACY_MEDIA_ROOT = env.str("LEGACY_MEDIA_ROOT", "")

JOB_EXECUTOR = env.str("JOB_EXECUTOR", "local", validate=OneOf(["local"]))
JOB_COMMAND = shlex.split(env.str("JOB_COMMAND", ""))  # empty: this Python, ``-m jobrunner``
JOB_CONCURRENCY = env.int("JOB_CONCURRENCY", 1, validate=Range(min=1, max=64))
LIVE_TASKS_PER_USER = env.int("LIVE_TASKS_PER_USER", 5, validate=Range(min=1))
JOB_TIMEOUT_S = env.float("JOB_TIMEOUT_S", 3600.0, validate=Range(min=1))
JOB_LOST_AFTER_S = env.float("JOB_LOST_AFTER_S", 60.0, validate=Range(min=1))
DISPATCH_LEASE_S = env.float("DISPATCH_LEASE_S", 30.0, validate=Range(min=1))
REQUESTS_PER_MINUTE = {
    "user": env.int("USER_REQUESTS_PER_MINUTE", 100, validate=Range(min=1)),
    "polling": env.int("POLLING_REQUESTS_PER_MINUTE", 300, validate=Range(min=1)),
    "address": env.int("AUTH_REQUESTS_PER_MINUTE", 30, validate=Range(min=1)),
}
SERVE_THREADS = env.int("SERVE_THREADS", 4, validate=Range(min=1, max=64))
LOGIN_FAILURES_PER_ACCOUNT = env.int("LOGIN_FAILURES_PER_ACCOUNT", 10, validate=Range(min=1))
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, validate=Range(min=0, max=10))
CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", [])
# gs:// songs are taken from this bucket only; empty: from none.
MEDIA_BUCKET = env.str(
    "MEDIA_BUCKET", "", validate=Regexp(r"^([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])?$")
)
YOUTUBE = env.bool("YOUTUBE", False)  # songs by their YouTube address; needs the extra
GOOGLE_API_KEY = env.str("GOOGLE_API_KEY", "")  # empty: typed wishes are read by rules
GEMINI_MODEL = env.str("GEMINI_MODEL", "gemini-2.5-flash-lite", validate=Regexp(r"^[a-z0-9.-]+$"))
# A folder with all-MiniLM-L6-v2; empty: the extra `text` brings it, where it is installed.
TEXT_MODEL = env.str("TEXT_MODEL", "")
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # empty: there are no metrics to be had
LOG_FORMAT = env.str(
    "LOG_FORMAT",
    "json" if IS_CLOUD_RUN else "plain",
    validate=OneOf(["json", "plain"]),
)
LOG_LEVEL = env.str("LOG_LEVEL", "INFO", validate=OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]))
check_environment(env)
if YOUTUBE and find_spec("yt_dlp") is None:
    raise ImproperlyConfigured("Environment: YOUTUBE needs the extra `youtube` to be installed")
check_shared_installation(
    database_url=DATABASE_URL,
    keys={"SECRET_KEY": SECRET_KEY, "JWT_SIGNING_KEY": JWT_SIGNING_KEY},
)

if not SECRET_KEY:
    # A key of this installation: made once, kept beside its data, never shipped.
    from config.installation import secret_key

    SECRET_KEY = secret_key(LOCAL_DIR / "secret_key")

if not JWT_SIGNING_KEY:
    # Machines that share a database must share this key: one of them signs, another reads.
    from config.installation import secret_key

    JWT_SIGNING_KEY = secret_key(LOCAL_DIR / "jwt_signing_key")
if len(JWT_SIGNING_KEY.encode()) < 32:
    raise ImproperlyConfigured("Environment: JWT_SIGNING_KEY must have at least 32 bytes")

EMBEDDED_POSTGRES = None if DATABASE_URL else EmbeddedPostgres(LOCAL_DIR / "postgres")


# A process that was stopped, or whose network broke, must not hold others up: the server ends what
# idles inside a transaction, and notices within a minute that nobody is there any more.
SESSION = {
    "search_path": "bachata,public",
    "timezone": "UTC",
    "lock_timeout": "15s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "5s",
    "tcp_keepalives_idle": "30s",
    "tcp_keepalives_interval": "10s",
    "tcp_keepalives_count": "3",
}
KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


def _database() -> dict[str, Any]:
    """Django's description of the one database, the operator's or the embedded one."""
    config: dict[str, Any] = {"NAME": DATABASE, "USER": USER}
    if DATABASE_URL:
        try:
            config = dict(dj_database_url.parse(DATABASE_URL))
        except (ValueError, dj_database_url.ParseError) as error:
            raise ImproperlyConfigured("Environment: DATABASE_URL is not an address") from error
        if config["ENGINE"] != "django.db.backends.postgresql":
            raise ImproperlyConfigured("Environment: DATABASE_URL must name a PostgreSQL database")
    config["ENGINE"] = "config.database"
    config["OPTIONS"] = {
        **config.get("OPTIONS", {}),
        "options": " ".join(f"-c {name}={value}" for name, value in SESSION.items()),
        **KEEPALIVES,
    }
    config["CONN_HEALTH_CHECKS"] = True
    config["CONN_MAX_AGE"] = 60
    return config


DATABASES = {"default": _database()}
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "legacy_compat",  # first: its `migrate` prepares the schema `bachata`
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "modules.eventstore",
    "modules.identity",
    "modules.choreography",
    "modules.collections",
    "modules.songs",
    "modules.moves",
    "projections",
    "modules.web",
    "corsheaders",
    "config",
]
AUTH_USER_MODEL = "identity.User"
# PBKDF2 stays first: the old monolith can check nothing else.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "email", "display_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},  # 8 characters
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
MIDDLEWARE = [
    "modules.web.middleware.RequestContextMiddleware",
    "config.observing.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "modules.web.middleware.SecurityHeadersMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "modules.web.middleware.RefusalMiddleware",
    "modules.web.middleware.ApiResponseMiddleware",
]
# Over https only; our own proxies say whether the client came by it.
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
MAX_JSON_BYTES = 64 << 10
MAX_UPLOAD_BYTES = 30 << 20
MAX_REQUEST_BYTES = MAX_UPLOAD_BYTES + MAX_JSON_BYTES  # a file, and what multipart adds
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_JSON_BYTES
DATA_UPLOAD_MAX_NUMBER_FILES = 2  # one is taken; two are told apart from one
# Every upload is a file from its first byte, so that none fills the memory.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
CORS_EXPOSE_HEADERS = [
    "Accept-Ranges",
    "Content-Range",
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "X-Request-ID",
]
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "range",
    "x-request-id",
]
CORS_URLS_REGEX = r"^/api/.*$"
CORS_PREFLIGHT_MAX_AGE = 3600
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# For /api/docs; django-ninja brings page and scripts, and need not be imported by jobs for them.
NINJA = Path(find_spec("ninja").submodule_search_locations[0])  # type: ignore[union-attr,index]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [NINJA / "templates"],
    }
]
STATIC_URL = "/api/docs/assets/"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False

# What a job's process inherits.
JOB_ENVIRONMENT = dict(os.environ)

# Where modules find what only the wiring knows; resolved with ``import_string`` by commands.
DISPATCHER_FACTORY = "config.wiring.dispatcher"
MOVE_LIBRARY_FACTORY = "config.importing.move_importer"
POSE_READER_FACTORY = "config.importing.pose_reader"
SONG_LIBRARY_FACTORY = "config.importing.song_library"
SONG_ANALYSER_FACTORY = "config.importing.song_analyser"

LOGGING = logging_config(level=LOG_LEVEL, is_json=LOG_FORMAT == "json")
