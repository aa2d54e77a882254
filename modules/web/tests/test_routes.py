"""What the API does around every route, seen through a small router."""

from __future__ import annotations

import errno
import json
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from ninja import Query, Router
from ninja.responses import Status
from pydantic import Field

from modules.errors import FatalError
from modules.event_metadata import current_metadata
from modules.songs.contract import SongNotFound
from modules.web.contract import Authenticators
from modules.web.etags import IfMatch, IfNoneMatch, conditional, must_match
from modules.web.field_types import Id, SingleLine
from modules.web.idempotency import IdempotencyKey, run_idempotent
from modules.web.models import IdempotencyRecord
from modules.web.pagination import Page, Paging, page_of
from modules.web.request_context import caller_of
from modules.web.schemas import Answer, Body
from modules.web.tests.site import as_user, authenticators_for_tests, site_of

pytestmark = pytest.mark.django_db

USER = as_user(7)


class ShoeIn(Body):
    """A shoe to make."""

    name: Annotated[str, SingleLine(min_length=1, max_length=10)]
    size: Annotated[int, Field(ge=30, le=50)]
    maker: Id | None = None


class Shoe(Answer):
    """A shoe."""

    id: UUID
    name: str


class ShoeQuery(Paging):
    """Which shoes."""

    search: Annotated[str, SingleLine(max_length=20)] = ""


MADE: list[str] = []
LOOKED_AT: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_looked_at() -> None:
    LOOKED_AT.clear()


def shoes(quota: int = 1000) -> Router:
    auth = authenticators_for_tests(quota=quota, public=quota)
    router = Router()

    @router.post("/shoes", response={201: Shoe}, auth=auth.user)
    def make(
        request: HttpRequest, response: HttpResponse, shoe: ShoeIn, key: IdempotencyKey = None
    ) -> Any:
        def command() -> tuple[int, Shoe, dict[str, str]]:
            MADE.append(shoe.name)
            if shoe.name == "refused":
                raise SongNotFound("No such shoe.")
            made = Shoe(id=uuid4(), name=shoe.name)
            return 201, made, {"Location": f"/api/shoes/{made.id}"}

        return Status(
            *run_idempotent(
                request, response, operation="makeShoe", key=key, body=shoe, command=command
            )
        )

    add_reads(router, auth)
    add_oddities(router, auth)
    return router


def add_reads(router: Router, auth: Authenticators) -> None:
    @router.get("/shoes", response=Page[Shoe], auth=auth.user)
    def browse(request: HttpRequest, query: Query[ShoeQuery]) -> Page[Shoe]:
        made = [Shoe(id=UUID(int=n), name=str(n)) for n in range(45)]
        window = made[query.offset : query.offset + query.limit]
        return page_of(request, query, count=len(made), results=window, of=Shoe)

    @router.get("/shoes/{shoe_id}", response=Shoe, auth=auth.user)
    def read(
        request: HttpRequest, response: HttpResponse, shoe_id: Id, tag: IfNoneMatch = None
    ) -> Any:
        LOOKED_AT.append(str(shoe_id))
        unchanged = conditional(request, response, '"3"')
        return unchanged or Shoe(id=shoe_id, name=caller_of(request).username)

    @router.put("/shoes/{shoe_id}", response=Shoe, auth=auth.user)
    def change(request: HttpRequest, shoe_id: Id, shoe: ShoeIn, tag: IfMatch = None) -> Shoe:
        must_match(request, '"3"')
        return Shoe(id=shoe_id, name=shoe.name)


def add_oddities(router: Router, auth: Authenticators) -> None:
    @router.get("/broken/{how}", auth=auth.open)
    def broken(request: HttpRequest, how: str) -> None:
        raise {
            "bug": RuntimeError("secret detail"),
            "fatal": FatalError("secret detail"),
            "database": OperationalError("secret detail"),
            "files": OSError(errno.EMFILE, "secret detail"),
            "domain": SongNotFound("There is no such song."),
        }[how]

    @router.get("/cause", auth=auth.user)
    def cause(request: HttpRequest) -> dict[str, str]:
        return dict(current_metadata())

    @router.get("/public", auth=auth.public)
    def public(request: HttpRequest) -> dict[str, str]:
        return {"address": str(request.auth)}  # type: ignore[attr-defined]


@pytest.fixture
def client(settings: Any) -> Client:
    settings.ROOT_URLCONF = site_of({"": shoes()})
    MADE.clear()
    return Client(raise_request_exception=False)


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.content)
    assert set(body) == {
        "type", "title", "status", "detail", "code", "message", "request_id", "errors",
    }  # fmt: skip
    assert body["status"] == status
    assert body["request_id"] == answer["X-Request-ID"]
    return body


