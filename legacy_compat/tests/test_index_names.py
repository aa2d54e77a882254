"""Our frozen naming rule against Django's, and against names that stand in databases."""

from __future__ import annotations

from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from legacy_compat.index_names import foreign_key_name, index_name

IDENTIFIERS = st.from_regex(r"[a-z][a-z0-9_]{0,62}", fullmatch=True)


@given(
    table=IDENTIFIERS,
    columns=st.lists(IDENTIFIERS, min_size=1, max_size=3),
    suffix=st.one_of(st.sampled_from(["", "_like", "_uniq"]), IDENTIFIERS),
)
def test_names_are_those_django_would_give(table: str, columns: list[str], suffix: str) -> None:
    editor = connection.schema_editor()

    assert index_name(table, columns, suffix) == editor._create_index_name(table, columns, suffix)


def test_a_foreign_key_carries_the_user_tables_name() -> None:
    names = {foreign_key_name("choreography_tasks", "user_id", t) for t in ("users", "auth_user")}

    assert names == {
        "choreography_tasks_user_id_a5f819be_fk_users_id",
        "choreography_tasks_user_id_a5f819be_fk_auth_user_id",
    }
