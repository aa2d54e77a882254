"""What django-ninja 1.7 leaves out of the OpenAPI document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.contract import DIFFICULTIES, ENERGY_LEVELS
from modules.choreography.contract import STYLES
from modules.web.schemas import Problem

PROBLEM = "application/problem+json"
SCHEMA = {"$ref": "#/components/schemas/Problem"}
_NAME = re.compile(r'"#/components/schemas/([^"]+)"')
METHODS = ("get", "post", "put", "delete", "head", "patch")

WORDS = {"Difficulty": DIFFICULTIES, "EnergyLevel": ENERGY_LEVELS, "Style": STYLES}
"""Lists of words that have a schema of their own."""
NAMES = {
    "Energy": "EnergyLevel",
    "MoveOut": "Move",
    "SavedOut": "SavedChoreography",
    "SongOut": "Song",
    "StatisticsOut": "CollectionStatistics",
    "Page_SavedOut_": "SavedChoreographyPage",
    "Page_SongOut_": "SongPage",
    "Page_Task_": "TaskPage",
}
"""What clients call what the code calls otherwise."""
ALIASES = frozenset({"getTask", "parseMoveQuery"})
"""Second addresses of an operation, kept for old clients."""

COMMON = {
    "405": "This cannot be done with this address; Allow says what can",
    "421": "The site is not served under this name",
    "431": "The headers are too large",
    "429": "Too many requests; Retry-After says how long to wait",
    "500": "A bug of ours; it was noted",
    "503": "Something we need is away; try again",
}
WITH_INPUT = {
    "400": "The request cannot be read",
    "422": "Something of the request cannot be accepted; errors says what",
}
WITH_BODY = {
    "408": "The body came too slowly",
    "411": "The length of the body is not told",
    "413": "The body is too large",
    "415": "The body is of another type",
}
TEXTS = {
    "Allow": "The methods of this address",
    "ETag": "The version of what is answered",
    "Idempotency-Replayed": "`true` where this is the answer to an earlier request with the key",
    "Location": "Where the thing is",
    "RateLimit": "What is left of the bucket, as draft-ietf-httpapi-ratelimit-headers-10 says it",
    "RateLimit-Policy": "The bucket's size, as the same draft says it",
    "Retry-After": "Seconds after which to ask again",
    "WWW-Authenticate": "How to say who one is",
    "X-Request-ID": "Names the request in logs and events",
}
ALWAYS = {
    "401": ("WWW-Authenticate",),
    "405": ("Allow",),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}
"""Headers by status."""
SOMETIMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "generateChoreography": {"202": ("Location", "Retry-After")},
    "retryChoreographyTask": {"202": ("Location", "Retry-After")},
    "saveChoreography": {"200": ("Location", "ETag"), "201": ("Location", "ETag")},
    "reviseSavedChoreography": {"200": ("ETag",)},
    "patchSavedChoreography": {"200": ("ETag",)},
    "uploadSong": {"200": ("Location",), "201": ("Location",)},
}
"""Headers by operation and status."""
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "ETag of what the client has; if it is still that, the answer is 304.",
    "schema": {"type": "string"},
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
    document = _renamed(document)
    schemas = document["components"]["schemas"]
    for name, words in WORDS.items():
        document["paths"] = _with_named_words(document["paths"], name, words)
        others = {key: _with_named_words(one, name, words) for key, one in schemas.items()}
        document["components"]["schemas"] = schemas = others | {
            name: {"type": "string", "enum": list(words), "title": name}
        }
    document["components"]["headers"] = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in TEXTS.items()
    }
    for methods in document["paths"].values():
        for method in METHODS:
            if method in methods:
                _complete(methods[method])
    _forget_unnamed(document)
    _name_bounds(document)
    return document


def _renamed(document: dict[str, Any]) -> dict[str, Any]:
    """Call the schemas as clients do."""
    text = json.dumps(document)
    for ours, theirs in NAMES.items():
        text = text.replace(f'"#/components/schemas/{ours}"', f'"#/components/schemas/{theirs}"')
    renamed: dict[str, Any] = json.loads(text)
    schemas = renamed["components"]["schemas"]
    for ours, theirs in NAMES.items():
        if ours in schemas:
            schemas[theirs] = schemas.pop(ours) | {"title": theirs}
    return renamed


def _with_named_words(node: Any, name: str, words: Sequence[str]) -> Any:
    """Put the named schema wherever the list of words stands."""
    if isinstance(node, list):
        return [_with_named_words(part, name, words) for part in node]
    if not isinstance(node, dict):
        return node
    if node.get("enum") == list(words):
        kept = {key: node[key] for key in ("default", "description") if key in node}
        return {"$ref": f"#/components/schemas/{name}", **kept}
    return {key: _with_named_words(part, name, words) for key, part in node.items()}


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
    _complete_request(operation)
    responses = {str(status): answer for status, answer in operation["responses"].items()}
    for status, text in _errors_of(operation).items():
        responses.setdefault(status, {"description": text})
    if any(parameter["name"] == "If-None-Match" for parameter in operation["parameters"]):
        responses.setdefault("304", {"description": "The client has this already"})
    for status, answer in responses.items():
        headers = answer.setdefault("headers", {})
        for name in sorted(_headers_of(operation, status, responses) - headers.keys()):
            headers[name] = {"$ref": f"#/components/headers/{name}"}
        if int(status) >= 400:
            answer["content"] = {PROBLEM: {"schema": SCHEMA}}
    if "text/plain" in responses.get("200", {}).get("content", {}):
        del responses["200"]["content"]["application/json"]
    operation["responses"] = dict(sorted(responses.items()))


def _complete_request(operation: dict[str, Any]) -> None:
    operation.setdefault("security", [])
    if operation["operationId"] in ALIASES:
        operation["deprecated"] = True
    if _is_list(operation):
        operation["parameters"].append(dict(IF_NONE_MATCH))
    form = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
    if form:
        form["schema"]["additionalProperties"] = False


def _is_list(operation: dict[str, Any]) -> bool:
    found = operation["responses"].get(200) or operation["responses"].get("200") or {}
    shown = found.get("content", {}).get("application/json", {}).get("schema", {})
    return str(shown.get("$ref", "")).endswith("Page")


def _headers_of(operation: dict[str, Any], status: str, responses: dict[str, Any]) -> set[str]:
    """Return the headers that an answer may carry."""
    taken = {parameter["name"] for parameter in operation["parameters"]}
    names = {
        "X-Request-ID",
        *ALWAYS.get(status, ()),
        *SOMETIMES.get(operation["operationId"], {}).get(status, ()),
    }
    if "If-None-Match" in taken and status in ("200", "304"):
        names.add("ETag")
    if "Idempotency-Key" in taken:
        names |= {"Idempotency-Replayed"} if status < "300" else set()
        names |= {"Retry-After"} if status == "409" else set()
    if "429" in responses and (status < "400" or status == "429"):
        names |= {"RateLimit", "RateLimit-Policy"}
    return names


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