def post(client: Client, body: Any, *, key: str | None = None, user: int = 7) -> Any:
    headers = as_user(user) | ({"Idempotency-Key": key} if key else {})
    return client.post("/api/shoes", body, content_type="application/json", headers=headers)


@pytest.mark.parametrize("path", ["/api/shoes", "/api/shoes/"])
def test_a_path_answers_with_and_without_a_slash(client: Client, path: str) -> None:
    assert client.get(path, headers=USER).status_code == 200


@pytest.mark.parametrize(
    ("headers", "what"),
    [
        ({}, "none"),
        ({"Authorization": "Basic Nzo="}, "basic"),
        ({"Authorization": "Bearer x"}, "bad"),
    ],
)
def test_nobody_is_asked_to_log_in(client: Client, headers: Any, what: str) -> None:
    answer = client.get("/api/shoes", headers=headers)
    assert problem(answer, 401)["code"] == "not_authenticated"
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("raw", "type_", "status"),
    [
        ("{", "application/json", 400),
        ('{"name": "a", "size": NaN}', "application/json", 400),
        ('{"name": "a", "name": "b", "size": 40}', "application/json", 400),
        ("[" * 100_000, "application/json", 413),
        ("[" * 50_000, "application/json", 400),
        (b'{"name": "\xff", "size": 40}', "application/json", 400),
        ('{"name": "a", "size": 40}'.encode("utf-16"), "application/json", 400),
        ('{"name": "a", "size": 40}', "text/plain", 415),
        ('{"name": "a", "size": 40}', "application/json; charset=latin-1", 415),
        ("", "application/json", 422),
        ("[]", "application/json", 422),
        ("null", "application/json", 422),
        ('{"name": "a", "size": "40"}', "application/json", 422),
        ('{"name": "a", "size": 40.0}', "application/json", 422),
        ('{"name": "a", "size": true}', "application/json", 422),
        ('{"name": "a", "size": 1e400}', "application/json", 422),
        ('{"name": "a\\u0000", "size": 40}', "application/json", 422),
        ('{"name": "a\\ud800", "size": 40}', "application/json", 422),
        ('{"name": " ", "size": 40}', "application/json", 422),
        ('{"name": "a", "size": 40, "more": 1}', "application/json", 422),
        ('{"name": "a", "size": 40, "maker": "7"}', "application/json", 422),
    ],
)
def test_a_body_is_read_strictly(client: Client, raw: Any, type_: str, status: int) -> None:
    answer = client.generic("POST", "/api/shoes", raw, content_type=type_, headers=USER)
    problem(answer, status)
    assert MADE == []


def test_what_is_wrong_is_pointed_to_and_not_repeated(client: Client) -> None:
    answer = post(client, {"name": "hunter2hunter2", "size": 3})
    found = problem(answer, 422)["errors"]
    assert [error["pointer"] for error in found] == ["/name", "/size"]
    assert b"hunter2" not in answer.content


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=1.0", "page=1_0", "page= 1", "page_size=101", "pag=1", "page=1&page=2"],
)
def test_a_query_is_read_strictly(client: Client, query: str) -> None:
    problem(client.get(f"/api/shoes?{query}", headers=USER), 422)


def test_pages_know_their_neighbours(client: Client) -> None:
    page = client.get("/api/shoes?page=2&search=a%26b", headers=USER).json()
    assert (page["count"], page["page"], page["page_size"], len(page["results"])) == (45, 2, 20, 20)
    assert page["next"] == "/api/shoes?page=3&search=a%26b"
    assert page["previous"] == "/api/shoes?page=1&search=a%26b"
    last = client.get(page["next"], headers=USER).json()
    assert (last["next"], len(last["results"])) == (None, 5)


@pytest.mark.parametrize(
    ("how", "status"),
    [("bug", 500), ("fatal", 500), ("database", 503), ("files", 503), ("domain", 404)],
)
def test_an_error_leaves_as_a_problem_and_tells_nothing_secret(
    client: Client, how: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get(f"/api/broken/{how}")
    problem(answer, status)
    assert b"secret" not in answer.content
    assert answer.has_header("Retry-After") == (status == 503)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("get", "/api/nothing", 404), ("get", "/api/", 404), ("delete", "/api/shoes", 405),
     ("get", "/api/broken/a%00b", 404)],
)  # fmt: skip
def test_an_unknown_address_or_method_is_a_problem_too(
    client: Client, method: str, path: str, status: int
) -> None:
    answer = getattr(client, method)(path, headers=USER)
    problem(answer, status)
    assert answer.has_header("Allow") == (status == 405)


