"""The committed description is what the code does, and well kept."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
METHODS = {"get", "post", "put", "delete", "head", "patch"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The committed ``openapi.json``."""
    found: dict[str, Any] = json.loads((ROOT / "openapi.json").read_text())
    return found


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every operation by its method and path."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def test_the_committed_document_is_what_the_code_does() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "openapi", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    for name, operation in operations(document).items():
        assert " /api/" in name
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", operation["operationId"]), name
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name


def test_every_error_is_a_problem(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        statuses = operation["responses"].keys()
        assert {"500", "503"} <= statuses, name
        assert ("401" in statuses) or operation["security"] == [], name
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (name, status)


def test_every_body_and_answer_has_an_example(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, operation in operations(document).items():
        bodies = [operation.get("requestBody", {})]
        bodies += [a for status, a in operation["responses"].items() if int(status) < 300]
        for body in bodies:
            for type_, content in body.get("content", {}).items():
                if type_ != "application/json":
                    continue
                reference = content["schema"].get("$ref", "").rpartition("/")[2]
                schema = schemas.get(reference, content["schema"])
                assert schema.get("examples") or "Page" in reference, (name, reference)


def test_spectral_finds_nothing() -> None:
    if not (HERE / "node_modules").is_dir():
        npm = shutil.which("npm")
        assert npm, "Node 20 or newer is needed"
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    done = subprocess.run(
        [
            HERE / "node_modules" / ".bin" / "spectral",
            *("lint", ROOT / "openapi.json", "--ruleset", HERE / "spectral.yaml"),
            *("--fail-severity", "hint"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_bound_is_in_the_words_of_json_schema(document: dict[str, Any]) -> None:
    parameters = [
        parameter
        for operation in operations(document).values()
        for parameter in operation.get("parameters", [])
    ]
    assert not re.findall(r'"(ge|le|gt|lt)":', json.dumps(parameters))
    pages = [found["schema"] for found in parameters if found["name"] == "page"]
    assert pages
    assert all((page["minimum"], page["maximum"]) == (1, 10_000) for page in pages)


def test_lists_of_words_are_named_once(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, word in (("Difficulty", "beginner"), ("EnergyLevel", "low"), ("Style", "romantic")):
        assert word in schemas[name]["enum"]
        written = json.dumps(document).count(json.dumps(schemas[name]["enum"]))
        assert written == 1, name
        assert json.dumps(document).count(f'"#/components/schemas/{name}"') > 1


def test_schemas_are_called_as_clients_call_things(document: dict[str, Any]) -> None:
    names = document["components"]["schemas"].keys()
    assert {"Song", "Move", "SavedChoreography", "Task", "SongPage"} <= names
    assert [name for name in names if name.endswith("Out") or "_" in name] == []
    assert all(
        schema.get("title", name) == name for name, schema in plain_schemas(document).items()
    )


def plain_schemas(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = document["components"]["schemas"]
    return {name: schema for name, schema in found.items() if not name.endswith("Page")}


def test_what_is_open_says_so_and_aliases_are_deprecated(document: dict[str, Any]) -> None:
    found = operations(document)
    assert found["POST /api/auth/login"]["security"] == []
    assert found["GET /api/songs"]["security"] != []
    deprecated = {name for name, operation in found.items() if operation.get("deprecated")}
    assert deprecated == {"GET /api/tasks/{task_id}", "POST /api/moves/parse-query"}


@pytest.mark.parametrize(
    ("operation", "status", "header"),
    [
        ("POST /api/choreography/generate", "202", "Location"),
        ("POST /api/choreography/generate", "202", "Idempotency-Replayed"),
        ("POST /api/choreography/generate", "409", "Retry-After"),
        ("GET /api/choreography/tasks/{task_id}", "200", "ETag"),
        ("GET /api/songs", "304", "ETag"),
        ("GET /api/songs", "200", "RateLimit"),
        ("GET /api/songs", "401", "WWW-Authenticate"),
        ("GET /api/songs", "405", "Allow"),
        ("GET /api/songs", "429", "Retry-After"),
        ("POST /api/songs", "201", "Location"),
        ("PATCH /api/collections/{item_id}", "200", "ETag"),
    ],
)
def test_headers_are_described(
    document: dict[str, Any], operation: str, status: str, header: str
) -> None:
    assert header in operations(document)[operation]["responses"][status]["headers"]


def test_what_the_server_refuses_is_described(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        assert {"405", "421", "431"} <= operation["responses"].keys(), name
        if "requestBody" in operation:
            assert {"408", "411", "413", "415"} <= operation["responses"].keys(), name


def test_a_body_to_save_is_one_object(document: dict[str, Any]) -> None:
    saved = document["components"]["schemas"]["SaveIn"]
    assert "anyOf" not in saved
    assert {"title", "video_url", "difficulty", "duration"} <= saved["properties"].keys()
