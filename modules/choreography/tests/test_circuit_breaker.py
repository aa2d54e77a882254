"""A service that fails is left alone, tried by one, and taken back when it is well."""

from __future__ import annotations

from modules.choreography.adapters.circuit_breaker import Admission, CircuitBreaker


class Clock:
    """A clock that tests turn."""

    now = 100.0

    def __call__(self) -> float:
        """Say what it shows."""
        return self.now


def test_a_failure_opens_it_for_a_while() -> None:
    clock = Clock()
    breaker = CircuitBreaker(rest_s=10.0, clock=clock)

    before = breaker.admit()
    breaker.failed()
    clock.now += 9.9

    assert (before, breaker.admit()) == (Admission.WAIT, Admission.REFUSE)


def test_one_tries_it_after_the_rest_while_the_others_go_without() -> None:
    clock = Clock()
    breaker = CircuitBreaker(rest_s=10.0, clock=clock)
    breaker.failed()
    clock.now += 10.0

    assert [breaker.admit() for _ in range(3)] == [
        Admission.TRY,
        Admission.REFUSE,
        Admission.REFUSE,
    ]
    breaker.failed()
    assert breaker.admit() is Admission.REFUSE
    clock.now += 10.0
    assert breaker.admit() is Admission.TRY
    breaker.succeeded()
    assert breaker.admit() is Admission.WAIT
