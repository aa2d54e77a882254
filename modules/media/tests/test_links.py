"""A link opens one object until it expires, and nothing else."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pytest_django import Settings

from modules.media.contract import BadMediaKey, LinkExpired, LinkRefused
from modules.media.links import PERIOD_S, HmacLinks

KEY = "choreographies/2026/11/a-task.mp4"
NOON_S = 1_000_000 * PERIOD_S


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, now_s: float = NOON_S) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


def opened(links: HmacLinks, address: str, **changed: str) -> int:
    """Check a link as the route does; ``changed`` replaces parts of it."""
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    key = unquote(parts.path).removeprefix("/api/media/")
    return links.check(**({"key": key} | query | changed))


def test_a_link_names_its_object_and_opens_it() -> None:
    links = HmacLinks()
    address = links.link(KEY)
    assert address.startswith(f"/api/media/{KEY}?expires=")
    assert opened(links, address) > 0


@pytest.mark.parametrize("into_s", [0, 1, PERIOD_S // 2, PERIOD_S - 1])
def test_every_link_lives_for_half_an_hour_to_an_hour(into_s: int) -> None:
    links = HmacLinks(clock=Clock(NOON_S + into_s))
    lent = links.lend(KEY)
    assert 1800 <= opened(links, lent.address) <= 3600
    assert lent.expires_at.timestamp() == NOON_S + into_s + opened(links, lent.address)


def test_a_link_stays_the_same_for_its_period_and_the_period_says_when_it_changes() -> None:
    clock = Clock()
    links = HmacLinks(clock=clock)
    first, period = links.link(KEY), links.period()
    clock.now_s = NOON_S + PERIOD_S - 1
    assert (links.link(KEY), links.period()) == (first, period)
    clock.now_s = NOON_S + PERIOD_S
    assert links.link(KEY) != first
    assert links.period() == period + 1
    assert opened(links, first) == PERIOD_S, "the earlier link still opens"


def test_an_expired_link_is_refused_to_the_second() -> None:
    clock = Clock()
    links = HmacLinks(clock=clock)
    address = links.link(KEY)
    clock.now_s = NOON_S + 2 * PERIOD_S - 1
    assert opened(links, address) == 1
    clock.now_s = NOON_S + 2 * PERIOD_S
    with pytest.raises(LinkExpired):
        opened(links, address)


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "choreographies/2026/11/another.mp4"},
        {"key": "../" + KEY},
        {"key": KEY + "\n"},
        {"key": ""},
        {"expires": str(NOON_S + 10 * PERIOD_S)},
        {"expires": "0" + str(NOON_S + 2 * PERIOD_S)},
        {"expires": " 1"},
        {"expires": "-1"},
        {"expires": "1e99"},
        {"expires": "9" * 5000},
        {"expires": "٣"},
        {"signature": ""},
        {"signature": "A" * 43},
        {"signature": "é" * 43},
        {"signature": "A" * 5000},
        {"filename": "other.mp4"},
        {"filename": ""},
    ],
)
def test_a_changed_link_is_refused(changed: dict[str, str]) -> None:
    links = HmacLinks(clock=Clock())
    address = links.link(KEY, filename="My dance.mp4")
    assert opened(links, address)
    with pytest.raises(LinkRefused):
        opened(links, address, **changed)


def test_no_part_of_a_link_can_be_moved_into_another_part() -> None:
    links = HmacLinks(clock=Clock())
    query = parse_qs(urlsplit(links.link(KEY, filename="a b")).query)
    expires, signature = query["expires"][0], query["signature"][0]
    for key, filename in ((f"{KEY}\na b", ""), (KEY, "a"), (KEY, "a b\n")):
        with pytest.raises(LinkRefused):
            links.check(key, expires=expires, signature=signature, filename=filename)
    with pytest.raises(LinkRefused):
        links.check(KEY, expires=expires, signature=f"b:{signature}", filename="a ")


def test_links_of_another_installation_are_refused(settings: Settings) -> None:
    links = HmacLinks(clock=Clock())
    address = links.link(KEY)
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another secret of fifty characters, or so"
    with pytest.raises(LinkRefused):
        opened(links, address)
    settings.SECRET_KEY_FALLBACKS = [earlier]
    assert opened(links, address), "until the secret's owner says that the old one still counts"


def test_a_filename_cannot_write_headers_or_leave_a_folder() -> None:
    links = HmacLinks()
    address = links.link(KEY, filename='..\\../a"b\r\nX: y\u202e\ud800' + "ñ" * 500 + ".mp4")
    query = parse_qs(urlsplit(address).query)
    name = query["filename"][0]
    assert name.startswith("abX yñ")
    assert len(name) == 150
    assert name.endswith("ñ.mp4")
    assert opened(links, address)


@pytest.mark.parametrize(
    ("wished", "kept"),
    [
        ("...mp4", "mp4"),
        ("a. .mp4", "a.mp4"),
        ("no ending" + "x" * 200, ("no ending" + "x" * 200)[:150]),
        ("a." + "x" * 200, ("a." + "x" * 200)[:150]),
    ],
)
def test_a_filename_keeps_its_ending(wished: str, kept: str) -> None:
    query = parse_qs(urlsplit(HmacLinks().link(KEY, filename=wished)).query)
    assert query["filename"] == [kept]


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../a", "a/../b", "a\0", "a b", "x" * 501])
def test_no_link_is_made_to_an_impossible_key(key: str) -> None:
    with pytest.raises(BadMediaKey):
        HmacLinks().link(key)
