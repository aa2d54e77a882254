"""The old monolith's tables in ``public``, as its own migrations made them: the one description.

Creation, the check and the tests read it. Nothing here is ours to change.

Of the old app's framework tables, three are needed by foreign keys: ``users_groups`` points at
``auth_group``, ``users_user_permissions`` at ``auth_permission``, and that at
``django_content_type``. ``auth_group_permissions`` completes the set, for a group without it cannot
be asked for its permissions. Its migration history, sessions and admin log hang on nothing and are
its own to make.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from legacy_compat.index_names import foreign_key_name, index_name, many_to_many_table

if TYPE_CHECKING:
    from collections.abc import Iterator

LEGACY_SCHEMA = "public"
TIMESTAMP = "timestamp with time zone"


def varchar(length: int) -> str:
    """Return the type of a text of at most ``length`` characters, as the catalogue spells it."""
    return f"character varying({length})"


def qualified(table: str) -> str:
    """Return a legacy table quoted with its schema, fit for SQL and for a model's ``db_table``."""
    # Django 5.2 leaves a name alone that begins and ends with a quotation mark.
    return f'"{LEGACY_SCHEMA}"."{table}"'


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``references`` names the table whose ``id`` it points at."""

    name: str
    type: str
    nullable: bool = False
    identity: bool = False
    primary_key: bool = False
    unique: bool = False
    indexed: bool = False
    references: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table; ``meta_indexes`` are those named by the old models themselves."""

    name: str
    columns: tuple[Column, ...]
    unique_together: tuple[str, ...] = ()
    meta_indexes: tuple[tuple[str, str], ...] = ()

    def indexes(self) -> Iterator[tuple[str, str]]:
        """Return name and columns of every index that is not a constraint's."""
        for column in self.columns:
            if column.indexed or column.references:
                yield index_name(self.name, [column.name]), column.name
            keyed = column.indexed or column.unique or column.primary_key
            if keyed and column.type.startswith("character varying"):
                # For LIKE 'x%' in a database whose collation is not C.
                like = index_name(self.name, [column.name], "_like")
                yield like, f"{column.name} varchar_pattern_ops"
        yield from self.meta_indexes

    def unique_key(self) -> tuple[str, tuple[str, ...]] | None:
        """Return name and columns of the key over several columns, if there is one."""
        if not self.unique_together:
            return None
        return index_name(self.name, self.unique_together, "_uniq"), self.unique_together

    def foreign_keys(self) -> Iterator[tuple[str, str, str]]:
        """Return name, column and target table of every foreign key."""
        for column in self.columns:
            if column.references:
                name = foreign_key_name(self.name, column.name, column.references)
                yield name, column.name, column.references


# Nullable, without a default: the old app's INSERTs do not name it and go on working.
ADDED_COLUMNS: dict[str, tuple[Column, ...]] = {
    "choreography_tasks": (Column("job_execution_name", varchar(500), nullable=True),),
}


def legacy_tables(user_table: str) -> tuple[Table, ...]:
    """Return every legacy table, each after the ones that it points at.

    Parameters
    ----------
    user_table : str
        ``LEGACY_USER_TABLE``; it decides the names of two tables and of what points at users.
    """
    return (
        *_permission_tables(),
        *_user_tables(user_table),
        _choreography_tasks(user_table),
        _saved_choreographies(user_table),
        _class_plans(user_table),
        _class_plan_sequences(),
    )


def _identity(type_: str = "bigint") -> Column:
    return Column("id", type_, identity=True, primary_key=True)


def _permission_tables() -> tuple[Table, ...]:
    content_types = Table(
        "django_content_type",
        (
            _identity("integer"),
            Column("app_label", varchar(100)),
            Column("model", varchar(100)),
        ),
        unique_together=("app_label", "model"),
    )
    permissions = Table(
        "auth_permission",
        (
            _identity("integer"),
            Column("name", varchar(255)),
            Column("content_type_id", "integer", references="django_content_type"),
            Column("codename", varchar(100)),
        ),
        unique_together=("content_type_id", "codename"),
    )
    groups = Table(
        "auth_group",
        (_identity("integer"), Column("name", varchar(150), unique=True)),
    )
    between = Table(
        "auth_group_permissions",
        (
            _identity(),
            Column("group_id", "integer", references="auth_group"),
            Column("permission_id", "integer", references="auth_permission"),
        ),
        unique_together=("group_id", "permission_id"),
    )
    return content_types, permissions, groups, between


