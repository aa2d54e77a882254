"""A signal to stop never comes between a claim and whoever can give it back."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from jobrunner.stopping import StopSignal, Terminated


@pytest.fixture
def stop() -> Iterator[StopSignal]:
    """A listener; the process's own is put back."""
    before = signal.getsignal(signal.SIGTERM)
    listener = StopSignal()
    listener.install()
    yield listener
    signal.signal(signal.SIGTERM, before)


def test_it_raises_at_once_unless_deferred(stop: StopSignal) -> None:
    with pytest.raises(Terminated):
        os.kill(os.getpid(), signal.SIGTERM)


def test_it_waits_while_deferred_and_raises_once_resumed(stop: StopSignal) -> None:
    stop.defer()
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(Terminated):
        stop.resume()


def test_a_second_signal_cuts_no_tidying_up(stop: StopSignal) -> None:
    with pytest.raises(Terminated):
        os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)


def test_resuming_without_a_signal_does_nothing(stop: StopSignal) -> None:
    stop.defer()
    stop.resume()
    with pytest.raises(Terminated):
        os.kill(os.getpid(), signal.SIGTERM)
