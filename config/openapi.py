"""What django-ninja 1.7 leaves out of the OpenAPI document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from modules.web.schemas import Problem

PROBLEM = "application/problem+json"
SCHEMA = {"$ref": "#/components/schemas/Problem"}
_NAME = re.compile(r'"#/components/schemas/([^"]+)"')
METHODS = ("get", "post", "put", "delete", "head", "patch")

COMMON = {
    "429": "Too many requests; Retry-After says how long to wait",
    "500": "A bug of ours; it was noted",
    "503": "Something we need is away; try again",
}
WITH_INPUT = {
    "400": "The request cannot be read",
    "422": "Something of the request cannot be accepted; errors says what",
}
WITH_BODY = {
    "413": "The body is too large",
    "415": "The body is of another type",
}
HEADERS = {
    "X-Request-ID": {
        "description": "Names the request in logs and events",
        "schema": {"type": "string"},
    }
}
NEVER_COUNTED = frozenset({"getHealth", "getReadiness", "getMetrics", "getMedia", "headMedia"})

# pydantic 2.14 keeps its own words for a bound that stands behind a validator.
BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """Add every error answer, its type, and the headers to a document of django-ninja."""
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {})
    schemas["Problem"] = problem
    for methods in document["paths"].values():
        for method in METHODS:
            if method in methods:
                _complete(methods[method])
    _forget_unnamed(document)
    _name_bounds(document)
    return document


def _name_bounds(node: Any) -> None:
    """Write the bounds of numbers in JSON Schema's words."""
    if isinstance(node, list):
        for part in node:
            _name_bounds(part)
    if not isinstance(node, dict):
        return
    if node.get("type") in ("integer", "number"):
        for ours, theirs in BOUNDS.items():
            if ours in node:
                node[theirs] = node.pop(ours)
    for part in node.values():
        _name_bounds(part)


def _forget_unnamed(document: dict[str, Any]) -> None:
    """Leave out schemas that nothing names: queries, which ninja shows parameter by parameter."""
    schemas = document["components"]["schemas"]
    unnamed = schemas.keys() - set(_named(document["paths"], schemas))
    for name in unnamed:
        del schemas[name]


def _named(node: Any, schemas: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Return the names of the schemas that a part of the document needs, through others too."""
    for name in set(_NAME.findall(json.dumps(node))) - seen:
        yield name
        yield from _named(schemas[name], schemas, seen | {name})


def _complete(operation: dict[str, Any]) -> None:
    responses = {str(status): answer for status, answer in operation["responses"].items()}
    for status, text in _errors_of(operation).items():
        responses.setdefault(status, {"description": text})
    if any(parameter["name"] == "If-None-Match" for parameter in operation["parameters"]):
        responses.setdefault("304", {"description": "The client has this already"})
    for status, answer in responses.items():
        answer.setdefault("headers", {}).update(HEADERS)
        if int(status) >= 400:
            answer["content"] = {PROBLEM: {"schema": SCHEMA}}
    if "text/plain" in responses.get("200", {}).get("content", {}):
        del responses["200"]["content"]["application/json"]
    form = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
    if form:
        form["schema"]["additionalProperties"] = False
    operation["responses"] = dict(sorted(responses.items()))


def _errors_of(operation: dict[str, Any]) -> dict[str, str]:
    errors = dict(COMMON)
    if operation["operationId"] in NEVER_COUNTED:
        del errors["429"]
    if operation.get("security"):
        errors["401"] = "Nobody is known by this token"
    if operation.get("parameters") or "requestBody" in operation:
        errors |= WITH_INPUT
    if "requestBody" in operation:
        errors |= WITH_BODY
    return errors