def _user_tables(user_table: str) -> tuple[Table, ...]:
    users = Table(
        user_table,
        (
            _identity(),
            Column("password", varchar(128)),
            Column("last_login", TIMESTAMP, nullable=True),
            Column("is_superuser", "boolean"),
            Column("username", varchar(150), unique=True),
            Column("first_name", varchar(150)),
            Column("last_name", varchar(150)),
            Column("email", varchar(254)),
            Column("is_staff", "boolean"),
            Column("is_active", "boolean"),
            Column("date_joined", TIMESTAMP),
            Column("display_name", varchar(200)),
            Column("is_instructor", "boolean"),
            Column("preferences", "jsonb"),
        ),
    )
    groups = Table(
        many_to_many_table(user_table, "groups"),
        (
            _identity(),
            Column("user_id", "bigint", references=user_table),
            Column("group_id", "integer", references="auth_group"),
        ),
        unique_together=("user_id", "group_id"),
    )
    permissions = Table(
        many_to_many_table(user_table, "user_permissions"),
        (
            _identity(),
            Column("user_id", "bigint", references=user_table),
            Column("permission_id", "integer", references="auth_permission"),
        ),
        unique_together=("user_id", "permission_id"),
    )
    return users, groups, permissions


def _choreography_tasks(user_table: str) -> Table:
    return Table(
        "choreography_tasks",
        (
            Column("task_id", varchar(36), primary_key=True),
            Column("status", varchar(20), indexed=True),
            Column("progress", "integer"),
            Column("stage", varchar(50)),
            Column("message", "text"),
            Column("result", "jsonb", nullable=True),
            Column("error", "text", nullable=True),
            Column("created_at", TIMESTAMP, indexed=True),
            Column("updated_at", TIMESTAMP),
            Column("user_id", "bigint", references=user_table),
        ),
        meta_indexes=(
            ("choreograph_created_1c4810_idx", "created_at"),
            ("choreograph_user_id_1f71cb_idx", "user_id, status"),
        ),
    )


def _saved_choreographies(user_table: str) -> Table:
    return Table(
        "saved_choreographies",
        (
            Column("id", "uuid", primary_key=True),
            Column("title", varchar(200)),
            Column("video_path", varchar(500)),
            Column("thumbnail_path", varchar(500), nullable=True),
            Column("difficulty", varchar(20), indexed=True),
            Column("duration", "double precision"),
            Column("music_info", "jsonb", nullable=True),
            Column("generation_parameters", "jsonb", nullable=True),
            Column("created_at", TIMESTAMP, indexed=True),
            Column("user_id", "bigint", references=user_table),
        ),
    )


def _class_plans(user_table: str) -> Table:
    return Table(
        "class_plans",
        (
            Column("id", "uuid", primary_key=True),
            Column("title", varchar(200)),
            Column("description", "text"),
            Column("difficulty_level", varchar(20), indexed=True),
            Column("estimated_duration", "integer", nullable=True),
            Column("instructor_notes", "text"),
            Column("created_at", TIMESTAMP, indexed=True),
            Column("updated_at", TIMESTAMP),
            Column("instructor_id", "bigint", references=user_table),
        ),
    )


def _class_plan_sequences() -> Table:
    return Table(
        "class_plan_sequences",
        (
            Column("id", "uuid", primary_key=True),
            Column("sequence_order", "integer"),
            Column("notes", "text"),
            Column("estimated_time", "integer", nullable=True),
            Column("choreography_id", "uuid", references="saved_choreographies"),
            Column("class_plan_id", "uuid", references="class_plans"),
        ),
        unique_together=("class_plan_id", "sequence_order"),
    )
