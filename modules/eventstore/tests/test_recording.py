"""Saving and reading back."""

from __future__ import annotations

import pytest

from modules.eventstore.contract import EventLog
from modules.eventstore.tests.notebook import Notebooks, a_notebook

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_saved_aggregate_is_read_back_equal() -> None:
    books, book = Notebooks(), a_notebook()
    book.write("hello", pressure=1e16)
    books.save(book)
    assert books.repository.get(book.id) == book
    assert [e.topic for e in EventLog().history(book.id)] == [
        "tests.NotebookOpened",
        "tests.LineWritten",
    ]