def test_a_request_keeps_its_harmless_id(client: Client) -> None:
    answer = client.get("/api/cause", headers=USER | {"X-Request-ID": "trace-1"})
    assert answer["X-Request-ID"] == "trace-1"
    assert answer.json() == {"actor": "user:7", "request_id": "trace-1"}
    odd = client.get("/api/cause", headers=USER | {"X-Request-ID": "a b\x01"})
    assert odd["X-Request-ID"] not in ("", "a b\x01")


def test_what_the_client_has_already_is_not_sent_again(client: Client) -> None:
    path = f"/api/shoes/{UUID(int=1)}"
    first = client.get(path, headers=USER)
    assert first["ETag"] == '"3"'
    for header in ('"3"', 'W/"3"', '"1", "3"', "*"):
        again = client.get(path, headers=USER | {"If-None-Match": header})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", '"3"')
    assert client.get(path, headers=USER | {"If-None-Match": '"4"'}).status_code == 200


def test_a_change_to_something_unseen_is_refused(client: Client) -> None:
    path, body = f"/api/shoes/{UUID(int=1)}", {"name": "a", "size": 40}

    def put(tag: str) -> Any:
        return client.put(
            path, body, content_type="application/json", headers=USER | {"If-Match": tag}
        )

    assert [put(tag).status_code for tag in ('"3"', "*", '"1", "3"')] == [200, 200, 200]
    assert [put(tag).status_code for tag in ('"2"', 'W/"3"', "3")] == [412, 412, 412]


def test_a_304_is_not_counted_and_anything_else_is(settings: Any) -> None:
    settings.ROOT_URLCONF = site_of({"": shoes(quota=3)})
    client, path = Client(), f"/api/shoes/{UUID(int=1)}"
    for _ in range(10):
        assert client.get(path, headers=USER | {"If-None-Match": '"3"'}).status_code == 304
    for left in (2, 1, 0):
        answer = client.get(path, headers=USER | {"If-None-Match": '"9"'})
        assert answer.status_code == 200
        assert answer["RateLimit"].startswith(f'"default";r={left};t=')
        assert answer["RateLimit-Policy"] == '"default";q=3;w=60'
    over = client.get(path, headers=USER | {"If-None-Match": '"9"'})
    assert problem(over, 429)["code"] == "too_many_requests"
    assert 1 <= int(over["Retry-After"]) <= 60
    assert client.get(path, headers=USER).status_code == 429
    assert client.get(path, headers=as_user(8)).status_code == 200
    assert client.get(path, headers=USER | {"If-None-Match": '"3"'}).status_code == 429


def test_what_the_limiter_will_refuse_is_not_worked_out(settings: Any) -> None:
    settings.ROOT_URLCONF = site_of({"": shoes(quota=2)})
    client, path, fresh = Client(), f"/api/shoes/{UUID(int=1)}", {"If-None-Match": '"9"'}
    statuses = [client.get(path, headers=USER | fresh).status_code for _ in range(5)]
    assert statuses == [200, 200, 429, 429, 429]
    assert len(LOOKED_AT) == 2


def test_a_429_tells_of_the_bucket_that_is_empty(settings: Any) -> None:
    settings.ROOT_URLCONF = site_of({"": shoes(quota=1)})
    client = Client()
    for path in ("/api/shoes", "/api/public"):
        client.get(path, headers=USER)
        over = client.get(path, headers=USER)
        name = "default" if path == "/api/shoes" else "auth"
        assert over.status_code == 429
        assert over["RateLimit-Policy"] == f'"{name}";q=1;w=60'
        assert over["RateLimit"] == f'"{name}";r=0;t={over["Retry-After"]}'


def test_a_forged_address_counts_as_the_real_one(client: Client, settings: Any) -> None:
    forged = {"X-Forwarded-For": "1.2.3.4, 5.6.7.8"}
    assert client.get("/api/public", headers=forged).json() == {"address": "127.0.0.1"}
    settings.TRUSTED_PROXIES = 1
    assert client.get("/api/public", headers=forged).json() == {"address": "5.6.7.8"}
    assert client.get("/api/public").json() == {"address": "127.0.0.1"}


