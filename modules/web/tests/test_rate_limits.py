"""Of N + k requests exactly N pass, whoever counts them."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from django.db import connection

from modules.web.contract import RateLimitPolicy
from modules.web.errors import RequestInFlight, TooManyRequests
from modules.web.idempotency import _lock
from modules.web.models import RequestCount
from modules.web.rate_limits import RateLimiter
from modules.web.tests.hammer import take_many

POLICY = RateLimitPolicy(name="test", quota=100)


@pytest.mark.django_db(transaction=True)
def test_eight_processes_get_exactly_the_quota() -> None:
    given = connection.get_connection_params()
    address = {k: given[k] for k in ("host", "port", "dbname", "user", "password") if k in given}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(8, mp_context=spawn) as pool:
        passed = [*pool.map(take_many, [address] * 8, [25] * 8, [POLICY.quota] * 8)]
    assert sum(passed) == POLICY.quota


@pytest.mark.django_db(transaction=True)
def test_threads_get_exactly_the_quota() -> None:
    def one(_: int) -> bool:
        try:
            RateLimiter().take(POLICY, "user:1")
        except TooManyRequests:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(130))) == POLICY.quota


@pytest.mark.django_db
def test_a_bucket_is_full_again_when_its_window_ends() -> None:
    few = RateLimitPolicy(name="few", quota=2)
    assert [RateLimiter().take(few, "a").remaining for _ in range(2)] == [1, 0]
    with pytest.raises(TooManyRequests) as refusal:
        RateLimiter().take(few, "a")
    assert 1 <= refusal.value.retry_after_s <= 60
    RequestCount.objects.update(window_ends_at="2000-01-01T00:00:00Z")
    assert RateLimiter().take(few, "a").remaining == 1


@pytest.mark.django_db
def test_ended_windows_are_forgotten() -> None:
    RateLimiter().take(POLICY, "old")
    RequestCount.objects.update(window_ends_at="2000-01-01T00:00:00Z")
    RateLimiter().take(POLICY, "new")
    assert RateLimiter.forget_ended() == 1
    assert RequestCount.objects.get().bucket == "test:new"


@pytest.mark.django_db(transaction=True)
def test_a_key_in_flight_is_refused() -> None:
    from django.db import transaction

    def try_it() -> str:
        try:
            with transaction.atomic():
                _lock("k")
        except RequestInFlight:
            return "in flight"
        finally:
            connection.close()
        return "free"

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            _lock("k")
            assert pool.submit(try_it).result() == "in flight"
        assert pool.submit(try_it).result() == "free"


@pytest.mark.django_db
def test_what_is_given_back_may_be_taken_again() -> None:
    few = RateLimitPolicy(name="few", quota=2)
    RateLimiter().take(few, "a")
    RateLimiter().take(few, "a")
    RateLimiter().give_back(few, "a")
    assert RateLimiter().take(few, "a").remaining == 0
    with pytest.raises(TooManyRequests):
        RateLimiter().take(few, "a")


@pytest.mark.django_db
def test_giving_back_never_adds_to_a_bucket() -> None:
    few = RateLimitPolicy(name="few", quota=2)
    RateLimiter().give_back(few, "a")
    RateLimiter().take(few, "a")
    for _ in range(3):
        RateLimiter().give_back(few, "a")
    assert [RateLimiter().take(few, "a").remaining for _ in range(2)] == [1, 0]
