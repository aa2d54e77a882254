"""Ranges as browsers send them, and as nobody should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.media.contract import RangeUnsatisfiable
from modules.media.ranges import ByteRange, is_still, wanted_range

TEN = 10
WHOLE = None


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", (0, 9)),
        ("bytes=0-0", (0, 0)),
        ("bytes=0-9", (0, 9)),
        ("bytes=2-5", (2, 5)),
        ("bytes=9-", (9, 9)),
        ("bytes=5-5000", (5, 9)),
        ("bytes=5-" + "9" * 40, (5, 9)),
        ("bytes=-1", (9, 9)),
        ("bytes=-4", (6, 9)),
        ("bytes=-10", (0, 9)),
        ("bytes=-5000", (0, 9)),
        ("bytes= 2-5 ", (2, 5)),
        ("Bytes=2-5", (2, 5)),
        ("bytes=002-005", (2, 5)),
    ],
)
def test_one_range_is_that_part(header: str, part: tuple[int, int]) -> None:
    assert wanted_range(header, size_bytes=TEN) == ByteRange(*part)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-2",
        "bytes=--1",
        "bytes=-1-",
        "bytes=1",
        "bytes=1.5-2",
        "bytes=+1-2",
        "bytes=٣-٤",
        "bytes=0-1,4-5",
        "bytes=0-0,-1",
        "items=0-1",
        "bytes=0-1\n",
        "bytes=" + "9" * 5000 + "-",
    ],
)
def test_no_range_several_and_nonsense_are_answered_whole(header: str | None) -> None:
    assert wanted_range(header, size_bytes=TEN) is WHOLE


@pytest.mark.parametrize(
    "header", ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=" + "9" * 40 + "-"]
)
def test_a_range_behind_the_end_is_refused(header: str) -> None:
    with pytest.raises(RangeUnsatisfiable) as caught:
        wanted_range(header, size_bytes=TEN)
    assert caught.value.size_bytes == TEN


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1"])
def test_nothing_has_no_parts(header: str) -> None:
    with pytest.raises(RangeUnsatisfiable):
        wanted_range(header, size_bytes=0)


@given(header=st.text(max_size=30) | st.from_regex(r"bytes=[0-9]*-[0-9]*"), size=st.integers(0, 50))
def test_whatever_is_sent_a_part_lies_within(header: str, size: int) -> None:
    try:
        part = wanted_range(header, size_bytes=size)
    except RangeUnsatisfiable:
        return
    assert part is None or 0 <= part.first <= part.last < size


@pytest.mark.parametrize(
    ("if_range", "still"),
    [
        (None, True),
        ('"tag"', True),
        (' "tag" ', True),
        ('"other"', False),
        ('W/"tag"', False),
        ("tag", False),
        ("Fri, 20 Nov 2026 12:00:00 GMT", True),
        ("Fri, 20 Nov 2026 12:00:01 GMT", False),
        ("Fri, 20 Nov 2026 11:59:59 GMT", False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_a_part_is_given_only_of_the_object_the_client_has(if_range, still) -> None:
    assert is_still(if_range, etag='"tag"', modified_s=1_795_176_000) is still