@pytest.mark.parametrize(
    ("hop", "address"),
    [
        ("192.0.2.7:49152", "192.0.2.7"),
        ("[2001:db8::7]:49152", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:1", "192.0.2.7"),
        ("_hidden", "127.0.0.1"),
        ("unknown", "127.0.0.1"),
    ],
)
def test_a_proxy_may_write_a_port_or_a_mapped_address(
    client: Client, settings: Any, hop: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = 1
    told = client.get("/api/public", headers={"X-Forwarded-For": f"1.2.3.4, {hop}"})
    assert told.json() == {"address": address}


def test_ipv4_clients_of_an_ipv6_socket_are_told_apart(settings: Any) -> None:
    settings.ROOT_URLCONF = site_of({"": shoes(quota=1)})
    client = Client()
    statuses = [
        client.get("/api/public", REMOTE_ADDR=address).status_code
        for address in ("::ffff:192.0.2.1", "::ffff:192.0.2.2", "192.0.2.1")
    ]
    assert statuses == [200, 200, 429]


def test_one_ipv6_network_is_one_caller(settings: Any) -> None:
    settings.ROOT_URLCONF = site_of({"": shoes(quota=2)})
    settings.TRUSTED_PROXIES = 1
    client = Client()
    statuses = [
        client.get("/api/public", headers={"X-Forwarded-For": address}).status_code
        for address in ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1")
    ]
    assert statuses == [200, 200, 429, 200]


def test_a_repeated_key_gives_the_first_answer(client: Client) -> None:
    first = post(client, {"name": "a", "size": 40}, key="k1")
    again = post(client, {"size": 40, "name": "a"}, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first["Location"] == again["Location"]
    assert MADE == ["a"]


def test_a_key_is_its_users_and_its_bodys(client: Client) -> None:
    post(client, {"name": "a", "size": 40}, key="k1")
    assert problem(post(client, {"name": "b", "size": 40}, key="k1"), 422)["code"] == (
        "idempotency_key_reused"
    )
    assert post(client, {"name": "b", "size": 40}, key="k1", user=8).status_code == 201
    assert MADE == ["a", "b"]


def test_a_refusal_may_be_tried_again(client: Client) -> None:
    for _ in range(2):
        problem(post(client, {"name": "refused", "size": 40}, key="k1"), 404)
    assert MADE == ["refused", "refused"]
    assert not IdempotencyRecord.objects.exists()


def test_a_key_is_forgotten_after_a_day(client: Client) -> None:
    post(client, {"name": "a", "size": 40}, key="k1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE first_answers SET answered_at = answered_at - interval '25 hours'")
    assert post(client, {"name": "b", "size": 40}, key="k1").status_code == 201
    assert post(client, {"name": "b", "size": 40}, key="k1").status_code == 201
    assert MADE == ["a", "b"]


@pytest.mark.parametrize("key", ["", "ä", "a b", "k" * 201])
def test_an_odd_key_is_refused(client: Client, key: str) -> None:
    headers = USER | {"Idempotency-Key": key}
    answer = client.post(
        "/api/shoes", {"name": "a", "size": 40}, content_type="application/json", headers=headers
    )
    problem(answer, 422)
    assert MADE == []


def test_an_answer_shows_no_more_than_it_promises() -> None:
    with pytest.raises(TypeError, match="promises"):

        class SecretShoe(Shoe):
            """One that would leak."""

            owner: str


def test_a_repetition_says_that_it_is_one(client: Client) -> None:
    body = {"name": "again", "size": 40}
    first, second = (
        client.post(
            "/api/shoes", body, "application/json", headers=USER | {"Idempotency-Key": "k-replay"}
        )
        for _ in range(2)
    )
    assert first.json() == second.json()
    assert not first.has_header("Idempotency-Replayed")
    assert second["Idempotency-Replayed"] == "true"


def test_head_is_answered_as_get_without_the_body(client: Client) -> None:
    got, head = (ask("/api/shoes", headers=USER) for ask in (client.get, client.head))
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag"):
        expected = got.get(name) or str(len(got.content))
        assert head[name] == expected, name
    assert client.head("/api/shoes").status_code == 401
    assert client.head("/api/nothing").status_code == 404


def test_a_list_has_a_version_and_is_not_sent_twice(client: Client) -> None:
    first = client.get("/api/shoes", headers=USER)
    again = client.get("/api/shoes", headers=USER | {"If-None-Match": first["ETag"]})
    other = client.get("/api/shoes?page=2", headers=USER | {"If-None-Match": first["ETag"]})
    assert first["ETag"].startswith('W/"')
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200
    assert other["ETag"] != first["ETag"]
